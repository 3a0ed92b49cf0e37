"""What a connection came to, as far as the connection itself tells: enough for its line in a list.

The close panel takes the whole story from the session; both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect import codes
from wsinspect.model import Connection, State

NO_STATUS = 1005
NO_CLOSE = 1006


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one connection."""

    label: str
    """``1011``, ``HTTP 502``, ``no answer``."""
    name: str
    """``Internal Error``; empty when there is none."""
    severity: codes.Severity
    is_failure: bool
    is_wire: bool
    """Whether the label stood on the wire; False: it is a conclusion."""


def outcome(connection: Connection) -> Outcome | None:
    """What the connection came to; None while nothing ended it."""
    state = connection.state
    if state is State.REFUSED:
        return _refused(connection.status or 0)
    if state is State.FAILED:
        return Outcome("no answer", "", "error", is_failure=True, is_wire=False)
    first = connection.first_close
    if first is not None:
        code = first[1].code
        return _closed(NO_STATUS if code is None else code, is_wire=code is not None)
    return _closed(NO_CLOSE, is_wire=False) if state is State.CLOSED else None


def _closed(code: int, *, is_wire: bool) -> Outcome:
    entry = codes.lookup(code)
    severity: codes.Severity = entry.severity if entry.is_wire or not is_wire else "error"
    return Outcome(str(code), entry.name, severity, is_failure=severity == "error", is_wire=is_wire)


def _refused(status: int) -> Outcome:
    # A server may answer with any three digits; the catalogue knows those that HTTP has room for.
    name = codes.name(codes.HttpStatus(status)) if 100 <= status <= 599 else ""
    return Outcome(f"HTTP {status:03}", name, "error", is_failure=True, is_wire=True)
