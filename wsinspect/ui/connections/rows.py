"""The connections as their list draws them: read in windows, by number or in any other order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wsinspect.model import Connection
from wsinspect.neighbours import runs
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.connections.cells import RATE_BUCKET_NS, RATE_BUCKETS, ConnectionLine, cells
from wsinspect.ui.drawing.columns import EDGE_CELL, Cell, Piece
from wsinspect.ui.drawing.theme import Tone, strong

WINDOW = 500
"""Connections that are read in one call at most."""

SELECTED = (Piece("✓", strong(Tone.RELATED)),)
"""What stands before a connection that is selected."""


class ConnectionRows:
    """Connections as a list draws them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.ids: Sequence[int] | None = None
        """The connections that are listed, in their order; None: all of them, as they came."""
        self.files: tuple[str, ...] = ()
        """The files that the session was merged of."""
        self.now_ns = 0
        """When ages of open connections are taken, nanoseconds since the epoch."""
        self.selected: set[int] = set()
        """The numbers of the connections that are marked."""
        self.has_subprotocols = False
        """Whether a connection that was read has a subprotocol; once one has, that stays."""

    async def fetch(self, first: int, count: int) -> Sequence[ConnectionLine]:
        """A window of connections, each with its rate."""
        now_ns = self.now_ns

        def read(reader: SessionReader) -> list[ConnectionLine]:
            found = self._connections(reader, first, count)
            rates = dict(_rates(reader, [one.id for one in found if one.closed_ns is None], now_ns))
            rates |= _rates(reader, [one.id for one in found if one.closed_ns is not None], None)
            return [ConnectionLine(one, rates.get(one.id, ())) for one in found]

        lines = await self._bridge.call(read)
        self.has_subprotocols = self.has_subprotocols or any(one.connection.subprotocol for one in lines)
        return lines

    def _connections(self, reader: SessionReader, first: int, count: int) -> list[Connection]:
        if self.ids is None:
            return reader.connections(first + 1, count)
        wanted = self.ids[first : first + count]
        found = {
            one.id: one for begin, length in runs(sorted(wanted), WINDOW) for one in reader.connections(begin, length)
        }
        return [found[number] for number in wanted if number in found]

    def cells(self, index: int, rows: Mapping[int, ConnectionLine]) -> Mapping[str, Cell]:
        """The cells of one connection."""
        shown = cells(rows[index], self.now_ns, self.files)
        return {**shown, EDGE_CELL: SELECTED} if rows[index].connection.id in self.selected else shown


def _rates(reader: SessionReader, ids: list[int], until_ns: int | None) -> dict[int, list[int]]:
    return reader.rate(ids, until_ns, RATE_BUCKETS, RATE_BUCKET_NS) if ids else {}
