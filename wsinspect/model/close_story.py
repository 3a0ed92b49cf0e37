"""How one connection came to its end, as its rows tell it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wsinspect.model.connection import Connection, SeenClose
from wsinspect.model.row import Violation
from wsinspect.model.side import Side


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The data message that came last before a connection began to close."""

    row: int
    side: Side
    before_ns: int
    """How long before the close it arrived."""


class CloseHandshake(StrEnum):
    """What became of the close handshake (RFC 6455 section 7.1.1)."""

    COMPLETE = "complete"
    """Both sides sent a close frame with the same code."""
    DIFFERENT = "answered with another code"
    UNDELIVERED = "answered, but the answer could not be delivered"
    UNANSWERED = "not answered"
    ABSENT = "no close frame"


@dataclass(frozen=True, slots=True)
class CloseStory:
    """How one connection came to its end, derived from its rows."""

    connection: Connection
    code: int
    """What to explain: the first close frame's code; else 1005, 1006 or 1015, which are conclusions."""
    is_wire: bool
    """Whether the code is the two bytes of a close frame, not a conclusion drawn from their absence."""
    at_ns: int
    """When the first close frame arrived, or the first leg ended, or the upgrade was refused."""
    age_ns: int
    """From the connection's opening to at_ns."""
    handshake: CloseHandshake
    status: int | None = None
    """HTTP status that refused the upgrade; the code then only names its counterpart."""
    sender: Side | None = None
    """Who sent the first close frame, or whose leg ended first."""
    by_us: bool = False
    """Whether wsinspect itself refused or ended it."""
    reason: bytes = b""
    answer: SeenClose | None = None
    """The other side's close frame."""
    first_end: Side | None = None
    """Which leg's TCP ended first."""
    last_message: LastMessage | None = None
    violations: tuple[Violation, ...] = ()
    """Rules the first close frame broke: a code that may not be on the wire, a bad reason."""
