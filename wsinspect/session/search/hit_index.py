"""How many hits each stretch of a list holds, so that a hit is found by its number without keeping every hit.

A search goes from where it began back to the oldest row, and forward with what is recorded meanwhile. What it tells
is kept as stretches of rows with the number of hits in them, a few bytes for thousands of rows.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

STRETCH_WEIGHT = 4096
"""Stretches next to each other are put together up to this: a row weighs 1, and so do 256 bytes."""


class Stretch(NamedTuple):
    """Positions of a list that were looked through."""

    first: int
    last: int
    before: int
    """Hits before it."""
    hits: int
    """Hits in it."""


class _Direction:
    """Stretches in the order in which they were looked through."""

    def __init__(self) -> None:
        self.edges = array("q")
        """The position of each that lies farthest from where the search began."""
        self.totals = array("q")
        """Hits in each and all before it in this order."""
        self._weight = STRETCH_WEIGHT

    @property
    def total(self) -> int:
        return self.totals[-1] if self.totals else 0

    def add(self, edge: int, hits: int, weight: int) -> None:
        total = self.total + hits
        if self.edges and self._weight + weight <= STRETCH_WEIGHT:
            self.edges[-1], self.totals[-1] = edge, total
            self._weight += weight
        else:
            self.edges.append(edge)
            self.totals.append(total)
            self._weight = weight

    def recount(self, places: range, hits_of: Callable[[int], int]) -> None:
        """Set anew how many hits are in some of them."""
        totals, shift = self.totals, 0
        before = totals[places.start - 1] if places.start else 0
        for place in range(places.start, len(totals)):
            if place in places:
                total = totals[place]
                shift += hits_of(place) - (total - before)
                before = total
            elif not shift:
                return
            totals[place] += shift

    def cut(self, begin: int, end: int, missing: int) -> None:
        """Leave those from place ``begin`` up to but not including ``end``, with so many hits fewer before each."""
        self.edges = self.edges[begin:end]
        self.totals = array("q", (total - missing for total in self.totals[begin:end]))
        self._weight = STRETCH_WEIGHT


class HitIndex:
    """Hits by number, 0 for the oldest known; numbers grow when older ones are found."""

    def __init__(self, origin: int) -> None:
        """Begin a search.

        Args:
            origin: the position from which on rows are new.
        """
        self._origin = origin
        self._older, self._newer = _Direction(), _Direction()

    @property
    def count(self) -> int:
        """Hits found so far."""
        return self._older.total + self._newer.total

    @property
    def first(self) -> int:
        """The oldest position that was looked at."""
        return self._older.edges[-1] if self._older.edges else self._origin

    @property
    def last(self) -> int:
        """The newest position that was looked at."""
        return self._newer.edges[-1] if self._newer.edges else self._origin - 1

    def add_older(self, first: int, hits: int, weight: int) -> None:
        """The rows from ``first`` on to what was looked at before hold so many hits."""
        self._older.add(first, hits, weight)

    def add_newer(self, last: int, hits: int, weight: int) -> None:
        """The rows behind what was looked at before, up to ``last``, hold so many hits."""
        self._newer.add(last, hits, weight)

    def recount(self, first: int, last: int, hits_of: Callable[[Stretch], int]) -> None:
        """Set anew how many hits are in the stretches with the positions from ``first`` to ``last``.

        Args:
            first: a position that was looked at.
            last: another, not before it.
            hits_of: tells how many are in a stretch; the hits before it may not be right at that time.
        """
        older, newer = self._older, self._newer
        if first < self._origin:
            begin = _place_of_older(older.edges, min(last, self._origin - 1))
            places = range(begin, _place_of_older(older.edges, first) + 1)
            older.recount(places, lambda place: hits_of(self._older_stretch(place)))
        if last >= self._origin and newer.edges:
            begin = bisect_left(newer.edges, max(first, self._origin))
            places = range(begin, min(bisect_left(newer.edges, last), len(newer.edges) - 1) + 1)
            newer.recount(places, lambda place: hits_of(self._newer_stretch(place)))

    def drop_before(self, first: int, hits: int) -> None:
        """Forget what lies before a position.

        Args:
            first: the oldest that is left, not older than the oldest that was looked at.
            hits: how many hits there are from it to the end of its stretch.
        """
        older, newer = self._older, self._newer
        if first > self.last:
            self._origin = first
            older.cut(0, 0, 0)
            newer.cut(0, 0, 0)
        elif first < self._origin:
            place = _place_of_older(older.edges, first)
            older.cut(0, place + 1, 0)
            older.edges[place] = first
            older.totals[place] = hits + (older.totals[place - 1] if place else 0)
        else:
            self._origin = first
            place = bisect_left(newer.edges, first)
            older.cut(0, 0, 0)
            newer.cut(place, len(newer.edges), newer.totals[place] - hits)

    def stretch_of(self, hit: int) -> Stretch:
        """The stretch that holds a hit, by its number."""
        older = self._older.total
        if hit >= older:
            place = bisect_right(self._newer.totals, hit - older)
            return self._newer_stretch(place)
        # Counted from the origin back, the oldest hit is the last.
        return self._older_stretch(bisect_right(self._older.totals, older - 1 - hit))

    def stretch_at(self, position: int) -> Stretch | None:
        """The stretch that holds a position; None where nobody looked yet."""
        if not self.first <= position <= self.last:
            return None
        if position >= self._origin:
            return self._newer_stretch(bisect_left(self._newer.edges, position))
        return self._older_stretch(_place_of_older(self._older.edges, position))

    def _newer_stretch(self, place: int) -> Stretch:
        edges, totals = self._newer.edges, self._newer.totals
        first = edges[place - 1] + 1 if place else self._origin
        before = totals[place - 1] if place else 0
        return Stretch(first, edges[place], self._older.total + before, totals[place] - before)

    def _older_stretch(self, place: int) -> Stretch:
        edges, totals = self._older.edges, self._older.totals
        last = edges[place - 1] - 1 if place else self._origin - 1
        after = totals[place - 1] if place else 0
        return Stretch(edges[place], last, self._older.total - totals[place], totals[place] - after)


def _place_of_older(edges: Sequence[int], position: int) -> int:
    """The place of the stretch that holds a position. They descend: the first that is not above it does."""
    return bisect_left(edges, -position, key=lambda edge: -edge)
