"""Inflated messages carried over from the session they were inflated in.

A session that begins in the middle of another could not inflate what builds on earlier messages; the inflated content
was kept, so it is taken along.
"""

from __future__ import annotations

from collections import deque

from wsinspect.model import Side
from wsinspect.session.stored.batch import SegmentRecord
from wsinspect.session.stored.inflating import InflatedMessage, pack_entry
from wsinspect.wire.rows import RowScanner

MISSING = InflatedMessage(0, b"", "not inflated: it is missing in the session file")


class CarriedInflater:
    """Gives the writer what was told of each compressed message, in the order in which they end.

    Told in one thread and asked in another: a message is told before its last byte is handed to the recorder.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[int, Side], deque[InflatedMessage]] = {}

    def tell(self, connection: int, side: Side, message: InflatedMessage) -> None:
        """The next compressed message of a stream that will be whole is this."""
        self._told.setdefault((connection, side), deque()).append(message)

    def inflate(self, segment: SegmentRecord, client: bytes, server: bytes) -> bytes:
        """The ``inflated`` column of a segment whose bytes are ``client`` and ``server``."""
        entries: list[bytes] = []
        for side, data in ((Side.CLIENT, client), (Side.SERVER, server)):
            told = self._told.get((segment.connection, side))
            for row in RowScanner.resumed(segment.at[side], segment.open_state[side]).feed(data):
                if is_compressed(row.first):
                    message = told.popleft() if told else MISSING
                    entries.append(pack_entry(side, row.at, message.total, message.data, message.problem))
        return b"".join(entries)

    def forget(self, connection: int) -> None:
        """Drop what is held for a connection that is closed."""
        for side in Side:
            self._told.pop((connection, side), None)


def is_compressed(first: int) -> bool:
    """Whether a row that begins with this byte is a compressed message, where compression was agreed on."""
    return first & 0x40 != 0 and not first & 0x08
