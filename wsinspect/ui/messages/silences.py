"""How long the connection of each row was silent before it: said where a filter asks for that, which takes rows from
between others that are not listed.

Belongs to the bridge's thread. What was found out is kept, of the latest rows only; one call looks at as many as fit
into its time: the row before may lie in the middle of a megabyte.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from time import monotonic
from typing import Protocol

from wsinspect.filters.expression import Expression, Gap, terms
from wsinspect.model import EventKind, Row

LOOK_S = 0.03
"""How long one call reads, in seconds; it looks at one row at least."""

KEPT = 1_000
"""Rows of which it is kept what was found out."""

Key = tuple[int, int]
"""A row by its connection and number."""


class RowReader(Protocol):
    """Where rows are read."""

    def rows(self, connection: int, first: int, count: int) -> list[Row]:
        """Rows of a connection, from the one with number ``first`` on."""


def asks(expression: Expression | None) -> bool:
    """Whether a filter asks for silence."""
    return expression is not None and any(isinstance(term, Gap) for term in terms(expression))


class Silences:
    """What was found out of the latest rows."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, int | None] = OrderedDict()

    def look(self, reader: RowReader, rows: Iterable[Row], at_hand: Iterable[Row]) -> None:
        """Find out what is not known of some rows, as far as time allows.

        Args:
            reader: where the rows before them are read.
            rows: the rows.
            at_hand: rows that need not be read for it.
        """
        until = monotonic() + LOOK_S
        beside = {(row.connection, row.number): row for row in at_hand}
        for row in rows:
            key = row.connection, row.number
            if key in self._known:
                self._known.move_to_end(key)
                continue
            self._known[key] = _silence(reader, row, beside.get((row.connection, row.number - 1)))
            if monotonic() >= until:
                break
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def known(self, rows: Iterable[Row]) -> dict[Key, int | None]:
        """Nanoseconds between each row and the one before it on its connection; of rows never looked at it is missing.

        None for the first row of a connection, and for one whose neighbour is not kept any more.
        """
        keys = ((row.connection, row.number) for row in rows)
        return {key: self._known[key] for key in keys if key in self._known}


def _silence(reader: RowReader, row: Row, before: Row | None) -> int | None:
    if before is None and row.connection and row.number > 1:
        before = next(iter(reader.rows(row.connection, row.number - 1, 1)), None)
    return None if before is None or _stands_for_others(before) else row.at_ns - before.at_ns


def _stands_for_others(row: Row) -> bool:
    return row.event is not None and row.event.kind is EventKind.DROPPED
