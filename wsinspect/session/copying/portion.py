"""What part of a session is taken: some of its connections, a stretch of its time."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.model import Connection


@dataclass(frozen=True, slots=True)
class Portion:
    """Which connections, from when, until when; by default everything."""

    connections: frozenset[int] | None = None
    """Their numbers; None takes all."""
    from_ns: int | None = None
    """Rows that were whole before are left out; nanoseconds since the epoch."""
    to_ns: int | None = None
    """What happened later is left out."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self == Portion()

    @property
    def is_cut(self) -> bool:
        """Whether it takes only a stretch of time."""
        return self.from_ns is not None or self.to_ns is not None

    def is_before(self, at_ns: int) -> bool:
        """Whether something that happened then is too early."""
        return self.from_ns is not None and at_ns < self.from_ns

    def is_after(self, at_ns: int) -> bool:
        """Whether it is too late."""
        return self.to_ns is not None and at_ns > self.to_ns

    def takes(self, connection: Connection) -> bool:
        """Whether a connection is taken: it is asked for, and lived in that time."""
        if self.connections is not None and connection.id not in self.connections:
            return False
        is_over = connection.closed_ns is not None and self.is_before(connection.closed_ns)
        return not is_over and not self.is_after(connection.opened_ns)
