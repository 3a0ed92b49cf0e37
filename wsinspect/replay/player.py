"""The play head: where in a session's time it stands, how fast it goes, and whether it goes at all.

Pure: every change gives a new head, and the time of day comes from outside. Positions are nanoseconds since the epoch,
as the session's times are; ``now_ns`` is a clock that only goes forward, nanoseconds from any start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SPEEDS = (-2, -1, 0, 1, 2, 3, 4, 5, 6)
"""Speeds as powers of two: a quarter of the original pace up to 64 times it."""

SILENCE_NS = 3_000_000_000
"""A longer stretch in which nothing was recorded is a silence that may be passed over."""

KEPT_NS = 1_000_000_000
"""What is played of a silence at its beginning and at its end, when it is passed over."""


@dataclass(frozen=True, slots=True)
class Player:
    """A play head over the time from ``begin_ns`` to ``end_ns``."""

    begin_ns: int
    end_ns: int
    placed_ns: int
    """Where it stood when it was touched last."""
    touched_ns: int
    """When that was, by the clock that only goes forward."""
    is_running: bool
    """Whether it goes on by itself; at the end it stands all the same."""
    speed: int = 0
    """The power of two of its pace, one of SPEEDS."""
    skips: bool = False
    """Whether silences are passed over."""

    @classmethod
    def started(cls, begin_ns: int, end_ns: int, now_ns: int) -> Player:
        """A head that begins to play at the beginning."""
        return cls(begin_ns, max(begin_ns, end_ns), begin_ns, now_ns, is_running=True)

    def at(self, now_ns: int) -> int:
        """Where it stands."""
        if not self.is_running:
            return self.placed_ns
        passed = max(0, now_ns - self.touched_ns)
        moved = passed << self.speed if self.speed >= 0 else passed >> -self.speed
        return min(self.end_ns, self.placed_ns + moved)

    def is_over(self, now_ns: int) -> bool:
        """Whether it stands at the end."""
        return self.at(now_ns) >= self.end_ns

    def is_moving(self, now_ns: int) -> bool:
        """Whether it goes on."""
        return self.is_running and not self.is_over(now_ns)

    def sought(self, at_ns: int, now_ns: int) -> Player:
        """The head at another place, or as near to it as the session reaches."""
        return replace(self, placed_ns=max(self.begin_ns, min(at_ns, self.end_ns)), touched_ns=now_ns)

    def held(self, now_ns: int) -> Player:
        """The head standing still where it is."""
        return replace(self.sought(self.at(now_ns), now_ns), is_running=False)

    def running(self, now_ns: int) -> Player:
        """The head going on from where it is; from the beginning where it had come to the end."""
        start = self.begin_ns if self.is_over(now_ns) else self.at(now_ns)
        return replace(self.sought(start, now_ns), is_running=True)

    def switched(self, now_ns: int) -> Player:
        """Held where it goes on, going on where it stands."""
        return self.held(now_ns) if self.is_moving(now_ns) else self.running(now_ns)

    def paced(self, by: int, now_ns: int) -> Player:
        """The head at the same place, by so many speeds faster (negative: slower), as far as there are any."""
        speed = max(SPEEDS[0], min(self.speed + by, SPEEDS[-1]))
        return replace(self.sought(self.at(now_ns), now_ns), speed=speed)

    def skipping(self, skips: bool, now_ns: int) -> Player:
        """The head at the same place, that passes over silences or plays them."""
        return replace(self.sought(self.at(now_ns), now_ns), skips=skips)

    def past_silence(self, silence: tuple[int, int] | None, now_ns: int) -> Player:
        """The head behind the inner part of a silence, when it has come to it and is to pass over it.

        Args:
            silence: when the last thing before the head was recorded, and when the next is; None: it is in no silence.
            now_ns: the clock that only goes forward.
        """
        if silence is None or not self.skips or not self.is_running or silence[1] - silence[0] <= SILENCE_NS:
            return self
        inner = silence[0] + KEPT_NS, silence[1] - KEPT_NS
        return self.sought(inner[1], now_ns) if inner[0] <= self.at(now_ns) < inner[1] else self


def speed_name(speed: int) -> str:
    """A speed as it is written: ``×0.25``, ``×1``, ``×64``."""
    return f"×{1 << speed}" if speed >= 0 else f"×{1 / (1 << -speed):g}"
