"""Runs: whole data frames one behind the other, told apart by length and masking key alone.

Almost every frame of real traffic is a message of its own like its neighbours, and a step of Python for each would be
what limits a recorder. So such frames are found together: those of equal length by comparing whole columns of header
bytes in C, others by a loop that does nothing but add up lengths. What a frame of a run breaks, all of them break.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

FIRST_LOOK = 16
"""Frames that are compared at once to begin with. It doubles while they are alike, so that looking in vain never costs
more than what was found before."""


class Run(NamedTuple):
    """At least one whole frame: FIN set, a data opcode, the length in the fewest bytes."""

    base: int
    """Offset in the stream that ``bounds`` count from."""
    bounds: Sequence[int]
    """Where each frame begins, and behind the last where it ends: one more than there are frames."""
    first: int
    """First byte of each header: FIN, RSV1-3, opcode."""
    mask_bit: int
    """0x80 where each frame has a masking key, 0 where none has."""
    largest: int
    """Payload bytes of the largest."""

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.bounds) - 1

    @property
    def at(self) -> int:
        """Offset in bytes of the first header in the stream."""
        return self.base + self.bounds[0]

    @property
    def end(self) -> int:
        """Offset in bytes just behind the last frame."""
        return self.base + self.bounds[-1]

    @property
    def mask_length(self) -> int:
        """Bytes of each masking key."""
        return 4 if self.mask_bit else 0

    def without_first(self) -> Run:
        """The frames behind the first; there must be some."""
        bounds, mask = self.bounds[1:], self.mask_length
        sizes = (end - begin for begin, end in pairwise(bounds))
        return self._replace(bounds=bounds, largest=max(size - header_of(size, mask) for size in sizes))


def header_of(whole: int, mask_length: int) -> int:
    """Bytes of the header of a frame of ``whole`` bytes whose length is in the fewest bytes. RFC 6455 section 5.2."""
    rest = whole - mask_length
    if rest < 2 + 126:
        return 2 + mask_length
    return (4 if rest < 4 + (1 << 16) else 10) + mask_length


def payload_starts(run: Run) -> Sequence[int]:
    """Where the payload of each frame of a run begins, counted as its bounds."""
    bounds, mask_length = run.bounds, run.mask_length
    if isinstance(bounds, range):
        header, places = header_of(bounds.step, mask_length), bounds[:-1]
        return range(places.start + header, places.stop + header, places.step)
    if run.largest < 126:
        short = 2 + mask_length
        return [begin + short for begin in bounds[:-1]]
    return [begin + header_of(end - begin, mask_length) for begin, end in pairwise(bounds)]


def payloads(run: Run, starts: Sequence[int], data: bytes, at: int, limit: int) -> list[bytes]:
    """What each frame of a run carries, unmasked; the first ``limit`` bytes of it.

    Args:
        run: the run.
        starts: its ``payload_starts``.
        data: bytes of the stream that hold all of it.
        at: offset of ``data`` in the stream.
        limit: bytes of each that are wanted.
    """
    shift = run.base - at
    if run.mask_bit:
        data, shift = _unmasked(run, starts, data[run.at - at : run.end - at]), -run.bounds[0]
    ends: Iterable[int] = run.bounds[1:]
    if run.largest > limit:
        ends = (min(end, start + limit) for start, end in zip(starts, ends, strict=True))
    return [data[start + shift : end + shift] for start, end in zip(starts, ends, strict=True)]


def _unmasked(run: Run, starts: Sequence[int], body: bytes) -> bytes:
    """The bytes of a run with all payloads unmasked where they are: one operation for all. RFC 6455 section 5.3.

    What stands between the payloads is spoilt: each key goes on to the next payload, since nobody reads a header here.
    """
    first = run.bounds[0]
    places = [start - first for start in starts]
    pads = [bytes(places[0])]
    pads += [
        (body[begin - 4 : begin] * ((end - begin) // 4 + 1))[: end - begin]
        for begin, end in pairwise([*places, len(body)])
    ]
    mixed = int.from_bytes(body, "little") ^ int.from_bytes(b"".join(pads), "little")
    return mixed.to_bytes(len(body), "little")


def find_run(data: bytes, position: int, base: int) -> Run | None:
    """The run that begins at a data frame with FIN.

    Args:
        data: bytes of a stream.
        position: where in them the frame begins; its first two bytes are there.
        base: offset of ``data`` in the stream.

    Returns:
        As many frames as can be told; None when the first one is not whole, or its length not in the fewest bytes.
    """
    first, mask_bit = data[position], data[position + 1] & 0x80
    known = _header(data, position, mask_bit)
    if known is None:
        return None
    before_key, length = known
    whole = before_key + length + (4 if mask_bit else 0)
    end = position + whole
    if end > len(data):
        return None
    header = data[position : position + before_key]
    if data[end : end + before_key] == header and data[end + whole : end + whole + before_key] == header:
        stop = position + _alike(data, position, whole, header) * whole
        return Run(base, range(position, stop + 1, whole), first, mask_bit, length)
    bounds = [position, end]
    return Run(base, bounds, first, mask_bit, max(length, _step(data, bounds, first, mask_bit)))


def _header(data: bytes, position: int, mask_bit: int) -> tuple[int, int] | None:
    """Bytes of a header without its masking key, and the length that it announces in the fewest bytes."""
    length = data[position + 1] ^ mask_bit
    if length < 126:
        return 2, length
    size = 2 if length == 126 else 8
    length = int.from_bytes(data[position + 2 : position + 2 + size])
    if length < (126 if size == 2 else 1 << 16):
        return None
    return 2 + size, length


def _alike(data: bytes, position: int, whole: int, header: bytes) -> int:
    """How many whole frames of ``whole`` bytes have this header, masking keys apart."""
    most = (len(data) - position) // whole
    found, look = 0, FIRST_LOOK
    while found < most:
        look = min(look, most - found)
        begin = position + found * whole
        end = begin + look * whole
        alike = min(_leading(data[begin + place : end : whole], byte) for place, byte in enumerate(header))
        found += alike
        if alike < look:
            break
        look *= 2
    return found


def _leading(column: bytes, byte: int) -> int:
    """How many bytes at the beginning are this one."""
    return len(column) - len(column.lstrip(bytes((byte,))))


def _step(data: bytes, bounds: list[int], first: int, mask_bit: int) -> int:
    """Go from frame to frame behind the last bound, adding bounds; returns the length of the largest payload.

    Ends before what is not whole, and before a length of 64 bits: such a frame is worth a look of its own.
    """
    add = bounds.append
    size = len(data)
    position = bounds[-1]
    short = 6 if mask_bit else 2
    largest = 0
    # The last bytes are left out, so that every header that is looked at is all there.
    while position < size - 3 and data[position] == first:
        length = data[position + 1] ^ mask_bit
        end = position + short + length
        if length >= 126:
            if length > 126:
                break
            length = data[position + 2] << 8 | data[position + 3]
            end = position + short + 2 + length
            if length < 126:
                break
        if end > size:
            break
        if length > largest:
            largest = length
        add(end)
        position = end
    return largest
