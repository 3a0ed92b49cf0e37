"""Rows of one direction: each data message, however fragmented, and each control frame, where its last byte stands.

What is a row depends on the bytes alone, never on how they were cut into reads: a data frame opens a message unless
one is open, and the message ends with the first data frame that has FIN, whatever opcodes stand in between (those
are violations to report, not boundaries). Control frames are rows of their own, also between fragments.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD, MAX_HEADER, FrameScanner, ScannedFrame, frame_in, header_length
from wsinspect.wire.runs import Run

_STATE = struct.Struct("<QQQQQQQBBBB")
"""at, frame_at, missing, message_at, frames, size, wire length, first, second, odd, length of the header begun."""


class ScannedRow(NamedTuple):
    """One complete row: where it lies in its stream and what its first header says."""

    at: int
    """Offset in bytes of its first frame."""
    end: int
    """Offset just behind its last frame. Control frames may stand between at and end."""
    first: int
    """First byte of its first frame: FIN, RSV1-3, opcode."""
    second: int
    """Second byte of its first frame: MASK, 7-bit length."""
    size: int
    """Payload bytes of its frames, as on the wire."""
    wire_length: int
    """Bytes of its frames, headers included."""
    frames: int
    odd: int
    """What no continuation should have, OR-ed over all: RSV and opcode bits, 0x80 where the mask bit changed."""
    raw: bytes
    """For a control frame its header and the first 125 bytes of payload; empty for messages."""


class RowScanner:
    """Finds the rows of one direction, fed with chunks cut anywhere."""

    __slots__ = ("_first", "_frames", "_message_at", "_odd", "_open", "_scanner", "_second", "_size", "_wire")

    def __init__(self, at: int = 0) -> None:
        self._scanner = FrameScanner(at)
        self._open = False
        self._message_at = at
        self._first = self._second = self._odd = 0
        self._frames = 0
        self._size = 0
        self._wire = 0

    @property
    def at(self) -> int:
        """Offset in bytes of the next byte to be fed."""
        return self._scanner.at

    @property
    def row_at(self) -> int:
        """Where the unfinished row begins; equals ``at`` when there is none."""
        return self._message_at if self._open else self._scanner.frame_at

    @property
    def frame_at(self) -> int:
        """Where the unfinished frame begins; equals ``at`` when there is none."""
        return self._scanner.frame_at

    @property
    def is_idle(self) -> bool:
        """Whether nothing is unfinished: the next byte begins a new row."""
        return not self._open and self._scanner.frame_at == self._scanner.at

    @property
    def unfinished(self) -> tuple[bytes, int, bool]:
        """What came of the unfinished frame's header, payload bytes it lacks, and whether a message is unfinished."""
        return self._scanner.header, self._scanner.missing, self._open

    @property
    def announced(self) -> int:
        """Length of the unfinished frame, header included; -1 where no complete header says it."""
        return self._scanner.announced

    def feed(self, data: bytes) -> list[ScannedRow]:
        """Take the next bytes of the stream; returns the rows whose last byte is among them, in order."""
        return list(rows_of(self.scan(data)))

    def scan(self, data: bytes) -> list[ScannedRow | Run]:
        """As ``feed``, with messages of one frame as runs where neighbours are alike."""
        rows: list[ScannedRow | Run] = []
        add = rows.append
        for item in self._scanner.scan(data):
            if isinstance(item, Run):
                self._take_run(item, rows)
                continue
            at, first, second, header, length, raw = item
            whole = header + length
            if first & 0x08:
                add(ScannedRow(at, at + whole, first, second, length, whole, 1, 0, raw))
            elif self._open:
                self._continue(first, second, length, whole)
                if first & 0x80:
                    add(self._finished(at + whole))
            elif first & 0x80:
                add(ScannedRow(at, at + whole, first, second, length, whole, 1, 0, b""))
            else:
                self._open, self._message_at, self._first, self._second, self._odd = True, at, first, second, 0
                self._frames, self._size, self._wire = 1, length, whole
        return rows

    def _take_run(self, run: Run, rows: list[ScannedRow | Run]) -> None:
        """Each frame of a run is a message, but the first ends the one that is open."""
        if not self._open:
            rows.append(run)
            return
        frame = frame_in(run, *run.bounds[:2])
        self._continue(frame.first, frame.second, frame.length, frame.end - frame.at)
        rows.append(self._finished(frame.end))
        if run.frames > 1:
            rows.append(run.without_first())

    def _continue(self, first: int, second: int, length: int, whole: int) -> None:
        """Add a frame to the open message."""
        self._frames += 1
        self._size += length
        self._wire += whole
        self._odd |= (first & 0x7F) | ((second ^ self._second) & 0x80)

    def _finished(self, end: int) -> ScannedRow:
        """The open message, whose last frame ends at ``end``."""
        self._open = False
        return ScannedRow(
            self._message_at, end, self._first, self._second, self._size, self._wire, self._frames, self._odd, b""
        )

    def state(self) -> bytes:
        """What is known of the unfinished row, to go on elsewhere; empty when nothing is unfinished."""
        if self.is_idle:
            return b""
        scanner = self._scanner
        message = (self._message_at, self._frames, self._size, self._wire, self._first, self._second, self._odd)
        fixed = _STATE.pack(
            scanner.at,
            scanner.frame_at,
            scanner.missing,
            *(message if self._open else (0,) * len(message)),
            len(scanner.header),
        )
        return fixed + scanner.header + scanner.kept

    @staticmethod
    def blanked(state: bytes, blank: int) -> bytes:
        """What ``state`` gave, with the payload overwritten that is kept of an unfinished control frame."""
        if not state:
            return state
        kept = _STATE.size + _STATE.unpack_from(state)[-1]
        return state[:kept] + bytes([blank]) * len(state[kept:])

    @classmethod
    def resumed(cls, at: int, state: bytes) -> RowScanner:
        """A scanner that goes on at offset ``at`` from what ``state`` gave there.

        Raises:
            ValueError: the state is not one that ``state`` gives.
        """
        if not state:
            return cls(at)
        rest = state[_STATE.size :]
        if len(state) < _STATE.size or len(rest) > MAX_HEADER + MAX_CONTROL_PAYLOAD:
            raise ValueError("not a scanner's state")
        position, frame_at, missing, message_at, frames, size, wire, first, second, odd, begun = _STATE.unpack_from(
            state
        )
        if position != at:
            raise ValueError("a scanner's state of another place")
        scanner = FrameScanner(at)
        scanner.frame_at, scanner.missing = frame_at, missing
        scanner.header, scanner.kept = rest[:begun], rest[begun:]
        found = cls(at)
        found._scanner = scanner
        found._open = frames > 0
        found._message_at, found._frames, found._size, found._wire = message_at, frames, size, wire
        found._first, found._second, found._odd = first, second, odd
        return found


def rows_of(found: Iterable[ScannedRow | Run]) -> Iterator[ScannedRow]:
    """Each row by itself."""
    for item in found:
        if isinstance(item, Run):
            yield from (row_in(item, begin, end) for begin, end in pairwise(item.bounds))
        else:
            yield item


def row_in(run: Run, begin: int, end: int) -> ScannedRow:
    """The message of a run between two neighbouring bounds."""
    at, first, second, header, length, raw = frame_in(run, begin, end)
    return ScannedRow(at, at + header + length, first, second, length, header + length, 1, 0, raw)


def first_frame(row: ScannedRow) -> ScannedFrame:
    """The first frame of a row; of a fragmented message it has the message's size, so only its header is of use."""
    second = row.second if row.frames == 1 else row.second & 0x80
    return ScannedFrame(row.at, row.first, second, header_length(row.second), row.size, row.raw)
