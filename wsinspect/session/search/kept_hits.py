"""The hits that are behind an index: found again, stretch by stretch, when somebody asks which they are."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence

from wsinspect.session.search.hit_index import HitIndex, Stretch

KEPT_STRETCHES = 1_000
"""Stretches whose hits are remembered: where hits are rare each of a window has a stretch of its own."""

KEPT = 100_000
"""Hits that are remembered, beyond those of the latest stretch."""

WINDOW_LIMIT = 10_000
"""Hits that one call gives at most."""


class KeptHits:
    """The positions of the hits in a few stretches."""

    def __init__(self, find: Callable[[Stretch], Sequence[int]]) -> None:
        """Remember nothing yet.

        Args:
            find: tells the hits of a stretch, ascending.
        """
        self._find = find
        self._known: OrderedDict[Stretch, Sequence[int]] = OrderedDict()
        self._count = 0

    def of(self, stretch: Stretch) -> Sequence[int]:
        """The hits in a stretch; what was kept of one that has grown since is not found any more."""
        key = stretch._replace(before=0)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(stretch)
            self._count += len(known)
            while len(self._known) > KEPT_STRETCHES or (self._count > KEPT and len(self._known) > 1):
                self._count -= len(self._known.popitem(last=False)[1])
        else:
            self._known.move_to_end(key)
        return known

    def clear(self) -> None:
        """Find all of them again: what a hit is has changed."""
        self._known.clear()
        self._count = 0


def numbered(index: HitIndex, kept: KeptHits, first: int, count: int) -> list[int]:
    """The positions of the hits with the numbers ``first`` to ``first + count - 1``."""
    found: list[int] = []
    last = min(first + min(count, WINDOW_LIMIT), index.count)
    hit = max(0, first)
    while hit < last:
        stretch = index.stretch_of(hit)
        hits = kept.of(stretch)
        begin = stretch.before + _missing(stretch, hits)
        found += hits[max(0, hit - begin) : max(0, last - begin)]
        hit = stretch.before + stretch.hits
    return found


def number_at(index: HitIndex, kept: KeptHits, position: int) -> int:
    """How many hits come before a position."""
    stretch = index.stretch_at(position)
    if stretch is None:
        return 0 if position < index.first else index.count
    hits = kept.of(stretch)
    return stretch.before + _missing(stretch, hits) + bisect_left(hits, position)


def drop_before(index: HitIndex, begin: int, find: Callable[[Stretch], Sequence[int]]) -> None:
    """Forget the hits before a position."""
    stretch = index.stretch_at(begin)
    index.drop_before(begin, len(find(stretch._replace(first=begin))) if stretch is not None else 0)


def _missing(stretch: Stretch, hits: Sequence[int]) -> int:
    """How many of the first hits of a stretch are not kept any more, which the index will be told of."""
    return max(0, stretch.hits - len(hits))
