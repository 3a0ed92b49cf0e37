"""Inflated messages, kept beside the wire bytes: with context takeover nobody could inflate one of them alone.

Runs in the writer's thread. What is kept is for display: at most the first MiB of a message, with its full length.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.session.stored.batch import SegmentRecord
from wsinspect.wire.deflate import Inflater, negotiated
from wsinspect.wire.payloads import PayloadScanner, Piece

ENTRY = struct.Struct("<BQQI")
"""Sender, offset of the message's first frame, inflated length, bytes kept."""

_SIDES = dict(enumerate(Side))
"""What ``Side`` itself gives for a number, many times faster."""

NOT_INFLATED = (1 << 64) - 1
"""An inflated length that says: the bytes kept are the reason why it was not inflated."""


class InflatedMessage(NamedTuple):
    """One entry of a segment's ``inflated`` column."""

    total: int
    """Inflated length in bytes; 0 when there is a problem."""
    data: bytes
    """The first bytes of it."""
    problem: str


def pack_entry(side: Side, at: int, total: int, data: bytes, problem: str) -> bytes:
    """One entry as stored."""
    if problem:
        data, total = problem.encode(), NOT_INFLATED
    return ENTRY.pack(side, at, total, len(data)) + data


def unpack_entries(blob: bytes) -> dict[tuple[Side, int], InflatedMessage]:
    """The entries of a segment by sender and offset of the first frame.

    Raises:
        ValueError: the blob is not a sequence of entries.
    """
    found: dict[tuple[Side, int], InflatedMessage] = {}
    position = 0
    while position < len(blob):
        if len(blob) - position < ENTRY.size:
            raise ValueError("an inflated message is cut off")
        side, at, total, size = ENTRY.unpack_from(blob, position)
        position += ENTRY.size
        data = blob[position : position + size]
        position += size
        if side not in _SIDES:
            raise ValueError("an inflated message of nobody")
        if total == NOT_INFLATED:
            found[_SIDES[side], at] = InflatedMessage(0, b"", data.decode(errors="replace"))
        else:
            found[_SIDES[side], at] = InflatedMessage(total, data, "")
    return found


class SessionInflater:
    """Inflates what the writer stores, one stream of each connection after the other."""

    def __init__(self) -> None:
        self._streams: dict[tuple[int, Side], _StreamInflater] = {}

    def inflate(self, segment: SegmentRecord, client: bytes, server: bytes) -> bytes:
        """The ``inflated`` column of a segment whose bytes are ``client`` and ``server``."""
        entries = b""
        for side, data in ((Side.CLIENT, client), (Side.SERVER, server)):
            key = segment.connection, side
            if key not in self._streams or side in segment.after_gap:
                self._streams[key] = _StreamInflater(
                    side, segment.extensions, segment.at[side], follows_gap=side in segment.after_gap
                )
            entries += self._streams[key].feed(data)
        return entries

    def forget(self, connection: int) -> None:
        """Drop what is held for a connection that is closed."""
        for side in Side:
            self._streams.pop((connection, side), None)


class _StreamInflater:
    """One direction: which messages are compressed, and their inflated beginnings."""

    def __init__(self, side: Side, extensions: str, at: int, *, follows_gap: bool) -> None:
        self._side = side
        self._payloads = PayloadScanner(at)
        params = negotiated(extensions)
        self._inflater = Inflater(params, side) if params is not None else None
        if self._inflater is not None and follows_gap:
            self._inflater.lose("not inflated: it builds on bytes that were not recorded")
        self._message_at: int | None = None
        self._compressed = False

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the stream; returns entries of the compressed messages that end among them."""
        return b"".join(map(self._take, self._payloads.feed(data)))

    def _take(self, piece: Piece) -> bytes:
        frame = piece.frame
        if self._message_at is None:
            self._message_at = frame.at
            self._compressed = frame.rsv & 4 != 0
        ends = piece.ends_frame and frame.fin
        at = self._message_at
        if ends:
            self._message_at = None
        if not self._compressed or self._inflater is None:
            return b""
        inflated = self._inflater.feed(piece.data, end_of_message=ends)
        return pack_entry(self._side, at, inflated.total, inflated.data, inflated.problem) if ends else b""
