"""The bytes that one side sent in a segment, as a search meets them: all its frames, or the few around a word.

Every control frame ends a row, and so does every data frame with FIN; that is found many times faster than what the
scanner tells. Where no message came in several frames, which the segment says, those frames are all there is to rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from wsinspect.filters.narrowing import Needle
from wsinspect.model import Side
from wsinspect.session.reading.store import Store
from wsinspect.session.search.parts import Inflated, Part
from wsinspect.session.stored.traits import STRANGE_MASK
from wsinspect.session.stored.waypoints import unpacked
from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD, header_length
from wsinspect.wire.rows import RowScanner, ScannedRow
from wsinspect.wire.stretch import Stretch
from wsinspect.wire.walk import Walked

TOGETHER = 8
"""Waypoints between which a word is looked for at once: fewer cost more steps, more leave the processor's cache."""

_SIDES = {Side.CLIENT: "c2s", Side.SERVER: "s2c"}


class Lone(NamedTuple):
    """A row of one frame that was found without all those before it."""

    place: int
    """Among the rows of its side in the segment, from 0."""
    payload: bytes
    """What it carries, unmasked."""
    frame: Walked
    """As it lies in the payload."""


class Sent:
    """What one side sent in a segment: rows that had begun before, then rows of a frame each."""

    def __init__(self, store: Store, part: Part, side: Side, inflated: Inflated) -> None:
        """Read how it begins.

        Raises:
            ValueError: the segment contradicts itself.
        """
        name = _SIDES[side]
        found = store.one(
            f"SELECT {name}_at, {name}_open, {name}_row_ns, {name}_frame_ns, {name}_waypoints FROM segment "
            "WHERE id = ?",
            part.id,
        )
        if found is None:
            raise ValueError("a segment is missing")
        at, state, self.row_ns, self.frame_ns, waypoints = found
        self.side, self.at, self.inflated = side, int(at), inflated
        self._store, self._number = store, part.id
        self._may_be_masked = side is Side.CLIENT or part.traits & STRANGE_MASK != 0
        self._waypoints = unpacked(waypoints, part.size(side))
        self._size = part.size(side)
        (self.beginning,) = store.sent(part.id, side, (*self._waypoints.positions, self._size)[:2])
        """Its first bytes, among them the end of every row that had begun before."""
        self.opened, self._begin = _opened(RowScanner.resumed(self.at, bytes(state)), self.beginning)
        """Rows that had begun before."""

    @cached_property
    def data(self) -> bytes:
        """All its bytes."""
        if len(self.beginning) == self._size:
            return self.beginning
        (data,) = self._store.sent(self._number, self.side, (0, self._size))
        return data

    @cached_property
    def whole(self) -> Stretch:
        """All frames behind the rows that had begun before."""
        return Stretch(self.data, (self._begin,), may_be_masked=self._may_be_masked)

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.opened) + len(self.whole.rows)

    def _stretches(self) -> Iterator[tuple[Sequence[int], Stretch]]:
        """The same frames in stretches of some waypoints each, and the places of the rows that begin at these."""
        masked = self._may_be_masked
        yield (len(self.opened),), Stretch(self.beginning, (self._begin,), may_be_masked=masked)
        positions, rows = self._waypoints
        pieces = self._store.sent(self._number, self.side, (*positions[1::TOGETHER], self._size))
        for at, piece in zip(range(1, len(positions), TOGETHER), pieces, strict=True):
            starts = [position - positions[at] for position in positions[at : at + TOGETHER]]
            yield rows[at : at + TOGETHER], Stretch(piece, starts, may_be_masked=masked)

    def may_hold(self, word: Needle) -> bool:
        """Whether a word may stand in a row that had not begun before, as it was sent or inflated."""
        if word.data in (self.inflated.folded if word.is_folded else self.inflated.data):
            return True
        return any(stretch.may_hold(word.data, is_folded=word.is_folded) for _, stretch in self._stretches())

    def around(self, word: Needle) -> Iterator[Lone]:
        """The rows, of a frame each, in which a word may stand as it was sent."""
        for places, stretch in self._stretches():
            for start, place, frame in stretch.around(word.data, is_folded=word.is_folded):
                payload = stretch.payload(frame)
                yield Lone(places[start] + place, payload, (frame[0], frame[1], 0, len(payload)))

    def offset(self, frame: Walked) -> int:
        """Where in the side's stream a frame of the whole begins."""
        return self.at + frame[2] - header_length(frame[1])

    def scanned(self, index: int) -> ScannedRow:
        """A row by its place, from 0, as the scanner finds it."""
        if index < len(self.opened):
            return self.opened[index]
        frame = self.whole.rows[index - len(self.opened)]
        first, second, start, end = frame
        at = self.offset(frame)
        raw = self.data[at - self.at : min(end, start + MAX_CONTROL_PAYLOAD)] if first & 0x08 else b""
        return ScannedRow(at, self.at + end, first, second, end - start, self.at + end - at, 1, 0, raw)

    def end_of(self, index: int) -> int:
        """The position behind a row, in the bytes, by its place from 0."""
        opened = len(self.opened)
        return self.opened[index].end - self.at if index < opened else self.whole.rows[index - opened][3]

    def ends(self) -> list[int]:
        """The position behind each row, in the bytes."""
        return [row.end - self.at for row in self.opened] + [frame[3] for frame in self.whole.rows]


def _opened(scanner: RowScanner, data: bytes) -> tuple[list[ScannedRow], int]:
    """The rows that end with the frame that had begun before, and where the next frame begins."""
    rows: list[ScannedRow] = []
    position = 0
    while scanner.frame_at != scanner.at and position < len(data):
        # Not a byte too many: what follows is for ``walk``. The header comes byte by byte, it has few.
        missing = 1 if scanner.announced < 0 else scanner.announced - (scanner.at - scanner.frame_at)
        rows += scanner.feed(data[position : position + missing])
        position += missing
    return rows, min(position, len(data))
