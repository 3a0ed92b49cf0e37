"""How the start screen looks: one picture per size and state, over a library at fixed times.

``pytest tests/ui/test_start_snapshots.py --snapshot-update`` draws them anew; look at each change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.ui.driving import until
from tests.ui.library import settle, start_app, stock, stock_hostile
from wsinspect.ui.start.choices import Back, Choice, OpenFile, StartProxy
from wsinspect.ui.start_app import StartApp

FOLDER = Path("sessions")
"""Relative, since it is shown."""


class Compare(Protocol):
    """What pytest-textual-snapshot gives."""

    def __call__(
        self, app: StartApp, *, terminal_size: tuple[int, int], run_before: Callable[[Pilot[Choice]], Awaitable[None]]
    ) -> bool:
        """Compare the app with its picture."""


SIZES = [(140, 44), (100, 30), (80, 24)]


def size_name(size: tuple[int, int]) -> str:
    """``140x44``."""
    return "{}x{}".format(*size)


def after(*keys: str, typed: str = "") -> Callable[[Pilot[Choice]], Awaitable[None]]:
    """Press keys, then fill the field in focus and press Enter."""

    async def run(pilot: Pilot[Choice]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        if typed:
            field = pilot.app.focused
            assert isinstance(field, Input)
            field.value = typed
            await pilot.press("enter")
            await settle(pilot)

    return run


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the library."""
    folder = tmp_path_factory.mktemp("data")
    stock(folder / FOLDER)
    return folder


@pytest.fixture
def library(shelves: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library, by a name that is always the same."""
    monkeypatch.chdir(shelves)
    return FOLDER


@pytest.mark.parametrize("size", SIZES, ids=size_name)
@pytest.mark.parametrize("is_light", [False, True], ids=["dark", "light"])
def test_library(library: Path, snap_compare: Compare, size: tuple[int, int], is_light: bool) -> None:
    keys = ("j", "d") if is_light else ()
    assert snap_compare(start_app(library), terminal_size=size, run_before=after(*keys))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snap_compare: Compare, size: tuple[int, int]) -> None:
    monkeypatch.chdir(tmp_path)
    assert snap_compare(start_app(FOLDER), terminal_size=size, run_before=after())


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_form(library: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(start_app(library), terminal_size=size, run_before=after("p"))


async def test_form_that_comes_back(library: Path) -> None:
    problem = "cannot listen on 127.0.0.1:80: the address is taken (stop what listens there, or choose another port)"
    app = start_app(library, Back(StartProxy("ws://localhost:9", ("127.0.0.1:80",)), problem))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        fields = [field.value for field in pilot.app.screen.query(Input)]
        assert fields == ["ws://localhost:9", "127.0.0.1:80"]
        said = " ".join(str(one.render()) for one in pilot.app.screen.query(Static))
        assert "the address is taken" in said


def test_name_that_is_taken(library: Path, snap_compare: Compare) -> None:
    assert snap_compare(start_app(library), terminal_size=(80, 24), run_before=after("j", "r", typed="killed"))


def test_question(library: Path, snap_compare: Compare) -> None:
    assert snap_compare(start_app(library), terminal_size=(80, 24), run_before=after("j", "x"))


def test_problem(library: Path, snap_compare: Compare) -> None:
    back = Back(OpenFile(FOLDER / "gone.wsi"), "sessions/gone.wsi does not exist (give the path of a .wsi file)")
    assert snap_compare(start_app(library, back), terminal_size=(80, 24), run_before=after("j", "j", "j"))


def test_hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snap_compare: Compare) -> None:
    monkeypatch.chdir(tmp_path)
    stock_hostile(FOLDER)
    assert snap_compare(start_app(FOLDER), terminal_size=(140, 44), run_before=after("j", "j", "j"))
