"""Waypoints: places in the bytes of a segment where a frame begins, so that one frame is found without all before it.

A search that meets a word in the middle of a megabyte walks from the nearest waypoint on, not from the beginning. They
follow from the bytes and say nothing that these do not say.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from wsinspect.wire.rows import ScannedRow
from wsinspect.wire.runs import Run

SPACING = 16 << 10
"""Bytes between two waypoints, at least: as much as is looked through at once, while the processor's cache holds it."""

_PACKED = struct.Struct("<II")


class Waypoint(NamedTuple):
    """A place behind which a frame begins."""

    position: int
    """Bytes of the segment's stream before it."""
    rows: int
    """Rows of the segment and side that end at or before it."""


class Waypoints:
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
    waypoints = Waypoints(at)
    for one in found:
        waypoints.passed(one)
    return bytes(waypoints.packed)


def unpacked(data: bytes, size: int) -> list[Waypoint]:
    """The waypoints of one side of a segment in order, before them its beginning.

    Args:
        data: what the file keeps of them.
        size: bytes of the segment's stream.

    Raises:
        ValueError: they contradict themselves.
    """
    found = [Waypoint(0, 0), *map(Waypoint._make, _PACKED.iter_unpack(data))]
    if any(one.position >= other.position or one.rows > other.rows for one, other in pairwise(found)):
        raise ValueError("waypoints that do not lead on")
    if found[-1].position > size:
        raise ValueError("a waypoint behind the last byte")
    return found
