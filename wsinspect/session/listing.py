"""The rows of a session in their order: of one connection, and of all connections merged by time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain
from typing import TypeAlias

from wsinspect.model import Connection, Row
from wsinspect.session.content import ContentReader, event_row, missing_row
from wsinspect.session.found import FoundRow
from wsinspect.session.segments import Segment
from wsinspect.session.store import Store

Placed: TypeAlias = tuple[int, Segment | None, int, FoundRow | Row]
"""Time, segment, number and row, to be put in order and built when it is asked for."""


def connection_of(store: Store, number: int) -> Connection | None:
    """One connection."""
    found = store.connections(number, 1)
    return found[0] if found and found[0].id == number else None


def numbered(store: Store, segment: Segment) -> Iterator[tuple[int, FoundRow | Row]]:
    """A segment's rows with their numbers; events come as rows, the others as what was found of them."""
    last = segment.first_row + segment.rows - 1
    events = store.events(segment.connection, segment.first_row, last)
    found = iter(segment.found)
    for number in range(segment.first_row, min(last, segment.first_row + len(segment.found) + len(events)) + 1):
        record = events.get(number)
        row = event_row(record) if record else next(found, None)
        yield number, row or missing_row(segment.connection, number, 0)


def rows_between(store: Store, connection: int, first: int, last: int) -> Iterator[Row]:
    """The rows of a connection from number ``first`` to number ``last``."""
    return chain.from_iterable(_rows_between(store, connection, first, last))


def _rows_between(store: Store, connection: int, first: int, last: int) -> Iterator[Iterable[Row]]:
    about = connection_of(store, connection)
    content = ContentReader(store, about) if about else None
    for segment in store.segments_from(connection, first):
        if segment.first_row > last:
            return
        yield from _segment_rows(store, content, segment, first, last)


def _segment_rows(
    store: Store, content: ContentReader | None, segment: Segment, first: int, last: int
) -> Iterator[Iterable[Row]]:
    """The rows of a segment from number ``first`` to number ``last``: messages between two events all at once."""
    events = store.events(segment.connection, segment.first_row, segment.first_row + segment.rows - 1)
    there = len(segment.found) + len(events)
    end = segment.first_row + min(segment.rows, there + 1)  # a file may promise more rows than it holds
    number, place = segment.first_row, 0
    for event in [*(at for at in events if at < end), end]:
        begin, stop = max(number, first), min(event, last + 1)
        held = number + len(segment.found) - place
        if begin < min(stop, held):
            if content is None:
                raise ValueError("a message of a connection that does not exist")
            yield content.rows(segment, begin, place + begin - number, place + min(stop, held) - number)
        yield (missing_row(segment.connection, at, 0) for at in range(max(begin, held), stop))
        if event < end and first <= event <= last:
            yield (event_row(events[event]),)
        place += min(event, held) - number
        number = event + 1


def _event(row: FoundRow | Row) -> Row:
    if isinstance(row, FoundRow):
        raise ValueError("a message of a connection that does not exist")
    return row


def row_count(store: Store) -> int:
    """How many rows the session has."""
    batch = store.last_batch()
    if batch is None:
        return 0
    return batch.first_row - 1 + (batch.rows if batch.is_whole else len(batch_rows(store, batch.id)))


def batch_rows(store: Store, batch: int) -> list[Placed]:
    """All rows of a batch in order of time; rows of one connection keep their order."""
    streams: list[list[Placed]] = []
    for segment in store.batch_segments(batch):
        placed: list[Placed] = []
        for number, row in numbered(store, segment):
            at = row.at_ns or (placed[-1][0] if placed else 0)
            placed.append((max(at, placed[-1][0]) if placed else at, segment, number, row))
        streams.append(placed)
    for record in store.batch_events(batch):
        streams.append([(record.at_ns, None, record.row, event_row(record))])
    return list(merge(*streams, key=lambda placed: placed[0]))


def built(store: Store, placed: Sequence[Placed]) -> Iterator[Row]:
    """The rows at their places."""
    readers: dict[int, ContentReader] = {}
    for _, segment, number, row in placed:
        if segment is None or isinstance(row, Row):
            yield _event(row)
            continue
        content = readers.get(segment.connection)
        if content is None:
            about = connection_of(store, segment.connection)
            if about is None:
                raise ValueError("a message of a connection that does not exist")
            content = readers[segment.connection] = ContentReader(store, about)
        yield content.row(segment, number, row)


def place_of(store: Store, connection: int, number: int) -> tuple[ContentReader, Segment, FoundRow] | None:
    """Where a message or control frame is, and who reads its content; None for events and unknown rows."""
    about = connection_of(store, connection)
    segment = next(store.segments_from(connection, number), None)
    if about is None or segment is None:
        return None
    for place, row in numbered(store, segment):
        if place == number and isinstance(row, FoundRow):
            return ContentReader(store, about), segment, row
    return None
