"""The rows of a session in their order: of one connection, and of all connections merged by time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from wsinspect.model import Connection, Row
from wsinspect.session.reading.content import ContentReader, event_row, missing_row
from wsinspect.session.reading.store import Store
from wsinspect.session.stored.batch import EventRecord
from wsinspect.session.stored.found import FoundPart, FoundRow, FoundRun, rows_in
from wsinspect.session.stored.segments import Segment


class Placed(NamedTuple):
    """Neighbouring rows of one segment that came at the same time, to be put in order and built when asked for."""

    at_ns: int
    segment: Segment | None
    """None for events of the whole session."""
    number: int
    """Of the first."""
    part: FoundPart | Row

    @property
    def rows(self) -> int:
        """How many."""
        return 1 if isinstance(self.part, Row) else rows_in(self.part)


def connection_of(store: Store, number: int) -> Connection | None:
    """One connection."""
    found = store.connections(number, 1)
    return found[0] if found and found[0].id == number else None


def numbered(store: Store, segment: Segment) -> Iterator[tuple[int, FoundRow | Row]]:
    """A segment's rows with their numbers; events come as rows, the others as what was found of them."""
    for number, part in _numbered_parts(store, segment):
        if isinstance(part, FoundRun):
            yield from enumerate(part.rows(), number)
        else:
            yield number, part


def _numbered_parts(store: Store, segment: Segment) -> Iterator[tuple[int, FoundPart | Row]]:
    """The same, rows that were found together as one part with the number of the first."""
    events, end = _events_of(store, segment)
    number, place = segment.first_row, 0
    for event in [*(at for at in events if at < end), end]:
        for part in segment.found.between(place, place + event - number):
            yield number, part
            number, place = number + rows_in(part), place + rows_in(part)
        yield from ((at, missing_row(segment.connection, at, 0)) for at in range(number, event))
        if event < end:
            yield event, event_row(events[event])
        number = event + 1


def _events_of(store: Store, segment: Segment) -> tuple[dict[int, EventRecord], int]:
    """A segment's events by their numbers, and the number behind its last row: a file may promise more than it has."""
    events = store.events(segment.connection, segment.first_row, segment.first_row + segment.rows - 1)
    return events, segment.first_row + min(segment.rows, len(segment.found) + len(events) + 1)


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
        # The next one is not even looked for: its rows would have to be found, in place of those kept here.
        if segment.first_row + segment.rows > last:
            return


def _segment_rows(
    store: Store, content: ContentReader | None, segment: Segment, first: int, last: int
) -> Iterator[Iterable[Row]]:
    """The rows of a segment from number ``first`` to number ``last``: messages between two events all at once."""
    events, end = _events_of(store, segment)
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


def row_count(store: Store) -> int:
    """How many rows the session has."""
    batch = store.last_batch()
    if batch is None:
        return 0
    return (
        batch.first_row
        - 1
        + (batch.rows if batch.is_whole else sum(part.rows for part in batch_parts(store, batch.id)))
    )


def batch_parts(store: Store, batch: int) -> list[Placed]:
    """All rows of a batch in order of time; rows of one connection keep their order."""
    streams: list[list[Placed]] = []
    for segment in store.batch_segments(batch):
        placed: list[Placed] = []
        latest = 0
        for number, part in _numbered_parts(store, segment):
            latest = max(latest, part.at_ns)
            placed.append(Placed(latest, segment, number, part))
        streams.append(placed)
    for record in store.batch_events(batch):
        streams.append([Placed(record.at_ns, None, record.row, event_row(record))])
    return list(merge(*streams, key=attrgetter("at_ns")))


def built(store: Store, parts: Iterable[Placed], begin: int, end: int) -> Iterator[Row]:
    """The rows from place ``begin`` (from 0) up to but not including place ``end``."""
    readers: dict[int, ContentReader] = {}
    place = 0
    for placed in parts:
        first, stop = max(0, begin - place), min(placed.rows, end - place)
        place += placed.rows
        if first >= stop:
            continue
        part, segment = placed.part, placed.segment
        if isinstance(part, Row):
            yield part
        elif segment is not None:
            content = readers.get(segment.connection)
            if content is None:
                content = readers[segment.connection] = _content_of(store, segment.connection)
            yield from content.part(segment, placed.number + first, _cut(part, first, stop))


def _content_of(store: Store, connection: int) -> ContentReader:
    about = connection_of(store, connection)
    if about is None:
        raise ValueError("a message of a connection that does not exist")
    return ContentReader(store, about)


def _cut(part: FoundPart, first: int, stop: int) -> FoundPart:
    return part.between(first, stop) if isinstance(part, FoundRun) else part


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
