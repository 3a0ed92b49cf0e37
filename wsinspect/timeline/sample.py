"""A bounded sample of a connection's newest rows: sizes of messages, round trips of pings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.wire.conversation import PingTracker
from wsinspect.wire.frames import PING, PONG


class Glimpse(NamedTuple):
    """What is looked at of one message or control frame."""

    number: int
    """Its row."""
    side: Side
    opcode: int
    size: int
    """Payload bytes as on the wire."""
    at_ns: int
    payload: bytes
    """Of a control frame, unmasked; empty for messages."""

    @property
    def is_message(self) -> bool:
        """Whether it carries data (RFC 6455 section 5.5: opcodes from 8 on are control frames)."""
        return self.opcode < 8


class Glimpsed(NamedTuple):
    """A window of rows, read backwards."""

    rows: tuple[Glimpse, ...]
    """In order; events are left out."""
    first: int
    """The number of the first row of the window, events included."""


class RoundTrip(NamedTuple):
    """A ping and the pong that answered it."""

    row: int
    """The pong's row."""
    at_ns: int
    took_ns: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What the newest rows of a connection hold."""

    sizes: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    """Payload bytes of its messages, by Side."""
    round_trips: tuple[RoundTrip, ...] = ()
    unanswered: int = 0
    """Pings with no pong after them."""
    is_whole: bool = True
    """Whether every row of the connection was looked at."""

    @property
    def messages(self) -> int:
        """How many messages."""
        return sum(map(len, self.sizes))


def sample_of(rows: Iterable[Glimpse], *, is_whole: bool) -> Sample:
    """The sample that rows, in order, make."""
    sizes: tuple[list[int], list[int]] = ([], [])
    pings, trips = PingTracker(), []
    for row in rows:
        if row.is_message:
            sizes[row.side].append(row.size)
        elif row.opcode in (PING, PONG):
            took = pings.feed(row.side, row.opcode, row.payload, row.at_ns)
            if took is not None:
                trips.append(RoundTrip(row.number, row.at_ns, max(0, took)))
    return Sample((tuple(sizes[0]), tuple(sizes[1])), tuple(trips), pings.unanswered, is_whole)
