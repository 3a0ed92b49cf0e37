"""The list of connections with a filter: alone, sorted, without closed ones, live and played; and selecting several."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.message import Message
from textual.pilot import Pilot

from tests.fixtures.crowd import crowd, write
from tests.fixtures.session import C_TO_S, NOW_NS, START_NS, TEXT, Live, Peer, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from tests.ui.playing import Clock, go_to
from wsinspect.filters import parse_for_connections
from wsinspect.model import Ending, Order, Side, SortBy
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.connections_panel import ConnectionsPanel
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.messages_panel import MessagesPanel

SIZE = (140, 44)


def _list(pilot: Pilot[None]) -> ConnectionList:
    return main_of(pilot).query_one(ConnectionList)


def _note(pilot: Pilot[None]) -> str:
    return str(main_of(pilot).query_one(ConnectionsPanel).note)


def _shown(pilot: Pilot[None]) -> list[int]:
    rows = _list(pilot)
    found = (rows.row(at) for at in range(rows.total))
    return [one.connection.id for one in found if one is not None]


class Heard(list[Message]):
    """What was posted, each once: a message is told of wherever it passes."""

    def __call__(self, message: Message) -> None:
        if not any(message is one for one in self):
            self.append(message)


def _line(pilot: Pilot[None]) -> int:
    """The line of the screen that the cursor is on."""
    return _list(pilot).cursor - _list(pilot).scroll_offset.y


async def _arranged(pilot: Pilot[None]) -> None:
    """Put the list together anew at once: by itself it waits a moment."""
    _list(pilot).put_in_order(_list(pilot).order)
    await settle(pilot)


async def _filter(pilot: Pilot[None], text: str) -> None:
    _list(pilot).filter_by(parse_for_connections(text))
    await settle(pilot)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of 300 closed connections and 40 open ones."""
    return write(tmp_path_factory.mktemp("crowd") / "crowd.wsi", crowd(300, 40))


async def test_only_what_the_filter_takes_is_listed_and_the_rest_is_counted(
    session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await _filter(pilot, "path:/orders")
        taken = _shown(pilot)
        assert 0 < len(taken) < 18
        assert all("/orders" in one.connection.path for at in range(len(taken)) if (one := _list(pilot).row(at)))
        assert f"of {len(taken)} · {18 - len(taken)} hidden by the filter" in _note(pilot)
        await _filter(pilot, "")
        assert _list(pilot).total == 18
        assert "hidden" not in _note(pilot)


async def test_it_takes_what_the_header_counts(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await settle(pilot)
        facts = main_of(pilot).query_one(HeaderLine).facts
        assert facts is not None
        for state in ("open", "failed", "closed"):
            await _filter(pilot, f"is:{state}")
            assert _list(pilot).total == getattr(facts.counts, state) > 0


async def test_it_works_with_sorting_and_hiding(crowded: Path, make_app: MakeApp) -> None:
    async with make_app(crowded).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await _filter(pilot, "feed or stock")
        _list(pilot).put_in_order(Order(SortBy.TO_SERVER, is_descending=True, hides_closed=True))
        await settle(pilot)
        shown = [one.connection for at in range(_list(pilot).total) if (one := _list(pilot).row(at)) is not None]
        hidden = [one for one in shown if one.closed_ns is not None]
        assert [one.to_server.messages for one in shown] == sorted((one.id % 7 for one in shown), reverse=True)
        assert {one.path for one in shown} == {"/feed", "/Stock"}
        assert _note(pilot).endswith(f"20 hidden by the filter · {300 - len(hidden)} closed hidden")
        await pilot.press("minus")
        await settle(pilot)
        assert _list(pilot).total == 170
        assert _note(pilot).endswith("170 hidden by the filter")


async def test_the_chosen_one_stays_chosen_and_in_its_line(crowded: Path, make_app: MakeApp) -> None:
    async with make_app(crowded).run_test(size=SIZE) as pilot:
        await settle(pilot)
        _list(pilot).choose(200)
        await settle(pilot)
        line = _line(pilot)
        await _filter(pilot, "feed")
        assert main_of(pilot).chosen_id == 200
        assert _line(pilot) == line
        await _filter(pilot, "")
        assert main_of(pilot).chosen_id == 200
        assert _line(pilot) == line


async def test_among_very_many_the_nearest_is_found_too(tmp_path: Path, make_app: MakeApp) -> None:
    many = write(tmp_path / "many.wsi", crowd(20_000, 0))
    async with make_app(many).run_test(size=SIZE) as pilot:
        await settle(pilot)
        _list(pilot).choose(101)
        await settle(pilot)
        # The search shows the newest first, long before it comes there.
        for text, nearest in (("-conn:101", 100), ("is:failed", 104), ("", 101)):
            await _filter(pilot, text)
            assert main_of(pilot).chosen_id == nearest


async def test_one_that_the_filter_leaves_out_comes_back_with_it_unless_the_user_went_elsewhere(
    crowded: Path, make_app: MakeApp
) -> None:
    async with make_app(crowded).run_test(size=SIZE) as pilot:
        await settle(pilot)
        _list(pilot).choose(201)
        await settle(pilot)
        await _filter(pilot, "feed")
        assert main_of(pilot).chosen_id != 201
        await _filter(pilot, "nothing-has-this")
        assert _list(pilot).total == 0
        assert "takes none" in _list(pilot).hint
        await _filter(pilot, "chat")
        assert main_of(pilot).chosen_id == 201
        await _filter(pilot, "feed")
        await pilot.press("j")
        await settle(pilot)
        elsewhere = main_of(pilot).chosen_id
        await _filter(pilot, "")
        assert main_of(pilot).chosen_id == elsewhere != 201


async def test_typed_letter_by_letter_the_last_filter_counts(crowded: Path, make_app: MakeApp) -> None:
    async with make_app(crowded).run_test(size=SIZE) as pilot:
        await settle(pilot)
        for length in range(1, len("stock") + 1):
            _list(pilot).filter_by(parse_for_connections("stock"[:length]))
        await settle(pilot)
        assert _list(pilot).total == 85
        assert _note(pilot).endswith("255 hidden by the filter")


async def test_going_to_a_connection_that_is_left_out_drops_the_filter_and_says_so(
    crowded: Path, make_app: MakeApp
) -> None:
    said = Heard()
    async with make_app(crowded).run_test(size=SIZE, message_hook=said) as pilot:
        await settle(pilot)
        await _filter(pilot, "feed")
        _list(pilot).put_in_order(Order(SortBy.PATH, hides_closed=True))
        await settle(pilot)
        _list(pilot).choose(200)
        await settle(pilot)
        assert main_of(pilot).chosen_id == 200
        assert _list(pilot).expression is not None, "it takes the connection, which is only closed"
        assert _list(pilot).order == Order(SortBy.PATH)
        assert not any(isinstance(one, ConnectionList.FilterDropped) for one in said)
        _list(pilot).choose(201)
        await settle(pilot)
        assert main_of(pilot).chosen_id == 201
        assert _list(pilot).total == 340
        dropped = [one for one in said if isinstance(one, ConnectionList.FilterDropped)]
        assert [one.problem for one in dropped] == [""]


async def test_a_pattern_that_is_too_slow_is_dropped_and_said(tmp_path: Path, make_app: MakeApp, live: Live) -> None:
    for at in range(12):
        Peer(live.script, at * S, f"/{'a' * 5000}!").upgrade()
    live.script.play()
    live.commit()
    said = Heard()
    async with make_app(live.path).run_test(size=SIZE, message_hook=said) as pilot:
        await settle(pilot)
        await _filter(pilot, "re:/(a|aa)+$")
        dropped = [one for one in said if isinstance(one, ConnectionList.FilterDropped)]
        assert ["too long" in one.problem for one in dropped] == [True]
        assert _list(pilot).total == 12


def _connect(live: Live, at_s: int, path: str) -> Peer:
    peer = Peer(live.script, at_s * S, path).upgrade()
    live.script.play()
    live.commit()
    return peer


async def test_new_ones_that_match_appear_and_the_chosen_one_stays_when_it_does_not_any_more(
    live: Live, make_app: MakeApp
) -> None:
    _connect(live, 0, "/a")
    ends = _connect(live, 1, "/b")
    async with make_app(live.path, is_live=True).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        await _filter(pilot, "-type:tcp")
        assert main_of(pilot).chosen_id == 2
        _connect(live, 2, "/c")
        await until(pilot, lambda: _shown(pilot) == [1, 2, 3])
        ends.ends(3 * S, Side.SERVER, Ending.FIN)
        live.script.play()
        live.commit()
        other = _connect(live, 5, "/d")
        await until(pilot, lambda: _shown(pilot) == [1, 2, 3, 4])
        assert main_of(pilot).chosen_id == 2
        await pilot.press("k")
        other.frame(C_TO_S, 6 * S, TEXT, b"x")
        live.script.play()
        live.commit()
        await until(pilot, lambda: _shown(pilot) == [1, 3, 4])
        assert main_of(pilot).chosen_id == 1


async def test_while_it_is_played_it_takes_what_was_known(session_file: Path, make_app: MakeApp) -> None:
    app = make_app(session_file, plays=True, monotonic_ns=Clock())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await go_to(pilot, NOW_NS)
        await _filter(pilot, "type:close")
        _list(pilot).choose(_shown(pilot)[0])
        at_the_end = _shown(pilot)
        for after_s in (35, 20, 30):
            await go_to(pilot, START_NS + after_s * S)
            await _arranged(pilot)
            known = await app.bridge.call(lambda reader: reader.connections(1, 100))
            closing = [one.id for one in known if one.first_close is not None]
            assert [one for one in _shown(pilot) if one != main_of(pilot).chosen_id] == [
                one for one in closing if one != main_of(pilot).chosen_id
            ]
            assert closing != at_the_end


async def test_v_selects_and_goes_on_and_shift_v_selects_none(crowded: Path, make_app: MakeApp) -> None:
    said = Heard()
    async with make_app(crowded).run_test(size=SIZE, message_hook=said) as pilot:
        await settle(pilot)
        await pilot.press("g", "v", "v", "j", "v")
        await settle(pilot)
        assert _list(pilot).selected == (1, 2, 4)
        assert main_of(pilot).chosen_id == 5
        changes = [one for one in said if isinstance(one, ConnectionList.SelectionChanged)]
        assert [one.selected for one in changes] == [(1,), (1, 2), (1, 2, 4)]
        assert "3 selected" in _note(pilot)
        assert [_list(pilot).render_line(at).text[0] for at in range(5)] == ["✓", "✓", " ", "✓", " "]
        await pilot.press("k", "v")
        assert _list(pilot).selected == (1, 2)
        await _filter(pilot, "feed")
        assert _list(pilot).selected == (1, 2), "what is left out stays selected"
        await pilot.press("V")
        await settle(pilot)
        assert _list(pilot).selected == ()
        assert "selected" not in _note(pilot)


async def test_ctrl_and_a_click_selects_without_going_there(crowded: Path, make_app: MakeApp) -> None:
    async with make_app(crowded).run_test(size=SIZE) as pilot:
        await settle(pilot)
        chosen = main_of(pilot).chosen_id
        await pilot.click(_list(pilot), offset=(10, 3), control=True)
        await settle(pilot)
        assert _list(pilot).selected == (_list(pilot).scroll_offset.y + 4,)
        assert main_of(pilot).chosen_id == chosen
        await pilot.click(_list(pilot), offset=(10, 3))
        await settle(pilot)
        assert main_of(pilot).chosen_id == _list(pilot).scroll_offset.y + 4


async def test_escape_selects_none_before_it_goes_back(crowded: Path, make_app: MakeApp) -> None:
    async with make_app(crowded).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("v", "2", "escape")
        assert _list(pilot).selected != ()
        assert main_of(pilot).query_one(MessagesPanel).is_all
        await pilot.press("escape")
        assert _list(pilot).selected == ()
        assert not main_of(pilot).query_one(MessagesPanel).is_all
