"""Segments as a search meets them: what they say of themselves, and their inflated messages."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.session.stored.inflating import InflatedMessage, unpack_entries

FACTS = "id, batch, connection, first_row, rows, traits, first_ns, length(c2s), length(s2c), length(inflated)"
"""What ``Part`` takes, in this order; SQLite reads no bytes of the streams for it."""


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

    def size(self, side: Side) -> int:
        """Bytes that one side sent."""
        return self.to_server if side is Side.CLIENT else self.to_client

    def sides(self) -> list[Side]:
        """The sides that sent anything."""
        return [side for side in Side if self.size(side)]


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
