"""What the line of the player says. A value."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.replay.track import Track


@dataclass(frozen=True, slots=True)
class Shown:
    """What the line says."""

    track: Track
    at_ns: int
    is_moving: bool = False
    speed: int = 0
    """A power of two, as in ``replay.player``."""
    skips: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it stands at the end."""
        return self.at_ns >= self.track.end_ns
