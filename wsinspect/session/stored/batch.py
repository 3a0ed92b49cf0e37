"""What the recorder hands to the writer: everything that happened since the last time, to be stored in one commit."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from wsinspect.model import Connection, Event, Handshake, Side
from wsinspect.session.stored.waypoints import Noting

READ = struct.Struct("<IQ")
"""One read in a segment: length with the sender in the top bit, nanoseconds since the segment's first_ns."""

SERVER_BIT = 1 << 31

TOTALS = struct.Struct("<4Q4QqI")
"""A connection's totals: by side messages, control frames, largest message, time of the last byte; then the latest
round trip (-1: none) and the pings without an answer."""


SESSION = 0
"""The connection number of events that concern the whole session."""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event at its place among the rows of its connection."""

    connection: int
    row: int
    at_ns: int
    event: Event


@dataclass(frozen=True, slots=True)
class HandshakeRecord:
    """A handshake, and when its parts were known."""

    connection: int
    handshake: Handshake
    forwarded_ns: int | None
    """When the request was sent on."""
    pieces: bytes
    """READ records of the answer: its head, then the pieces of a refusal's body; times since the connection opened."""


@dataclass(slots=True)
class SegmentRecord:
    """What crossed one connection since the last batch."""

    connection: int
    first_row: int
    first_ns: int
    since_ns: int
    """Its first_ns, or where clocks went back the end of the segment before: segments are found by it."""
    last_ns: int
    """When the last thing in it happened, as first_ns."""
    at: tuple[int, int]
    """Offset of the segment's first byte in each stream, by Side."""
    open_state: tuple[bytes, bytes]
    """State of each stream's row scanner there, by Side."""
    row_ns: tuple[int, int]
    """When each stream's unfinished row began to arrive, by Side."""
    frame_ns: tuple[int, int]
    """When each stream's unfinished frame began to arrive, by Side."""
    totals: bytes
    """What the connection had come to when it began, as TOTALS."""
    waypoints: tuple[Noting, Noting]
    """Where frames begin in each stream, by Side."""
    rows: int = 0
    traits: int = 0
    """What these rows are beside plain messages, as the bits of ``traits``."""
    chunks: tuple[list[bytes], list[bytes]] = field(default_factory=lambda: ([], []))
    """The bytes of each stream, by Side, in the pieces in which they were read."""
    reads: bytearray = field(default_factory=bytearray)
    """READ records, in the order of arrival."""
    extensions: str = ""
    """Extensions agreed on, for the writer to inflate by."""
    after_gap: set[Side] = field(default_factory=set)
    """Streams of which bytes are missing before this segment."""

    @property
    def known_ns(self) -> int:
        """When all of it was known, on the axis of since_ns."""
        return self.last_ns + self.since_ns - self.first_ns


@dataclass(slots=True)
class Batch:
    """One commit: at most about 1 MiB, at most 50 ms of traffic."""

    segments: list[SegmentRecord]
    events: list[EventRecord]
    connections: list[Connection]
    """Connections that changed, as of the end of the batch."""
    handshakes: list[HandshakeRecord]
    facts: dict[str, str]
    """Rows of the ``capture`` table that changed."""
    rows: int
    first_ns: int
    """Later than the last_ns of the batch before: what was known at a time is what batches until then say."""
    last_ns: int
    opened: int
    """Connections of the session by now; also the id of the newest."""
    still_open: int
    """Those of them that are not closed."""
    http_requests: int
    """Plain HTTP requests passed on by now."""
    http_last: str
    """The last of them."""
    size: int
    """Bytes that it holds in memory, for the bound on the queue."""
