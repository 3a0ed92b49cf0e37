"""How what lies in a segment answers a filter, without a row being built for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wsinspect.filters.expression import Kind, Origin
from wsinspect.filters.subject import KINDS, close_text
from wsinspect.model import HEAD_BYTES, Side, Violation
from wsinspect.session.reading.content import ContentReader
from wsinspect.session.stored.found import FoundRow
from wsinspect.session.stored.inflating import InflatedMessage
from wsinspect.session.stored.segments import Segment
from wsinspect.wire.messages import row_kind
from wsinspect.wire.walk import Walked

_KINDS: tuple[Kind | None, ...] = tuple(KINDS.get(row_kind(opcode)) for opcode in range(16))
"""By opcode."""

ORIGINS = {Side.CLIENT: Origin.CLIENT, Side.SERVER: Origin.SERVER}


class FoundSubject:
    """The messages of one connection, one after the other; each is shown before it is asked."""

    def __init__(self, connection: int, path: str, content: ContentReader) -> None:
        self.connection = connection
        self.path = path
        self.kind: Kind | None = None
        self.origin: Origin | None = None
        self.at_ns = 0
        self.previous_ns: int | None = None
        self._content = content

    def show(self, segment: Segment, number: int, found: FoundRow, previous_ns: int | None) -> None:
        """Take the next one."""
        self._segment, self._number, self._found = segment, number, found
        self.kind = _KINDS[found.scanned.first & 0x0F]
        self.origin = ORIGINS[found.side]
        self.at_ns = found.at_ns
        self.previous_ns = previous_ns

    @property
    def size(self) -> int | None:
        """Bytes of content."""
        return self._content.size(self._segment, self._found)

    def content(self, limit: int) -> bytes:
        """What is looked at."""
        return close_text(self.body()) if self.kind is Kind.CLOSE else self._payload(limit)

    def body(self) -> bytes:
        """The beginning of its payload."""
        return self._payload(HEAD_BYTES)

    def broken(self) -> Sequence[Violation]:
        """The rules it broke."""
        return self._content.violations(self._segment, self._number, self._found)

    def _payload(self, limit: int) -> bytes:
        return self._content.payload(self._segment, self._found, limit).data


class WalkedSubject:
    """Whole frames of one side that are messages by themselves, one after the other."""

    def __init__(
        self, connection: int, path: str, side: Side, judge: Callable[[WalkedSubject], Sequence[Violation]]
    ) -> None:
        """Begin with the first.

        Args:
            connection: the connection's number.
            path: its path.
            side: who sent them.
            judge: tells which rules one broke.
        """
        self._judge = judge
        self.at_ns = 0
        self.previous_ns: int | None = None
        self.connection = connection
        self.path = path
        self.kind: Kind | None = None
        self.origin: Origin | None = ORIGINS[side]
        self.size: int | None = 0
        self._data = b""

    def show(self, data: bytes, frame: Walked, place: int) -> None:
        """Take the next one.

        Args:
            data: the bytes that were walked through, unmasked.
            frame: where it lies there.
            place: its place among the rows of its side.
        """
        self.frame, self.place, self.is_inflated = frame, place, False
        first, _, start, end = frame
        self.kind = _KINDS[first & 0x0F]
        self._data, self._start, self._end = data, start, end
        self.size = end - start

    def inflate(self, message: InflatedMessage | None) -> None:
        """Take its content from here, if it could be inflated."""
        if message is not None and not message.problem:
            self._data, self._start, self._end = message.data, 0, len(message.data)
            self.size, self.is_inflated = message.total, True

    def content(self, limit: int) -> bytes:
        """What is looked at."""
        if self.kind is Kind.CLOSE:
            return close_text(self.body())
        return self._data[self._start : min(self._end, self._start + limit)]

    def body(self) -> bytes:
        """The beginning of its payload."""
        return self._data[self._start : min(self._end, self._start + HEAD_BYTES)]

    def broken(self) -> Sequence[Violation]:
        """The rules it broke."""
        return self._judge(self)
