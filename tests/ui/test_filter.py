"""A filter over the messages on screen: typed, kept, dropped; hits that are only marked; kinds that are hidden."""

from __future__ import annotations

import json
from pathlib import Path

from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, OptionList
from textual.widgets._toast import Toast

from tests.fixtures.session import C_TO_S, MS, NOW_NS, PING, PONG, S_TO_C, START_NS, TEXT, FixedReader, Live, Peer, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.screens.hidden_menu import HiddenMenu
from wsinspect.ui.widgets.connections_panel import ConnectionsPanel
from wsinspect.ui.widgets.fact_list import FactList
from wsinspect.ui.widgets.filter_field import FilterField
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.messages_panel import MessagesPanel

SIZE = (140, 44)
FEED = 1
"""The connection with 800 rows."""


def rows_of(pilot: Pilot[None]) -> MessageList:
    return main_of(pilot).query_one(MessageList)


def numbers(pilot: Pilot[None]) -> list[int]:
    """Numbers of the rows at hand."""
    return [row.number for row in rows_of(pilot).at_hand]


def note(pilot: Pilot[None]) -> str:
    return main_of(pilot).query_one(MessagesPanel).note.plain


def title(pilot: Pilot[None]) -> str:
    return main_of(pilot).query_one(MessagesPanel).title.plain


def field(pilot: Pilot[None]) -> FilterField:
    return main_of(pilot).query_one(MessagesPanel).query_one(FilterField)


def said(pilot: Pilot[None]) -> str:
    """What stands below the field."""
    return "".join(segment.text for segment in field(pilot).query_one("#said").render_line(0)).rstrip()


async def to_messages(pilot: Pilot[None], connection: int) -> None:
    await settle(pilot)
    await pilot.press("g", *("j",) * (connection - 1))
    await settle(pilot)
    await pilot.press("2")
    await settle(pilot)


async def write(pilot: Pilot[None], text: str, key: str = "slash") -> None:
    """Open the field and type."""
    await pilot.press(key)
    await until(pilot, lambda: field(pilot).is_open)
    await type_in(pilot, text)


async def type_in(pilot: Pilot[None], text: str) -> None:
    field(pilot).query_one(Input).insert_text_at_cursor(text)
    await settle(pilot)


async def test_saying_the_same_again_costs_no_layout(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        main_of(pilot).query_one(MessagesPanel)._say_place()
        assert not field(pilot).query_one("#said")._layout_required
        field(pilot).say(Content("something else"))
        assert field(pilot).query_one("#said")._layout_required


async def test_what_is_typed_is_listed_at_once_and_kept_with_enter(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, r'"\"seq\":77"')
        assert numbers(pilot) == [78, *range(771, 781)]
        assert note(pilot) == f"11 of 11 · {whole - 11} hidden"
        await pilot.press("enter")
        await settle(pilot)
        assert not field(pilot).is_open
        assert rows.has_focus
        assert title(pilot) == r'Messages · #1 /feed  filter: "\"seq\":77" '
        assert rows.total == 11
        await pilot.press("escape")
        await settle(pilot)
        assert (rows.total, title(pilot)) == (whole, "Messages · #1 /feed")
        assert "hidden" not in note(pilot)


async def test_escape_while_typing_lists_everything_again(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, "-bid")
        assert 0 < rows.total < 10
        await pilot.press("escape")
        await settle(pilot)
        assert rows.total == whole
        assert rows.has_focus
        await write(pilot, "nothing like it")
        assert rows.total == 0
        assert "nothing here is taken by the filter" in rows.render_line(1).text


async def test_an_error_points_at_its_character_and_keeps_the_field_open(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "tick size:x")
        assert said(pilot) == " filter tick size:".replace(" filter tick size:", " " * 18) + "▲ " + (
            "expected a size such as >1kB after size:, found 'x'"
        )
        assert numbers(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert field(pilot).is_open
        await type_in(pilot, "\x7f")
        field(pilot).query_one(Input).value = "tick size:>1"
        await settle(pilot)
        assert "expected" not in said(pilot)


async def test_ways_to_go_on_are_offered_and_taken(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "")
        choices = field(pilot).query_one(OptionList)
        assert choices.option_count == 12
        await type_in(pilot, "ty")
        assert choices.option_count == 1
        await pilot.press("tab")
        await settle(pilot)
        assert field(pilot).value == "type:"
        await pilot.press("down", "down", "up", "down")
        assert choices.highlighted == 1
        await pilot.press("enter")
        await settle(pilot)
        assert field(pilot).value == "type:binary "
        await type_in(pilot, "or json:$.ty")
        await pilot.press("tab")
        await settle(pilot)
        assert field(pilot).value == "type:binary or json:$.type "
        assert not choices.display
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot).endswith(" filter: type:binary or json:$.type ")


async def test_keys_are_text_while_a_filter_is_typed(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "")
        await pilot.press("q", "space", "a", "exclamation_mark", "left_square_bracket", "N", "l", "1")
        await settle(pilot)
        assert field(pilot).value == "q a![Nl1"
        keys = main_of(pilot).query_one(KeysLine)
        labels = [hint.label for hint in keys._hints]
        assert labels == ["Keep", "Complete", "Clear"]


async def test_the_cursor_stays_on_its_row(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        rows.is_following = False
        rows.move_to(419)
        await settle(pilot)
        await write(pilot, "type:text")
        row = rows.row(rows.cursor)
        assert row is not None
        assert row.number == 420
        await pilot.press("escape")
        await settle(pilot)
        assert (rows.cursor, rows.is_following) == (419, False)


async def test_hits_are_marked_and_nothing_is_hidden(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE, notifications=True) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, r'"\"seq\":30"', key="ctrl+f")
        await pilot.press("enter")
        await settle(pilot)
        assert rows.total == whole
        assert "11 hits" in note(pilot)
        places = []
        for key in ("N", "N", "N", "n"):
            await pilot.press(key)
            await settle(pilot)
            places.append(rows.cursor + 1)
        assert places == [310, 309, 308, 309]
        await pilot.press("g")
        await settle(pilot)
        await pilot.press("N")
        await until(
            pilot, lambda: any("no hit before this row" in str(one.render()) for one in pilot.app.screen.query(Toast))
        )
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
        assert title(pilot) == r'Messages · #1 /feed  filter: "\"seq\":3"   find: "\"seq\":35" '


async def test_a_kind_is_hidden_with_one_key_remembered_and_listed(session_file: Path, tmp_path: Path) -> None:
    habits = tmp_path / "habits.json"

    def app() -> WsInspectApp:
        return WsInspectApp(session_file, now_ns=lambda: NOW_NS, open_reader=FixedReader, habits_path=lambda: habits)

    async with app().run_test(size=SIZE, notifications=True) as pilot:
        await to_messages(pilot, FEED)
        await pilot.press("H")
        await settle(pilot)
        assert all(b'"type":"tick"' not in row.head for row in rows_of(pilot).at_hand)
        assert "hidden" in note(pilot)
        await until(pilot, habits.exists)
    assert json.loads(habits.read_text())["hidden"] == ["json:$.type=tick"]

    async with app().run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        few = rows_of(pilot).total
        assert "hidden" in note(pilot)
        await pilot.press("U")
        await until(pilot, lambda: isinstance(pilot.app.screen, HiddenMenu))
        await pilot.press("enter")
        await settle(pilot)
        assert rows_of(pilot).total > few
        await until(pilot, lambda: json.loads(habits.read_text())["hidden"] == [])


def _feed(live: Live) -> Peer:
    peer = Peer(live.script, 0, "/feed").upgrade()
    peer.frame(S_TO_C, 10 * MS, TEXT, b"tick 0")
    live.script.play()
    live.commit()
    return peer


def _more(live: Live, peer: Peer, second: int, *texts: bytes) -> None:
    for at, text in enumerate(texts):
        peer.frame(S_TO_C, second * S + at * MS, TEXT, text)
    live.script.play()
    live.commit()


async def test_what_comes_is_filtered_too(live: Live, make_app: MakeApp) -> None:
    peer = _feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        await write(pilot, "tick")
        await pilot.press("enter")
        _more(live, peer, 1, b"tock", b"tick 1", b"tock", b"tick 2")
        await until(pilot, lambda: rows.total == 3)
        await settle(pilot)
        assert numbers(pilot) == [1, 3, 5]
        assert note(pilot) == "3 of 3 · 2 hidden · following"
        await pilot.press("up")
        _more(live, peer, 2, b"tock", b"tick 3")
        await until(pilot, lambda: rows.total == 4)
        await settle(pilot)
        assert note(pilot) == "2 of 4 · 3 hidden · held, 1 new"


async def test_clearing_lists_only_what_comes_and_deletes_nothing(live: Live, make_app: MakeApp) -> None:
    peer = _feed(live)
    _more(live, peer, 1, b"tick 1", b"tick 2")
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        await pilot.press("l")
        await until(pilot, lambda: rows.total == 0)
        await settle(pilot)
        assert note(pilot) == "3 cleared"
        _more(live, peer, 2, b"tick 3")
        await until(pilot, lambda: rows.total == 1)
        await settle(pilot)
        assert numbers(pilot) == [4]
        await write(pilot, "tick")
        assert numbers(pilot) == [4]
        await pilot.press("escape", "a")
        await settle(pilot)
        assert [row.head for row in rows.at_hand] == [b"tick 3"]
        await pilot.press("L")
        await settle(pilot)
        assert rows.total == 4


async def test_evidence_that_is_hidden_is_shown_with_all_the_rest(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE, notifications=True) as pilot:
        await to_messages(pilot, 4)
        rows = rows_of(pilot)
        await write(pilot, "type:ping")
        await pilot.press("enter")
        await settle(pilot)
        assert rows.total == 1
        facts = main_of(pilot).query_one(FactList)
        facts.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert rows.total > 1
        assert "filter" not in title(pilot)
        row = rows.row(rows.cursor)
        assert row is not None
        assert row.number > 1


async def test_a_played_session_is_filtered_as_it_is_played(tmp_path: Path, make_app: MakeApp) -> None:
    live = Live(tmp_path / "s.wsi")
    peer = _feed(live)
    for second in range(1, 5):
        _more(live, peer, second, b"tock", b"tick %d" % second)
        peer.frame(C_TO_S, second * S + 500 * MS, PING, b"")
        live.script.play()
        live.commit()
    live.stop()
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        await write(pilot, "tick")
        await pilot.press("enter")
        await settle(pilot)
        assert rows.total == 5
        await main_of(pilot)._bridge.play(lambda: START_NS + int(2.7 * S), (START_NS, START_NS + 5 * S))
        await until(pilot, lambda: rows.total == 3)
        await settle(pilot)
        assert [row.head for row in rows.at_hand] == [b"tick 0", b"tick 1", b"tick 2"]


def _heartbeats(live: Live) -> Peer:
    """Ten pings that are answered, then a message, then the same message four times."""
    peer = Peer(live.script, 0, "/feed").upgrade()
    for second in range(10):
        peer.frame(S_TO_C, second * S + MS, PING, b"%d" % second)
        peer.frame(C_TO_S, second * S + 2 * MS, PONG, b"%d" % second)
    for second in range(10, 15):
        peer.frame(S_TO_C, second * S, TEXT, b"same")
    live.script.play()
    live.commit()
    return peer


def messages(pilot: Pilot[None]) -> list[str]:
    """What the lines of the list say."""
    rows = rows_of(pilot)
    return [rows.render_line(y).text.strip() for y in range(rows.total)]


async def test_repeated_rows_are_folded_and_unfolded(live: Live, make_app: MakeApp) -> None:
    peer = _heartbeats(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        assert rows.total == 25
        await pilot.press("f")
        await settle(pilot)
        ping, pong, same = messages(pilot)
        assert "ping" in ping
        assert "+18 alike in 9.0 s" in pong
        assert "+4 alike in 4.0 s" in same
        assert note(pilot) == "3 of 3 · 22 folded · following"
        await pilot.press("g", "down", "plus")
        await until(pilot, lambda: rows.total == 21)
        await settle(pilot)
        assert rows.cursor == 1
        assert "│" in messages(pilot)[5]
        await pilot.press("down", "down", "plus")
        await until(pilot, lambda: rows.total == 3)
        await settle(pilot)
        assert rows.cursor == 1
        _more(live, peer, 20, b"same", b"other")
        await until(pilot, lambda: rows.total == 4)
        await settle(pilot)
        assert "+5 alike in 10.0 s" in messages(pilot)[2]
        await pilot.press("f")
        await settle(pilot)
        assert rows.total == 27


async def test_connections_are_filtered_where_the_focus_is(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE, notifications=True) as pilot:
        await settle(pilot)
        panel = main_of(pilot).query_one(ConnectionsPanel)
        await pilot.press("1", "slash")
        await until(pilot, lambda: panel.field.is_open)
        panel.field.query_one(Input).insert_text_at_cursor("json:$.a")
        await settle(pilot)
        below = "".join(segment.text for segment in panel.field.query_one("#said").render_line(0))
        assert "json: looks into messages" in below
        panel.field.query_one(Input).value = "code:1011"
        await settle(pilot)
        assert [line.connection.id for line in panel.rows.at_hand] == [4, 6]
        await pilot.press("enter")
        await settle(pilot)
        assert panel.title.plain == "Connections  filter: code:1011 "
        assert "16 hidden by the filter" in panel.note.plain
        await pilot.press("exclamation_mark")
        await settle(pilot)
        assert panel.title.plain == "Connections"
        assert panel.rows.total == 18


async def test_selected_connections_are_merged_in_order(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("1", "g", "j", "j", "j")
        await settle(pilot)
        await pilot.press("v", "j", "v")
        await settle(pilot)
        rows = rows_of(pilot)
        assert title(pilot) == "Messages · #4, #6"
        shown = list(rows.at_hand)
        assert {row.connection for row in shown} == {4, 6}
        assert [row.at_ns for row in shown] == sorted(row.at_ns for row in shown)
        await pilot.press("V")
        await settle(pilot)
        assert {row.connection for row in rows.at_hand} == {main_of(pilot).chosen_id}
