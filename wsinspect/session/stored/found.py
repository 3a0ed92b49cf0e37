"""The rows that reads completed, kept as they were found: a run of a thousand messages is one thing, not a thousand.

A row of a run is made when it is asked for; whoever goes through many takes the parts instead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias, overload

from wsinspect.model import Side
from wsinspect.wire.rows import ScannedRow, row_in
from wsinspect.wire.runs import Run


class FoundRow(NamedTuple):
    """A message or control frame in its segment."""

    side: Side
    scanned: ScannedRow
    at_ns: int
    """When the read with its last byte arrived."""
    first_ns: int
    """When the read with its first byte arrived."""


class FoundRun(NamedTuple):
    """Messages of one frame that all came in one read."""

    side: Side
    run: Run
    at_ns: int
    """When that read arrived."""

    def row(self, index: int) -> FoundRow:
        """One of them, from 0."""
        begin, end = self.run.bounds[index : index + 2]
        return FoundRow(self.side, row_in(self.run, begin, end), self.at_ns, self.at_ns)

    def between(self, begin: int, end: int) -> FoundRun:
        """Those from place ``begin`` (from 0) up to but not including place ``end``; there must be some."""
        if begin <= 0 and end >= self.run.frames:
            return self
        return self._replace(run=self.run._replace(bounds=self.run.bounds[begin : end + 1]))

    def rows(self) -> Iterator[FoundRow]:
        """All of them."""
        for begin, end in pairwise(self.run.bounds):
            yield FoundRow(self.side, row_in(self.run, begin, end), self.at_ns, self.at_ns)


FoundPart: TypeAlias = FoundRow | FoundRun


def rows_in(part: FoundPart) -> int:
    """How many rows a part is."""
    return part.run.frames if isinstance(part, FoundRun) else 1


class FoundRows(Sequence[FoundRow]):
    """The rows of a segment that are not events, in order."""

    __slots__ = ("_starts", "parts")

    def __init__(self, parts: Iterable[FoundPart] = ()) -> None:
        self.parts: list[FoundPart] = []
        """The rows as they were found."""
        self._starts = [0]
        for part in parts:
            self.add(part)

    def add(self, part: FoundPart) -> None:
        """Take what came next."""
        self.parts.append(part)
        self._starts.append(self._starts[-1] + rows_in(part))

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[FoundRow]:
        for part in self.parts:
            if isinstance(part, FoundRun):
                yield from part.rows()
            else:
                yield part

    @overload
    def __getitem__(self, index: int) -> FoundRow: ...

    @overload
    def __getitem__(self, index: slice) -> FoundRows: ...

    def __getitem__(self, index: int | slice) -> FoundRow | FoundRows:
        if isinstance(index, slice):
            begin, end, step = index.indices(len(self))
            return FoundRows(self.between(begin, end)) if step == 1 else FoundRows(list(self)[index])
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        at = bisect_right(self._starts, place) - 1
        part = self.parts[at]
        return part.row(place - self._starts[at]) if isinstance(part, FoundRun) else part

    def between(self, begin: int, end: int) -> Iterator[FoundPart]:
        """The parts with the rows from place ``begin`` (from 0) up to but not including place ``end``."""
        at = bisect_right(self._starts, begin) - 1
        while begin < end and at < len(self.parts):
            part, start = self.parts[at], self._starts[at]
            stop = min(end, self._starts[at + 1])
            yield part.between(begin - start, stop - start) if isinstance(part, FoundRun) else part
            begin, at = stop, at + 1

    @property
    def weight(self) -> int:
        """About how much memory they take, in rows that stand by themselves."""
        return sum(
            1 if isinstance(part, FoundRow) or isinstance(part.run.bounds, range) else len(part.run.bounds) // 8 + 1
            for part in self.parts
        )
