"""Segments as a search meets them: what they say of themselves, and the bytes of one side with its frames found.

Every control frame ends a row, and so does every data frame with FIN; that is found many times faster than what the
scanner tells. Where no message came in several frames, which the segment says, those frames are all there is to rows.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.session.inflating import InflatedMessage, unpack_entries
from wsinspect.session.store import Store
from wsinspect.session.traits import STRANGE_MASK
from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD, header_length
from wsinspect.wire.rows import RowScanner, ScannedRow
from wsinspect.wire.walk import LEAST_VEILED, Walked, unmasked, veiled, walk

FACTS = "id, batch, connection, first_row, rows, traits, first_ns, length(c2s), length(s2c), length(inflated)"
"""What ``Part`` takes, in this order; SQLite reads no bytes of the streams for it."""

_SIDES = {Side.CLIENT: "c2s", Side.SERVER: "s2c"}


class Part(NamedTuple):
    """A segment without its bytes."""

    id: int
    batch: int
    connection: int
    first_row: int
    rows: int
    """Rows here, events included."""
    traits: int
    first_ns: int
    """When its first read arrived, or its first event happened; no message is older."""
    to_server: int
    """Bytes of the client's stream."""
    to_client: int
    """Bytes of the server's stream."""
    inflated: int
    """Bytes kept of inflated messages, and what stands before each."""

    @property
    def last_row(self) -> int:
        """Number of the last row here."""
        return self.first_row + self.rows - 1

    @property
    def weight(self) -> int:
        """What it takes to look through it again: a row weighs 1, and so do 256 bytes."""
        return self.rows + (self.to_server + self.to_client + self.inflated) // 256

    def sides(self) -> list[Side]:
        """The sides that sent anything."""
        return [side for side, size in ((Side.CLIENT, self.to_server), (Side.SERVER, self.to_client)) if size]


class Inflated:
    """The inflated messages that end in a segment, of both sides."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def folded(self) -> bytes:
        """All of them with A to Z in lower case."""
        return self.data.lower()

    @cached_property
    def entries(self) -> dict[tuple[Side, int], InflatedMessage]:
        """Each by side and offset of its first frame."""
        return unpack_entries(self.data)


class Sent:
    """What one side sent in a segment: rows that had begun before, then rows of a frame each."""

    def __init__(self, store: Store, part: Part, side: Side, inflated: Inflated) -> None:
        """Read it.

        Raises:
            ValueError: the segment contradicts itself.
        """
        name = _SIDES[side]
        found = store.one(
            f"SELECT {name}_at, {name}_open, {name}, {name}_row_ns, {name}_frame_ns FROM segment WHERE id = ?", part.id
        )
        if found is None:
            raise ValueError("a segment is missing")
        at, state, data, self.row_ns, self.frame_ns = found
        self.side, self.at, self.data, self.inflated = side, int(at), bytes(data), inflated
        self._may_be_masked = side is Side.CLIENT or part.traits & STRANGE_MASK != 0
        self.opened, self._begin = _opened(RowScanner.resumed(self.at, bytes(state)), self.data)
        """Rows that had begun before."""

    @cached_property
    def _frames(self) -> list[Walked]:
        return walk(self.data, self._begin)

    @cached_property
    def rows(self) -> list[Walked]:
        """The frames behind them that end a row each: one that leaves its message open does not."""
        return [frame for frame in self._frames if frame[0] & 0x88]

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.opened) + len(self.rows)

    @cached_property
    def plain(self) -> bytes:
        """The bytes, unmasked."""
        return unmasked(self.data, self._frames) if self._may_be_masked else self.data

    @cached_property
    def folded(self) -> bytes:
        """The same with A to Z in lower case."""
        return self.plain.lower()

    @cached_property
    def _veiled(self) -> bytes:
        return veiled(self.data)

    def holds(self, needle: bytes, *, is_folded: bool) -> bool:
        """Whether bytes stand anywhere in what was sent, as it was sent or inflated."""
        if needle in (self.inflated.folded if is_folded else self.inflated.data):
            return True
        if self._may_be_masked and len(needle) >= LEAST_VEILED and veiled(needle) not in self._veiled:
            return False
        return needle in (self.folded if is_folded else self.plain)

    def offset(self, frame: Walked) -> int:
        """Where in the side's stream a frame begins."""
        return self.at + frame[2] - header_length(frame[1])

    def scanned(self, index: int) -> ScannedRow:
        """A row by its place, from 0, as the scanner finds it."""
        if index < len(self.opened):
            return self.opened[index]
        frame = self.rows[index - len(self.opened)]
        first, second, start, end = frame
        at = self.offset(frame)
        raw = self.data[at - self.at : min(end, start + MAX_CONTROL_PAYLOAD)] if first & 0x08 else b""
        return ScannedRow(at, self.at + end, first, second, end - start, self.at + end - at, 1, 0, raw)

    def end_of(self, index: int) -> int:
        """The position behind a row, in the bytes, by its place from 0."""
        opened = len(self.opened)
        return self.opened[index].end - self.at if index < opened else self.rows[index - opened][3]

    def ends(self) -> list[int]:
        """The position behind each row, in the bytes."""
        return [row.end - self.at for row in self.opened] + [frame[3] for frame in self.rows]


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
