"""A session as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.clock import ALIVE_FOR_NS

MASKED = "secrets were masked when this was exported"
"""What is said of a session that ``is_redacted``."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a session file says of itself."""

    path: str
    source: str
    """What was captured, in words: ``proxy 127.0.0.1:8080 → ws://127.0.0.1:9000``."""
    version: str
    """The wsinspect that wrote it."""
    started_ns: int
    stopped_ns: int | None
    """None while it is being recorded, and for ever after a crash."""
    notice: str
    """What the recorder wants the user to know now (recording paused, disk full); empty when all is well."""
    http_requests: int
    """Plain HTTP requests passed on, not recorded."""
    http_last: str
    """The last of them: method, path and status."""
    bytes_on_disk: int
    connections: int
    rows: int
    """Rows of all connections."""
    open_connections: int
    """Connections that are connecting, open or closing."""
    last_ns: int
    """Time of the newest row."""
    alive_ns: int = 0
    """When the recorder said last that it is there; 0 if it never did."""
    files: tuple[str, ...] = ()
    """What the files are called that a merged session was made of."""
    offset_ns: int = 0
    """How far the clock of the second of them was set forward."""
    is_redacted: bool = False
    """Whether secrets were masked in the file itself, when it was exported: it is not what crossed the wire."""

    def is_recorded(self, now_ns: int) -> bool:
        """Whether somebody is recording it, going by the wall clock ``now_ns``."""
        return self.stopped_ns is None and now_ns - self.alive_ns < ALIVE_FOR_NS
