"""Playing a saved session: the keys of the player, the play head, and that the screen says what it said live."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fixtures.session import C_TO_S, MS, START_NS, TEXT, Live, Peer, S, stage
from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle, until
from tests.ui.playing import Clock, deck, go_to, offset, panels, shown, told
from wsinspect.model import Row
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.play_bar import PlayBar

FULL = (140, 44)


@pytest.fixture
def clock() -> Clock:
    """The pace of what is played."""
    return Clock()


@pytest.fixture
def player(session_file: Path, make_app: MakeApp, clock: Clock) -> WsInspectApp:
    """The app that plays the session with every kind of close."""
    return make_app(session_file, plays=True, monotonic_ns=clock)


def connections(pilot: Pilot[None]) -> ConnectionList:
    return main_of(pilot).query_one(ConnectionList)


def messages(pilot: Pilot[None]) -> MessageList:
    return main_of(pilot).query_one(MessageList)


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def is_as_of(pilot: Pilot[None], at_ns: int) -> bool:
    """Whether a session that is recorded is shown as of a commit, ages and all."""
    pulse = main_of(pilot)._session.pulse
    return pulse is not None and pulse.info.last_ns == at_ns and connections(pilot)._rows.now_ns // S == at_ns // S


def newest(pilot: Pilot[None]) -> Row:
    row = messages(pilot).row(messages(pilot).total - 1)
    assert row is not None
    return row


async def test_it_begins_at_the_beginning_and_goes_with_the_clock(player: WsInspectApp, clock: Clock) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        assert (offset(pilot), shown(pilot).is_moving) == (0, True)
        assert (connections(pilot).total, messages(pilot).total) == (1, 0)
        clock.now_ns = 1200 * MS
        await until(pilot, lambda: offset(pilot) == 1200 * MS)
        await settle(pilot)
        assert connections(pilot).total == 2
        assert newest(pilot).at_ns <= START_NS + 1200 * MS
        first = connections(pilot).row(0)
        assert first is not None
        assert first.connection.to_client.messages < 20


async def test_at_the_end_it_stands_and_shows_all(
    player: WsInspectApp, clock: Clock, session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        whole = main_of(pilot).query_one(HeaderLine).facts.counts
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        clock.now_ns = 3600 * S
        await until(pilot, lambda: shown(pilot).is_over)
        await told(pilot)
        assert not shown(pilot).is_moving
        assert main_of(pilot).query_one(HeaderLine).facts.counts == whole
        await press(pilot, "space")
        assert (offset(pilot), shown(pilot).is_moving) == (0, True)
        assert connections(pilot).total == 1


async def test_space_holds_and_lets_go(player: WsInspectApp, clock: Clock) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        clock.now_ns = S
        await press(pilot, "space")
        assert (offset(pilot), shown(pilot).is_moving) == (S, False)
        clock.now_ns = 9 * S
        await settle(pilot)
        assert offset(pilot) == S
        await press(pilot, "space")
        clock.now_ns = 10 * S
        await until(pilot, lambda: offset(pilot) == 2 * S)


async def test_faster_and_slower(player: WsInspectApp, clock: Clock) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await press(pilot, ">", ">")
        clock.now_ns = S
        await until(pilot, lambda: offset(pilot) == 4 * S)
        await press(pilot, "<", "<", "<", "<")
        clock.now_ns = 3 * S
        await until(pilot, lambda: offset(pilot) == 4 * S + S // 2)


async def test_steps_show_one_message_more_or_less(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await press(pilot, ".")
        assert messages(pilot).total == 1
        first = newest(pilot)
        assert offset(pilot) == first.at_ns - START_NS
        assert not shown(pilot).is_moving
        await press(pilot, ".", ".")
        assert messages(pilot).total == 3
        await press(pilot, ",")
        assert (messages(pilot).total, newest(pilot).number) == (2, 2)
        await press(pilot, ",", ",")
        assert messages(pilot).total == 0
        await press(pilot, ",")
        assert offset(pilot) == first.at_ns - 1 - START_NS


async def test_steps_follow_the_connection_whose_messages_are_listed(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await go_to(pilot, START_NS + 3 * S)
        connections(pilot).choose(3)
        await settle(pilot)
        before = messages(pilot).total
        await press(pilot, ".")
        assert (newest(pilot).connection, messages(pilot).total) == (3, before + 1)
        await press(pilot, "a")
        rows = messages(pilot).total
        await press(pilot, ".")
        assert messages(pilot).total == rows + 1


async def test_to_the_next_close_and_back(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await press(pilot, "right_curly_bracket")
        await told(pilot)
        chosen = main_of(pilot).chosen_id
        story = main_of(pilot).query_one(ClosePanel).story
        assert chosen == 4
        assert story is not None
        assert (story.connection.id, story.connection.closed_ns, story.code) == (4, shown(pilot).at_ns, 1011)
        at = offset(pilot)
        await press(pilot, "right_curly_bracket")
        assert main_of(pilot).chosen_id == 6
        await press(pilot, "left_curly_bracket")
        await told(pilot)
        assert (offset(pilot), main_of(pilot).chosen_id) == (at, 4)


async def test_before_a_close_the_connection_is_open_again(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await press(pilot, "right_curly_bracket")
        await told(pilot)
        panel = main_of(pilot).query_one(ClosePanel)
        assert panel.display
        await press(pilot, "left")
        await told(pilot)
        assert (panel.story, panel.display) == (None, False)
        await press(pilot, "right")
        await told(pilot)
        assert panel.story is not None


async def test_what_was_chosen_is_chosen_again_when_it_is_there(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await press(pilot, "right_curly_bracket", "right_curly_bracket")
        assert main_of(pilot).chosen_id == 6
        opened = offset(pilot)
        await go_to(pilot, START_NS + S)
        assert main_of(pilot).chosen_id == 2
        await go_to(pilot, START_NS + opened)
        assert main_of(pilot).chosen_id == 6
        await go_to(pilot, START_NS + S)
        connections(pilot).focus()
        await press(pilot, "up")
        await go_to(pilot, START_NS + opened)
        assert main_of(pilot).chosen_id == 1


async def test_going_to_a_time_that_is_typed(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL, notifications=True) as pilot:
        await settle(pilot)

        async def go(said: str) -> None:
            await pilot.press("ctrl+g")
            await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
            pilot.app.screen.query_one(Input).value = said
            await press(pilot, "enter")

        await go("0:30")
        assert offset(pilot) == 30 * S
        await go("+10")
        assert offset(pilot) == 40 * S
        await go("14:01:31.204")
        assert offset(pilot) == 20 * S
        await go("soon")
        assert offset(pilot) == 20 * S
        assert "not a time" in next(iter(pilot.app._notifications)).message


async def test_a_click_on_the_track_goes_there(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        bar = main_of(pilot).query_one(PlayBar)
        track = bar._track
        await pilot.click(PlayBar, offset=(track[-1], 0))
        await settle(pilot)
        assert shown(pilot).is_over
        await pilot.click(PlayBar, offset=(track[0], 0))
        await settle(pilot)
        assert offset(pilot) == 0
        await pilot.click(PlayBar, offset=(2, 0))
        await until(pilot, lambda: not shown(pilot).is_moving)


async def test_silences_are_passed_over_when_asked(tmp_path: Path, make_app: MakeApp, clock: Clock) -> None:
    live = Live(tmp_path / "s.wsi")
    Peer(live.script, 0, "/quiet").upgrade().frame(C_TO_S, 600 * S, TEXT, b"still there?")
    live.script.play()
    live.stop()
    async with make_app(tmp_path / "s.wsi", plays=True, monotonic_ns=clock).run_test(size=FULL) as pilot:
        await settle(pilot)
        clock.now_ns = 3 * S
        await until(pilot, lambda: offset(pilot) == 3 * S)
        await pilot.press("i")
        await until(pilot, lambda: offset(pilot) == 599 * S)
        clock.now_ns = 4 * S
        await until(pilot, lambda: offset(pilot) == 600 * S)
        await settle(pilot)
        assert newest(pilot).at_ns == START_NS + 600 * S


def _in_sight(pilot: Pilot[None]) -> dict[str, list[str]]:
    """The panels, but of the connections only those in sight: how many beside them are at hand is chance."""
    found, rows = panels(pilot), connections(pilot)
    seen = range(rows.scroll_offset.y, rows.scroll_offset.y + rows.size.height)
    listed = zip(sorted(rows._window.rows), found["connections"], strict=True)
    return {**found, "connections": [said for index, said in listed if index in seen]}


async def test_playing_begins_and_ends_with_a_key(session_file: Path, make_app: MakeApp, clock: Clock) -> None:
    async with make_app(session_file, monotonic_ns=clock).run_test(size=FULL) as pilot:
        await settle(pilot)
        whole = _in_sight(pilot)
        assert not main_of(pilot).query_one(PlayBar).display
        await press(pilot, "p")
        await until(pilot, lambda: deck(pilot).is_playing)
        await settle(pilot)
        assert (offset(pilot), connections(pilot).total) == (0, 1)
        assert main_of(pilot).query_one(PlayBar).display
        await press(pilot, "p")
        await until(pilot, lambda: not deck(pilot).is_playing)
        await told(pilot)
        assert main_of(pilot).query_one(PlayBar).shown is None
        assert main_of(pilot).chosen_id == 11
        assert _in_sight(pilot) == whole


async def test_a_live_session_is_not_played(live: Live, make_app: MakeApp) -> None:
    live.commit()
    async with make_app(live.path, is_live=True).run_test(size=FULL) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert not deck(pilot).is_playing


async def test_a_session_of_nothing_cannot_be_played(tmp_path: Path, make_app: MakeApp) -> None:
    live = Live(tmp_path / "empty.wsi")
    live.stop()
    async with make_app(live.path, plays=True).run_test(size=FULL, notifications=True) as pilot:
        await settle(pilot)
        assert not deck(pilot).is_playing
        assert "nothing was recorded" in next(iter(pilot.app._notifications)).message


async def test_it_goes_on_behind_other_screens(player: WsInspectApp, clock: Clock) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await go_to(pilot, START_NS + 10 * S)
        messages(pilot).focus()
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, MessageScreen)
        clock.now_ns = 5 * S
        await press(pilot, "escape")
        await until(pilot, lambda: offset(pilot) == 15 * S)


async def test_a_sorted_list_follows_the_head_both_ways(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await settle(pilot)
        await go_to(pilot, START_NS + 60 * S)
        connections(pilot).choose(3)
        connections(pilot).focus()
        await settle(pilot)
        await press(pilot, "minus")
        there = [one.connection.id for one in connections(pilot)._window.rows.values()]
        await go_to(pilot, START_NS + 2500 * MS)
        await until(pilot, lambda: connections(pilot).total == 3)
        assert [one.connection.id for one in connections(pilot)._window.rows.values()] == [1, 2, 3]
        await go_to(pilot, START_NS + 60 * S)
        await until(pilot, lambda: connections(pilot).total == len(there))
        await settle(pilot)
        assert [one.connection.id for one in connections(pilot)._window.rows.values()] == there


async def test_the_screen_says_what_it_said_live(tmp_path: Path, make_app: MakeApp, clock: Clock) -> None:
    live = Live(tmp_path / "s.wsi")
    stage(live.script)
    now = [START_NS]
    said: dict[int, dict[str, list[str]]] = {}
    async with WsInspectApp(live.path, is_live=True, now_ns=lambda: now[0]).run_test(size=FULL) as pilot:
        at_ns = START_NS
        while live.script.play_until(at_ns := at_ns + 4 * S):
            live.commit()
            now[0] = await app_of(pilot).bridge.call(lambda reader: reader.info().last_ns)
            await until(pilot, lambda: is_as_of(pilot, now[0]))
            await told(pilot)
            said[now[0]] = panels(pilot)
    live.stop()
    async with make_app(live.path, plays=True, monotonic_ns=clock).run_test(size=(140, 45)) as pilot:
        await settle(pilot)
        for at_ns, then in said.items():
            await go_to(pilot, at_ns)
            await told(pilot)
            assert panels(pilot) == then
