"""What is known of the session on screen: its latest pulse, whether it is being recorded, what time it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wsinspect.model import Connection
from wsinspect.ui.bridge import Pulse


@dataclass(frozen=True, slots=True)
class Setting:
    """What the screen is told at its start."""

    source: str
    """What is captured, in words; the file's own words are taken when it is empty."""
    is_live: bool
    """Whether this process started the capture."""
    urls: tuple[str, ...]
    """What to point a client at."""
    notices: tuple[str, ...]
    now_ns: Callable[[], int]
    """The wall clock, nanoseconds since the epoch."""

    @property
    def waiting(self) -> str:
        """What to do while there is no connection."""
        if not self.is_live:
            return "no connection was recorded"
        urls = " or ".join(self.urls)
        return f"waiting for a client: point yours at {urls}" if urls else "waiting for a client"


class SessionState:
    """Told of every pulse; the screen asks it."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.pulse: Pulse | None = None
        """What the session was when it was looked at last; None before the first time."""
        self.is_recording = setting.is_live
        """Whether rows may still come."""
        self.trouble = ""
        """What went wrong with reading or recording it; empty when all is well."""
        self._has_ended = False

    def take(self, pulse: Pulse) -> None:
        """The session is like this now."""
        was, self.pulse = self.pulse, pulse
        # Somebody else may be recording it: a session that grows is being recorded.
        has_grown = was is not None and pulse.info.rows != was.info.rows
        may_grow = pulse.info.stopped_ns is None and not self._has_ended
        self.is_recording = may_grow and (self.is_recording or has_grown)

    def end(self) -> None:
        """The capture ended, though nobody asked for it."""
        self._has_ended, self.is_recording = True, False
        self.trouble = "the capture process has ended by itself; what it recorded until then is all here"

    @property
    def now_ns(self) -> int:
        """The time that ages are counted to: that of the clock, or the session's last moment."""
        if self.is_recording or self.pulse is None:
            return self.setting.now_ns()
        return self.pulse.info.stopped_ns or self.pulse.info.last_ns

    @property
    def rows(self) -> int:
        """Rows of all connections."""
        return self.pulse.info.rows if self.pulse is not None else 0

    @property
    def open_connections(self) -> int:
        """Connections that a stop of the capture would cut."""
        return self.pulse.info.open_connections if self.pulse is not None else 0

    @property
    def newest_failure(self) -> Connection | None:
        """The connection that failed last."""
        return self.pulse.counts.newest_failure if self.pulse is not None else None

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know now, from the start on, from the recorder and from here."""
        recorded = self.pulse.info.notice if self.pulse is not None else ""
        return tuple(notice for notice in (*self.setting.notices, recorded, self.trouble) if notice)
