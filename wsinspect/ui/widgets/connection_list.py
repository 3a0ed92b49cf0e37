"""The list of connections, one line each, as they came or sorted; what was chosen stays chosen while others come.

A list that is sorted, or leaves some out, is put together anew at most once a second while the session grows; the
line under the cursor keeps its place on the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from wsinspect.errors import WsInspectError
from wsinspect.model import Connection, Order
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, Closed, SessionReader
from wsinspect.ui.columns import Cell
from wsinspect.ui.connection_cells import RATE_BUCKET_NS, RATE_BUCKETS, ConnectionLine, cells, columns
from wsinspect.ui.screens.sort_menu import CHOICES, SortMenu
from wsinspect.ui.sorting import runs, sorted_by
from wsinspect.ui.widgets.list_messages import ListMessage
from wsinspect.ui.widgets.row_list import RowList

ARRANGE_S = 1.0
"""Shortest time between two arrangements of a list that is not natural, in seconds."""


class ConnectionRows:
    """Connections as a list draws them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.ids: Sequence[int] | None = None
        """The connections that are listed, in their order; None: all of them, as they came."""
        self.now_ns = 0
        """When ages of open connections are taken, nanoseconds since the epoch."""

    async def fetch(self, first: int, count: int) -> Sequence[ConnectionLine]:
        """A window of connections, each with its rate."""
        now_ns = self.now_ns

        def read(reader: SessionReader) -> list[ConnectionLine]:
            found = self._connections(reader, first, count)
            rates = dict(_rates(reader, [one.id for one in found if one.closed_ns is None], now_ns))
            rates |= _rates(reader, [one.id for one in found if one.closed_ns is not None], None)
            return [ConnectionLine(one, rates.get(one.id, ())) for one in found]

        return await self._bridge.call(read)

    def _connections(self, reader: SessionReader, first: int, count: int) -> list[Connection]:
        if self.ids is None:
            return reader.connections(first + 1, count)
        wanted = self.ids[first : first + count]
        found = {one.id: one for begin, length in runs(sorted(wanted)) for one in reader.connections(begin, length)}
        return [found[number] for number in wanted if number in found]

    def cells(self, index: int, rows: Mapping[int, ConnectionLine]) -> Mapping[str, Cell]:
        """The cells of one connection."""
        return cells(rows[index], self.now_ns)


def _rates(reader: SessionReader, ids: list[int], until_ns: int | None) -> dict[int, list[int]]:
    return reader.rate(ids, until_ns, RATE_BUCKETS, RATE_BUCKET_NS) if ids else {}


class ConnectionList(RowList[ConnectionLine]):
    """Connections of the session."""

    BINDINGS = bindings(Scope.CONNECTIONS)
    MARGIN = 8

    @dataclass
    class Arranged(ListMessage):
        """The list was put together anew."""

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self._rows = ConnectionRows(bridge)
        super().__init__(columns(0), self._rows, id=id)
        self._bridge = bridge
        self.known = 0
        """Connections there are in the session."""
        self.order = Order()
        """How the list is put together."""
        self._is_arranging = False
        self._is_behind = False
        """Whether the session grew while the list was put together."""
        self._arranged_at = 0.0
        self._kept = 0
        """The connection that the cursor is to be on once the list is put together anew; 0: the one it is on."""

    def set_clock(self, now_ns: int) -> None:
        """Ages of open connections are taken at this time from now on."""
        if now_ns // 1_000_000_000 != self._rows.now_ns // 1_000_000_000:
            self._rows.now_ns = now_ns
            self.redraw()

    # Order

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown, in its order."""
        return super().is_settled and not self._is_arranging

    def grow(self, total: int) -> None:
        """There are this many connections in the session now; fewer than before where it is played."""
        was, self.known = self.known, total
        placed = columns(total)
        if placed != self.columns:
            self.columns = placed
            self._place()
        if self._rows.ids is None:
            super().grow(total)
        if self._rows.ids is not None and total < was:
            self._order_in(0.0)
        elif self._is_arranging:
            self._is_behind = True
        elif not self.order.is_natural:
            self._order_in(max(0.0, self._arranged_at + ARRANGE_S - monotonic()))

    def put_in_order(self, order: Order) -> None:
        """Put the list together like this from now on."""
        self.order = order
        self._order_in(0.0)

    def choose(self, number: int, *, is_asked: bool = True) -> None:
        """Put the cursor on a connection; one that the list leaves out brings all of them back, if a user asked."""
        if self._rows.ids is None:
            self.move_to(number - 1)
        elif number in self._rows.ids:
            self.move_to(self._rows.ids.index(number))
        elif is_asked:
            self._kept = number
            self.put_in_order(replace(self.order, hides_closed=False))

    @property
    def hidden(self) -> int:
        """Connections that the list leaves out."""
        return 0 if self._rows.ids is None else max(0, self.known - len(self._rows.ids))

    def _order_in(self, seconds: float) -> None:
        self._is_arranging, self._is_behind = True, False
        self.run_worker(self._order_now(seconds), group="order", exclusive=True, exit_on_error=True)

    async def _order_now(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        order, now_ns = self.order, self._rows.now_ns
        chosen = self._kept or self._number_at(self.cursor)
        try:
            ids = await self._ids(order, now_ns, chosen)
        except (Closed, WsInspectError) as error:
            self._is_arranging = False
            if isinstance(error, WsInspectError):
                self.post_message(self.Failed(self, str(error)))
            return
        self._kept, self._arranged_at = 0, monotonic()
        self._list(ids, chosen)
        self._is_arranging = False
        self.post_message(self.Arranged(self))
        if self._is_behind and not order.is_natural:
            self._order_in(ARRANGE_S)

    async def _ids(self, order: Order, now_ns: int, kept: int) -> Sequence[int] | None:
        if order.is_natural:
            return None
        return await self._bridge.call(lambda reader: reader.ordered(order, now_ns, kept))

    def _list(self, ids: Sequence[int] | None, chosen: int) -> None:
        """List these; the line of the chosen one stays where it is on the screen."""
        line = self.cursor - self.scroll_offset.y
        self._rows.ids = ids
        total = self.known if ids is None else len(ids)
        cursor = chosen - 1 if ids is None else ids.index(chosen) if chosen in ids else min(0, total - 1)
        self._window.start_over()
        self.set_reactive(RowList.cursor, cursor)
        self._window.ask(total)
        if 0 <= line < self.size.height:
            self.put_at(max(0, cursor - line))

    def _number_at(self, index: int) -> int:
        """Number of the connection at a position; 0 when there is none."""
        ids = self._rows.ids
        if ids is None:
            return index + 1
        return ids[index] if 0 <= index < len(ids) else 0

    def action_sort(self) -> None:
        """Choose what the list is sorted by."""

        def take(chosen: int | None) -> None:
            if chosen is not None:
                self.put_in_order(sorted_by(self.order, CHOICES[chosen]))

        self.app.push_screen(SortMenu(self.order), take)

    def action_hide_closed(self) -> None:
        """Leave out the connections that are closed, or list them again."""
        self.put_in_order(replace(self.order, hides_closed=not self.order.hides_closed))
