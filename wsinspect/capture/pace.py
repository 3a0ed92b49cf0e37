"""Keeps sockets and recorder in step: what is pending is handed over soon, and a writer that is behind gets a moment.

Sockets stop being read for at most FULL_S; then traffic flows on, followed but not stored, since recording must never
stop the traffic it looks at.
"""

from __future__ import annotations

import asyncio

from wsinspect.capture.leg import Hold, Leg
from wsinspect.session.recording.recorder import Recorder

FLUSH_S = 0.04
"""Seconds until what was recorded is handed to the writer."""

FULL_S = 1.0
"""The longest that sockets are not read because the writer is behind."""

_LOOK_S = 0.01


class Pace:
    """Watches one recorder for all connections of the process."""

    def __init__(self, recorder: Recorder, loop: asyncio.AbstractEventLoop) -> None:
        self._recorder = recorder
        self._loop = loop
        self._legs: set[Leg] = set()
        self._flush_timer: asyncio.TimerHandle | None = None
        self._held_until: float | None = None

    def add(self, leg: Leg) -> None:
        """Hold this leg too whenever the writer is behind."""
        self._legs.add(leg)
        if self._held_until is not None:
            leg.hold(Hold.RECORDER)

    def discard(self, leg: Leg) -> None:
        """The leg is gone."""
        self._legs.discard(leg)

    def recorded(self) -> None:
        """Something was recorded; call it after every call of the recorder, or a group of them."""
        if self._flush_timer is None:
            self._flush_timer = self._loop.call_later(FLUSH_S, self._flush)
        if self._recorder.is_full and self._held_until is None:
            self._held_until = self._loop.time() + FULL_S
            for leg in self._legs:
                leg.hold(Hold.RECORDER)
            self._loop.call_later(_LOOK_S, self._look)

    def stop(self) -> None:
        """Hand over what is left; nothing more will be recorded."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
        self._recorder.flush()

    def _flush(self) -> None:
        self._flush_timer = None
        self._recorder.flush()

    def _look(self) -> None:
        """Whether the sockets may be read again."""
        if self._held_until is None:
            return
        if self._recorder.is_full:
            if self._loop.time() < self._held_until:
                self._loop.call_later(_LOOK_S, self._look)
                return
            self._recorder.skip()
        self._held_until = None
        for leg in self._legs:
            leg.release(Hold.RECORDER)
