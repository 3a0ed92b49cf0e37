"""One direction of a stream changed as it passes: content overwritten in place, or a message carried in other bytes.

What is overwritten keeps its length: headers, keys and offsets stay as they were, wherever the stream is cut. Only a
message whose bytes must be others altogether (a compressed one) gets frames of other lengths: as many frames as it
had, each with its first byte and its key. Of such a frame the header comes when the old one would have been whole, the
last byte when the old last byte comes, so that times stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wsinspect.wire.frames import MAX_HEADER, header_length, payload_length, unmask

_BEFORE = -1
"""Stands for the offset of a frame that began before the place where a stream goes on."""


class Overwrite(NamedTuple):
    """Bytes to write over a part of a message's content, as on the wire but unmasked."""

    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to one message or control frame."""

    overwrites: Sequence[Overwrite] = ()
    """In order, none over another."""
    blank_from: int | None = None
    """From this offset of the content on everything is overwritten with ``blank``."""
    blank: int = 0
    anew: bytes | None = None
    """The content as a whole, to be carried instead; the others do not count then."""


@dataclass(slots=True)
class _Frame:
    """The data or control frame that passes."""

    key: bytes
    length: int
    change: Change | None
    content_at: int
    """Offset of its first payload byte in the message's content."""
    carried: bytes | None = None
    """What it carries instead, masked."""
    passed: int = 0
    """Payload bytes that came."""
    given: int = 0
    """Of ``carried``, what was given."""


class StreamEditor:
    """Changes messages and control frames by where they begin; everything else passes as it is."""

    def __init__(self) -> None:
        self.at = 0
        """Offset of the next byte in the stream as it was."""
        self._changes: dict[int, Change] = {}
        self._header = b""
        self._frame_at = 0
        self._frame: _Frame | None = None
        self._is_open = False
        self._message: Change | None = None
        self._content_at = 0
        self._carried = 0

    def change(self, at: int, change: Change) -> None:
        """Do this to the message or control frame whose first frame will begin at this offset."""
        self._changes[at] = change

    def go_on(
        self, at: int, header: bytes = b"", missing: int = 0, *, is_open: bool = False, blank: int | None = None
    ) -> None:
        """Go on at another place of the stream, perhaps inside a frame.

        Args:
            at: offset of the next byte.
            header: what came before of the header of the frame that passes.
            missing: payload bytes which that frame still lacks, when its header is whole.
            is_open: whether a message is unfinished.
            blank: what is written over all that belongs to a frame or message begun before; None lets it pass as it
                is.
        """
        self.at = at
        begun = None if blank is None else Change(blank_from=0, blank=blank)
        self._changes = {place: change for place, change in self._changes.items() if place >= at}
        self._frame_at = _BEFORE if header else at
        if begun is not None:
            self._changes[_BEFORE] = begun
        self._header, self._frame = header, None
        self._is_open, self._message, self._content_at, self._carried = is_open, begun if is_open else None, 0, 0
        if missing:
            length = payload_length(header)
            key = header[-4:] if header[1] & 0x80 else b""
            self._frame = _Frame(key, length, begun, 0, passed=length - missing)

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the stream as it was; returns those of the stream as it is to be."""
        out: list[bytes] = []
        position = 0
        while position < len(data):
            if self._frame is None:
                if not self._header:
                    self._frame_at = self.at + position
                position += self._take_header(data[position : position + MAX_HEADER], out)
                continue
            piece = data[position : position + self._frame.length - self._frame.passed]
            position += len(piece)
            out.append(self._payload(self._frame, piece))
            self._end_of(self._frame)
        self.at += len(data)
        return b"".join(out)

    def _take_header(self, data: bytes, out: list[bytes]) -> int:
        """Add to the header begun; returns how many bytes of ``data`` were the header's."""
        known = len(self._header)
        begun = self._header + data
        size = header_length(begun[1]) if len(begun) > 1 else 2
        header = begun[:size]
        is_whole = len(begun) > 1 and len(header) == size
        change = self._change_of(header[0])
        if change is None or change.anew is None:
            out.append(header[known:])
        elif not known:
            out.append(header[:1])
        self._header = header
        if is_whole:
            self._begin_frame(header, change, out)
        return len(header) - known

    def _change_of(self, first: int) -> Change | None:
        """What is to be done to the frame that begins at ``_frame_at``."""
        if self._is_open and not first & 0x08:
            return self._message
        return self._changes.get(self._frame_at)

    def _begin_frame(self, header: bytes, change: Change | None, out: list[bytes]) -> None:
        is_control = header[0] & 0x08 != 0
        self._changes.pop(self._frame_at, None)
        if not is_control and not self._is_open:
            self._is_open, self._message, self._content_at, self._carried = True, change, 0, 0
        key = header[-4:] if header[1] & 0x80 else b""
        frame = _Frame(key, payload_length(header), change, 0 if is_control else self._content_at)
        self._frame, self._header = frame, header[:1]
        if change is not None and change.anew is not None:
            content = change.anew[self._carried :]
            if not header[0] & 0x80:
                content = content[: frame.length]
            self._carried += len(content)
            frame.carried = unmask(key, content) if key else content
            out.append(_header(header, len(content))[1:])
        if not frame.length:
            out.append(frame.carried or b"")
        self._end_of(frame)

    def _payload(self, frame: _Frame, piece: bytes) -> bytes:
        start, frame.passed = frame.passed, frame.passed + len(piece)
        if frame.carried is not None:
            whole = len(frame.carried)
            # The last byte of the one comes with the last byte of the other.
            until = whole if frame.passed == frame.length else min(whole - 1, frame.passed * whole // frame.length)
            given, frame.given = frame.given, max(frame.given, until)
            return frame.carried[given : frame.given]
        change = frame.change
        return piece if change is None else _overwritten(piece, start, frame, change)

    def _end_of(self, frame: _Frame) -> None:
        """Note what a frame means for the next, when all of it has passed."""
        if frame.passed < frame.length:
            return
        first = self._header[0]
        self._frame, self._header = None, b""
        if first & 0x08:
            return
        self._content_at += frame.length
        if first & 0x80:
            self._is_open, self._message = False, None


def _overwritten(piece: bytes, start: int, frame: _Frame, change: Change) -> bytes:
    """A part of a frame's payload, changed; ``start`` is its offset in the payload."""
    begin = frame.content_at + start
    end = begin + len(piece)
    changed = bytearray(piece)

    def write(at: int, data: bytes) -> None:
        first, last = max(at, begin), min(at + len(data), end)
        if first < last:
            part = data[first - at : last - at]
            masked = unmask(frame.key, part, first - frame.content_at) if frame.key else part
            changed[first - begin : last - begin] = masked

    for overwrite in change.overwrites:
        if overwrite.at >= end:
            break
        write(overwrite.at, overwrite.data)
    if change.blank_from is not None and change.blank_from < end:
        first = max(change.blank_from, begin)
        write(first, bytes([change.blank]) * (end - first))
    return bytes(changed)


def _header(old: bytes, length: int) -> bytes:
    """A frame's header with another length, written in the fewest bytes unless the old one was not."""
    short = old[1] & 0x7F
    known = payload_length(old)
    fewest = 0 if length < 126 else 2 if length < 1 << 16 else 8
    extended = 2 if short == 126 else 8 if short == 127 else 0
    if extended == (0 if known < 126 else 2 if known < 1 << 16 else 8) or extended < fewest:
        extended = fewest
    second = length if extended == 0 else 126 if extended == 2 else 127
    field = length.to_bytes(extended) if extended else b""
    return old[:1] + bytes([old[1] & 0x80 | second]) + field + (old[-4:] if old[1] & 0x80 else b"")
