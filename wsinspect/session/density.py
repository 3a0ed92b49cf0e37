"""How many rows of a connection arrived in each cell of a time axis, at any zoom and any number of rows.

A segment says how many rows came before it, so the rows before a moment are found by searching the segments, never by
reading them all. Only where a segment lasts longer than a cell are its rows looked at, and only so many of them in
one call; in the rest they are taken as evenly spread.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from wsinspect.session.segments import Segment
from wsinspect.session.store import Store
from wsinspect.timeline.scale import Scale

AT_HAND = 512
"""Segments that are read in one query; a connection with more is searched."""

LOOKED_AT_ROWS = 20_000
"""Rows whose times are looked at in one call."""

_COLUMNS = "id, batch, first_row, rows, first_ns"


class _Part(NamedTuple):
    """A segment, without its bytes."""

    id: int
    batch: int
    first_row: int
    rows: int
    first_ns: int

    @property
    def after(self) -> int:
        """The number of the row behind its last."""
        return self.first_row + self.rows


def density(store: Store, connection: int, scale: Scale) -> tuple[int, ...]:
    """Rows of a connection in each cell of a scale; a row counts where it was complete."""
    edges = [min(scale.edge(cell), store.until_ns + 1) for cell in range(scale.cells + 1)]
    counter = _Counter(store, connection, scale.cell_ns)
    # A damaged file may hold times in any order.
    before = accumulate(counter.before(edges), max)
    return tuple(after - first for first, after in pairwise(before))


class _Counter:
    """Counts the rows of one connection before each of several moments."""

    def __init__(self, store: Store, connection: int, cell_ns: int) -> None:
        self._store = store
        self._connection = connection
        self._cell_ns = cell_ns
        self._left = LOOKED_AT_ROWS

    def before(self, edges: Sequence[int]) -> list[int]:
        """Rows before each edge; edges ascend."""
        parts = self._query("rows > 0 ORDER BY first_row, id LIMIT ?", AT_HAND + 1)
        if len(parts) > AT_HAND:
            last = self._query("rows > 0 ORDER BY first_row DESC, id DESC LIMIT 1")[0]
            return self._searched(parts[0], last, edges)
        starts = [part.first_ns for part in parts]
        # The last part that begins before an edge; a part that begins at the edge belongs to the next cell.
        places = [bisect_left(starts, edge) - 1 for edge in edges]
        return [
            self._rows_before(parts[place], edge) if place >= 0 else 0
            for place, edge in zip(places, edges, strict=True)
        ]

    def _searched(self, first: _Part, last: _Part, edges: Sequence[int]) -> list[int]:
        """The same between two parts, by halving; an edge before ``first`` has none before it."""
        if not edges or edges[-1] <= first.first_ns:
            return [first.first_row - 1] * len(edges)
        if edges[0] > last.first_ns:
            return [self._rows_before(last, edge) for edge in edges]
        # A middle that is one of the two says that there is nothing between them.
        middle = self._holding((first.after + last.first_row) // 2)
        if middle is None or not first.first_row < middle.first_row < last.first_row:
            cut = bisect_left(edges, first.first_ns + 1)
            end = bisect_left(edges, last.first_ns + 1)
            return [
                *([first.first_row - 1] * cut),
                *(self._rows_before(first, edge) for edge in edges[cut:end]),
                *(self._rows_before(last, edge) for edge in edges[end:]),
            ]
        cut = bisect_left(edges, middle.first_ns + 1)
        return [*self._searched(first, middle, edges[:cut]), *self._searched(middle, last, edges[cut:])]

    def _holding(self, row: int) -> _Part | None:
        found = self._query("first_row <= ? AND rows > 0 ORDER BY first_row DESC, id DESC LIMIT 1", row)
        return found[0] if found else None

    def _query(self, condition: str, *values: int) -> list[_Part]:
        found = self._store.query(
            f"SELECT {_COLUMNS} FROM segment WHERE connection = ? AND {condition}", self._connection, *values
        )
        return [_Part(*record) for record in found]

    def _rows_before(self, part: _Part, edge: int) -> int:
        """Rows of the connection before an edge that lies behind the beginning of ``part`` and before the next."""
        last_ns = self._store.batch_end(part.batch)
        if edge > last_ns or last_ns - part.first_ns <= self._cell_ns:
            return part.after - 1
        if self._left < part.rows:
            share = (edge - part.first_ns) / (last_ns - part.first_ns)
            return part.first_row - 1 + int(part.rows * share)
        self._left -= part.rows
        return part.first_row - 1 + bisect_left(self._times(self._store.segment(part.id)), edge)

    def _times(self, segment: Segment) -> list[int]:
        """When each row of a segment was complete, those of events included."""
        events = self._store.events(segment.connection, segment.first_row, segment.first_row + segment.rows - 1)
        return sorted([*(found.at_ns for found in segment.found), *(record.at_ns for record in events.values())])
