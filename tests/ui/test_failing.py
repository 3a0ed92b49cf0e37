"""What goes wrong inside the app ends it with that error, and work that comes too late for a screen harms nothing."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from tests.fixtures.session import FixedReader
from tests.limits import LIMIT_S
from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.close.teller import CloseTeller
from wsinspect.ui.screens import copy_menu, explain, handshake, message, report
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.widgets.row_list import RowList

# An app that ends at once leaves work that it never began, as it should.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

SIZE = (100, 30)


class BoomError(Exception):
    """Nobody expected it."""


def boom(*_: object, **__: object) -> None:
    """Go wrong."""
    raise BoomError


async def boom_later(*_: object, **__: object) -> None:
    """Go wrong in a worker."""
    raise BoomError


@pytest.fixture(autouse=True)
def _leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Crash files go where the test is over with them, and what was never begun goes now, not in another test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    gc.collect()


PLACES: dict[str, tuple[type, str, Callable[..., object]]] = {
    "an action of the app": (WsInspectApp, "action_toggle_theme", boom),
    "an action of a widget": (RowList, "action_move", boom),
    "a handler": (MainScreen, "on_key", boom),
    "a watcher": (RowList, "watch_cursor", boom),
    "drawing": (RowList, "render_line", boom),
    "a worker": (CloseTeller, "tell", boom_later),
    "the thread that reads": (FixedReader, "rows", boom),
    "the end": (FixedReader, "close", boom),
}
"""Where it can go wrong, and what is replaced there."""


@pytest.mark.parametrize("place", PLACES)
async def test_an_error_ends_the_app_with_it(
    session_file: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    app = make_app(session_file)
    assert isinstance(await ended_with(app, lambda: monkeypatch.setattr(*PLACES[place])), BoomError)
    assert app.return_code == 1


async def test_an_error_at_the_start_ends_the_app_with_it(
    session_file: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bridge, "open", boom_later)
    assert isinstance(await ended_with(make_app(session_file), lambda: None), BoomError)


async def test_an_error_that_cannot_be_told_ends_the_app_too(
    session_file: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil() -> None:
        monkeypatch.setattr(BoomError, "__str__", boom)
        monkeypatch.setattr(WsInspectApp, "action_toggle_theme", boom)

    assert isinstance(await ended_with(make_app(session_file), spoil), BoomError)
    assert "an error nobody expected (BoomError); the details are in" in capsys.readouterr().err


async def ended_with(app: WsInspectApp, spoil: Callable[[], None]) -> Exception | None:
    """Run an app, spoil it, use it, and wait until it ends by itself; with which error it did."""
    has_ended = False
    try:
        async with app.run_test(size=SIZE) as pilot:
            with suppress(BoomError, WorkerFailed):
                await settle(pilot)
                spoil()
                await pilot.press("j", "d", "q")
                await settle(pilot)
            assert app._task is not None
            has_ended = bool((await asyncio.wait([app._task], timeout=LIMIT_S))[0])
    except (BoomError, WorkerFailed) as error:
        assert has_ended, "the app did not end by itself"
        return error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error
    return None


class Gate:
    """Keeps a function back that runs in a thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        self.is_reached = threading.Event()
        self.may_go = threading.Event()
        self._real = getattr(module, name)
        monkeypatch.setattr(module, name, self._pass)

    def _pass(self, *arguments: object, **named: object) -> object:
        self.is_reached.set()
        assert self.may_go.wait(LIMIT_S)
        return self._real(*arguments, **named)


SLOW = [
    ("enter", message, "_page"),
    ("h", handshake, "handshake_page"),
    ("y", copy_menu, "forms"),
    ("c", report, "_page"),
    ("e", explain, "everything"),
]
"""The key that opens a screen, and what works in a thread for it."""


@pytest.mark.parametrize(("key", "module", "name"), SLOW, ids=[key for key, _, _ in SLOW])
async def test_a_screen_that_is_left_while_it_is_filled(
    session_file: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, key: str, module: object, name: str
) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("2")
        gate = Gate(monkeypatch, module, name)
        await pilot.press(key)
        await asyncio.to_thread(gate.is_reached.wait, LIMIT_S)
        # As when it is being left: its widgets go first, then its workers are told to stop.
        await pilot.app.screen.remove_children()
        gate.may_go.set()
        await worked(pilot)
        pilot.app.pop_screen()
        await settle(pilot)
        assert pilot.app.screen is main_of(pilot)
        assert app_of(pilot).is_running


async def worked(pilot: Pilot[None]) -> None:
    """Wait for what the screen on top set to work."""
    workers = [one for one in pilot.app.workers if one.node is pilot.app.screen]
    assert workers
    await pilot.app.workers.wait_for_complete(workers)
