"""What is known of the session on screen: its latest pulse, whether it is being recorded, what time it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wsinspect import text
from wsinspect.model import MASKED, Connection
from wsinspect.remark import Remark
from wsinspect.ui.bridge import Pulse
from wsinspect.ui.two_sides import Place, TwoSides


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
    begins_newest: bool = False
    """Whether the screen begins with the newest messages of all connections."""
    plays: bool = False
    """Whether the screen begins by playing the session."""
    begins_at: Place | None = None
    """Where the screen begins; None: as ever."""
    merging: TwoSides | None = None
    """Merges the session anew; None where it was not merged of two files just now."""
    monotonic_ns: Callable[[], int] = time.monotonic_ns
    """A clock that only goes forward, nanoseconds: the pace of what is played."""
    habits_path: Callable[[], Path] | None = None
    """Where it is kept what is hidden from one time to the next; None: nothing is."""

    @property
    def waiting(self) -> str:
        """What to do while there is no connection."""
        if not self.is_live:
            return "no connection was recorded"
        urls = " or ".join(self.urls)
        return f"waiting for a client: point yours at {urls}" if urls else "waiting for a client"


class SessionState:
    """Told of every pulse; the screen asks it."""

    def __init__(self, setting: Setting, played_ns: Callable[[], int | None] = lambda: None) -> None:
        """Nothing is known yet.

        Args:
            setting: what the screen is told at its start.
            played_ns: where the play head stands, nanoseconds since the epoch; None while the session is not played.
        """
        self.setting = setting
        self._played_ns = played_ns
        self.pulse: Pulse | None = None
        """What the session was when it was looked at last; None before the first time."""
        self.trouble = ""
        """What went wrong with reading or recording it; empty when all is well."""
        self._has_ended = False

    def take(self, pulse: Pulse) -> None:
        """The session is like this now."""
        self.pulse = pulse

    def end(self) -> None:
        """The capture ended, though nobody asked for it."""
        self._has_ended = True
        self.trouble = "the capture process has ended by itself; what it recorded until then is all here"

    @property
    def is_recording(self) -> bool:
        """Whether rows may still come: a capture of ours runs, or another recorder gives signs of life."""
        info = self.pulse.info if self.pulse is not None else None
        if self._has_ended or (info is not None and info.stopped_ns is not None):
            return False
        return self.setting.is_live or (info is not None and info.is_recorded(self.setting.now_ns()))

    @property
    def is_growing(self) -> bool:
        """Whether rows may still come: they are recorded, or played."""
        return self._played_ns() is not None or self.is_recording

    @property
    def waiting(self) -> str:
        """What is said while there is no connection."""
        return "no connection yet" if self.is_growing and not self.setting.is_live else self.setting.waiting

    @property
    def now_ns(self) -> int:
        """The time that ages are counted to: that of the play head, of the clock, or the session's last moment."""
        played_ns = self._played_ns()
        if played_ns is not None:
            return played_ns
        if self.is_recording or self.pulse is None:
            return self.setting.now_ns()
        return self.pulse.info.stopped_ns or self.pulse.info.last_ns

    @property
    def rows(self) -> int:
        """Rows of all connections."""
        return self.pulse.info.rows if self.pulse is not None else 0

    @property
    def began_ns(self) -> int:
        """When the session began."""
        return self.pulse.info.started_ns if self.pulse is not None else 0

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
        masked = Remark(MASKED) if self.pulse is not None and self.pulse.info.is_redacted else ""
        said = (*self.setting.notices, recorded, masked, self._silence, self.trouble)
        return tuple(notice for notice in said if notice)

    @property
    def _silence(self) -> str:
        """That the recorder is gone though it never stopped; nothing where a capture of ours says so itself."""
        info = self.pulse.info if self.pulse is not None else None
        if info is None or self.setting.is_live or info.stopped_ns is not None or self.is_recording:
            return ""
        last = f"; its last sign of life was at {text.moment(info.alive_ns)}" if info.alive_ns else ""
        return f"the recorder ended without stopping{last}; what it recorded until then is all here"
