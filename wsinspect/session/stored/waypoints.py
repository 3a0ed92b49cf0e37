"""Waypoints: places in the bytes of a segment where a frame begins, so that one frame is found without all before it.

A search that meets a word in the middle of a megabyte walks from the nearest waypoint on, not from the beginning. They
follow from the bytes and say nothing that these do not say.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from math import ceil
from operator import le, lt
from typing import NamedTuple

from wsinspect.wire.rows import ScannedRow
from wsinspect.wire.runs import Run

SPACING = 8 << 10
"""Bytes between two waypoints, at least: what is walked, half of it before a word, where one stands."""

_PACKED = struct.Struct("<II")


class Waypoints(NamedTuple):
    """Those of one side of a segment in order, its beginning the first of them."""

    positions: Sequence[int]
    """How many bytes of the segment's stream stand before each."""
    rows: Sequence[int]
    """How many rows of the segment and side end at or before each."""


class Noting:
    """Notes those of one side of a segment while its rows are found."""

    __slots__ = ("_begin", "_next", "_rows", "packed")

    def __init__(self, at: int) -> None:
        """Begin.

        Args:
            at: offset of the segment's first byte in its stream.
        """
        self._begin = at
        self._next = at + SPACING
        self._rows = 0
        self.packed = bytearray()
        """What the file keeps of them."""

    def passed(self, found: ScannedRow | Run) -> None:
        """Take the next row, or messages that follow each other."""
        if isinstance(found, Run):
            if found.end >= self._next:
                self._add_between(found)
            self._rows += found.frames
            return
        self._rows += 1
        if found.end >= self._next:
            self._add(found.end, self._rows)

    def _add_between(self, run: Run) -> None:
        """The ends of some of its frames, about SPACING apart."""
        step = ceil(SPACING * run.frames / (run.end - run.at))
        for frames in range(step, run.frames + 1, step):
            at = run.base + run.bounds[frames]
            if at >= self._next:
                self._add(at, self._rows + frames)

    def _add(self, at: int, rows: int) -> None:
        self.packed += _PACKED.pack(at - self._begin, rows)
        self._next = at + SPACING


def packed(at: int, found: Iterable[ScannedRow | Run]) -> bytes:
    """What the file keeps of the waypoints of one side of a segment.

    Args:
        at: offset of the segment's first byte in its stream.
        found: the rows of the side, in order.
    """
    noted = Noting(at)
    for one in found:
        noted.passed(one)
    return bytes(noted.packed)


def unpacked(data: bytes, size: int) -> Waypoints:
    """The waypoints of one side of a segment.

    Args:
        data: what the file keeps of them.
        size: bytes of the segment's stream.

    Raises:
        ValueError: they contradict themselves.
    """
    if len(data) % _PACKED.size:
        raise ValueError("waypoints that are cut off")
    numbers = struct.unpack(f"<{len(data) // 4}I", data)
    found = Waypoints((0, *numbers[::2]), (0, *numbers[1::2]))
    if not all(map(lt, found.positions, found.positions[1:])) or not all(map(le, found.rows, found.rows[1:])):
        raise ValueError("waypoints that do not lead on")
    if found.positions[-1] > size:
        raise ValueError("a waypoint behind the last byte")
    return found
