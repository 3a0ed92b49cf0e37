"""The main screen over a saved session: what is chosen, what is shown, where keys and clicks lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from wsinspect.codes import HttpStatus
from wsinspect.ui.screens.handshake import HandshakeScreen
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.screens.report import ReportScreen
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.too_small import TooSmall

FULL = (140, 44)
BRIEF = (100, 30)
SMALL = (80, 24)


def connections(pilot: Pilot[None]) -> ConnectionList:
    return main_of(pilot).query_one(ConnectionList)


def messages(pilot: Pilot[None]) -> MessageList:
    return main_of(pilot).query_one(MessageList)


def close(pilot: Pilot[None]) -> ClosePanel:
    return main_of(pilot).query_one(ClosePanel)


async def choose(pilot: Pilot[None], connection: int) -> None:
    connections(pilot).focus()
    connections(pilot).move_to(connection - 1)
    await settle(pilot)


async def test_begins_at_newest_failure(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        assert connections(pilot).cursor == 10
        assert messages(pilot).total == 5
        assert close(pilot).display
        story = close(pilot).story
        assert story is not None
        assert (story.connection.id, story.code, story.is_wire) == (11, 1006, False)


async def test_header_counts(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        facts = main_of(pilot).query_one(HeaderLine).facts
        assert (facts.counts.open, facts.counts.failed, facts.counts.closed) == (3, 10, 5)
        assert facts.counts.messages == 1215
        assert not facts.is_recording
        assert not facts.is_badge
        assert facts.source == "proxy 127.0.0.1:8080 → ws://127.0.0.1:9000"


async def test_keys_move_and_choose(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        for keys, cursor in (("g", 0), ("j", 1), ("down", 2), ("k", 1), ("up", 0), ("G", 17), ("home", 0), ("end", 17)):
            await pilot.press(keys)
            await settle(pilot)
            assert connections(pilot).cursor == cursor, keys
        await pilot.press("pageup")
        assert 0 < connections(pilot).cursor < 17
        await pilot.press("g")
        await settle(pilot)
        assert messages(pilot).total == 800
        assert not close(pilot).display


async def test_close_panel_explains_chosen_connection(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        pair = close(pilot).pair
        assert pair is not None
        assert (pair.subject, pair.other) == (1011, 1014)
        await choose(pilot, 12)
        pair = close(pilot).pair
        assert pair is not None
        assert pair.subject == HttpStatus(502)
        await choose(pilot, 1)
        assert not close(pilot).display


async def test_related_codes_go_round(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        first = close(pilot).pair
        assert first is not None
        await pilot.press("]")
        second = close(pilot).pair
        assert second is not None
        assert second.at == 1
        await pilot.press("[", "[")
        last = close(pilot).pair
        assert last is not None
        assert last.at == len(first.others) - 1


async def test_enter_goes_to_messages_and_opens_one(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        await pilot.press("enter")
        assert messages(pilot).has_focus
        await pilot.press("g", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, MessageScreen)
        await pilot.press("escape")
        assert messages(pilot).has_focus
        await pilot.press("escape")
        assert connections(pilot).has_focus


async def test_all_connections_in_one_list(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        total = messages(pilot).total
        assert total > 1215
        last = messages(pilot).row(total - 1)
        assert last is not None
        assert last.connection == 11
        assert close(pilot).title.plain == "Close of the chosen connection · #11 /drop"
        await pilot.press("a")
        await settle(pilot)
        assert messages(pilot).total == 5
        assert close(pilot).title.plain == "Close · #11 /drop"


async def test_report_and_handshake_are_those_of_the_row_that_is_read(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        await pilot.press("a", "g")
        await settle(pilot)
        rows = main_of(pilot).query_one(MessageList)
        row = rows.row(rows.cursor)
        assert row is not None
        assert row.connection != main_of(pilot).chosen_id
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, HandshakeScreen) and pilot.app.screen.is_settled)
        assert f" #{row.connection} handshake" in str(pilot.app.screen.query_one("#facts", Static).render())
        await pilot.press("escape", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen))
        assert isinstance(pilot.app.screen, ReportScreen)
        assert pilot.app.screen._connection == row.connection
        await pilot.press("escape", "1", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen))
        assert isinstance(pilot.app.screen, ReportScreen)
        assert pilot.app.screen._connection == main_of(pilot).chosen_id


async def test_newest_failure_key(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 1)
        await pilot.press("!")
        await settle(pilot)
        assert connections(pilot).cursor == 10


async def test_zoom_and_back(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await pilot.press("2", "z")
        main = main_of(pilot)
        shown = [panel for panel in ("connections", "messages", "close") if main.query_one(f"#{panel}").display]
        assert shown == ["messages"]
        assert messages(pilot).has_focus
        await pilot.press("escape")
        assert connections(pilot).display
        assert main.query_one("#connections").display


async def test_brief_close_opens_with_enter(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=BRIEF) as pilot:
        await settle(pilot)
        panel = close(pilot)
        assert panel.is_brief
        assert panel.size.height <= 8
        await pilot.press("3", "enter")
        await settle(pilot)
        assert not panel.is_brief
        assert panel.size.height > 20
        await pilot.press("enter")
        await settle(pilot)
        assert panel.is_brief


async def test_messages_of_all_connections_are_gone_to(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert messages(pilot).has_focus
        assert messages(pilot).total > 1215
        await pilot.press("1", "escape")
        await settle(pilot)
        assert connections(pilot).has_focus
        assert messages(pilot).total == 5
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert messages(pilot).has_focus
        # Enter on a connection leads to its own.
        await pilot.press("1", "enter")
        await settle(pilot)
        assert messages(pilot).has_focus
        assert messages(pilot).total == 5


async def test_tabs_on_a_small_screen(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SMALL) as pilot:
        await settle(pilot)
        main = main_of(pilot)

        def shown() -> list[str]:
            return [panel for panel in ("connections", "messages", "close") if main.query_one(f"#{panel}").display]

        assert shown() == ["connections"]
        await pilot.press("2")
        assert shown() == ["messages"]
        assert messages(pilot).has_focus
        await pilot.press("3")
        assert shown() == ["close"]
        await pilot.click("TabBar", offset=(3, 0))
        assert shown() == ["connections"]


async def test_mouse_chooses_and_opens(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.click("#connection-list", offset=(10, 3))
        await settle(pilot)
        assert connections(pilot).cursor == 3
        await pilot.click("#connection-list", offset=(10, 3), times=2)
        await settle(pilot)
        assert messages(pilot).has_focus


async def test_too_small_for_anything_above(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(50, 10)) as pilot:
        await settle(pilot)
        for key in ("e", "h", "question_mark", "ctrl+p", "enter"):
            await pilot.press(key)
            await settle(pilot)
            assert pilot.app.screen is main_of(pilot), key


@pytest.mark.parametrize(("connection", "row"), [(4, 6), (11, 1)], ids=["close frame", "last message"])
@pytest.mark.parametrize("size", [FULL, SMALL], ids=["140x44", "80x24"])
async def test_enter_goes_to_where_it_closed(
    session_file: Path, make_app: MakeApp, connection: int, row: int, size: tuple[int, int]
) -> None:
    async with make_app(session_file).run_test(size=size) as pilot:
        await settle(pilot)
        await choose(pilot, connection)
        await pilot.press("enter")
        await settle(pilot)
        assert messages(pilot).cursor == row - 1
        await pilot.press("down", "escape", "enter")
        await settle(pilot)
        assert messages(pilot).cursor == row


async def test_rows_carry_their_number_where_there_is_room(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=BRIEF) as pilot:
        await settle(pilot)
        await choose(pilot, 1)
        shown = messages(pilot)
        assert shown.render_line(shown.size.height - 1).text.split()[0] == "800"
        await pilot.resize_terminal(96, 30)
        await settle(pilot)
        assert shown.render_line(shown.size.height - 1).text.split()[0] != "800"


async def test_palette_lists_an_action_once(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        titles = [one.title for one in pilot.app.get_system_commands(pilot.app.screen)]
        assert titles.count("Quit (q)") == 1
        assert len(titles) == len(set(titles))


async def test_too_small(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(50, 10)) as pilot:
        await settle(pilot)
        said = main_of(pilot).query_one(TooSmall)
        assert said.display
        assert "60×15" in str(said.content)
        await pilot.resize_terminal(*FULL)
        await settle(pilot)
        assert not said.display
        assert main_of(pilot).query_one("#connections").display


async def test_dark_and_light(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        assert pilot.app.theme == "wsinspect-dark"
        await pilot.press("d")
        assert pilot.app.theme == "wsinspect-light"
