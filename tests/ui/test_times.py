"""Times of messages as the clock, or as counted."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.messages_panel import MessagesPanel


async def test_times_are_counted_from_the_opening_and_from_the_beginning(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        await pilot.press("g", "j", "j", "j")
        await settle(pilot)
        await pilot.press("2", "g")
        await settle(pilot)
        panel = main_of(pilot).query_one(MessagesPanel)
        clock = panel.rows.render_line(0).text
        await pilot.press("T")
        await pilot.pause()
        assert "+0:00.010" in panel.rows.render_line(0).text
        assert "since open" in panel.query_one(ColumnHeads).render_line(0).text
        await pilot.press("a")
        await settle(pilot)
        assert "since begin" in panel.query_one(ColumnHeads).render_line(0).text
        await pilot.press("a")
        await settle(pilot)
        await pilot.press("T", "g")
        await settle(pilot)
        assert panel.rows.render_line(0).text == clock
        assert "since" not in panel.query_one(ColumnHeads).render_line(0).text
