"""Hits that are marked on screen while nothing is hidden, and the way from one to the next."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import MakeApp
from tests.ui.driving import settle, until
from tests.ui.filtering import (
    FEED,
    SIZE,
    note,
    rows_of,
    title,
    to_messages,
    write,
)


async def test_hits_are_marked_and_nothing_is_hidden(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE, notifications=True) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, r'"\"seq\":30"', key="ctrl+f")
        await pilot.press("enter")
        await settle(pilot)
        assert rows.total == whole
        # The nearest before the newest row.
        await until(pilot, lambda: rows.cursor == 309)
        await settle(pilot)
        assert note(pilot).endswith(" · hit 11 of 11")
        places = []
        for key in ("N", "N", "n"):
            await pilot.press(key)
            await settle(pilot)
            places.append((rows.cursor + 1, note(pilot).rpartition(" · ")[2]))
        assert places == [(309, "hit 10 of 11"), (308, "hit 9 of 11"), (309, "hit 10 of 11")]
        # None of them is lost, however fast they come.
        for _ in range(9):
            rows.action_hit(-1)
        await until(pilot, lambda: rows.cursor == 30)
        await settle(pilot)
        assert (rows.cursor + 1, note(pilot).rpartition(" · ")[2]) == (31, "hit 1 of 11")
        await pilot.press("down")
        await settle(pilot)
        assert note(pilot).endswith(" · 11 hits")
        await pilot.press("g")
        await settle(pilot)
        await pilot.press("N")
        # In front of what always stands there, which stays in sight.
        await until(pilot, lambda: note(pilot).startswith("no hit before this row: n goes on · row 1 of 800 · "))
        assert not pilot.app._notifications
        await pilot.press("n")
        await settle(pilot)
        assert note(pilot).startswith("row 31 of 800")
        await pilot.press("N")
        await until(pilot, lambda: note(pilot).startswith("no hit before this row: n goes on · "))
        await pilot.press("escape")
        await settle(pilot)
        assert "hit" not in note(pilot)


async def test_a_search_goes_through_what_a_filter_lists(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        await write(pilot, r'"\"seq\":3"')
        await pilot.press("enter")
        await settle(pilot)
        await write(pilot, r'"\"seq\":35"', key="ctrl+f")
        await pilot.press("enter", "g")
        await settle(pilot)
        found = []
        for _ in range(3):
            await pilot.press("n")
            await settle(pilot)
            row = rows.row(rows.cursor)
            found.append(row.number if row else 0)
        assert found == [36, 351, 352]
        assert title(pilot) == r'Messages · #1 /feed  filter: "\"seq\":3" ×   find: "\"seq\":35" × '
