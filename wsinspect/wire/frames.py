"""Frame headers of one direction of a stream, found wherever the stream was cut.

The scanner never raises and never stops: any bytes are frames of some kind, and what a frame has wrong is said by
``frame_violations``, apart from finding it. Payloads of data frames are skipped over, not kept, so a frame of any
announced length costs the same few bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from wsinspect.model import Violation
from wsinspect.wire.runs import Run, find_run, header_of

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA

MAX_HEADER = 14
"""Two bytes, eight of extended length, four of masking key (RFC 6455 section 5.2)."""

MAX_CONTROL_PAYLOAD = 125
"""RFC 6455 section 5.5."""


class ScannedFrame(NamedTuple):
    """One complete frame: where it lies in its stream and what its header says."""

    at: int
    """Offset in bytes of the header in the stream."""
    first: int
    """The header's first byte: FIN, RSV1-3, opcode."""
    second: int
    """The header's second byte: MASK, 7-bit length."""
    header_length: int
    """Bytes of the header, masking key included."""
    length: int
    """Payload bytes."""
    raw: bytes
    """A control frame's header and the first 125 bytes of its payload; empty for data frames."""

    @property
    def opcode(self) -> int:
        """The opcode, 0 to 15."""
        return self.first & 0x0F

    @property
    def fin(self) -> bool:
        """Whether it is the last frame of its message."""
        return self.first >= 0x80

    @property
    def rsv(self) -> int:
        """RSV1, RSV2 and RSV3 as the bits 4, 2 and 1."""
        return (self.first >> 4) & 0x07

    @property
    def is_masked(self) -> bool:
        """Whether a masking key stands before the payload."""
        return self.second >= 0x80

    @property
    def is_control(self) -> bool:
        """Whether the opcode is 8 to 15: never part of a message."""
        return self.first & 0x08 != 0

    @property
    def payload_at(self) -> int:
        """Offset in bytes of the payload in the stream."""
        return self.at + self.header_length

    @property
    def end(self) -> int:
        """Offset in bytes just behind the frame."""
        return self.at + self.header_length + self.length

    @property
    def control_payload(self) -> bytes:
        """The payload of a control frame, unmasked; at most what ``raw`` keeps."""
        body = self.raw[self.header_length :]
        if not self.is_masked:
            return body
        return unmask(self.raw[self.header_length - 4 : self.header_length], body)


def header_length(second: int) -> int:
    """Bytes of a header whose second byte is ``second``. Source: RFC 6455 section 5.2."""
    short = second & 0x7F
    extended = 2 if short == 126 else 8 if short == 127 else 0
    return 2 + extended + (4 if second >= 0x80 else 0)


def payload_length(header: bytes | bytearray | memoryview) -> int:
    """The length that a complete header announces, taken as unsigned; up to 2**64-1."""
    short = header[1] & 0x7F
    if short == 126:
        return int.from_bytes(header[2:4])
    if short == 127:
        return int.from_bytes(header[2:10])
    return short


class FrameScanner:
    """Finds the frames of one direction, fed with chunks cut anywhere.

    Attributes:
        at: offset in bytes of the next byte to be fed.
        frame_at: offset of the frame that is unfinished, or ``at`` when none is.
        header: the bytes seen of the unfinished frame's header.
        missing: payload bytes the unfinished frame still lacks; 0 while its header is incomplete.
        kept: the first payload bytes of an unfinished control frame.
    """

    __slots__ = ("at", "frame_at", "header", "kept", "missing")

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.frame_at = at
        self.header = b""
        self.missing = 0
        self.kept = b""

    @property
    def announced(self) -> int:
        """Length of the unfinished frame, header included; -1 while the header is incomplete or absent."""
        if len(self.header) < 2 or len(self.header) < header_length(self.header[1]):
            return -1
        return len(self.header) + payload_length(self.header)

    def feed(self, data: bytes) -> list[ScannedFrame]:
        """Take the next bytes of the stream.

        Returns:
            The frames whose last byte is among them, in order.
        """
        return list(frames_of(self.scan(data)))

    def scan(self, data: bytes) -> list[ScannedFrame | Run]:
        """As ``feed``, with data frames that end a message as runs where neighbours are alike."""
        found: list[ScannedFrame | Run] = []
        position = self._finish(data, found) if self.at != self.frame_at else 0
        base = self.at
        size = len(data)
        add = found.append
        while size - position >= 2:
            second = data[position + 1]
            length = second & 0x7F
            start = position + (6 if second >= 0x80 else 2)
            if length >= 126:
                start += 2 if length == 126 else 8
                if start > size:
                    break
                length = payload_length(data[position : position + MAX_HEADER])
            end = start + length
            if end > size:
                break
            first = data[position]
            has_neighbour = first & 0x88 == 0x80 and end < size and data[end] == first
            if has_neighbour and (run := find_run(data, position, base)):
                add(run)
                position = run.bounds[-1]
                continue
            raw = data[position : min(end, start + MAX_CONTROL_PAYLOAD)] if first & 0x08 else b""
            add(ScannedFrame(base + position, first, second, start - position, length, raw))
            position = end
        self.at = base + size
        if position < size:
            self._begin(data, position, base)
        elif not self.missing and not self.header:
            self.frame_at = self.at
        return found

    def _begin(self, data: bytes, position: int, base: int) -> None:
        """Remember the frame whose beginning is all that is left of ``data``."""
        self.frame_at = base + position
        self._take_header(data[position : position + MAX_HEADER])
        if self.missing:
            self.missing -= len(data) - position - len(self.header)
            self._keep(data[position + len(self.header) :])

    def _take_header(self, begun: bytes) -> None:
        """Set ``header`` and, once it is whole, ``missing``; ``begun`` may reach into the payload."""
        self.header = begun
        self.kept = b""
        if len(begun) < 2 or len(begun) < header_length(begun[1]):
            return
        self.header = begun[: header_length(begun[1])]
        self.missing = payload_length(self.header)

    def _keep(self, payload: bytes) -> None:
        """Keep what ``raw`` will need of a control frame that arrives in pieces."""
        if self.header[0] & 0x08:
            self.kept += payload[: MAX_CONTROL_PAYLOAD - len(self.kept)]

    def _finish(self, data: bytes, found: list[ScannedFrame | Run]) -> int:
        """Go on with the unfinished frame; returns how many bytes of ``data`` belong to it."""
        position = 0
        if not self.missing:
            known = len(self.header)
            self._take_header(self.header + data[: MAX_HEADER - known])
            if len(self.header) < 2 or len(self.header) < header_length(self.header[1]):
                return len(data)
            position = len(self.header) - known
        payload = data[position : position + self.missing]
        self._keep(payload)
        self.missing -= len(payload)
        if not self.missing:
            header = self.header
            raw = header + self.kept if header[0] & 0x08 else b""
            length = payload_length(header)
            found.append(ScannedFrame(self.frame_at, header[0], header[1], len(header), length, raw))
            self.header = self.kept = b""
        return position + len(payload)


def frames_of(found: Iterable[ScannedFrame | Run]) -> Iterator[ScannedFrame]:
    """Each frame by itself."""
    for item in found:
        if isinstance(item, Run):
            yield from (frame_in(item, begin, end) for begin, end in pairwise(item.bounds))
        else:
            yield item


def frame_in(run: Run, begin: int, end: int) -> ScannedFrame:
    """The frame of a run between two neighbouring bounds."""
    header = header_of(end - begin, run.mask_length)
    length = end - begin - header
    short = length if length < 126 else 126 if length < 1 << 16 else 127
    return ScannedFrame(run.base + begin, run.first, run.mask_bit | short, header, length, b"")


def unmask(key: bytes, data: bytes, offset: int = 0) -> bytes:
    """Apply a masking key.

    Args:
        key: the four bytes of the frame header.
        data: part of the payload.
        offset: where in the payload that part begins.

    Source: RFC 6455 section 5.3.
    """
    if not data:
        return b""
    turn = offset % 4
    pad = (key[turn:] + key[:turn]) * (len(data) // 4 + 1)
    size = len(data)
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(pad[:size], "little")
    return mixed.to_bytes(size, "little")


def frame_violations(frame: ScannedFrame, *, from_client: bool, rsv1_allowed: bool = False) -> tuple[Violation, ...]:
    """The rules that one frame breaks by itself, whatever stands around it.

    Args:
        frame: the frame.
        from_client: whether the client sent it: its frames must be masked, the server's must not be.
        rsv1_allowed: whether permessage-deflate was agreed on, which gives RSV1 of a first data frame a meaning.
    """
    if _is_plain(frame, from_client, rsv1_allowed):
        return ()
    return tuple(_broken_rules(frame, from_client, rsv1_allowed))


def _is_plain(frame: ScannedFrame, from_client: bool, rsv1_allowed: bool) -> bool:
    """The common case, decided quickly: nothing can be wrong with this header."""
    usual = (0x81, 0x82, 0xC1, 0xC2) if rsv1_allowed else (0x81, 0x82)
    return (
        frame.first in usual
        and frame.is_masked == from_client
        and frame.length < 1 << 63
        and not _is_length_wasteful(frame)
    )


def _broken_rules(frame: ScannedFrame, from_client: bool, rsv1_allowed: bool) -> list[Violation]:
    found: list[Violation] = []

    def broken(rule: str, detail: str, section: str) -> None:
        found.append(Violation(rule, detail, f"RFC {section}"))

    if from_client and not frame.is_masked:
        broken("mask-missing", "a client's frame without a mask", "6455 section 5.1")
    if not from_client and frame.is_masked:
        broken("mask-present", "a server's frame with a mask", "6455 section 5.1")
    if frame.rsv & 4 and (not rsv1_allowed or frame.opcode not in (TEXT, BINARY)):
        where = "where compression gives it no meaning" if rsv1_allowed else "without an extension that uses it"
        broken("rsv1", f"RSV1 set {where}", "7692 section 6" if rsv1_allowed else "6455 section 5.2")
    if frame.rsv & 3:
        broken("rsv", "RSV2 or RSV3 set without an extension that uses it", "6455 section 5.2")
    if 3 <= frame.opcode <= 7 or frame.opcode >= 11:
        broken("opcode-reserved", f"reserved opcode {frame.opcode}", "6455 section 5.2")
    if frame.is_control and not frame.fin:
        broken("control-fragmented", "a control frame without FIN", "6455 section 5.4")
    if frame.is_control and frame.length > MAX_CONTROL_PAYLOAD:
        broken("control-long", f"a control frame of {frame.length} bytes; 125 are allowed", "6455 section 5.5")
    if _is_length_wasteful(frame):
        broken("length-not-minimal", "the length is written in more bytes than needed", "6455 section 5.2")
    if frame.length >= 1 << 63:
        broken("length-sign", "a 64-bit length with the top bit set", "6455 section 5.2")
    return found


def _is_length_wasteful(frame: ScannedFrame) -> bool:
    short = frame.second & 0x7F
    return (short == 126 and frame.length < 126) or (short == 127 and frame.length < 1 << 16)
