"""Payloads of one direction as they arrive: pieces of data frames, unmasked, in bounded memory.

Where ``rows`` says where messages lie, this gives what they carry, also while a frame of any size is still arriving.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wsinspect.wire.frames import MAX_HEADER, ScannedFrame, header_length, payload_length, unmask


class Piece(NamedTuple):
    """Some payload bytes of a data frame; a frame without payload gives one empty piece."""

    frame: ScannedFrame
    """The frame's header; its ``raw`` is empty."""
    data: bytes
    """Unmasked."""
    ends_frame: bool


class PayloadScanner:
    """Gives the payload of each data frame; control frames are passed over."""

    __slots__ = ("_at", "_frame", "_header", "_key", "_left")

    def __init__(self, at: int = 0) -> None:
        self._at = at
        self._header = b""
        self._frame: ScannedFrame | None = None
        self._key = b""
        self._left = 0

    def feed(self, data: bytes) -> Iterator[Piece]:
        """Take the next bytes of the stream; the iterator must be used up before the next call."""
        position = 0
        while position < len(data):
            if self._frame is None:
                position += self._take_header(data[position : position + MAX_HEADER])
            frame = self._frame
            if frame is None:
                continue
            piece = data[position : position + self._left]
            position += len(piece)
            done = frame.length - self._left
            self._left -= len(piece)
            if not self._left:
                self._frame = None
            self._at = frame.at
            if not frame.is_control:
                yield Piece(frame, unmask(self._key, piece, done) if self._key else piece, not self._left)
            if not self._left:
                self._at = frame.end

    def _take_header(self, data: bytes) -> int:
        """Add to the header begun; returns how many bytes of ``data`` were the header's."""
        known = len(self._header)
        begun = self._header + data
        if len(begun) < 2 or len(begun) < header_length(begun[1]):
            self._header = begun
            return len(data)
        size = header_length(begun[1])
        header = begun[:size]
        self._header = b""
        self._left = payload_length(header)
        self._key = header[size - 4 :] if header[1] & 0x80 else b""
        self._frame = ScannedFrame(self._at, header[0], header[1], size, self._left, b"")
        return size - known
