"""Windows on rows: one read at a time, none for what is not shown any more, and one after one that failed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from wsinspect.errors import WsInspectError
from wsinspect.ui.drawing.columns import Cell
from wsinspect.ui.row_window import RowWindow, wanted


class Letters:
    """Rows that can be kept back, or fail."""

    def __init__(self) -> None:
        self.letters = "abcdef"
        self.gate = asyncio.Event()
        self.gate.set()
        self.problem: WsInspectError | None = None

    async def fetch(self, first: int, count: int) -> Sequence[str]:
        """A window of letters, once the gate is open."""
        await self.gate.wait()
        if self.problem is not None:
            raise self.problem
        return self.letters[first : first + count]

    def cells(self, index: int, rows: Mapping[int, str]) -> Mapping[str, Cell]:
        """No test draws them."""
        return {}


def from_second(total: int) -> tuple[int, int]:
    return 1, total - 1


async def test_what_is_asked_for_is_read() -> None:
    window = RowWindow(Letters())
    window.ask(3)
    assert not window.is_settled
    assert await window.read(from_second)
    assert (window.total, window.rows) == (3, {1: "b", 2: "c"})
    assert window.is_settled


async def test_growth_while_reading_is_read_next() -> None:
    letters = Letters()
    window = RowWindow(letters)
    letters.gate.clear()
    window.ask(3)
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(window.read(from_second))
        await asyncio.sleep(0)
        window.ask(5)
        letters.gate.set()
    assert reading.result()
    assert (window.total, window.is_settled) == (3, False)
    assert await window.read(from_second)
    assert (window.total, window.is_settled) == (5, True)


async def test_what_was_read_for_something_else_is_dropped() -> None:
    letters = Letters()
    window = RowWindow(letters)
    letters.gate.clear()
    window.ask(3)
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(window.read(from_second))
        await asyncio.sleep(0)
        window.start_over()
        letters.gate.set()
    assert not reading.result()
    assert (window.total, window.rows, window.is_settled) == (0, {}, False)
    assert await window.read(from_second)
    assert window.is_settled


async def test_a_failed_read_is_told_and_keeps_what_is_at_hand() -> None:
    letters = Letters()
    window = RowWindow(letters)
    window.ask(3)
    await window.read(from_second)
    letters.problem = WsInspectError("the disk is gone")
    window.ask()
    with pytest.raises(WsInspectError, match="the disk is gone"):
        await window.read(from_second)
    assert window.is_settled
    assert window.rows == {1: "b", 2: "c"}


@pytest.mark.parametrize(
    ("total", "top", "height", "margin", "window"),
    [
        (1_000, 500, 20, 64, (436, 148)),
        (1_000, 500, 100, 64, (400, 300)),
        (1_000, 3, 20, 64, (0, 87)),
        (1_000, 980, 20, 64, (916, 84)),
        (5, 0, 20, 64, (0, 5)),
        (0, 0, 20, 64, (0, 0)),
    ],
)
def test_wanted(total: int, top: int, height: int, margin: int, window: tuple[int, int]) -> None:
    assert wanted(total, top, height, margin) == window
