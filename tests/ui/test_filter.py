"""A filter over the messages on screen: typed, kept, dropped."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path

import pytest
from textual.content import Content
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fixtures.session import C_TO_S, MS, PING, START_NS, Live, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from tests.ui.filtering import (
    FEED,
    SIZE,
    begin_feed,
    feed_more,
    field,
    note,
    numbers,
    rows_of,
    said,
    title,
    to_messages,
    type_in,
    write,
)
from wsinspect.ui.widgets.connections_panel import ConnectionsPanel
from wsinspect.ui.widgets.fact_list import FactList
from wsinspect.ui.widgets.filter_field import FilterField
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.messages_panel import MessagesPanel


async def test_saying_the_same_again_costs_no_layout(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        main_of(pilot).query_one(MessagesPanel)._say_place()
        assert not field(pilot).query_one("#said")._layout_required
        field(pilot).say(Content("something else"))
        assert field(pilot).query_one("#said")._layout_required


@pytest.mark.parametrize("opener", ["slash", "ctrl+f"])
async def test_what_is_typed_right_behind_the_key_is_never_a_command(
    session_file: Path, make_app: MakeApp, opener: str
) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        # All at once, as pasted: each of these letters does something outside of a field.
        for key in (opener, *"healdedT"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: field(pilot).value == "healdedT")
        assert pilot.app.screen is main_of(pilot)
        assert pilot.app.focused is field(pilot).query_one(Input)


async def test_a_key_behind_one_that_leads_elsewhere_is_meant_for_there(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await settle(pilot)
        for leads, panel in (("2", "#messages"), ("1", "#connections"), ("a", "#messages")):
            for key in (leads, "slash", "x", "1"):
                pilot.app.post_message(Key(key, {"slash": "/"}.get(key, key)))
            typed = main_of(pilot).query_one(panel).query_one(FilterField)
            await until(pilot, partial(_holds, typed, "x1"))
            await pilot.press("escape")
            await settle(pilot)


def _holds(field: FilterField, text: str) -> bool:
    return field.value == text


async def test_what_is_typed_is_listed_at_once_and_kept_with_enter(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, r'"\"seq\":77"')
        assert numbers(pilot) == [78, *range(771, 781)]
        assert note(pilot) == f"row 11 of 11 · {whole - 11} hidden"
        await pilot.press("enter")
        await settle(pilot)
        assert not field(pilot).is_open
        assert rows.has_focus
        assert title(pilot) == r'Messages · #1 /feed  filter: "\"seq\":77" × '
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


async def test_a_term_with_an_error_counts_as_if_it_were_not_there_however_fast_it_is_typed(
    session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, "seq:77")
        assert "'seq:' is no key" in said(pilot)
        assert rows.total == whole
        await pilot.press("escape")
        wrong = {"nothing size:x": 0, "size:x": whole, r'"\"seq\":77" (tick or size:x': 11}
        for is_fast, (typed, listed) in product((False, True), wrong.items()):
            await write(pilot, "")
            for letter in typed:
                field(pilot).query_one(Input).insert_text_at_cursor(letter)
                if not is_fast:
                    await settle(pilot)
            await settle(pilot)
            assert "expected a size" in said(pilot)
            assert rows.total == listed
            await pilot.press("escape")
            await settle(pilot)
            assert rows.total == whole


async def test_whoever_leaves_an_error_keeps_the_filter_that_is_listed(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, r'"\"seq\":77"')
        await type_in(pilot, " size:x")
        rows = rows_of(pilot)
        assert rows.total == 11
        await pilot.click("#connection-list")
        await settle(pilot)
        assert (field(pilot).is_open, rows.total) == (False, 11)
        assert title(pilot).endswith(r' filter: "\"seq\":77" × ')


async def test_a_kept_filter_is_typed_over_unless_the_cursor_is_moved(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        for key in ("slash", "ctrl+f"):
            await write(pilot, "tick", key=key)
            await pilot.press("enter")
            await settle(pilot)
            await pilot.press(key, "right", "s")
            await settle(pilot)
            assert field(pilot).value == "ticks"
            await pilot.press("enter", key, "b", "i", "d")
            await settle(pilot)
            assert field(pilot).value == "bid"
            await pilot.press("escape")
            await settle(pilot)


async def test_escape_while_a_kept_filter_is_typed_anew_keeps_it(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, "type:ping")
        await pilot.press("enter")
        await settle(pilot)
        pings, kept = rows.total, title(pilot)
        await write(pilot, " or tick")
        assert rows.total > pings
        await pilot.press("escape")
        await settle(pilot)
        assert (rows.total, title(pilot)) == (pings, kept)
        await pilot.press("escape")
        await settle(pilot)
        assert (rows.total, title(pilot)) == (whole, "Messages · #1 /feed")
        await write(pilot, "type:ping")
        await pilot.press("enter", "slash", "backspace", "enter")
        await settle(pilot)
        assert rows.total == whole


async def test_a_click_on_what_is_kept_types_it_anew_and_its_cross_lets_go(
    session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        whole = rows.total
        await write(pilot, "bid", key="ctrl+f")
        await pilot.press("enter")
        await write(pilot, r'"\"seq\":77"')
        await pilot.press("enter", "1")
        await settle(pilot)
        await click_title(pilot, "filter:")
        assert field(pilot).is_open
        assert field(pilot).query_one(Input).selected_text == r'"\"seq\":77"'
        await type_in(pilot, " or type:ping")
        found = rows.total
        await click_title(pilot, "find:")
        assert (field(pilot).value, rows.total) == ("bid", found)
        await type_in(pilot, "ask")
        assert title(pilot).endswith(" find: bidask × ")
        await click_title(pilot, "× ", -1)
        assert not field(pilot).is_open
        assert title(pilot).endswith(r' filter: "\"seq\":77" or type:ping × ')
        await click_title(pilot, "× ")
        assert (title(pilot), rows.total) == ("Messages · #1 /feed", whole)


async def click_title(pilot: Pilot[None], said: str, from_end: int = 1) -> None:
    """Click the upper edge of Messages where this stands, for the first or the last time."""
    at = title(pilot).find(said) if from_end > 0 else title(pilot).rfind(said)
    await pilot.click("#messages", offset=(len("╭─ ") + at, 0))
    await settle(pilot)


async def test_a_long_filter_leaves_room_for_its_cross(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(80, 24)) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, " or ".join(f'"word number {number}"' for number in range(9)))
        await pilot.press("enter")
        await settle(pilot)
        panel = main_of(pilot).query_one(MessagesPanel)
        assert "… ×  ─" in panel.render_lines(panel.region.reset_offset)[0].text


async def test_what_the_filter_comes_to_stands_below_its_label(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, r'"\"seq\":77"')
        assert said(pilot).startswith(" row 11 of 11 · ")


async def test_keys_are_text_while_a_filter_is_typed(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "")
        await pilot.press("q", "space", "a", "exclamation_mark", "left_square_bracket", "N", "l", "1")
        await settle(pilot)
        assert field(pilot).value == "q a![Nl1"
        keys = main_of(pilot).query_one(KeysLine)
        labels = [hint.label for hint in keys._hints]
        assert labels == ["Keep", "Complete", "Cancel"]


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


async def test_what_comes_is_filtered_too(live: Live, make_app: MakeApp) -> None:
    peer = begin_feed(live)
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        rows = rows_of(pilot)
        await write(pilot, "tick")
        await pilot.press("enter")
        feed_more(live, peer, 1, b"tock", b"tick 1", b"tock", b"tick 2")
        await until(pilot, lambda: rows.total == 3)
        await settle(pilot)
        assert numbers(pilot) == [1, 3, 5]
        assert note(pilot) == "row 3 of 3 · 2 hidden · following"
        await pilot.press("up")
        feed_more(live, peer, 2, b"tock", b"tick 3")
        await until(pilot, lambda: rows.total == 4)
        await settle(pilot)
        assert note(pilot) == "row 2 of 4 · 3 hidden · held, 1 new"
        # Of all rows two are.
        await pilot.press("escape")
        await until(pilot, lambda: rows.total == 7)
        await settle(pilot)
        assert note(pilot) == "row 3 of 7 · held, 2 new"


async def test_who_changes_his_mind_is_where_he_was(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, FEED)
        rows = rows_of(pilot)
        await pilot.press("g", "pagedown", "pagedown")
        await settle(pilot)
        before = rows.cursor
        for typed in ("seq", r'"\"seq\":30"', "not there"):
            await write(pilot, typed)
            await settle(pilot)
            await pilot.press("escape")
            await settle(pilot)
            assert rows.cursor == before
        await write(pilot, r'"\"seq\":30"')
        await pilot.press("enter", "down")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        row = rows.row(rows.cursor)
        assert row is not None
        assert b'"seq":30' in row.head


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
    peer = begin_feed(live)
    for second in range(1, 5):
        feed_more(live, peer, second, b"tock", b"tick %d" % second)
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


@pytest.mark.parametrize("typed", ["foo:bar", "violatin:", "tick tick tick tick tick tick tick foo:bar"])
async def test_an_error_points_at_its_key_in_a_narrow_terminal(
    typed: str, session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=(80, 24)) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, typed)
        assert "▲" in said(pilot)
        assert said(pilot).strip("▲ ").endswith("in quotes it is text")


async def test_operators_of_others_are_told_of_in_a_narrow_terminal(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(80, 24)) as pilot:
        await to_messages(pilot, FEED)
        await write(pilot, "type:ping AND from:server")
        await pilot.press("enter")
        await settle(pilot)
        lines = [rows_of(pilot).render_line(y).text.strip() for y in range(3)]
        assert "nothing is taken: AND is a word here; side by side means both" in lines


@pytest.mark.parametrize("typed", ["json:$.a", "type:binary"])
async def test_what_connections_do_not_say_is_pointed_at_in_a_narrow_terminal(
    typed: str, session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        panel = main_of(pilot).query_one(ConnectionsPanel)
        await pilot.press("1", "slash")
        await until(pilot, lambda: panel.field.is_open)
        panel.field.query_one(Input).insert_text_at_cursor(typed)
        await settle(pilot)
        below = "".join(segment.text for segment in panel.field.query_one("#said").render_line(0))
        assert "▲" in below
        assert below.rstrip().endswith("in Messages")


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
        assert panel.title.plain == "Connections  filter: code:1011 × "
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
        await pilot.press("2")
        await settle(pilot)
        await write(pilot, "conn:4")
        await pilot.press("enter")
        await settle(pilot)
        # Of those two only: the rows of others are not hidden, they are not chosen.
        assert note(pilot).endswith(f" · {len(shown) - rows.total} hidden")
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("1", "V")
        await settle(pilot)
        assert {row.connection for row in rows.at_hand} == {main_of(pilot).chosen_id}
