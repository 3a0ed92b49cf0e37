"""How long the connection of each row was silent before it: said where a filter asks for that, which takes rows from
between others that are not listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wsinspect.filters.expression import Expression, Gap, terms
from wsinspect.model import EventKind, Row


class RowReader(Protocol):
    """Where rows are read."""

    def rows(self, connection: int, first: int, count: int) -> list[Row]:
        """Rows of a connection, from the one with number ``first`` on."""


def asks(expression: Expression | None) -> bool:
    """Whether a filter asks for silence."""
    return expression is not None and any(isinstance(term, Gap) for term in terms(expression))


def silences(reader: RowReader, rows: Sequence[Row]) -> dict[tuple[int, int], int]:
    """Nanoseconds between each row and the one before it on its connection, by connection and number.

    The first row of a connection is missing, and one whose neighbour is not kept any more.
    """
    known = {(row.connection, row.number): row for row in rows}
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        before = known.get((row.connection, row.number - 1))
        if before is None and row.connection and row.number > 1:
            before = next(iter(reader.rows(row.connection, row.number - 1, 1)), None)
        if before is not None and not _stands_for_others(before):
            found[row.connection, row.number] = row.at_ns - before.at_ns
    return found


def _stands_for_others(row: Row) -> bool:
    return row.event is not None and row.event.kind is EventKind.DROPPED
