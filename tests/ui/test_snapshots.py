"""How the app looks: one picture per screen and state, over the recorded session, at fixed times.

``pytest tests/ui/test_snapshots.py --snapshot-update`` draws them anew; look at each change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fixtures.session import NOW_NS, START_NS, Live, S
from tests.ui.conftest import FILE_NAME, MakeApp
from tests.ui.driving import main_of, settle
from tests.ui.filtering import record_long
from tests.ui.playing import deck, told
from wsinspect.filters import parse_for_connections
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.widgets.connection_list import ConnectionList


class Compare(Protocol):
    """What pytest-textual-snapshot gives."""

    def __call__(
        self, app: WsInspectApp, *, terminal_size: tuple[int, int], run_before: Callable[[Pilot[None]], Awaitable[None]]
    ) -> bool:
        """Compare the app with its picture."""


SIZES = [(140, 44), (100, 30), (80, 24)]


def size_name(size: tuple[int, int]) -> str:
    """``140x44``."""
    return "{}x{}".format(*size)


def shows(connection: int, *keys: str, is_light: bool = False) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Choose a connection and press some keys."""

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        if is_light:
            await pilot.press("d")
        main_of(pilot).query_one(ConnectionList).move_to(connection - 1)
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return run


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("is_light", [False, True], ids=["dark", "light"])
def test_orders_1011(
    session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int], is_light: bool
) -> None:
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=shows(4, is_light=is_light))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_messages_of_open_connection(
    session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]
) -> None:
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=shows(3, "2"))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_close_zoomed(session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    keys = ("3",) if size == (80, 24) else ("3", "z")
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=shows(4, *keys))


CLOSES = {"1000": 7, "1014": 10, "1006": 11, "502": 12, "4401": 15}


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("is_light", [False, True], ids=["dark", "light"])
@pytest.mark.parametrize("close", CLOSES)
def test_close_of(
    session_file: Path,
    make_app: MakeApp,
    snap_compare: Compare,
    close: str,
    size: tuple[int, int],
    is_light: bool,
) -> None:
    keys = ("3",) if size == (80, 24) else ()
    run = shows(CLOSES[close], *keys, is_light=is_light)
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("is_light", [False, True], ids=["dark", "light"])
def test_explain(
    session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int], is_light: bool
) -> None:
    run = shows(4, "e", *"gateway", is_light=is_light)
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("is_light", [False, True], ids=["dark", "light"])
def test_timeline(
    fleet_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int], is_light: bool
) -> None:
    run = shows(4, "t", is_light=is_light)
    assert snap_compare(make_app(fleet_file), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_timeline_by_age(fleet_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(fleet_file), terminal_size=size, run_before=shows(1, "t", "2"))


def test_timeline_plots(fleet_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(make_app(fleet_file), terminal_size=(80, 24), run_before=shows(4, "t", "3"))


def test_timeline_of_hostile_texts(hostile_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(make_app(hostile_file), terminal_size=(140, 44), run_before=shows(13, "t"))


def test_evidence_in_focus(session_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(make_app(session_file), terminal_size=(140, 44), run_before=shows(4, "3", "tab", "down"))


@pytest.mark.parametrize("connection", [8, 9, 11, 13, 14, 16, 18])
def test_closes(session_file: Path, make_app: MakeApp, snap_compare: Compare, connection: int) -> None:
    assert snap_compare(make_app(session_file), terminal_size=(140, 44), run_before=shows(connection))


@pytest.mark.parametrize("is_light", [False, True], ids=["dark", "light"])
@pytest.mark.parametrize("view", ["1", "2", "3"], ids=["text", "hex", "frames"])
def test_message(session_file: Path, make_app: MakeApp, snap_compare: Compare, view: str, is_light: bool) -> None:
    run = shows(4, "2", "g", "enter", view, is_light=is_light)
    assert snap_compare(make_app(session_file), terminal_size=(100, 30), run_before=run)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("help", ("?",)),
        ("palette", ("ctrl+p",)),
        ("all", ("a", "2")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_above(session_file: Path, make_app: MakeApp, snap_compare: Compare, name: str, keys: tuple[str, ...]) -> None:
    assert snap_compare(make_app(session_file), terminal_size=(100, 30), run_before=shows(4, *keys))


def test_broken_rule(session_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(make_app(session_file), terminal_size=(100, 30), run_before=shows(17, "2", "g", "enter", "3"))


def typing(said: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Type a filter over the messages of the first connection."""

    async def run(pilot: Pilot[None]) -> None:
        await shows(1, "2", "slash")(pilot)
        main_of(pilot).query_one("#messages Input", Input).insert_text_at_cursor(said)
        await settle(pilot)

    return run


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("said", ["tick s", "tick size:big"], ids=["choices", "error"])
def test_filter_typed(
    session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int], said: str
) -> None:
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=typing(said))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_filter_kept_and_hits_found(
    session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await typing("size:>66")(pilot)
        await pilot.press("enter", "ctrl+f")
        main_of(pilot).query_one("#messages Input", Input).insert_text_at_cursor("105.5 or code:1011")
        await settle(pilot)
        await pilot.press("enter", "N")
        await settle(pilot)

    assert snap_compare(make_app(session_file), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_silences_of_all(session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await shows(1, "a", "slash")(pilot)
        main_of(pilot).query_one("#messages Input", Input).insert_text_at_cursor("gap:>1s")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)

    assert snap_compare(make_app(session_file), terminal_size=size, run_before=run)


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved session of long messages."""
    live = Live(tmp_path_factory.mktemp("long") / FILE_NAME)
    record_long(live, 40)
    live.stop()
    return live.path


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("keys", [("enter", "g"), ("enter", "g", "enter", "n")], ids=["rows", "opened"])
def test_words_deep_in_messages(
    long_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await typing("needle")(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    assert snap_compare(make_app(long_file), terminal_size=size, run_before=run)


def test_too_small(session_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(make_app(session_file), terminal_size=(50, 10), run_before=settle)


def test_hostile_texts(hostile_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(make_app(hostile_file), terminal_size=(140, 44), run_before=shows(13))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_played(session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in ("right_curly_bracket", "space", "greater_than_sign", "i"):
            await pilot.press(key)
            await settle(pilot)
        await told(pilot)

    app = make_app(session_file, plays=True, monotonic_ns=lambda: 0)
    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("axis", ["1", "2"], ids=["clock", "age"])
def test_timeline_played(
    fleet_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int], axis: str
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        deck(pilot).switch()
        deck(pilot).seek(START_NS + 28 * S)
        await settle(pilot)
        for key in ("t", axis, "down", "down", "down"):
            await pilot.press(key)
            await settle(pilot)

    app = make_app(fleet_file, plays=True, monotonic_ns=lambda: 0)
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_timeline_played_light(fleet_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        deck(pilot).switch()
        deck(pilot).seek(START_NS + 28 * S)
        await settle(pilot)
        for key in ("d", "t"):
            await pilot.press(key)
            await settle(pilot)

    app = make_app(fleet_file, plays=True, monotonic_ns=lambda: 0)
    assert snap_compare(app, terminal_size=(140, 44), run_before=run)


def test_played_to_the_end_light(session_file: Path, make_app: MakeApp, snap_compare: Compare) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press("d")
        deck(pilot).seek(NOW_NS)
        await told(pilot)

    app = make_app(session_file, plays=True, monotonic_ns=lambda: 0)
    assert snap_compare(app, terminal_size=(100, 30), run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_filtered_and_selected(
    session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        connections = main_of(pilot).query_one(ConnectionList)
        connections.filter_by(parse_for_connections("from:server -code:1000"))
        await settle(pilot)
        await pilot.press("g", "v", "j", "v")
        await settle(pilot)

    assert snap_compare(make_app(session_file), terminal_size=size, run_before=run)
