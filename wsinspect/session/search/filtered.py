"""The rows of a list that a filter takes: found step by step, counted, and read in windows.

A search goes from the newest rows back, or from a row in both directions, so that what lies near is found first.

What is kept is the number of hits in each stretch of rows, never the hits: a list of fifty million rows costs no more
than its windows. All of it belongs to one thread; a step ends when its time is over, so that others get their turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from wsinspect.filters import Matcher
from wsinspect.model import Row
from wsinspect.session.search.hit_index import HitIndex, Stretch
from wsinspect.session.search.kept_hits import KeptHits, drop_before, number_at, numbered
from wsinspect.session.search.spans import Chunk, Span


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come."""

    hits: int
    """Rows that the filter takes, of those looked through."""
    looked: int
    """Rows looked through."""
    total: int
    """Rows there are."""
    older: int
    """How many hits this step brought before those that were known, which are numbered anew by that many; less than
    none where those are not kept any more."""
    too_slow: int
    """Messages on which a pattern took too long."""

    @property
    def is_done(self) -> bool:
        """Whether all rows were looked through."""
        return self.looked >= self.total


class FilteredRows:
    """The hits of one filter in one list."""

    def __init__(self, span: Span, matcher: Matcher, around: int | None = None) -> None:
        """Begin a search; nothing is looked at before the first step.

        Args:
            span: the list.
            matcher: the filter.
            around: the position to begin at; None: at the newest.
        """
        self._span = span
        self._matcher = matcher
        self._begin, self._end = span.begin(), span.end()
        self._index = HitIndex(self._origin(around))
        self._older: list[Chunk] = []
        """Chunks right before what was looked at, the oldest first."""
        self._kept = KeptHits(self._hits_in)

    def _origin(self, around: int | None) -> int:
        """Where to begin: the first row of the chunk that holds a position, or behind the newest."""
        chunks = self._span.between(around, around) if around is not None else []
        return chunks[0].first if chunks and chunks[0].last <= self._end else self._end + 1

    @property
    def count(self) -> int:
        """Hits found so far."""
        return self._index.count

    @property
    def looked(self) -> tuple[int, int]:
        """The first and the last position that were looked through; the last before the first where none was."""
        return self._index.first, self._index.last

    def step(self, seconds: float) -> Progress:
        """Look through some more rows: those behind what was looked through, then older ones, of these some each time.

        Args:
            seconds: when to stop; at least one chunk is looked through.

        Raises:
            PatternTooSlow: the filter's pattern takes too long.
        """
        until = perf_counter() + seconds
        index = self._index
        dropped = self._drop_what_is_gone()
        self._look_at_newer(until)
        before = index.count
        self._look_at_older(until)
        return Progress(
            hits=index.count,
            looked=index.last - index.first + 1,
            total=max(self._end, index.last),
            older=index.count - before - dropped,
            too_slow=self._matcher.too_slow,
        )

    def _look_at_newer(self, until: float) -> None:
        self._end = max(self._end, self._span.end())
        while self._index.last < self._end:
            chunks = self._span.after(self._index.last)
            if not chunks:
                return
            for chunk in chunks:
                if chunk.last > self._end:
                    return
                self._add_newer(chunk)
                if perf_counter() >= until:
                    return

    def _look_at_older(self, until: float) -> None:
        is_begun = False
        while self._index.first > 1 and not (is_begun and perf_counter() >= until):
            # Several come from the file at once, and wait where a step ends between them.
            self._older = self._older or self._span.before(self._index.first)[::-1]
            if not self._older:
                # A file that has lost its oldest rows.
                self._end_older()
                return
            self._add_older(self._older.pop())
            is_begun = True

    def _add_newer(self, chunk: Chunk) -> None:
        self._index.add_newer(chunk.last, self._span.count(chunk), chunk.weight)

    def _add_older(self, chunk: Chunk) -> None:
        self._index.add_older(chunk.first, self._span.count(chunk), chunk.weight)

    def _end_older(self) -> None:
        """Nothing is there before what was looked at."""
        self._index.add_older(1, 0, 0)

    def _drop_what_is_gone(self) -> int:
        """Forget the hits that are not kept any more; returns how many."""
        begin, before = self._span.begin(), self._index.count
        if begin > self._begin:
            self._begin = begin
            self._older.clear()
            if begin > self._index.first:
                self._drop_before(begin)
        return before - self._index.count

    def _drop_before(self, begin: int) -> None:
        drop_before(self._index, begin, self._hits_in)

    def positions(self, first: int, count: int) -> list[int]:
        """Where in the list the hits ``first`` (0 is the oldest known) to ``first + count - 1`` are."""
        return numbered(self._index, self._kept, first, count)

    def rows(self, first: int, count: int) -> list[Row]:
        """The hits ``first`` to ``first + count - 1`` themselves."""
        return self._span.rows(self.positions(first, count))

    def hits_before(self, position: int) -> int:
        """How many of the hits found so far come before a position: the number of the first one that does not."""
        return number_at(self._index, self._kept, position)

    def folded_from(self, position: int) -> int:
        """How many of the hits from a position on are folded into others, of those found so far."""
        return 0

    def hits_between(self, first: int, last: int) -> Sequence[int]:
        """The positions between two, both included, that the filter takes, whether looked through before or not."""
        return self._span.hits(first, last)

    def _hits_in(self, stretch: Stretch) -> Sequence[int]:
        return self._span.hits(stretch.first, stretch.last)
