"""The virtual list over a million rows: only windows are read, and keys, wheel and growth keep the cursor in sight."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.ui.driving import until
from wsinspect.ui.drawing.columns import Cell, Column, Piece
from wsinspect.ui.drawing.theme import tone_defaults
from wsinspect.ui.widgets.row_list import RowList

TOTAL = 1_000_000


class Integers:
    """Rows that are their own position."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, first: int, count: int) -> Sequence[int]:
        """A window of numbers, once the gate is open."""
        self.asked.append((first, count))
        await self.gate.wait()
        return range(first, first + count)

    def cells(self, index: int, rows: Mapping[int, int]) -> Mapping[str, Cell]:
        """The number."""
        assert rows[index] == index
        return {"n": (Piece(str(index), ""),)}


class Numbers(RowList[int]):
    """A list of them."""

    def __init__(self) -> None:
        self.integers = Integers()
        super().__init__((Column("n", "n", 10),), self.integers, id="numbers")


class Host(App[None]):
    """Nothing but the list."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The tones."""
        return tone_defaults(True)

    def compose(self) -> ComposeResult:
        """The list."""
        yield Numbers()


def numbers(pilot: Pilot[None]) -> Numbers:
    return pilot.app.query_one(Numbers)


def shown(pilot: Pilot[None]) -> list[str]:
    return [numbers(pilot).render_line(y).text.strip() for y in range(numbers(pilot).size.height)]


async def begin(pilot: Pilot[None], total: int = TOTAL) -> Numbers:
    numbers(pilot).focus()
    numbers(pilot).grow(total)
    await settle(pilot)
    return numbers(pilot)


async def settle(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: numbers(pilot).is_settled)


async def test_reads_windows_only() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        for key in ("end", "home", "pagedown", "pagedown", "end", "pageup"):
            await pilot.press(key)
            await settle(pilot)
        assert max(count for _, count in one.integers.asked) <= 20 + 2 * Numbers.MARGIN
        assert len(one._window.rows) <= 20 + 2 * Numbers.MARGIN


async def test_keys() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        for key, cursor, top in (
            ("j", 1, 0),
            ("pagedown", 20, 19),
            ("G", TOTAL - 1, TOTAL - 20),
            ("k", TOTAL - 2, TOTAL - 20),
            ("pageup", TOTAL - 21, TOTAL - 39),
            ("g", 0, 0),
            ("up", 0, 0),
        ):
            await pilot.press(key)
            await settle(pilot)
            assert (one.cursor, one.scroll_offset.y) == (cursor, top), key
            assert shown(pilot) == [str(index) for index in range(top, top + 20)], key


async def thumb_at(pilot: Pilot[None], position: int, total: int) -> None:
    one, bar = numbers(pilot), numbers(pilot).vertical_scrollbar
    wanted = (position, 20, total)
    await until(pilot, lambda: one.is_settled and (bar.position, bar.window_size, bar.window_virtual_size) == wanted)


async def test_the_scrollbar_tells_of_rows_that_come_below() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot, 10)
        assert not one.show_vertical_scrollbar
        for total in (30, 31, 1_000, 500, TOTAL):
            one.grow(total)
            await thumb_at(pilot, 0, total)
            assert one.show_vertical_scrollbar
            assert one.max_scroll_y == total - 20
        one.is_following = True
        for total in (TOTAL + 1, TOTAL + 700):
            one.grow(total)
            await thumb_at(pilot, total - 20, total)
            assert shown(pilot)[-1] == str(total - 1)


async def test_a_row_not_read_yet_is_blank_and_then_there() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        one.integers.gate.clear()
        await pilot.press("end")
        await pilot.pause()
        assert shown(pilot) == [""] * 20
        one.integers.gate.set()
        await settle(pilot)
        assert shown(pilot)[-1] == str(TOTAL - 1)


async def test_growth_while_reading_is_one_more_read() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot, 100)
        one.integers.gate.clear()
        one.integers.asked.clear()
        for total in range(101, 201):
            one.grow(total)
            await pilot.pause()
        one.integers.gate.set()
        await settle(pilot)
        assert one.total == 200
        assert len(one.integers.asked) == 2


async def test_growth_does_not_move_the_rows() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot, 100)
        one.move_to(50)
        await settle(pilot)
        before = shown(pilot)
        one.grow(5_000)
        await settle(pilot)
        assert (one.cursor, shown(pilot)) == (50, before)


async def test_following_keeps_to_the_newest() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot, 5)
        one.is_following = True
        for total in (6, 30, 5_000, TOTAL):
            one.grow(total)
            await settle(pilot)
            assert one.cursor == total - 1
            assert shown(pilot)[min(total, 20) - 1] == str(total - 1)
        await pilot.press("up")
        assert not one.is_following


async def test_smaller_terminal_keeps_the_cursor_in_sight() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        one.move_to(19)
        await settle(pilot)
        await pilot.resize_terminal(40, 8)
        await settle(pilot)
        assert one.cursor == 19
        assert "19" in shown(pilot)


async def test_what_was_asked_before_something_else_was_shown_is_dropped() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        one.integers.gate.clear()
        one.grow(TOTAL)
        await pilot.pause()
        one.start_over(3)
        one.integers.gate.set()
        await settle(pilot)
        assert one.total == 3
        assert shown(pilot)[:4] == ["0", "1", "2", ""]


async def test_goal_beyond_what_was_read() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = numbers(pilot)
        one.move_to(77)
        one.grow(100)
        await settle(pilot)
        assert one.cursor == 77
        assert "77" in shown(pilot)


async def test_a_row_is_reached_whatever_is_found_before_it_meanwhile() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot, 100)
        one.integers.gate.clear()
        one.grow(100)
        await pilot.pause()
        one.renumber(1_100, 1_000)
        one.send_to(3)
        one.integers.gate.set()
        await settle(pilot)
        assert one.cursor == 3
        one.integers.gate.clear()
        one.renumber(1_200, 100)
        one.send_to(20)
        await pilot.pause()
        one.renumber(1_300, 100)
        one.integers.gate.set()
        await settle(pilot)
        assert one.cursor == 120
        assert "120" in shown(pilot)


async def test_wheel_scrolls_without_moving_the_cursor() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        one.scroll_down(animate=False)
        one.scroll_down(animate=False)
        await settle(pilot)
        assert one.cursor == 0
        assert one.scroll_offset.y == 2
        assert shown(pilot)[0] == "2"


async def test_scrolling_far_from_the_cursor_stays_there() -> None:
    async with Host().run_test(size=(40, 20)) as pilot:
        one = await begin(pilot)
        one.scroll_to(y=5_000, animate=False)
        await settle(pilot)
        assert (one.cursor, shown(pilot)[0]) == (0, "5000")
        one.grow(TOTAL + 1)
        await settle(pilot)
        assert (one.cursor, shown(pilot)[0]) == (0, "5000")
        await pilot.press("down")
        await settle(pilot)
        assert (one.cursor, shown(pilot)[0]) == (1, "1")
