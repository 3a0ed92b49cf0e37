"""What happened on one connection in one batch, step by step, in the order in which it was recorded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.session.copying.source import Part
from wsinspect.session.stored.batch import READ, SERVER_BIT, EventRecord
from wsinspect.wire.rows import RowScanner


class Read(NamedTuple):
    """Bytes that one side sent."""

    side: Side
    data: bytes
    at_ns: int
    at: int
    """Offset of the first of them in its stream."""
    state: bytes
    """What the row scanner knew there."""
    rows: range
    """Numbers of the rows that become whole with them."""


Step = Read | EventRecord


def steps(part: Part) -> Iterator[Step]:
    """The reads and events of a part.

    An event stands where its row number says; where that leaves a choice, by its time.

    Raises:
        ValueError: the segment contradicts itself.
    """
    segment = part.segment
    scanners = [RowScanner.resumed(segment.at[side], part.open_state[side]) for side in Side]
    events = deque(part.events)
    number = segment.first_row
    position = [0, 0]
    for length, delta in READ.iter_unpack(segment.reads):
        side = Side.SERVER if length & SERVER_BIT else Side.CLIENT
        start = position[side]
        position[side] = start + (length & ~SERVER_BIT)
        data = segment.data[side][start : position[side]]
        at_ns = segment.first_ns + delta
        at, state = scanners[side].at, scanners[side].state()
        count = len(scanners[side].feed(data))
        while events and events[0].row <= number and (count or events[0].at_ns <= at_ns):
            yield events.popleft()
            number += 1
        yield Read(side, data, at_ns, at, state, range(number, number + count))
        number += count
    yield from events
