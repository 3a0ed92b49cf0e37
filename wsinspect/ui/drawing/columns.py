"""Columns of a list: which are shown at a width, how wide each is, and one line of cells padded to it.

Pure: a line is pieces of visible text with a tone each; the list turns them into a strip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wsinspect import text


class Piece(NamedTuple):
    """Visible text in one tone."""

    text: str
    style: str
    """A Tone, or its bold form."""


Cell = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    key: str
    title: str
    width: int
    """Terminal cells; for a flexible column the least it needs."""
    is_right: bool = False
    share: int = 0
    """Part of the room that is left over; 0: the width is fixed."""
    from_width: int = 0
    """The list must be at least this wide for the column to be shown."""
    below_width: int = 1_000_000
    """The list must be narrower than this for the column to be shown."""
    most: int = 1_000
    """A flexible column grows no wider."""


class Placed(NamedTuple):
    """A column and the width it got."""

    column: Column
    width: int


EDGE = 1
"""Cells left free on both sides of a line."""

EDGE_CELL = "edge"
"""The key of what stands in the left one, where a line is marked."""

GAP = 2
"""Cells between two columns."""


def place(columns: Iterable[Column], width: int) -> tuple[Placed, ...]:
    """The columns that are shown in ``width`` cells, and how wide."""
    shown = [column for column in columns if column.from_width <= width < column.below_width]
    spare = max(0, width - sum(column.width for column in shown) - GAP * (len(shown) - 1) - 2 * EDGE)
    widths = {column.key: column.width for column in shown}
    growing = [column for column in shown if column.share]
    # Room that a column with an upper bound leaves goes to the others.
    while spare and growing:
        shares = sum(column.share for column in growing)
        given = 0
        for column in growing:
            more = min(max(1, spare * column.share // shares), column.most - widths[column.key], spare - given)
            widths[column.key] += more
            given += more
        spare -= given
        growing = [column for column in growing if widths[column.key] < column.most]
    return tuple(Placed(column, widths[column.key]) for column in shown)


def start_of(placed: Sequence[Placed], key: str) -> int:
    """The cell of a line in which a column begins; 0 when it is not shown."""
    at = EDGE
    for column, width in placed:
        if column.key == key:
            return at
        at += width + GAP
    return 0


def line(placed: Sequence[Placed], cells: Mapping[str, Cell]) -> list[Piece]:
    """One line: each cell cut or padded to its column."""
    pieces = fit(cells.get(EDGE_CELL, ()), EDGE)
    for index, (column, width) in enumerate(placed):
        if index:
            pieces.append(Piece(" " * GAP, ""))
        pieces.extend(fit(cells.get(column.key, ()), width, is_right=column.is_right))
    return pieces


def fit(cell: Cell, width: int, *, is_right: bool = False) -> list[Piece]:
    """The pieces cut to ``width`` terminal cells, or padded to it."""
    if len(cell) == 1 and len(cell[0].text) <= width and cell[0].text.isascii():
        # By far the most cells; the pad is drawn in the same tone, of which nothing shows on blanks.
        shown, style = cell[0]
        return [Piece(shown.rjust(width) if is_right else shown.ljust(width), style)]
    fitted: list[Piece] = []
    room = width
    for piece in cell:
        if room <= 0:
            break
        cut = _cut(piece.text, room)
        fitted.append(Piece(cut, piece.style))
        room -= text.cells(cut)
        if cut != piece.text:
            break
    if room > 0:
        fitted.insert(0 if is_right else len(fitted), Piece(" " * room, ""))
    return fitted


def _cut(shown: str, room: int) -> str:
    """As text.shorten, and quick for ASCII."""
    if not shown.isascii():
        return text.shorten(shown, room)
    return shown if len(shown) <= room else shown[: room - 1] + text.ELLIPSIS


def heads(placed: Sequence[Placed], style: str, marks: Mapping[str, str], titles: Mapping[str, str]) -> list[Piece]:
    """The line of titles, with what stands behind some of them, and in place of some."""
    said = {column.key: titles.get(column.key, column.title) + marks.get(column.key, "") for column, _ in placed}
    return line(placed, {key: (Piece(title, style),) for key, title in said.items()})


def column_at(placed: Sequence[Placed], x: int) -> str | None:
    """Key of the column that cell ``x`` of a line belongs to, the gap behind it included; None outside of them."""
    at = EDGE
    for column, width in placed:
        if at <= x < at + width + GAP:
            return column.key
        at += width + GAP
    return None
