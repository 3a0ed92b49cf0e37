"""When the close of the chosen connection is explained, and when it is explained anew."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from wsinspect.model import Connection, State
from wsinspect.ui.bridge import Bridge, Pulse
from wsinspect.ui.close.closing import Explained
from wsinspect.ui.closed import Closed

OTHERS_S = 1.0
"""While other connections come and go, a close is explained anew at most this often, in seconds."""


class CloseTeller:
    """Remembers what a close was told from: the connection, and how many others had come, failed and gone."""

    def __init__(self, bridge: Bridge, now_s: Callable[[], float] = monotonic) -> None:
        """Nothing is told yet.

        Args:
            bridge: the way to the session.
            now_s: a clock that only goes forward, seconds.
        """
        self._bridge = bridge
        self._now_s = now_s
        self._told_of: tuple[Connection, tuple[int, ...]] | None = None
        self._told_at = 0.0

    def forget(self) -> None:
        """Another connection was chosen."""
        self._told_of = None

    def is_due(self, connection: Connection, pulse: Pulse) -> bool:
        """Whether to tell: the connection changed, or others did and may explain it better. Then ``tell`` follows."""
        if connection.state in (State.OPEN, State.CONNECTING):
            return False
        others = (pulse.info.connections, pulse.counts.failed, pulse.counts.closed)
        was = self._told_of
        if was == (connection, others):
            return False
        if was is not None and was[0] == connection and self._now_s() - self._told_at < OTHERS_S:
            return False
        self._told_of, self._told_at = (connection, others), self._now_s()
        return True

    async def tell(self, connection: Connection) -> Explained | None:
        """The close explained; None while nothing of it has ended, or when the session was let go of.

        Raises:
            SessionFileError: the file is damaged.
        """
        others = self._told_of[1] if self._told_of is not None else ()
        try:
            return await self._bridge.explain(connection, others)
        except Closed:
            return None
