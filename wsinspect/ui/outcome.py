"""What a connection came to, as far as the connection itself tells: enough for its line in a list.

The close panel takes the whole story from the session; both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect import codes
from wsinspect.model import Connection, SeenClose, State

NO_STATUS = 1005
NO_CLOSE = 1006
CUT = "cut by wsinspect"
BROKEN = "broken close"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one connection."""

    label: str
    """``1011``, ``HTTP 502``, ``no answer``, ``cut by wsinspect``."""
    name: str
    """``Internal Error``; empty when there is none."""
    severity: codes.Severity
    is_failure: bool
    is_wire: bool
    """Whether the label stood on the wire; False: it is a conclusion."""
    is_broken: bool = False
    """Whether the close frame itself broke a rule."""


def outcome(connection: Connection) -> Outcome | None:
    """What the connection came to; None while nothing ended it."""
    state = connection.state
    if state is State.REFUSED:
        return _refused(connection.status or 0)
    if state is State.FAILED:
        return Outcome("no answer", "", "error", is_failure=True, is_wire=False)
    first = connection.first_close
    if first is not None:
        return _said(connection, first[1])
    if state is State.CLOSED and _is_cut(connection):
        return Outcome(CUT, "", "info", is_failure=False, is_wire=False)
    return _closed(NO_CLOSE, is_wire=False) if state is State.CLOSED else None


def _is_cut(connection: Connection) -> bool:
    """Whether wsinspect itself ended both legs: nothing that a peer did."""
    return all(end is not None and end.by_us for end in (connection.client_end, connection.server_end))


def _said(connection: Connection, close: SeenClose) -> Outcome:
    code = close.code
    # Codes that only stand for a missing one, and those out of range, may not be sent (RFC 6455 section 7.4).
    if connection.violation_row == close.row or (code is not None and not codes.lookup(code).is_wire):
        label = BROKEN if code is None else str(code)
        return Outcome(label, "", "error", is_failure=True, is_wire=code is not None, is_broken=True)
    return _closed(NO_STATUS if code is None else code, is_wire=code is not None)


def _closed(code: int, *, is_wire: bool) -> Outcome:
    entry = codes.lookup(code)
    return Outcome(str(code), entry.name, entry.severity, is_failure=entry.severity == "error", is_wire=is_wire)


def _refused(status: int) -> Outcome:
    # A server may answer with any three digits; the catalogue knows those that HTTP has room for.
    name = codes.name(codes.HttpStatus(status)) if 100 <= status <= 599 else ""
    return Outcome(f"HTTP {status:03}", name, "error", is_failure=True, is_wire=True)
