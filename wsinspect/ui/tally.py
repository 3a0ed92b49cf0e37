"""Counts of all connections, kept without reading them all again: a closed one is read once, an open one each time.

A session of many connections is looked at window by window between other calls, so that no key waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from wsinspect.decode.outcome import outcome
from wsinspect.model import Connection
from wsinspect.neighbours import runs

WINDOW = 500
"""Connections read in one call."""


class Connections(Protocol):
    """Where the connections are read."""

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by id, from ``first`` on."""


@dataclass(frozen=True, slots=True)
class Counts:
    """All connections of a session in numbers."""

    open: int = 0
    failed: int = 0
    closed: int = 0
    """Those that ended without a failure."""
    messages: int = 0
    newest_failure: Connection | None = None
    """The connection that failed last."""


class Tally:
    """Counts that follow a session."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.is_behind = False
        """Whether there are connections it has not looked at."""
        self._settled = Counts()
        self._next = 1
        self._total = 0
        self._open: list[int] = []

    def update(self, reader: Connections, total: int) -> None:
        """Look at the connections that were open, and at the first of those that are new.

        Args:
            reader: where they are read.
            total: how many there are.
        """
        was_open, self._open = self._open, []
        messages = sum(self._take(reader, first, count) for first, count in runs(was_open, WINDOW))
        self._total = total
        messages += self._take_next(reader)
        self.is_behind = self.has_more
        settled = self._settled
        self.counts = replace(settled, open=len(self._open), messages=settled.messages + messages)

    @property
    def has_more(self) -> bool:
        """Whether there are connections that were never looked at."""
        return self._next <= self._total

    def look_on(self, reader: Connections) -> None:
        """Look at more of those; the next update tells what came of it."""
        self._take_next(reader)

    def _take_next(self, reader: Connections) -> int:
        """Look at the next window; returns the messages of those that are open."""
        count = min(WINDOW, self._total - self._next + 1)
        if count <= 0:
            return 0
        messages = self._take(reader, self._next, count)
        self._next += count
        return messages

    def _take(self, reader: Connections, first: int, count: int) -> int:
        """Look at a run of connections; returns the messages of those that are still open."""
        messages = 0
        for connection in reader.connections(first, count):
            here = connection.to_server.messages + connection.to_client.messages
            if connection.closed_ns is None:
                self._open.append(connection.id)
                messages += here
            else:
                self._settle(connection, here)
        return messages

    def _settle(self, connection: Connection, messages: int) -> None:
        settled = self._settled
        result = outcome(connection)
        is_failure = result is not None and result.is_failure
        newest = settled.newest_failure
        if is_failure and (newest is None or (connection.closed_ns or 0) >= (newest.closed_ns or 0)):
            newest = connection
        self._settled = Counts(
            failed=settled.failed + is_failure,
            closed=settled.closed + (not is_failure),
            messages=settled.messages + messages,
            newest_failure=newest,
        )
