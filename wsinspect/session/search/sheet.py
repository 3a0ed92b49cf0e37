"""The rows of a segment: their order, numbers and times, and themselves where none came in several frames.

Everything is read when it is first asked for: of most segments a search asks little.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, repeat

from wsinspect.model import Side
from wsinspect.session.reading.store import Store
from wsinspect.session.search.parts import Inflated, Part
from wsinspect.session.search.sent import Sent
from wsinspect.session.stored.batch import READ, SERVER_BIT, EventRecord
from wsinspect.session.stored.found import FoundRow, FoundRows
from wsinspect.session.stored.segments import Segment


class _Reads:
    """When the bytes of one side arrived."""

    def __init__(self, reads: list[tuple[int, int, int]], first_ns: int) -> None:
        """Take them apart.

        Args:
            reads: the place of each among the reads of both sides, its bytes, and when it came.
            first_ns: from when on that is counted.
        """
        self.ends = list(accumulate(length for _, length, _ in reads))
        """Position behind the last byte of each read."""
        self.order = [order for order, _, _ in reads]
        """Place of each among the reads of both sides."""
        self.times = [first_ns + delta for _, _, delta in reads]


class Sheet:
    """One segment."""

    def __init__(self, store: Store, part: Part, *, deflates: bool) -> None:
        """Prepare to read it.

        Args:
            store: the session.
            part: what the segment says of itself.
            deflates: whether its messages may be compressed.
        """
        self._store = store
        self._deflates = deflates
        self.part = part
        self._sent: dict[Side, Sent] = {}

    def sent(self, side: Side) -> Sent:
        """What one side sent."""
        if side not in self._sent:
            self._sent[side] = Sent(self._store, self.part, side, self.inflated)
        return self._sent[side]

    @cached_property
    def inflated(self) -> Inflated:
        """The inflated messages."""
        wanted = self._deflates and self.part.inflated
        found = self._store.one("SELECT inflated FROM segment WHERE id = ?", self.part.id) if wanted else None
        return Inflated(bytes(found[0]) if found else b"")

    @cached_property
    def events(self) -> dict[int, EventRecord]:
        """Events by their numbers."""
        return self._store.events(self.part.connection, self.part.first_row, self.part.last_row)

    def segment(self, side: Side) -> Segment:
        """The segment for those who read payloads of one side; its rows are not found."""
        return self._segment(side, self.sent(side).data)

    def beginning(self, side: Side) -> Segment:
        """The same for those who read no more than the rows that had begun before."""
        return self._segment(side, self.sent(side).beginning)

    def _segment(self, side: Side, sent: bytes) -> Segment:
        part, at = self.part, self.sent(side).at
        return Segment(
            id=part.id,
            connection=part.connection,
            first_row=part.first_row,
            rows=part.rows,
            first_ns=part.first_ns,
            since_ns=part.first_ns,
            known_ns=part.first_ns,
            totals=b"",
            at=(at, 0) if side is Side.CLIENT else (0, at),
            data=(sent, b"") if side is Side.CLIENT else (b"", sent),
            found=FoundRows(),
            reads=b"",
            inflated=self.inflated.entries,
        )

    @cached_property
    def _reads(self) -> tuple[_Reads, _Reads]:
        found = self._store.one("SELECT reads FROM segment WHERE id = ?", self.part.id)
        both: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]] = ([], [])
        for order, (length, delta) in enumerate(READ.iter_unpack(found[0] if found else b"")):
            both[length & SERVER_BIT != 0].append((order, length & ~SERVER_BIT, delta))
        client, server = (_Reads(reads, self.part.first_ns) for reads in both)
        return client, server

    @property
    def last_read_ns(self) -> int:
        """When the last read arrived, whatever the clock did meanwhile; no message is newer."""
        return max((max(reads.times) for reads in self._reads if reads.times), default=self.part.first_ns)

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """For each row of each side the read of that side in which it ended."""
        client, server = ([bisect_left(self._reads[side].ends, end) for end in self.sent(side).ends()] for side in Side)
        return client, server

    def at_ns(self, side: Side, index: int) -> int:
        """When a row was complete."""
        reads = self._reads[side]
        return reads.times[bisect_left(reads.ends, self.sent(side).end_of(index))]

    @cached_property
    def numbers(self) -> tuple[Sequence[int], Sequence[int]]:
        """For each row of each side its number."""
        part = self.part
        free: Sequence[int] = range(part.first_row, part.first_row + self._most_rows)
        if self.events:
            free = [number for number in free if number not in self.events]
        if not all(map(part.size, Side)):
            client, server = (free if part.size(side) else () for side in Side)
            return client, server
        ended = [[self._reads[side].order[place] for place in self._places[side]] for side in Side]
        order = sorted([*zip(ended[0], repeat(0)), *zip(ended[1], repeat(1))])
        numbers: tuple[list[int], list[int]] = ([], [])
        for (_, which), number in zip(order, free, strict=False):
            numbers[which].append(number)
        return numbers

    @property
    def _most_rows(self) -> int:
        """The rows that the file promises, but not more than can be: an event each, or at least a byte."""
        return min(self.part.rows, len(self.events) + sum(map(self.part.size, Side)))

    @cached_property
    def times(self) -> list[int]:
        """When each row came, by number from the first on; 0 for rows that the file promises and does not hold."""
        times = [0] * self._most_rows
        first = self.part.first_row
        for side in Side:
            read_at = self._reads[side].times
            for place, number in zip(self._places[side], self.numbers[side], strict=False):
                times[number - first] = read_at[place]
        for number, record in self.events.items():
            times[number - first] = record.at_ns
        return times

    def row(self, number: int) -> FoundRow | EventRecord | None:
        """A row by its number, only where none came in several frames; None for one that the file promises in vain."""
        if number in self.events:
            return self.events[number]
        for side in Side:
            numbers = self.numbers[side]
            index = bisect_left(numbers, number)
            if index < len(numbers) and numbers[index] == number:
                return self.found(side, index) if index < self.sent(side).count else None
        return None

    def found(self, side: Side, index: int) -> FoundRow:
        """A message or control frame by its place; only where none came in several frames."""
        sent, reads = self.sent(side), self._reads[side]
        scanned = sent.scanned(index)
        begin = scanned.at - sent.at
        if begin < 0:
            began = sent.frame_ns if scanned.raw else sent.row_ns
        else:
            began = reads.times[bisect_left(reads.ends, begin + 1)]
        return FoundRow(side, scanned, self.at_ns(side, index), began)
