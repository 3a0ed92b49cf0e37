"""The list of connections: one line each, by id; what was chosen stays chosen while others come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.columns import Cell
from wsinspect.ui.connection_cells import RATE_BUCKET_NS, RATE_BUCKETS, ConnectionLine, cells, columns
from wsinspect.ui.widgets.row_list import RowList


class ConnectionRows:
    """Connections as a list draws them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.now_ns = 0
        """When ages of open connections are taken, nanoseconds since the epoch."""

    async def fetch(self, first: int, count: int) -> Sequence[ConnectionLine]:
        """A window of connections, each with its rate."""
        now_ns = self.now_ns

        def read(reader: SessionReader) -> list[ConnectionLine]:
            found = reader.connections(first + 1, count)
            rates = dict(_rates(reader, [one.id for one in found if one.closed_ns is None], now_ns))
            rates |= _rates(reader, [one.id for one in found if one.closed_ns is not None], None)
            return [ConnectionLine(one, rates.get(one.id, ())) for one in found]

        return await self._bridge.call(read)

    def cells(self, index: int, rows: Mapping[int, ConnectionLine]) -> Mapping[str, Cell]:
        """The cells of one connection."""
        return cells(rows[index], self.now_ns)


def _rates(reader: SessionReader, ids: list[int], until_ns: int | None) -> dict[int, list[int]]:
    return reader.rate(ids, until_ns, RATE_BUCKETS, RATE_BUCKET_NS) if ids else {}


class ConnectionList(RowList[ConnectionLine]):
    """Connections of the session."""

    BINDINGS = bindings(Scope.CONNECTIONS)
    MARGIN = 8

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self._rows = ConnectionRows(bridge)
        super().__init__(columns(0), self._rows, id=id)

    def set_clock(self, now_ns: int) -> None:
        """Ages of open connections are taken at this time from now on."""
        if now_ns // 1_000_000_000 != self._rows.now_ns // 1_000_000_000:
            self._rows.now_ns = now_ns
            self.redraw()

    def grow(self, total: int) -> None:
        """There are this many connections now."""
        placed = columns(total)
        if placed != self.columns:
            self.columns = placed
            self._place()
        super().grow(total)
