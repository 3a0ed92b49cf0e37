"""The list of connections in another order, and without those that are closed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.fixtures.session import Live, Peer, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from wsinspect.model import Order, SortBy
from wsinspect.ui.connections.sorting import COLUMNS, mark, nearest, sorted_by
from wsinspect.ui.screens.sort_menu import SortMenu
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.connections_panel import ConnectionsPanel


def test_a_column_chosen_again_turns_the_order_round() -> None:
    by_path = sorted_by(Order(), SortBy.PATH)
    assert by_path == Order(SortBy.PATH)
    assert (mark(by_path, "path"), mark(by_path, "age"), mark(Order(), "id")) == ("↑", "", "")
    assert sorted_by(by_path, SortBy.PATH) == Order(SortBy.PATH, is_descending=True)
    busiest = sorted_by(Order(hides_closed=True), SortBy.TO_CLIENT)
    assert busiest == Order(SortBy.TO_CLIENT, is_descending=True, hides_closed=True)
    assert (mark(busiest, "down"), mark(busiest, "got")) == ("↓", "↓")


def _list(pilot: Pilot[None]) -> ConnectionList:
    return main_of(pilot).query_one(ConnectionList)


def _shown(pilot: Pilot[None]) -> list[int]:
    rows = _list(pilot)
    found = (rows.row(at) for at in range(rows.total))
    return [one.connection.id for one in found if one is not None]


async def test_sorted_from_the_menu_the_chosen_one_stays_chosen(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        await pilot.press("g", "j", "j", "j")
        await settle(pilot)
        assert main_of(pilot).chosen_id == 4
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, SortMenu))
        await pilot.press("j", "j", "enter")
        await settle(pilot)
        paths = [one.connection.path.lower() for at in range(18) if (one := _list(pilot).row(at)) is not None]
        assert paths == sorted(paths)
        assert len(paths) > 10
        assert main_of(pilot).chosen_id == 4
        row = _list(pilot).row(_list(pilot).cursor)
        assert row is not None
        assert row.connection.id == 4


async def test_sorted_with_a_click_on_a_title(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        rows = _list(pilot)
        heads = main_of(pilot).query_one(ConnectionsPanel).query_one(ColumnHeads)
        at = 1
        for column, width in rows.placed:
            if column.key == "down":
                break
            at += width + 2
        await pilot.click(heads, offset=(at, 0))
        await settle(pilot)
        counts = [one.connection.to_client.messages for n in range(18) if (one := rows.row(n)) is not None]
        assert counts == sorted(counts, reverse=True)
        assert "▼ to client↓" in heads.render_line(0).text
        assert set(COLUMNS) >= {column.key for column, _ in rows.placed}


async def test_the_column_of_states_has_a_title_while_it_is_sorted_by(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        titles = main_of(pilot).query_one("#connections ColumnHeads", ColumnHeads)
        assert titles.render_line(0).text.split()[:2] == ["#", "Path"]
        await pilot.press("S", "j", "enter")
        await settle(pilot)
        assert _list(pilot).order.by is SortBy.STATE
        assert titles.render_line(0).text.split()[:3] == ["#", "State↑", "Path"]
        await pilot.press("S", "k", "enter")
        await settle(pilot)
        assert titles.render_line(0).text.split()[:2] == ["#", "Path"]


async def test_closed_ones_are_hidden_and_said_and_a_failure_brings_them_back(
    session_file: Path, make_app: MakeApp
) -> None:
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        await pilot.press("g", "minus")
        await settle(pilot)
        assert _shown(pilot) == [1, 3, 5]
        panel = main_of(pilot).query_one(ConnectionsPanel)
        assert str(panel.note) == "1 of 3 · 15 closed hidden"
        await pilot.press("exclamation_mark")
        await settle(pilot)
        assert _list(pilot).total == 18
        newest = main_of(pilot).chosen_id
        assert newest is not None
        assert newest not in (1, 3, 5)
        assert "hidden" not in str(panel.note)


def _connect(live: Live, at_s: int, path: str) -> None:
    Peer(live.script, at_s * S, path).upgrade()
    live.script.play()
    live.commit()


async def test_a_sorted_list_grows_with_the_session(live: Live, make_app: MakeApp) -> None:
    _connect(live, 0, "/b")
    _connect(live, 1, "/a")
    async with make_app(live.path, is_live=True).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        _list(pilot).put_in_order(Order(SortBy.PATH))
        await until(pilot, lambda: _shown(pilot) == [2, 1])
        _connect(live, 2, "/0")
        _connect(live, 3, "/aa")
        await until(pilot, lambda: _shown(pilot) == [3, 2, 4, 1])


def test_the_cursor_goes_to_what_is_wanted_or_else_beside_it() -> None:
    as_they_came, by_path = Order(), Order(SortBy.PATH)
    assert nearest([3, 7, 90], [7, 3], 0, as_they_came) == 1
    assert nearest([3, 7, 90], [5000, 3], 0, as_they_came) == 2
    assert nearest([3, 7, 90], [60], 0, as_they_came) == 2
    assert nearest([90, 7, 3], [6], 2, Order(SortBy.NUMBER, is_descending=True)) == 1
    assert nearest([90, 3, 7], [5000, 7], 0, by_path) == 2
    assert nearest([90, 3, 7], [60], 1, by_path) == 1
    assert nearest([90, 3, 7], [60], 99, by_path) == 2
    assert nearest([], [60], 4, as_they_came) == nearest([], [60], 4, by_path) == -1


@given(st.sets(st.integers(1, 60)), st.integers(1, 60), st.booleans())
def test_by_number_no_other_is_nearer(numbers: set[int], wanted: int, is_descending: bool) -> None:
    ids = sorted(numbers, reverse=is_descending)
    at = nearest(ids, [wanted], 0, Order(SortBy.NUMBER, is_descending=is_descending))
    assert (abs(ids[at] - wanted) if ids else at) == min((abs(one - wanted) for one in ids), default=-1)
