"""The newest rows of a connection at a glance: opcodes, sizes, times, control payloads; a window in each call."""

from __future__ import annotations

from wsinspect.session.reading.store import Store
from wsinspect.session.stored.found import FoundRow
from wsinspect.session.stored.segments import Segment
from wsinspect.timeline.sample import Glimpse, Glimpsed
from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD
from wsinspect.wire.rows import first_frame

ROWS, BYTES, SEGMENTS = 2_000, 1 << 20, 100
"""A call ends with the segment that makes it as many rows, bytes or segments."""


def glimpses(store: Store, connection: int, before: int) -> Glimpsed:
    """The rows just before row ``before``: those of one segment at least, of few in all."""
    parts: list[list[Glimpse]] = []
    first, size = before, 0
    while first > 1 and before - first < ROWS and size < BYTES and len(parts) < SEGMENTS:
        segment = store.segment_before(connection, first)
        if segment is None:
            first = 1
            break
        parts.append([glimpse for glimpse in _glimpses(store, segment) if glimpse.number < first])
        first = min(first - 1, max(1, segment.first_row))
        size += len(segment.data[0]) + len(segment.data[1])
    return Glimpsed(tuple(glimpse for part in reversed(parts) for glimpse in part), first)


def _glimpses(store: Store, segment: Segment) -> list[Glimpse]:
    events = store.events(segment.connection, segment.first_row, segment.first_row + segment.rows - 1)
    numbers = (number for number in range(segment.first_row, segment.first_row + segment.rows) if number not in events)
    return [_glimpse(number, found) for number, found in zip(numbers, segment.found, strict=False)]


def _glimpse(number: int, found: FoundRow) -> Glimpse:
    scanned = found.scanned
    is_control = bool(scanned.raw) and scanned.size <= MAX_CONTROL_PAYLOAD
    payload = first_frame(scanned).control_payload if is_control else b""
    return Glimpse(number, found.side, scanned.first & 0x0F, scanned.size, found.at_ns, payload)
