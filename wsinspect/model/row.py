"""One line of the message list, and what can be asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from wsinspect.model.event import Event
from wsinspect.model.side import Side


class RowKind(StrEnum):
    """What a row of the message list is."""

    TEXT = "text"
    BINARY = "binary"
    CONTINUATION = "continuation"
    """Data that continues nothing: a message whose first frame has opcode 0."""
    PING = "ping"
    PONG = "pong"
    CLOSE = "close"
    RESERVED = "reserved"
    """An opcode RFC 6455 section 5.2 reserves (3-7, 11-15)."""
    EVENT = "event"
    """Not a frame: something that happened to TCP, TLS, the recording or the machine."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the protocol that a frame broke: a fact about the bytes, never a reason to drop them."""

    rule: str
    """Short stable name, such as ``mask-missing``."""
    detail: str
    """The sentence for the user; holds no peer text."""
    source: str
    """Where the rule stands, such as ``RFC 6455 section 5.1``."""


class Row(NamedTuple):
    """One line of the message list: a message, a control frame or an event.

    A tuple, since reading a session makes millions: a frozen dataclass takes ten times as long to make.
    """

    connection: int
    number: int
    """1-based within the connection; fixed for ever once given."""
    kind: RowKind
    at_ns: int
    """When its last byte arrived (or the event happened)."""
    first_ns: int
    """When the read that holds its first byte arrived."""
    side: Side | None = None
    """Who sent it; for events the leg it happened on, None when neither."""
    at: int = 0
    """Offset in bytes of its first frame in the sender's stream."""
    wire_length: int = 0
    """Bytes on the wire, headers included."""
    size: int = 0
    """Payload bytes as carried on the wire (compressed size when compressed)."""
    inflated_size: int | None = None
    """Payload bytes after inflating; None when not compressed or not inflated."""
    frames: int = 0
    is_compressed: bool = False
    is_masked: bool = False
    head: bytes = b""
    """The first bytes of the payload, unmasked and inflated: at most HEAD_BYTES."""
    problem: str = ""
    """Why the payload cannot be shown whole (not inflated, bytes missing); empty when all is well."""
    violations: tuple[Violation, ...] = ()
    event: Event | None = None
    mark: str | None = None
    """What the user noted on it, may be empty; None when it is not marked."""


HEAD_BYTES = 512
"""How much of a payload a Row carries."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A row that the user marked."""

    connection: int
    row: int
    at_ns: int
    """The time of the row."""
    note: str = ""
    """What the user said about it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A message's content, up to the limit that was asked for."""

    data: bytes
    """Unmasked and inflated."""
    total: int
    """Full length of the content in bytes."""
    problem: str = ""
    """Why data is shorter than asked for, or not inflated; empty when all is well."""

    @property
    def is_whole(self) -> bool:
        """Whether data is all there is."""
        return len(self.data) == self.total and not self.problem


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame's header facts, for the detail of a message (RFC 6455 section 5.2)."""

    at: int
    """Offset in bytes of the header in the sender's stream."""
    opcode: int
    fin: bool
    rsv: int
    """RSV1-3 as the bits 4, 2, 1."""
    mask: bytes | None
    """The four bytes of the masking key."""
    header_length: int
    length: int
    """Payload bytes announced."""
