"""What the list of connections holds, and in which order: asked of the session step by step, so that keys answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from time import monotonic

from wsinspect.filters import Expression
from wsinspect.model import Connection, Order
from wsinspect.session.search.connection_search import ConnectionSearch, Listed
from wsinspect.ui.bridge import Bridge, SessionReader

STEP_S = 0.02
"""How long one step of a search takes, in seconds: what others ask meanwhile waits for it."""

SHOW_S = 0.25
"""Shortest time between two arrangements while a search goes on, in seconds."""


class Arranging:
    """An order and a filter, and how far the filter's search has come."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.order = Order()
        """How the list is put together."""
        self._expression: Expression | None = None
        self._search: ConnectionSearch | None = None
        """Which connections the filter takes; None until it is asked."""

    @property
    def expression(self) -> Expression | None:
        """The filter; None: it takes every connection."""
        return self._expression

    @expression.setter
    def expression(self, expression: Expression | None) -> None:
        self._expression, self._search = expression, None

    @property
    def is_whole(self) -> bool:
        """Whether all connections are listed as they came."""
        return self.order.is_natural and self._expression is None

    async def lets_in(self, number: int) -> bool:
        """Whether the filter takes a connection; where it is closed, closed ones are not left out any more."""
        search = await self._begun()

        def ask(reader: SessionReader) -> tuple[Connection | None, bool]:
            return reader.connection(number), search is None or search.takes(number)

        found, is_taken = await self._bridge.call(ask)
        if found is not None and found.closed_ns is not None:
            self.order = replace(self.order, hides_closed=False)
        return is_taken

    async def _begun(self) -> ConnectionSearch | None:
        """The filter's search."""
        expression = self._expression
        if self._search is None and expression is not None:
            self._search = await self._bridge.call(lambda reader: reader.filtered(expression))
        return self._search

    async def arrangements(self, now_ns: int, wanted: int, *, stays: bool) -> AsyncIterator[Listed | None]:
        """What the list holds: again and again while a search goes on; None for all as they came.

        Args:
            now_ns: the time that ages of open connections are taken at.
            wanted: the connection that the cursor is to be on; it is listed though it is closed. 0 for none.
            stays: whether it is listed though the filter does not take it: what only happens never takes a chosen
                connection away, but who types a filter wants to see what it takes.

        Raises:
            PatternTooSlow: the filter's pattern takes too long.
        """
        order, is_new = self.order, self._search is None
        search = await self._begun()
        if search is not None:
            async for listed in self._searched(search, now_ns, wanted, stays=stays or not is_new):
                yield listed
        elif order.is_natural:
            yield None
        else:
            yield await self._bridge.call(lambda reader: _in_order(reader, order, now_ns, wanted))

    async def _searched(
        self, search: ConnectionSearch, now_ns: int, wanted: int, *, stays: bool
    ) -> AsyncIterator[Listed]:
        order = self.order
        await self._bridge.call(lambda _: search.again(now_ns, first=wanted))
        shown_at, is_done = 0.0, False
        while not is_done:
            is_done = await self._bridge.call(lambda _: search.step(STEP_S))
            if is_done or monotonic() - shown_at >= SHOW_S:
                yield await self._bridge.call(lambda _: search.listed(order, wanted, wanted if stays else 0))
                shown_at = monotonic()


def _in_order(reader: SessionReader, order: Order, now_ns: int, kept: int) -> Listed:
    ids = reader.ordered(order, now_ns, kept)
    return Listed(ids, closed=reader.info().connections - len(ids))
