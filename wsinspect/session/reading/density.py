"""How many rows of a connection arrived in each cell of a time axis, at any zoom and any number of rows.

A segment says how many rows came before it and when it began, so the rows before a moment are found by an index, never
by reading all segments. Only where a segment lasts longer than a cell are its rows looked at, and only so many of them
in one call; in the rest they are taken as evenly spread.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from wsinspect.session.reading.dropped import dropped_rows
from wsinspect.session.reading.horizon import NEVER
from wsinspect.session.reading.store import Store
from wsinspect.session.stored.segments import Segment
from wsinspect.timeline.scale import Scale

AT_HAND = 256
"""Segments that are read in one query; where there are more, each edge of a cell is looked up."""

LOOKED_AT_ROWS = 20_000
"""Rows whose times are looked at in one call."""

_LEAST = -(1 << 63)
"""The earliest time that a file can hold."""

_COLUMNS = "id, first_row, rows, since_ns, known_ns"


class _Part(NamedTuple):
    """A segment, without its bytes. Its times never run back within a connection, whatever the clock said."""

    id: int
    first_row: int
    rows: int
    since_ns: int
    known_ns: int


def density(store: Store, connection: int, scale: Scale) -> tuple[int, ...]:
    """Rows of a connection in each cell of a scale, as known at the horizon; a row counts where it was complete."""
    # At the horizon itself things are known.
    edges = [min(scale.edge(cell), store.until_ns + 1) for cell in range(scale.cells + 1)]
    counter = _Counter(store, connection, scale.cell_ns)
    # A damaged file may say anything.
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
        parts = self._last_before(edges[0])
        inside = self._query(
            "since_ns >= ? AND since_ns < ? ORDER BY since_ns, id LIMIT ?", edges[0], edges[-1], AT_HAND + 1
        )
        if len(inside) > AT_HAND:
            return [self._rows_before(next(iter(self._last_before(edge)), None), edge) for edge in edges]
        parts += inside
        starts = [part.since_ns for part in parts]
        places = [bisect_left(starts, edge) - 1 for edge in edges]
        return [
            self._rows_before(parts[place] if place >= 0 else None, edge)
            for place, edge in zip(places, edges, strict=True)
        ]

    def _last_before(self, edge: int) -> list[_Part]:
        """The last part that had begun before an edge; one that begins at the edge belongs to the next cell."""
        return self._query("since_ns < ? ORDER BY since_ns DESC, id DESC LIMIT 1", edge)

    def _query(self, condition: str, *values: int) -> list[_Part]:
        found = self._store.query(
            f"SELECT {_COLUMNS} FROM segment WHERE connection = ? AND {condition}",
            *(self._connection, *(max(_LEAST, min(value, NEVER)) for value in values)),
        )
        return [_Part(*record) for record in found]

    def _rows_before(self, part: _Part | None, edge: int) -> int:
        """Rows of the connection before an edge, given the last part that had begun before it."""
        if part is None:
            # What is not kept any more belongs to no cell.
            return dropped_rows(self._store, self._connection)
        before, until_ns = part.first_row - 1, self._store.until_ns
        end_ns = min(part.known_ns, until_ns)
        rows = part.rows if part.known_ns <= until_ns else self._store.segment(part.id).rows
        if edge > end_ns or end_ns - part.since_ns <= self._cell_ns:
            return before + rows
        if self._left < rows:
            return before + int(rows * ((edge - part.since_ns) / (end_ns - part.since_ns)))
        self._left -= rows
        return before + bisect_left(self._times(self._store.segment(part.id)), edge)

    def _times(self, segment: Segment) -> list[int]:
        """When each row of a segment was complete, those of events included, on the axis of ``since_ns``."""
        events = self._store.events(segment.connection, segment.first_row, segment.first_row + segment.rows - 1)
        late = segment.since_ns - segment.first_ns
        times = [*(found.at_ns for found in segment.found), *(record.at_ns for record in events.values())]
        return sorted(at + late for at in times)
