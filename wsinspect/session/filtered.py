"""The rows of a list that a filter takes: found step by step from the newest back, counted, and read in windows.

What is kept is the number of hits in each stretch of rows, never the hits: a list of fifty million rows costs no more
than its windows. All of it belongs to one thread; a step ends when its time is over, so that others get their turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from wsinspect.filters import Matcher
from wsinspect.model import Row
from wsinspect.session.hit_index import HitIndex, Stretch
from wsinspect.session.spans import Span

KEPT_STRETCHES = 16
"""Stretches whose hits are remembered."""

WINDOW_LIMIT = 10_000
"""Rows that one call gives at most."""


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
    """How many of the hits were found in this step before all that were known: hits are numbered anew by that many."""
    too_slow: int
    """Messages on which a pattern took too long."""

    @property
    def is_done(self) -> bool:
        """Whether all rows were looked through."""
        return self.looked >= self.total


class FilteredRows:
    """The hits of one filter in one list."""

    def __init__(self, span: Span, matcher: Matcher) -> None:
        """Begin a search; nothing is looked at before the first step.

        Args:
            span: the list.
            matcher: the filter.
        """
        self._span = span
        self._matcher = matcher
        self._end = span.end()
        self._index = HitIndex(self._end + 1)
        self._kept: OrderedDict[Stretch, list[int]] = OrderedDict()

    @property
    def count(self) -> int:
        """Hits found so far."""
        return self._index.count

    @property
    def looked(self) -> tuple[int, int]:
        """The first and the last position that were looked through; the last before the first where none was."""
        return self._index.first, self._index.last

    def step(self, seconds: float) -> Progress:
        """Look through some more rows: those that are new, then older ones.

        Args:
            seconds: when to stop; at least one chunk is looked through.

        Raises:
            PatternTooSlow: the filter's pattern takes too long.
        """
        until = perf_counter() + seconds
        self._look_at_newer(until)
        before = self._index.count
        self._look_at_older(until)
        index = self._index
        return Progress(
            hits=index.count,
            looked=index.last - index.first + 1,
            total=max(self._end, index.last),
            older=index.count - before,
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
                self._index.add_newer(chunk.last, self._span.count(chunk), chunk.weight)
                if perf_counter() >= until:
                    return

    def _look_at_older(self, until: float) -> None:
        is_begun = False
        while self._index.first > 1 and not (is_begun and perf_counter() >= until):
            chunks = self._span.before(self._index.first)
            if not chunks:
                # A file that has lost its oldest rows.
                self._index.add_older(1, 0, 0)
                return
            for chunk in chunks:
                self._index.add_older(chunk.first, self._span.count(chunk), chunk.weight)
                is_begun = True
                if perf_counter() >= until:
                    return

    def positions(self, first: int, count: int) -> list[int]:
        """Where in the list the hits ``first`` (0 is the oldest known) to ``first + count - 1`` are."""
        found: list[int] = []
        last = min(first + min(count, WINDOW_LIMIT), self._index.count)
        hit = max(0, first)
        while hit < last:
            stretch = self._index.stretch_of(hit)
            found += self._hits(stretch)[hit - stretch.before : last - stretch.before]
            hit = stretch.before + stretch.hits
        return found

    def rows(self, first: int, count: int) -> list[Row]:
        """The hits ``first`` to ``first + count - 1`` themselves."""
        return self._span.rows(self.positions(first, count))

    def hits_before(self, position: int) -> int:
        """How many of the hits found so far come before a position: the number of the first one that does not."""
        stretch = self._index.stretch_at(position)
        if stretch is None:
            return 0 if position < self._index.first else self._index.count
        return stretch.before + bisect_left(self._hits(stretch), position)

    def hits_between(self, first: int, last: int) -> Sequence[int]:
        """The positions between two, both included, that the filter takes, whether looked through before or not."""
        return self._span.hits(first, last)

    def _hits(self, stretch: Stretch) -> list[int]:
        """The positions of the hits in a stretch; what was kept of one that has grown since is not found any more."""
        key = stretch._replace(before=0)
        known = self._kept.get(key)
        if known is None:
            known = self._kept[key] = self._span.hits(stretch.first, stretch.last)
            if len(self._kept) > KEPT_STRETCHES:
                self._kept.popitem(last=False)
        return known
