"""Segments as read back: where each row lies, found by scanning the stored bytes in the order of their reads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.session.stored.batch import READ, SERVER_BIT
from wsinspect.session.stored.found import FoundRow, FoundRows, FoundRun
from wsinspect.session.stored.inflating import InflatedMessage, unpack_entries
from wsinspect.session.stored.waypoints import packed
from wsinspect.wire.rows import RowScanner, ScannedRow
from wsinspect.wire.runs import Run

CACHED_WEIGHT = 16_000
"""What is kept in memory over all segments: a row weighs 1, and so do 256 bytes."""

COLUMNS = (
    "id, connection, first_row, rows, first_ns, since_ns, known_ns, c2s_at, s2c_at, c2s_open, s2c_open, "
    "c2s_row_ns, s2c_row_ns, c2s_frame_ns, s2c_frame_ns, totals, c2s, s2c, reads, inflated"
)
"""What ``find_rows`` takes, in this order."""


class Segment(NamedTuple):
    """One connection's part of a batch, its rows found. ``at`` and ``data`` are by Side."""

    id: int
    connection: int
    first_row: int
    rows: int
    """Rows here, events included."""
    first_ns: int
    since_ns: int
    """When it began, in an order that clocks cannot change."""
    known_ns: int
    """When it was whole, as since_ns."""
    totals: bytes
    """What the connection had come to before it (batch.TOTALS)."""
    at: tuple[int, int]
    data: tuple[bytes, bytes]
    found: FoundRows
    """The rows that are not events, in order."""
    reads: bytes
    inflated: Mapping[tuple[Side, int], InflatedMessage]


def find_rows(record: tuple[int | bytes, ...]) -> Segment:
    """Scan one record of the ``segment`` table, given as COLUMNS.

    Raises:
        ValueError: the record contradicts itself.
    """
    number, connection, first_row, rows, first_ns, since_ns, known_ns = (_integer(value) for value in record[:7])
    at = _integer(record[7]), _integer(record[8])
    states = record[9:11]
    row_ns, frame_ns = ([_integer(value) for value in record[part : part + 2]] for part in (11, 13))
    totals, client, server, reads, inflated = (_blob(value) for value in record[15:20])
    streams = client, server
    scanners = [RowScanner.resumed(at[side], _blob(states[side])) for side in Side]
    position = [0, 0]
    found = FoundRows()
    for length, delta in READ.iter_unpack(reads):
        side = Side.SERVER if length & SERVER_BIT else Side.CLIENT
        start = position[side]
        position[side] = start + (length & ~SERVER_BIT)
        at_ns = first_ns + delta
        offset = at[side] + start
        for row in scanners[side].scan(streams[side][start : position[side]]):
            if isinstance(row, Run):
                found.add(FoundRun(side, row, at_ns))
                continue
            began = at_ns if row.at >= offset else frame_ns[side] if row.raw else row_ns[side]
            found.add(FoundRow(side, row, at_ns, began))
        if scanners[side].row_at >= offset:
            row_ns[side] = at_ns
        if scanners[side].frame_at >= offset:
            frame_ns[side] = at_ns
    return Segment(
        id=number,
        connection=connection,
        first_row=first_row,
        rows=rows,
        first_ns=first_ns,
        since_ns=since_ns,
        known_ns=known_ns,
        totals=totals,
        at=at,
        data=streams,
        found=found,
        reads=reads,
        inflated=unpack_entries(inflated),
    )


def waypoints_of(segment: Segment) -> tuple[bytes, bytes]:
    """The waypoints that follow from its bytes, as the file keeps them, by Side."""
    found: tuple[list[ScannedRow | Run], list[ScannedRow | Run]] = ([], [])
    for part in segment.found.parts:
        found[part.side].append(part.run if isinstance(part, FoundRun) else part.scanned)
    client, server = (packed(segment.at[side], found[side]) for side in Side)
    return client, server


def _integer(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("a number is missing")
    return value


def _blob(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("bytes are missing")
    return value


class SegmentCache:
    """The segments used last, up to CACHED_WEIGHT."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Segment] = OrderedDict()
        self._weight = 0

    def get(self, number: int) -> Segment | None:
        """A segment by its id, if it is still here."""
        segment = self._kept.get(number)
        if segment is not None:
            self._kept.move_to_end(number)
        return segment

    def put(self, segment: Segment) -> None:
        """Keep a segment, dropping those not used for longest."""
        self._kept[segment.id] = segment
        self._weight += _weight(segment)
        while self._weight > CACHED_WEIGHT and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._weight -= _weight(dropped)


def _weight(segment: Segment) -> int:
    inflated = sum(len(message.data) for message in segment.inflated.values())
    size = len(segment.data[0]) + len(segment.data[1]) + len(segment.reads) + inflated
    return 1 + segment.found.weight + len(segment.inflated) + size // 256
