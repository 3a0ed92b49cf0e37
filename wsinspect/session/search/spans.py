"""The two lists that a filter is applied to: the rows of one connection, and those of the whole session.

Both are gone through in chunks, back from a position or on from it, in short queries: no transaction stays open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, count, repeat
from operator import itemgetter
from typing import NamedTuple, Protocol

from wsinspect.model import Row
from wsinspect.session.reading.content import ContentReader, event_row, missing_row
from wsinspect.session.reading.dropped import dropped_rows
from wsinspect.session.reading.listing import connection_of, rows_between
from wsinspect.session.reading.marks import marked
from wsinspect.session.reading.store import Store
from wsinspect.session.search.kept_rows import KeptRows
from wsinspect.session.search.likeness import Likeness
from wsinspect.session.search.parts import FACTS, Part
from wsinspect.session.search.segment_search import SegmentSearch
from wsinspect.session.stored.batch import SESSION
from wsinspect.session.stored.found import FoundRow
from wsinspect.session.stored.traits import JOINED

CHUNKS = 32
"""Chunks that one query asks for."""

CHUNK_WEIGHT = 16
"""What it takes to look through the smallest chunk, in rows."""


MARKS = 10_000
"""Marks that are looked at."""

_HOLDING = "segment", "connection = ? AND first_row <= ? AND rows > 0 ORDER BY first_row DESC, id DESC LIMIT 1"
"""The segment of a row, if it is there."""


class Chunk(NamedTuple):
    """Neighbouring rows that are looked through together."""

    first: int
    last: int
    parts: tuple[Part, ...]
    batch: int = 0
    """For the whole session: the batch that this is."""

    @property
    def weight(self) -> int:
        """What it takes to look through it again."""
        return CHUNK_WEIGHT + sum(part.weight for part in self.parts)


class Said(NamedTuple):
    """The rows of a chunk that the filter takes, and what they say as far as folding compares it."""

    positions: Sequence[int]
    likenesses: list[Likeness]


class MarkedRow(NamedTuple):
    """A row that carries a mark."""

    connection: int
    row: int


class Span(Protocol):
    """A list of rows with positions from 1."""

    def begin(self) -> int:
        """The oldest position that is still kept."""

    def end(self) -> int:
        """The newest position there is; with a horizon that of the last chunk before it."""

    def before(self, position: int) -> list[Chunk]:
        """The chunks before a position, the newest first, a few of them."""

    def after(self, position: int) -> list[Chunk]:
        """The chunks behind a position, the oldest first, a few of them."""

    def count(self, chunk: Chunk) -> int:
        """How many rows of a chunk the filter takes."""

    def hits(self, first: int, last: int) -> list[int]:
        """The positions between two, both included, of the rows that the filter takes."""

    def rows(self, positions: Sequence[int]) -> list[Row]:
        """The rows at these positions, which ascend."""

    def between(self, first: int, last: int) -> list[Chunk]:
        """The chunks that hold the positions between two, both included."""

    def said(self, chunk: Chunk) -> Said:
        """What the rows of a chunk say that the filter takes."""

    def marks(self) -> frozenset[MarkedRow]:
        """The rows of the list that are marked; of very many some."""

    def chunk_of(self, marked: MarkedRow) -> Chunk | None:
        """The chunk that a row is in; None for one that is not there."""

    def places(self, chunk: Chunk, marks: frozenset[MarkedRow]) -> list[int]:
        """The positions of those rows that are in a chunk."""


class ConnectionSpan:
    """The rows of one connection; positions are their numbers."""

    def __init__(self, store: Store, search: SegmentSearch, connection: int) -> None:
        self._store = store
        self._search = search
        self._connection = connection
        self._kept = KeptRows(self._built)

    def end(self) -> int:
        """The newest row's number, of segments that are known to their end."""
        found = self._store.one(
            "SELECT first_row, rows, known_ns FROM segment WHERE connection = ? AND since_ns <= ? "
            "ORDER BY since_ns DESC, id DESC LIMIT 1",
            *(self._connection, self._store.until_ns),
        )
        if found is None:
            return 0
        first, rows, known_ns = found
        return int(first - 1 + (rows if known_ns <= self._store.until_ns else 0))

    def begin(self) -> int:
        """The oldest row that is kept."""
        return dropped_rows(self._store, self._connection) + 1

    def before(self, position: int) -> list[Chunk]:
        """Segments before a row."""
        return _chunks(self._parts("first_row < ? ORDER BY first_row DESC, id DESC LIMIT ?", position, CHUNKS))

    def after(self, position: int) -> list[Chunk]:
        """Segments behind a row."""
        return _chunks(self._parts("first_row > ? ORDER BY first_row, id LIMIT ?", position, CHUNKS))

    def count(self, chunk: Chunk) -> int:
        """How many rows of a segment the filter takes."""
        return sum(map(self._search.count, chunk.parts))

    def hits(self, first: int, last: int) -> list[int]:
        """The numbers of the rows that the filter takes."""
        parts = self._between(first, last)
        return [row for part in parts for row in self._search.hits(part) if first <= row <= last]

    def rows(self, positions: Sequence[int]) -> list[Row]:
        """The rows with these numbers."""
        return marked(self._store, self._kept.at(positions, self.begin()))

    def _built(self, positions: Sequence[int]) -> list[Row]:
        left, found = list(positions), list[Row]()
        while left:
            part = self._holding(left[0])
            if part is None or part.last_row < left[0]:
                left.pop(0)
                continue
            here = [number for number in left if number <= part.last_row]
            left = left[len(here) :]
            found += _rows_of(self._store, self._search, part, here)
        return found

    def between(self, first: int, last: int) -> list[Chunk]:
        """The segments with the rows from ``first`` to ``last``."""
        return _chunks(self._between(first, last))

    def said(self, chunk: Chunk) -> Said:
        """What the rows of a segment say that the filter takes."""
        (part,) = chunk.parts
        numbers = self._search.hits(part)
        return Said(numbers, self._search.likenesses(part, numbers))

    def marks(self) -> frozenset[MarkedRow]:
        """The rows that are marked."""
        return _marks(self._store, "connection = ?", self._connection)

    def chunk_of(self, marked: MarkedRow) -> Chunk | None:
        """The segment that a row is in."""
        part = self._holding(marked.row)
        return _chunks([part])[0] if part is not None and marked.row <= part.last_row else None

    def places(self, chunk: Chunk, marks: frozenset[MarkedRow]) -> list[int]:
        """The numbers of those rows that are in a segment."""
        return [row for _, row in marks if chunk.first <= row <= chunk.last]

    def _between(self, first: int, last: int) -> list[Part]:
        """The segments with the rows from ``first`` to ``last``."""
        begin = self._holding(first)
        parts = self._parts("first_row > ? AND first_row <= ? ORDER BY first_row, id", first, last)
        return [begin, *parts] if begin is not None else parts

    def _holding(self, row: int) -> Part | None:
        """The last segment that begins at a row or before it."""
        found = self._parts("first_row <= ? ORDER BY first_row DESC, id DESC LIMIT 1", row)
        return found[0] if found else None

    def _parts(self, condition: str, *values: int) -> list[Part]:
        found = self._store.query(
            f"SELECT {FACTS} FROM segment WHERE connection = ? AND rows > 0 AND {condition}", self._connection, *values
        )
        return [Part(*one) for one in found]


def _marks(store: Store, condition: str, *values: int) -> frozenset[MarkedRow]:
    found = store.query(f"SELECT connection, row FROM mark WHERE {condition} LIMIT {MARKS}", *values)
    return frozenset(MarkedRow(*one) for one in found)


def _chunks(parts: list[Part]) -> list[Chunk]:
    return [Chunk(part.first_row, part.last_row, (part,)) for part in parts]


class SessionSpan:
    """The rows of all connections in the order in which they came; positions count over the whole session."""

    def __init__(self, store: Store, search: SegmentSearch) -> None:
        self._store = store
        self._search = search
        self._kept = KeptRows(self._built)

    def end(self) -> int:
        """The newest row's position, of batches that are known to their end."""
        batch = self._store.last_batch()
        return batch.first_row - 1 + (batch.rows if batch.is_whole else 0) if batch else 0

    def begin(self) -> int:
        """The oldest position that is kept."""
        return dropped_rows(self._store, None) + 1

    def before(self, position: int) -> list[Chunk]:
        """Batches before a row."""
        return self._batches("first_row < ? ORDER BY first_row DESC, id DESC LIMIT ?", position, CHUNKS)

    def after(self, position: int) -> list[Chunk]:
        """Batches behind a row."""
        return self._batches("first_row > ? ORDER BY first_row, id LIMIT ?", position, CHUNKS)

    def count(self, chunk: Chunk) -> int:
        """How many rows of a batch the filter takes."""
        taken = sum(self._search.count(part) for part in chunk.parts)
        if chunk.last - chunk.first + 1 > sum(part.rows for part in chunk.parts):
            taken += len(self._search.of_session(chunk.batch))
        return taken

    def hits(self, first: int, last: int) -> list[int]:
        """The positions of the rows that the filter takes."""
        found: list[int] = []
        for chunk in self.between(first, last):
            if _is_of_one(chunk):
                (only,) = chunk.parts
                found += _ahead(self._search.hits(only), chunk.first - only.first_row)
                continue
            taken = {(part.id, number) for part in chunk.parts for number in self._search.hits(part)}
            taken |= {(0, number) for number in self._search.of_session(chunk.batch)}
            order = enumerate(self._order(chunk), chunk.first)
            found += (at for at, (part, number) in order if (part.id if part else 0, number) in taken)
        return [position for position in found if first <= position <= last]

    def rows(self, positions: Sequence[int]) -> list[Row]:
        """The rows at these positions."""
        return marked(self._store, self._kept.at(positions, self.begin()))

    def _built(self, positions: Sequence[int]) -> list[Row]:
        left, found = list(positions), list[Row]()
        while left:
            begin = self._batches("first_row <= ? ORDER BY first_row DESC, id DESC LIMIT 1", left[0])
            if not begin or begin[0].last < left[0]:
                left.pop(0)
                continue
            here = [position for position in left if position <= begin[0].last]
            left = left[len(here) :]
            found += self._rows_of(begin[0], here)
        return found

    def said(self, chunk: Chunk) -> Said:
        """What the rows of a batch say that the filter takes."""
        if _is_of_one(chunk):
            (only,) = chunk.parts
            numbers = self._search.hits(only)
            return Said(_ahead(numbers, chunk.first - only.first_row), self._search.likenesses(only, numbers))
        said: dict[tuple[int, int], Likeness] = {(0, row): None for row in self._search.of_session(chunk.batch)}
        for part in chunk.parts:
            numbers = self._search.hits(part)
            said.update(zip(zip(repeat(part.id), numbers), self._search.likenesses(part, numbers), strict=False))
        order = enumerate(self._order(chunk), chunk.first)
        placed = ((at, (part.id if part else 0, number)) for at, (part, number) in order)
        found = [(at, key) for at, key in placed if key in said]
        return Said([at for at, _ in found], [said[key] for _, key in found])

    def marks(self) -> frozenset[MarkedRow]:
        """The rows that are marked."""
        return _marks(self._store, "TRUE")

    def chunk_of(self, marked: MarkedRow) -> Chunk | None:
        """The batch that a row is in."""
        table, condition = ("event", "connection = ? AND row = ?") if marked.connection == SESSION else _HOLDING
        found = self._store.one(f"SELECT batch FROM {table} WHERE {condition}", *marked)
        chunks = self._batches("id = ?", found[0]) if found else []
        return chunks[0] if chunks else None

    def places(self, chunk: Chunk, marks: frozenset[MarkedRow]) -> list[int]:
        """The positions of those rows that are in a batch."""
        connections = {part.connection for part in chunk.parts} | {SESSION}
        wanted = {marked for marked in marks if marked.connection in connections}
        if not wanted:
            return []
        order = enumerate(self._order(chunk), chunk.first)
        return [at for at, (part, number) in order if (part.connection if part else SESSION, number) in wanted]

    def _rows_of(self, chunk: Chunk, positions: Sequence[int]) -> list[Row]:
        order = self._order(chunk)
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        places = [order[position - chunk.first] for position in positions if position - chunk.first < len(order)]
        for part, number in places:
            wanted[part.id if part else 0].append(number)
        built: dict[tuple[int, int], Row] = {}
        for part in chunk.parts:
            for row in _rows_of(self._store, self._search, part, wanted[part.id]):
                built[part.id, row.number] = row
        for number in wanted[0]:
            built[0, number] = event_row(self._store.events(SESSION, number, number)[number])
        return [built[part.id if part else 0, number] for part, number in places]

    def _order(self, chunk: Chunk) -> list[tuple[Part | None, int]]:
        """The rows of a batch in order of time, by segment and number; rows of one connection keep their order."""
        if _is_of_one(chunk):
            (only,) = chunk.parts
            return [(only, number) for number in range(only.first_row, only.last_row + 1)]
        placed: list[tuple[int, Part | None, int]] = []
        for part in chunk.parts:
            placed += zip(accumulate(self._search.sheet(part).times, max), repeat(part), count(part.first_row))
        placed += ((record.at_ns, None, record.row) for record in self._store.batch_events(chunk.batch))
        # Sorting keeps the order of what came at the same time.
        placed.sort(key=itemgetter(0))
        return [(part, number) for _, part, number in placed]

    def between(self, first: int, last: int) -> list[Chunk]:
        """The batches with the rows from ``first`` to ``last``."""
        begin = self._batches("first_row <= ? ORDER BY first_row DESC, id DESC LIMIT 1", first)
        return begin + self._batches("first_row > ? AND first_row <= ? ORDER BY first_row, id", first, last)

    def _batches(self, condition: str, *values: int) -> list[Chunk]:
        batches = self._store.query(
            f"SELECT id, first_row, rows, first_segment, segments FROM batch WHERE rows > 0 AND {condition}", *values
        )
        parts: defaultdict[int, list[Part]] = defaultdict(list)
        begin = min((first for _, _, _, first, _ in batches), default=0)
        end = max((first + segments for _, _, _, first, segments in batches), default=0)
        for one in self._store.query(
            f"SELECT {FACTS} FROM segment WHERE id >= ? AND id < ? AND rows > 0 ORDER BY id", begin, end
        ):
            parts[one[1]].append(Part(*one))
        return [Chunk(first, first + rows - 1, tuple(parts[number]), number) for number, first, rows, _, _ in batches]


def _is_of_one(chunk: Chunk) -> bool:
    """Whether all rows of a batch are in one segment: they are in order then."""
    return len(chunk.parts) == 1 and chunk.last - chunk.first + 1 == chunk.parts[0].rows


def _ahead(numbers: Sequence[int], ahead: int) -> Sequence[int]:
    """Numbers that lie further ahead."""
    if isinstance(numbers, range):
        return range(numbers.start + ahead, numbers.stop + ahead)
    return [number + ahead for number in numbers]


def _rows_of(store: Store, search: SegmentSearch, part: Part, numbers: Sequence[int]) -> Iterator[Row]:
    """Rows of one segment by their numbers."""
    if part.traits & JOINED:
        for number in numbers:
            yield from rows_between(store, part.connection, number, number)
        return
    connection = connection_of(store, part.connection)
    if connection is None:
        raise ValueError("a message of a connection that does not exist")
    content, sheet = ContentReader(store, connection), search.sheet(part)
    for number in numbers:
        row = sheet.row(number)
        if isinstance(row, FoundRow):
            yield content.row(sheet.segment(row.side), number, row)
        else:
            yield event_row(row) if row else missing_row(part.connection, number, 0)
