"""A window on rows of which there may be millions: which of them are at hand, and the reading of the next ones.

Rules: at most one window is being read at a time, and what is asked for meanwhile is one more read after it. What was
read for something that is not shown any more is dropped. Rows that are found before all others renumber the list: the
new numbers hold once a window that was read by them is in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from wsinspect.errors import WsInspectError
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.columns import Cell

T = TypeVar("T")


class RowSource(Protocol[T]):
    """Where the rows of a list come from, and how one looks."""

    async def fetch(self, first: int, count: int) -> Sequence[T]:
        """Rows from position ``first`` (from 0) on, at most ``count``.

        Raises:
            Closed: the session was let go of.
            WsInspectError: they cannot be read.
        """

    def cells(self, index: int, rows: Mapping[int, T]) -> Mapping[str, Cell]:
        """The cells of the row at a position, by column key.

        Args:
            index: position of the row, from 0.
            rows: the rows at hand by position, that row among them.
        """


class RowWindow(Generic[T]):
    """The rows at hand, of all those there are."""

    def __init__(self, source: RowSource[T]) -> None:
        self._source = source
        self.rows: Mapping[int, T] = {}
        """The rows at hand by position, from 0."""
        self.total = 0
        """Rows there were when those were read."""
        self.pushed = 0
        """By how many rows those that are known moved down when the latest window came in."""
        self.is_at_hand = False
        """Whether those are of what is shown now."""
        self._coming = 0
        """Rows there will be when the next window is in."""
        self._to_push = 0
        """By how many rows they will move when the next window is in."""
        self._epoch = 0
        """Grows when something else is shown; what was read for an older epoch is dropped."""
        self._is_stale = False
        self._wake = asyncio.Event()

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is at hand."""
        return not self._wake.is_set() and not self._is_stale

    @property
    def to_push(self) -> int:
        """By how many rows those that are known move down when the next window comes in."""
        return self._to_push

    def ask(self, total: int | None = None, *, pushed: int = 0) -> None:
        """Read a window anew.

        Args:
            total: rows there are now; None: as many as before.
            pushed: how many of them were found before all that were known.
        """
        if total is not None:
            self._coming = total
        self._to_push += pushed
        self._is_stale = True
        self._wake.set()

    def start_over(self) -> None:
        """Something else is shown: what is being read now is for nothing."""
        self._epoch += 1
        self.is_at_hand = False
        self._to_push = 0

    async def read(self, choose: Callable[[int], tuple[int, int]]) -> bool:
        """Wait until a window is asked for, and read it.

        Args:
            choose: tells for a number of rows the position of the first one to read, and how many.

        Returns:
            Whether ``rows`` and ``total`` are new; not so when something else is shown by now.

        Raises:
            Closed: the session was let go of.
            WsInspectError: the rows cannot be read.
        """
        await self._wake.wait()
        self._wake.clear()
        epoch, total, pushed = self._epoch, self._coming, self._to_push
        first, count = choose(total)
        try:
            rows = await self._source.fetch(first, count) if count > 0 else ()
        except (Closed, WsInspectError):
            self._is_stale = False
            raise
        if epoch != self._epoch:
            self._wake.set()
            return False
        self._is_stale = self._coming != total or self._to_push != pushed
        self._to_push -= pushed
        self.pushed = pushed
        self.rows = {first + at: row for at, row in enumerate(rows)}
        self.total = total
        self.is_at_hand = True
        return True


def wanted(total: int, top: int, height: int, margin: int) -> tuple[int, int]:
    """First row and how many to read: what will be visible from row ``top`` on, and at least a page around it."""
    margin = max(margin, height)
    first = max(0, top - margin)
    return first, min(total, top + height + margin) - first
