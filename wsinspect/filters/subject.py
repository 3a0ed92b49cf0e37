"""What a filter asks of a message, and how a row of the list answers.

``content`` and ``broken`` may cost reading and are asked for last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from wsinspect import codes
from wsinspect.decode.events import event_sentence
from wsinspect.filters.expression import Kind, Origin
from wsinspect.model import EndedBy, Event, EventKind, Row, RowKind, Side, Violation

KINDS: dict[RowKind, Kind] = {
    RowKind.TEXT: Kind.TEXT,
    RowKind.BINARY: Kind.BINARY,
    RowKind.PING: Kind.PING,
    RowKind.PONG: Kind.PONG,
    RowKind.CLOSE: Kind.CLOSE,
    RowKind.EVENT: Kind.TCP,
}
"""What each kind of row is called; those that no legal frame has are called nothing."""


class Subject(Protocol):
    """One message, control frame or event, as filters see it."""

    @property
    def connection(self) -> int:
        """The connection's number; 0 for what concerns the whole session."""

    @property
    def path(self) -> str:
        """The connection's path and query."""

    @property
    def kind(self) -> Kind | None:
        """What it is; None for frames that only a broken rule explains."""

    @property
    def origin(self) -> Origin | None:
        """Who sent it, or did it; None for what nobody did."""

    @property
    def size(self) -> int | None:
        """Bytes of content, inflated where it was compressed; None for events."""

    @property
    def at_ns(self) -> int:
        """When it came."""

    @property
    def previous_ns(self) -> int | None:
        """When the row before it on the same connection came; None for the first."""

    def content(self, limit: int) -> bytes:
        """What is looked at: the beginning of a message, or the line that is shown of a close frame or an event."""

    def body(self) -> bytes:
        """The first bytes of a control frame's payload."""

    def broken(self) -> Sequence[Violation]:
        """The rules it broke."""


class RowSubject:
    """A row of the list."""

    def __init__(
        self, row: Row, payload: Callable[[int], bytes], *, path: str = "", previous_ns: int | None = None
    ) -> None:
        """Let a row be asked.

        Args:
            row: the row.
            payload: its content, at most so many bytes; only called where the row does not carry enough.
            path: its connection's path.
            previous_ns: when the row before it on its connection came.
        """
        self._row = row
        self._payload = payload
        self.connection = row.connection
        self.path = path
        self.kind = KINDS.get(row.kind)
        self.origin = origin_of(row.side, row.event)
        self.at_ns = row.at_ns
        self.previous_ns = previous_ns

    @property
    def size(self) -> int | None:
        """Bytes of content."""
        row = self._row
        if row.kind is RowKind.EVENT:
            return None
        return row.size if row.inflated_size is None else row.inflated_size

    def content(self, limit: int) -> bytes:
        """What is looked at."""
        row = self._row
        if row.event is not None:
            return event_text(row.event, row.side)
        if row.kind is RowKind.CLOSE:
            return close_text(row.head)
        return row.head if len(row.head) in (limit, self.size) else self._payload(limit)

    def body(self) -> bytes:
        """The beginning of its payload."""
        return self._row.head

    def broken(self) -> Sequence[Violation]:
        """The rules it broke."""
        return self._row.violations


def origin_of(side: Side | None, event: Event | None) -> Origin | None:
    """Who sent a message or did what an event tells."""
    if event is not None:
        by = event.data.get("by", EndedBy.PEER.value)
        if event.kind is not EventKind.END or by == EndedBy.RELAY:
            return None
        if by == EndedBy.US:
            return Origin.US
    if side is None:
        return None
    return Origin.CLIENT if side is Side.CLIENT else Origin.SERVER


def event_text(event: Event, side: Side | None) -> bytes:
    """The line of an event."""
    return event_sentence(event, side).encode()


def close_text(body: bytes) -> bytes:
    """The line of a close frame: code, name, reason."""
    if len(body) < 2:
        return b""
    return f"{close_label(int.from_bytes(body[:2]))}  ".encode() + body[2:]


@lru_cache(maxsize=1024)
def close_label(code: int) -> str:
    """Code and name, such as ``1011 Internal Error``."""
    return f"{code} {codes.name(code)}"
