"""The columns of the list of messages are those of what it lists, from its first picture on."""

from __future__ import annotations

from pathlib import Path

from tests.ui.driving import main_of, settle
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.widgets.message_list import MessageList


async def test_they_change_with_what_is_listed(session_file: Path) -> None:
    async with WsInspectApp(session_file).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        rows = main_of(pilot).query_one(MessageList)
        for connection in (None, 1, None, 1):
            # Before anything else comes from the session: of one that is saved nothing may.
            rows.show(connection, 5)
            shown = {placed.column.key for placed in rows.placed}
            assert ("connection" in shown) == (connection is None)
