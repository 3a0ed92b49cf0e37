"""The hits of a search as a screen shows them: by places, which stay the same while older hits are found.

Hits are numbered from the oldest that is known, so that each older one renumbers them all. A place is counted from
where the search began: 0 and up for what came later, negative for what was found before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wsinspect.model import Row
from wsinspect.session.search.filtered import Progress
from wsinspect.session.search.folded import Fold
from wsinspect.session.search.row_search import Search

FAR = 1 << 62
"""Behind every position."""

CLOSE_TOGETHER = 8
"""Positions that are on average no farther apart than this are asked about as one stretch."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Which hits are shown."""

    start: int
    """Place of the first."""
    count: int
    folded: int = 0
    """How many more hits are folded into those."""
    epoch: int = 0
    """Grows when the search began anew: places from before mean nothing then."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row is among the hits."""

    position: int
    """The row, by its position among all rows of the list, from 1."""
    place: int
    """Its own place, or that of the hit that it is folded into, or that of the one behind it."""
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Hits next to each other."""

    rows: list[Row]
    positions: Sequence[int]
    """Where each is among all rows of the list, from 1."""
    folds: list[Fold]
    """What is folded into each."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The hit next to a position."""

    position: int | None
    """None: there is none, or it was not found yet."""
    is_over: bool
    """Whether there is nothing more to look at."""


class Places:
    """A search, its hits by their places."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._older = 0
        """Hits that were found before where the search began."""
        self._epoch = search.epoch()
        self._total = FAR
        """Rows there were at the last step; before it nobody knows."""

    def _sync(self) -> None:
        """Take notice of it when the search began anew."""
        epoch = self._search.epoch()
        if epoch != self._epoch:
            self._epoch, self._older = epoch, 0

    def step(self, seconds: float) -> Progress:
        """As ``Search.step``."""
        self._sync()
        progress = self._search.step(seconds)
        self._older += progress.older
        self._total = progress.total
        return progress

    def extent(self, skipped: int) -> Extent:
        """The hits behind the first ``skipped`` rows of the list."""
        self._sync()
        before = self._search.hits_before(skipped + 1) if skipped else 0
        count, folded = self._search.hits_before(FAR) - before, self._search.folded_from(skipped + 1)
        return Extent(before - self._older, count, folded, self._epoch)

    def behind(self, position: int) -> int:
        """How many hits there are behind a position."""
        self._sync()
        return self._search.hits_before(FAR) - self._search.hits_before(position + 1)

    def window(self, place: int, count: int) -> Found:
        """The hits from a place on."""
        self._sync()
        first = max(0, place + self._older)
        search = self._search
        return Found(search.rows(first, count), search.positions(first, count), search.folds(first, count))

    def unfold(self, position: int) -> None:
        """Show the rows one by one that are folded into the row at a position, or fold those again that it is among."""
        if not self._search.expand(position):
            self._search.collapse(position)

    def locate(self, position: int) -> Place | None:
        """The place of the row at a position; None as long as the search has not come as far."""
        self._sync()
        first, last = self._search.looked()
        if not first <= position <= last:
            return None
        before = self._search.hits_before(position)
        is_hit = self._search.positions(before, 1) == [position]
        is_folded = not is_hit and before > 0 and len(self._search.hits_between(position, position)) > 0
        return Place(position, before - self._older - is_folded, is_hit=is_hit)

    def nearest(self, position: int, seconds: float, *, forward: bool) -> Nearest:
        """The hit behind a position, or the one before it.

        Args:
            position: from 1.
            seconds: how long to look for it where the search has not come as far.
            forward: whether to look behind it.
        """
        first, last = self._search.looked()
        if (first > position and first > 1) or last < min(position, self._total):
            self.step(seconds)
            return Nearest(None, is_over=False)
        hit = self._search.hits_before(position + 1) if forward else self._search.hits_before(position) - 1
        found = self._search.positions(hit, 1) if hit >= 0 else []
        if found:
            return Nearest(found[0], is_over=True)
        if last >= self._total if forward else first <= 1:
            return Nearest(None, is_over=True)
        self.step(seconds)
        return Nearest(None, is_over=False)

    @property
    def epoch(self) -> int:
        """Grows when the search began anew: places from before mean nothing then."""
        self._sync()
        return self._epoch

    def hits_among(self, positions: Sequence[int]) -> dict[int, int | None]:
        """Those of some positions, which ascend, that the search takes, whether it has come as far or not.

        Returns:
            The place of each; None where the search has not come as far.
        """
        if not positions:
            return {}
        self._sync()
        search = self._search
        if positions[-1] - positions[0] < CLOSE_TOGETHER * len(positions):
            stretches = [(positions[0], positions[-1])]
        else:
            stretches = [(position, position) for position in positions]
        among = set(positions)
        places: dict[int, int | None] = {}
        for begin, end in stretches:
            hits = search.hits_between(begin, end)
            first, last = search.looked()
            known = [hit for hit in hits if first <= hit <= last]
            start = search.hits_before(known[0]) - self._older if known else 0
            there = {hit: start + at for at, hit in enumerate(known)}
            places |= {hit: there.get(hit) for hit in hits if hit in among}
        return places
