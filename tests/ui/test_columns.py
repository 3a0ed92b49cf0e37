"""Columns fill a width exactly, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect import text
from wsinspect.ui.connections import cells as connection_cells
from wsinspect.ui.drawing.columns import Column, Piece, fit, heads, line, place
from wsinspect.ui.messages import cells as message_cells

ALL = [
    connection_cells.columns(9),
    connection_cells.columns(9, is_merged=True),
    connection_cells.columns(9, has_subprotocols=True),
    connection_cells.columns(9, is_merged=True, has_subprotocols=True),
    connection_cells.columns(9, is_merged=True, is_by_state=True),
    message_cells.columns(9),
    message_cells.ALL_COLUMNS,
]


@pytest.mark.parametrize(
    "columns", ALL, ids=["connections", "merged", "subprotocols", "merged, too", "by state", "messages", "all"]
)
def test_every_width_is_filled_and_not_more(columns: tuple[Column, ...]) -> None:
    for width in range(57, 260):
        shown = heads(place(columns, width), "x", {}, {})
        assert width - 2 <= sum(text.cells(piece.text) for piece in shown) <= width, width


def test_the_path_gets_the_room_of_subprotocols_where_there_are_none() -> None:
    without, spoken = (
        {column.key: width for column, width in place(connection_cells.columns(99, has_subprotocols=has), 138)}
        for has in (False, True)
    )
    assert "subprotocol" not in without
    assert without["path"] >= 24
    assert spoken["subprotocol"] >= 12
    assert spoken["path"] >= 14


def test_spare_room_goes_to_those_that_grow() -> None:
    columns = (Column("a", "A", 4), Column("b", "B", 4, share=1, most=6), Column("c", "C", 4, share=1))
    assert [width for _, width in place(columns, 40)] == [4, 6, 24]


def test_columns_come_and_go_with_the_width() -> None:
    columns = (Column("a", "A", 2), Column("wide", "W", 2, from_width=50), Column("small", "S", 2, below_width=50))
    assert [column.key for column, _ in place(columns, 49)] == ["a", "small"]
    assert [column.key for column, _ in place(columns, 50)] == ["a", "wide"]


@given(st.lists(st.text().map(text.visible), max_size=4), st.integers(0, 30), st.booleans())
def test_a_cell_takes_its_width(shown: list[str], width: int, is_right: bool) -> None:
    fitted = fit([Piece(one, "x") for one in shown], width, is_right=is_right)
    assert sum(text.cells(piece.text) for piece in fitted) == width


def test_a_line_cuts_what_is_too_long() -> None:
    placed = place((Column("a", "A", 4), Column("b", "B", 3, is_right=True)), 11)
    shown = line(placed, {"a": (Piece("abcdef", "x"),), "b": (Piece("1", "x"),)})
    assert "".join(piece.text for piece in shown) == " abc…    1"
