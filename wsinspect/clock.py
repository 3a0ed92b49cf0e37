"""Wall time that does not waver between two reads: the monotonic clock, anchored to the wall clock now and then.

Every arrival is stamped with ``Clock.now_ns``. Whoever owns the clock calls ``reanchor`` every REANCHOR_S seconds; a
large jump found there means that this machine slept (or that somebody set its clock), the classic cause of a 1006.
"""

from __future__ import annotations

import time
from collections.abc import Callable

REANCHOR_S = 5.0
"""Seconds between two calls of ``reanchor``."""

ALIVE_FOR_NS = 15 * 10**9
"""How long a recorder is taken for alive after its last sign of life, in nanoseconds; it gives one every 5 s."""

JUMP_NS = 1_000_000_000
"""A difference between wall clock and monotonic clock that is reported, in nanoseconds."""


class Clock:
    """Wall-clock nanoseconds since the epoch, advancing with the monotonic clock.

    Args:
        wall: reads the wall clock, nanoseconds since the epoch.
        monotonic: reads a clock that never steps, nanoseconds from any start.
    """

    def __init__(
        self, wall: Callable[[], int] = time.time_ns, monotonic: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()

    def now_ns(self) -> int:
        """The time of this moment, nanoseconds since the epoch."""
        return self._monotonic() + self._offset

    def reanchor(self) -> int:
        """Take the wall clock's word again.

        Small steps back are not taken, so that two stamps of one session never stand in the wrong order for a mere
        correction of the clock; they add up until they count as a jump.

        Returns:
            How far the wall clock jumped ahead of the monotonic clock since the last anchor, in nanoseconds, when
            that is more than JUMP_NS (negative: it was set back); else 0.
        """
        offset = self._wall() - self._monotonic()
        moved = offset - self._offset
        if moved > 0 or moved < -JUMP_NS:
            self._offset = offset
        return moved if abs(moved) > JUMP_NS else 0
