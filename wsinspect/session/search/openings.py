"""Which parts of a list are shown row by row where rows that repeat are folded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

NO_END = 1 << 62
"""The end of an opening that goes on as long as what comes repeats."""


class Opening(NamedTuple):
    """Positions of which none is folded away."""

    first: int
    """The row into which the others were folded."""
    end: int
    """The next row that is not one of them."""


class Openings:
    """All of them, in order; none reaches into another."""

    def __init__(self) -> None:
        self._all: list[Opening] = []

    def at(self, position: int) -> Opening | None:
        """The opening that a position is in."""
        return next((one for one in self._all if one.first <= position < one.end), None)

    def add(self, first: int, end: int) -> None:
        """Open a part; others that reach into it become one with it."""
        touching = [one for one in self._all if one.first < end and first < one.end]
        first = min([first, *(one.first for one in touching)])
        end = max([end, *(one.end for one in touching)])
        self._all = sorted([one for one in self._all if one not in touching] + [Opening(first, end)])

    def remove(self, opening: Opening) -> None:
        """Fold a part again."""
        self._all.remove(opening)

    def close(self, end: int) -> None:
        """What came at a position does not repeat: the part that was open at the end of the list ends there."""
        if self._all and self._all[-1].end == NO_END:
            self._all[-1] = self._all[-1]._replace(end=end)

    def drop_before(self, begin: int) -> None:
        """Forget what lies before a position."""
        self._all = [Opening(max(one.first, begin), one.end) for one in self._all if one.end > begin]

    def among(self, positions: Sequence[int]) -> list[int]:
        """Those of some positions, which ascend, that are in an opening."""
        found: list[int] = []
        for first, end in self._all if positions else ():
            if first <= positions[-1] and positions[0] < end:
                found += positions[bisect_left(positions, first) : bisect_left(positions, end)]
        return found
