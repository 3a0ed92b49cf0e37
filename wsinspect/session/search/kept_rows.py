"""Rows of a list that were built lately: a search that goes on shows most of them again with each of its steps.

Each may lie in a segment of its own, which would be read and searched through anew for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from wsinspect.model import Row

KEPT_ROWS = 2_000
"""Rows that are kept: a few windows of them."""


class KeptRows:
    """The latest rows, by position, without their marks: those may change, nothing else does."""

    def __init__(self, build: Callable[[Sequence[int]], list[Row]]) -> None:
        """Keep nothing yet.

        Args:
            build: makes the rows at some positions, which ascend; leaves out those that are not there.
        """
        self._build = build
        self._known: OrderedDict[int, Row] = OrderedDict()
        self._begin = 1

    def at(self, positions: Sequence[int], begin: int) -> list[Row]:
        """The rows at some positions, which ascend.

        Args:
            positions: where they are.
            begin: the oldest position that the file still holds: when that has moved, what has lost its beginning
                looks different.
        """
        known = self._known
        if begin != self._begin:
            known.clear()
            self._begin = begin
        missing = [position for position in positions if position not in known]
        if missing:
            built = self._build(missing)
            if len(built) < len(missing):
                return self._build(positions)
            known.update(zip(missing, built, strict=True))
        found = [known[position] for position in positions]
        for position in positions:
            known.move_to_end(position)
        while len(known) > KEPT_ROWS:
            known.popitem(last=False)
        return found
