"""What leaves rows out beside a filter: kinds that are hidden, rows that are cleared or folded."""

from __future__ import annotations

import json
from pathlib import Path

from textual.events import Key
from textual.pilot import Pilot

from tests.fixtures.session import C_TO_S, MS, NOW_NS, PING, PONG, S_TO_C, TEXT, FixedReader, Live, Peer, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import settle, until
from tests.ui.filtering import (
    FEED,
    SIZE,
    begin_feed,
    feed_more,
    note,
    numbers,
    rows_of,
    title,
    to_messages,
    write,
)
from wsinspect.filters import parse
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.messages.hidden_label import hidden_label
from wsinspect.ui.screens.hidden_menu import HiddenMenu


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
        assert title(pilot).endswith("  hidden: json:$.type=tick · U lists ")
        await pilot.press("U")
        await until(pilot, lambda: isinstance(pilot.app.screen, HiddenMenu))
        await pilot.press("enter")
        await settle(pilot)
        assert rows_of(pilot).total > few
        await until(pilot, lambda: json.loads(habits.read_text())["hidden"] == [])
        assert "hidden" not in title(pilot)


async def test_where_nothing_repeats_nothing_is_folded_or_unfolded(live: Live, make_app: MakeApp) -> None:
    peer = begin_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE, notifications=True) as pilot:
        await to_messages(pilot, 1)
        await pilot.press("f")
        await settle(pilot)
        assert note(pilot).startswith("nothing here repeats, so nothing is folded · row 1 of 1")
        assert not rows_of(pilot).working["unfold"]
        feed_more(live, peer, 1, b"tick 0", b"tick 1")
        await until(pilot, lambda: rows_of(pilot).total == 2)
        await settle(pilot)
        assert rows_of(pilot).working["unfold"]
        await pilot.press("G", "plus")
        await until(pilot, lambda: note(pilot).startswith("nothing is folded into this row · row 2 of 2"))
        await pilot.press("g", "plus")
        await until(pilot, lambda: rows_of(pilot).total == 3)
        await settle(pilot)
        assert "0 folded" in note(pilot)
        assert rows_of(pilot).working["unfold"]


async def test_the_upper_edge_says_why_rows_are_missing_however_long_the_path_is(live: Live, make_app: MakeApp) -> None:
    peer = Peer(live.script, 0, "/a-long-path" * 9).upgrade()
    peer.frame(S_TO_C, 2 * MS, PING, b"1")
    live.script.play()
    live.commit()
    async with make_app(live.path).run_test(size=(80, 24)) as pilot:
        await to_messages(pilot, 1)
        await pilot.press("H")
        await settle(pilot)
        assert title(pilot).startswith("Messages · #1 /a-long-path/")
        assert title(pilot).endswith("…  hidden: type:ping · U lists ")
        assert len(title(pilot)) == 74
        assert rows_of(pilot).hint == "all rows here are of kinds that are hidden: U lists those"


def test_the_label_names_as_many_kinds_as_there_is_room_for() -> None:
    kinds = [one for one in map(parse, ("type:ping", "type:pong", "json:$.type=tick", "type:tcp")) if one is not None]
    assert hidden_label(()) == []
    assert hidden_label(kinds[:2]) == ["hidden: type:ping, type:pong · U lists"]
    assert hidden_label(kinds) == ["hidden: type:ping, type:pong and 2 more · U lists"]


async def test_clearing_lists_only_what_comes_and_deletes_nothing(live: Live, make_app: MakeApp) -> None:
    peer = begin_feed(live)
    feed_more(live, peer, 1, b"tick 1", b"tick 2")
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        await pilot.press("l")
        await until(pilot, lambda: rows.total == 0)
        await settle(pilot)
        assert note(pilot) == "3 cleared"
        assert rows.render_line(1).text.strip() == "3 cleared: L lists them again"
        await write(pilot, "tick")
        assert rows.render_line(1).text.strip() == "3 cleared: L lists them again"
        await pilot.press("escape")
        feed_more(live, peer, 2, b"tick 3")
        await until(pilot, lambda: rows.total == 1)
        await settle(pilot)
        assert numbers(pilot) == [4]
        await write(pilot, "tick")
        assert numbers(pilot) == [4]
        await pilot.press("escape")
        await write(pilot, "tock")
        said = "nothing here is taken by the filter; 3 cleared: L lists them again"
        assert rows.render_line(1).text.strip() == said
        await pilot.press("escape", "a")
        await settle(pilot)
        assert [row.head for row in rows.at_hand] == [b"tick 3"]
        await pilot.press("L")
        await settle(pilot)
        assert rows.total == 4
        # Back to the row that was read.
        await pilot.press("g", "down")
        await settle(pilot)
        await pilot.press("l")
        await until(pilot, lambda: rows.total == 0)
        await settle(pilot)
        await pilot.press("L")
        await settle(pilot)
        assert (rows.total, rows.cursor) == (4, 1)
        # However fast they come, the last key counts.
        for key in "llL":
            pilot.app.post_message(Key(key, key))
        await pilot.press("down")
        await settle(pilot)
        assert (rows.total, rows.cursor) == (4, 2)


def heartbeats(live: Live) -> Peer:
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
    peer = heartbeats(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        assert rows.total == 25
        await pilot.press("f")
        await settle(pilot)
        ping, same = messages(pilot)
        assert "ping" in ping
        assert "+19 alike in 9.0 s" in ping
        assert "+4 alike in 4.0 s" in same
        assert note(pilot) == "row 2 of 2 · 23 folded · following"
        await pilot.press("g", "plus")
        await until(pilot, lambda: rows.total == 21)
        await settle(pilot)
        assert rows.cursor == 0
        assert "│" in messages(pilot)[5]
        await pilot.press("down", "down", "plus")
        await until(pilot, lambda: rows.total == 2)
        await settle(pilot)
        assert rows.cursor == 0
        feed_more(live, peer, 20, b"same", b"other")
        await until(pilot, lambda: rows.total == 3)
        await settle(pilot)
        assert "+5 alike in 10.0 s" in messages(pilot)[1]
        # What is folded is no silence.
        assert "+1.0 ms" in messages(pilot)[2]
        await pilot.press("a")
        await settle(pilot)
        assert "+1.0 ms" in messages(pilot)[-1]
        await pilot.press("a")
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert rows.total == 27
