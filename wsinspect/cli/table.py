"""A table of text for a terminal: columns as wide as what they hold; where the terminal is narrow some are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import click

from wsinspect.text import cells, shorten

GAP = 2

Cell: TypeAlias = Sequence[tuple[str, str]]
"""Pieces of visible text, each with the name of a colour; empty for the terminal's own."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    key: str
    title: str
    is_right: bool = False
    rank: int = 0
    """Columns with the highest rank are left out first where there is no room; those of rank 0 always stay."""
    least: int = 0
    """Cells that it must have, the rest may be cut; 0: all that it needs."""


def lay_out(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]], width: int | None) -> Iterator[str]:
    """The lines of a table, its titles first.

    Args:
        columns: in their order.
        rows: the cells of each row by the columns' keys.
        width: cells of the terminal; None leaves out and cuts nothing.
    """
    titles: dict[str, Cell] = {column.key: ((column.title, ""),) for column in columns}
    lines = (titles, *rows)
    needed = {one.key: max(sum(cells(piece) for piece, _ in row.get(one.key, ())) for row in lines) for one in columns}
    shown, widths = list(columns), needed
    if width is not None:
        shown = _shown(columns, needed, width)
        widths = _widths(shown, needed, width)
    for row in lines:
        yield "".join(_pieces(shown, widths, row)).rstrip()


def _least(column: Column, needed: Mapping[str, int]) -> int:
    return min(needed[column.key], column.least) if column.least else needed[column.key]


def _shown(columns: Sequence[Column], needed: Mapping[str, int], width: int) -> list[Column]:
    """The columns that there is room for."""
    shown = list(columns)
    while sum(_least(one, needed) + GAP for one in shown) - GAP > width and any(one.rank for one in shown):
        shown.remove(max(shown, key=lambda one: one.rank))
    return shown


def _widths(shown: Sequence[Column], needed: Mapping[str, int], width: int) -> dict[str, int]:
    """What each column gets: those that may be cut share what is left, in their order."""
    widths = {one.key: _least(one, needed) for one in shown}
    spare = width - sum(widths.values()) - GAP * (len(shown) - 1)
    for one in shown:
        more = max(0, min(spare, needed[one.key] - widths[one.key]))
        widths[one.key] += more
        spare -= more
    return widths


def _pieces(shown: Sequence[Column], widths: Mapping[str, int], row: Mapping[str, Cell]) -> Iterator[str]:
    for index, column in enumerate(shown):
        room = widths[column.key]
        drawn = ""
        for piece, colour in row.get(column.key, ()):
            cut = shorten(piece, room)
            room -= cells(cut)
            drawn += click.style(cut, fg=colour) if colour and cut else cut
            if cut != piece:
                break
        yield (" " * GAP if index else "") + (" " * room + drawn if column.is_right else drawn + " " * room)
