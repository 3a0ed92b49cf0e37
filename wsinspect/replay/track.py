"""Where in a session's time something stands that one goes to: closes, events, marks, in so many cells. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from wsinspect.model import Moment, MomentKind

FINE = 600
"""Cells that a track is kept in; it is drawn in fewer."""


class Spot(IntEnum):
    """What stands in a cell; of several the highest is shown."""

    NOTHING = 0
    CLOSE = 1
    """Connections ended, none of them with a failure."""
    EVENT = 2
    MARK = 3
    FAILURE = 4
    """A connection failed."""


_SPOTS = {MomentKind.EVENT: Spot.EVENT, MomentKind.MARK: Spot.MARK, MomentKind.CLOSE: Spot.CLOSE}


@dataclass(frozen=True, slots=True)
class Track:
    """The time of a session in FINE cells."""

    begin_ns: int
    end_ns: int
    spots: bytes = bytes(FINE)
    """A Spot for each cell."""

    @classmethod
    def of(cls, begin_ns: int, end_ns: int, ends: Iterable[tuple[int, bool]], moments: Iterable[Moment] = ()) -> Track:
        """The track of a session.

        Args:
            begin_ns: when it begins, nanoseconds since the epoch.
            end_ns: when it ends.
            ends: when connections ended, and whether with a failure.
            moments: what else stands on it.
        """
        spots = bytearray(FINE)
        placed = [(at_ns, Spot.FAILURE if is_failure else Spot.CLOSE) for at_ns, is_failure in ends]
        for at_ns, spot in (*placed, *((one.at_ns, _SPOTS[one.kind]) for one in moments)):
            cell = cell_of(at_ns, begin_ns, end_ns, FINE)
            spots[cell] = max(spots[cell], spot)
        return cls(begin_ns, end_ns, bytes(spots))

    def drawn(self, width: int) -> tuple[Spot, ...]:
        """What stands in each of ``width`` cells."""
        edges = [cell * FINE // width for cell in range(width + 1)]
        return tuple(Spot(max(self.spots[first : max(last, first + 1)], default=0)) for first, last in pairwise(edges))

    def cell_of(self, at_ns: int, width: int) -> int:
        """The cell of ``width`` in which a moment stands."""
        return cell_of(at_ns, self.begin_ns, self.end_ns, width)

    def time_of(self, cell: int, width: int) -> int:
        """The moment that a cell of ``width`` stands for: the first cell is the beginning, the last the end."""
        return self.begin_ns + (self.end_ns - self.begin_ns) * cell // max(1, width - 1)


def cell_of(at_ns: int, begin_ns: int, end_ns: int, width: int) -> int:
    """The cell of ``width`` in which a moment stands; what lies outside stands at the edge."""
    length = max(1, end_ns - begin_ns)
    return max(0, min((at_ns - begin_ns) * width // length, width - 1))
