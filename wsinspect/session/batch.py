"""What the recorder hands to the writer: everything that happened since the last time, to be stored in one commit."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from wsinspect.model import Connection, Event, Handshake, Side

READ = struct.Struct("<IQ")
"""One read in a segment: length with the sender in the top bit, nanoseconds since the segment's first_ns."""

SERVER_BIT = 1 << 31


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event at its place among the rows of its connection."""

    connection: int
    row: int
    at_ns: int
    event: Event


@dataclass(slots=True)
class SegmentRecord:
    """What crossed one connection since the last batch."""

    connection: int
    first_row: int
    first_ns: int
    at: tuple[int, int]
    """Offset of the segment's first byte in each stream, by Side."""
    open_state: tuple[bytes, bytes]
    """State of each stream's row scanner there, by Side."""
    row_ns: tuple[int, int]
    """When each stream's unfinished row began to arrive, by Side."""
    frame_ns: tuple[int, int]
    """When each stream's unfinished frame began to arrive, by Side."""
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


@dataclass(slots=True)
class Batch:
    """One commit: at most about 1 MiB, at most 50 ms of traffic."""

    segments: list[SegmentRecord]
    events: list[EventRecord]
    connections: list[Connection]
    """Connections that changed, as of the end of the batch."""
    handshakes: list[tuple[int, Handshake]]
    facts: dict[str, str]
    """Rows of the ``capture`` table that changed."""
    rows: int
    first_ns: int
    last_ns: int
    size: int
    """Bytes that it holds in memory, for the bound on the queue."""
