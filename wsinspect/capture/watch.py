"""Sees an RST on sockets that are not being read.

The kernel tells the event loop about a reset only through reading or writing. A leg that is held, or whose peer has
sent its FIN, is neither read nor written, and would look alive for ever.
"""

from __future__ import annotations

import asyncio
import select
import sys
from collections.abc import Callable

INTERVAL_S = 0.05
"""Seconds between two looks, while there is anything to look at."""

# Linux raises POLLHUP for two plain FINs too; macOS knows no POLLERR for a reset.
_TROUBLE = select.POLLERR if sys.platform == "linux" else select.POLLERR | select.POLLHUP


class Watch:
    """Polls file descriptors for errors alone."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._poll = select.poll()
        self._troubled: dict[int, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, fd: int, troubled: Callable[[], None]) -> None:
        """Call ``troubled`` once when ``fd`` has an error; it is no longer watched then."""
        self._poll.register(fd, 0)
        self._troubled[fd] = troubled
        if self._timer is None:
            self._timer = self._loop.call_later(INTERVAL_S, self._look)

    def discard(self, fd: int) -> None:
        """Watch ``fd`` no longer; call it before the descriptor is closed."""
        if self._troubled.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def _look(self) -> None:
        self._timer = None
        for fd, events in self._poll.poll(0):
            if events & _TROUBLE and (troubled := self._troubled.get(fd)):
                self.discard(fd)
                troubled()
        if self._troubled:
            self._timer = self._loop.call_later(INTERVAL_S, self._look)
