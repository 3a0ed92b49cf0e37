"""The main screen while a session is being recorded: what arrives changes nothing a user chose."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Static

from tests.fixtures.session import C_TO_S, MS, NOW_NS, S_TO_C, START_NS, TEXT, Live, Peer, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle, until
from wsinspect.model import Side
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.panel import Panel

SIZE = (140, 44)


def open_feed(live: Live, after_ns: int = 0) -> Peer:
    """A connection that is open and has one message."""
    peer = Peer(live.script, after_ns, "/feed").upgrade()
    peer.frame(S_TO_C, 10 * MS, TEXT, b"tick")
    live.script.play()
    live.commit()
    return peer


async def ticks(pilot: Pilot[None], live: Live, peer: Peer, after_ns: int, count: int) -> None:
    """Some more messages, until they are on screen."""
    shown = main_of(pilot).query_one(MessageList)
    before = shown.total
    for at in range(count):
        peer.frame(S_TO_C, after_ns + at * MS, TEXT, b"tick")
    live.script.play()
    live.commit()
    await until(pilot, lambda: shown.total == before + count)
    await settle(pilot)


async def test_empty_session_says_where_to_point_a_client(live: Live, make_app: MakeApp) -> None:
    app = make_app(live.path, is_live=True, urls=("ws://127.0.0.1:8080", "ws://[::1]:8080"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(ConnectionList)
        lines = [shown.render_line(y).text.strip() for y in range(3)]
        assert "waiting for a client: point yours at ws://127.0.0.1:8080 or ws://[::1]:8080" in lines
        assert main_of(pilot).query_one(HeaderLine).facts.is_recording


async def test_follows_the_newest_until_told_otherwise(live: Live, make_app: MakeApp) -> None:
    peer = open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(MessageList)
        await ticks(pilot, live, peer, S, 100)
        assert shown.cursor == 100
        assert shown.is_vertical_scroll_end
        await pilot.press("2", "up", "up")
        top = shown.scroll_offset.y
        await ticks(pilot, live, peer, 2 * S, 50)
        assert (shown.cursor, shown.scroll_offset.y) == (98, top)
        await pilot.press("space")
        await settle(pilot)
        assert shown.cursor == 150
        await ticks(pilot, live, peer, 3 * S, 5)
        assert shown.cursor == 155


def keys(pilot: Pilot[None]) -> str:
    """The line of keys."""
    return main_of(pilot).query_one(KeysLine).render_line(0).text


async def test_space_holds_and_lets_run(live: Live, make_app: MakeApp) -> None:
    peer = open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(MessageList)
        await pilot.press("space")
        await ticks(pilot, live, peer, S, 7)
        assert shown.cursor == 0
        assert "held, 7 new" in main_of(pilot).query_one("#messages", Panel).note.plain
        assert "space Follow" in keys(pilot)
        await pilot.press("space")
        await settle(pilot)
        assert shown.cursor == 7
        assert "following" in main_of(pilot).query_one("#messages", Panel).note.plain
        assert "space Hold" in keys(pilot)


async def test_wheel_holds(live: Live, make_app: MakeApp) -> None:
    peer = open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(MessageList)
        await ticks(pilot, live, peer, S, 100)
        shown.scroll_up(animate=False)
        assert not shown.is_following
        shown.scroll_end(animate=False, immediate=True)
        await settle(pilot)
        assert shown.is_following


async def test_close_opens_by_itself_and_leaves_focus_alone(live: Live, make_app: MakeApp) -> None:
    peer = open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ticks(pilot, live, peer, S, 60)
        await pilot.press("2")
        main = main_of(pilot)
        shown, panel = main.query_one(MessageList), main.query_one(ClosePanel)
        assert not panel.display
        peer.close(S_TO_C, 5 * S, 1011).close(C_TO_S, 5 * S + MS, 1011).ends(5 * S + 2 * MS, Side.SERVER)
        live.script.play()
        live.commit()
        await until(pilot, lambda: panel.display)
        await settle(pilot)
        assert shown.has_focus
        assert shown.is_following
        assert shown.cursor == shown.total - 1
        assert 0 <= shown.cursor - shown.scroll_offset.y < shown.size.height
        assert panel.story is not None
        assert panel.story.code == 1011


@pytest.mark.parametrize("key", ["1", "3", "G", "tab"])
async def test_a_close_moves_no_row_that_is_read(live: Live, make_app: MakeApp, key: str) -> None:
    peer = open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown, close = main_of(pilot).query_one(MessageList), main_of(pilot).query_one(ClosePanel)
        await ticks(pilot, live, peer, S, 100)
        await pilot.press("2", "k", "k")
        await settle(pilot)
        read = (shown.cursor, shown.scroll_offset.y, shown.size)
        peer.close(S_TO_C, 3 * S, 1011, "boom")
        live.script.play()
        live.commit()
        await until(pilot, lambda: close.told is not None)
        await settle(pilot)
        assert (shown.cursor, shown.scroll_offset.y, shown.size) == read
        # It has its room as soon as whoever reads is done, or asks for it.
        await pilot.press(key)
        await until(pilot, lambda: close.display)


async def test_selection_stays_when_connections_come(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        main = main_of(pilot)
        shown = main.query_one(ConnectionList)
        await pilot.press("home")
        for at in range(1, 9):
            open_feed(live, at * S)
        await until(pilot, lambda: shown.total == 9)
        await settle(pilot)
        assert (shown.cursor, shown.scroll_offset.y) == (0, 0)


async def test_badge_for_a_failure_elsewhere(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        main = main_of(pilot)
        header = main.query_one(HeaderLine)
        await pilot.press("home")
        other = open_feed(live, S)
        other.close(S_TO_C, S, 1011).ends(S + MS, Side.SERVER)
        live.script.play()
        live.commit()
        await until(pilot, lambda: header.facts.is_badge)
        assert main.query_one(ConnectionList).cursor == 0
        assert "! #2 1011" in header.render_line(0).text
        await pilot.press("!")
        await settle(pilot)
        assert main.query_one(ConnectionList).cursor == 1
        assert not header.facts.is_badge


async def test_first_failure_is_chosen_while_nobody_chose(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(ConnectionList)
        other = open_feed(live, S)
        other.close(S_TO_C, S, 1011).ends(S + MS, Side.SERVER)
        live.script.play()
        live.commit()
        await until(pilot, lambda: shown.cursor == 1)
        third = open_feed(live, 2 * S)
        third.close(S_TO_C, S, 1011).ends(S + MS, Side.SERVER)
        live.script.play()
        live.commit()
        await until(pilot, lambda: main_of(pilot).query_one(HeaderLine).facts.counts.failed == 2)
        assert shown.cursor == 1


async def test_quit_asks_while_connections_are_open(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    stopped: list[bool] = []

    async def stop() -> None:
        stopped.append(True)

    async with make_app(live.path, is_live=True, on_quit=stop).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("q")
        assert isinstance(pilot.app.screen, Confirm)
        await pilot.press("n")
        assert not stopped
        await pilot.press("ctrl+c")
        assert isinstance(pilot.app.screen, Confirm)
        await pilot.press("y")
        await until(pilot, lambda: not app_of(pilot).is_running)
    assert stopped == [True]


async def test_age_goes_on(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(ConnectionList)
        assert "1:24" in shown.render_line(0).text
        shown.set_clock(NOW_NS + 2 * S)
        assert "1:26" in shown.render_line(0).text
    assert NOW_NS - START_NS == 84 * S


async def test_a_capture_that_ended_by_itself_is_said_and_not_asked_about(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        app_of(pilot).capture_ended()
        open_feed(live, S)
        await until(pilot, lambda: main_of(pilot).query_one(ConnectionList).total == 2)
        await settle(pilot)
        assert not main_of(pilot).query_one(HeaderLine).facts.is_recording
        assert "ended by itself" in str(main_of(pilot).query_one("#notice", Static).content)
        await pilot.press("q")
        await until(pilot, lambda: not app_of(pilot).is_running)


async def test_notices_and_http_requests_are_shown(live: Live, make_app: MakeApp) -> None:
    live.recorder.http_request("GET /[/x] 200", START_NS)
    live.commit()
    notice = "listening beyond this machine: [/x]"
    async with make_app(live.path, is_live=True, notices=(notice,)).run_test(size=(180, 44)) as pilot:
        await settle(pilot)
        assert notice in str(main_of(pilot).query_one("#notice", Static).content)
        assert "1 HTTP request, last: GET /[/x] 200" in main_of(pilot).query_one(HeaderLine).render_line(0).text


async def test_a_connection_without_messages_says_so(live: Live, make_app: MakeApp) -> None:
    Peer(live.script, 0, "/feed").upgrade()
    live.script.play()
    live.commit()
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(MessageList)
        assert "no messages yet on #1" in [shown.render_line(y).text.strip() for y in range(3)]


@pytest.mark.parametrize("key", ["e", "left_square_bracket", "right_square_bracket", "enter", "down", "end"])
async def test_a_key_ends_choosing_by_itself(live: Live, make_app: MakeApp, key: str) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        main = main_of(pilot)
        await pilot.press(key)
        other = open_feed(live, S)
        other.close(S_TO_C, S, 1011).ends(S + MS, Side.SERVER)
        live.script.play()
        live.commit()
        await until(pilot, lambda: main.query_one(HeaderLine).facts.counts.failed == 1)
        await settle(pilot)
        assert main.query_one(ConnectionList).cursor == 0


async def test_interrupting_the_question_quits(live: Live, make_app: MakeApp) -> None:
    open_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+c")
        labels = [str(one.label) for one in pilot.app.screen.query(Button)]
        assert labels == ["Quit (y)", "Stay (n)"]
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app_of(pilot).is_running)
