"""All connections of a session as they ended, in a few bytes each: what had come of them at any moment. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wsinspect.decode.outcome import outcome
from wsinspect.model import Connection

_LIVES = (1 << 63) - 1
"""When a connection ended that never did."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What had come of the connections at a moment."""

    failed: int = 0
    closed: int = 0
    """Those that had ended without a failure."""
    messages: int = 0
    """Messages of those that had ended."""
    newest_failure: int | None = None
    """Number of the connection that had failed last."""


class Score:
    """Told of the connections in the order of their numbers, which begin with 1; 33 bytes each are kept."""

    def __init__(self) -> None:
        self._ended = array("q")
        self._messages = array("q")
        self._failed = bytearray()
        self._order: array[int] | None = None
        """Numbers of those that ended, in the order of their ends; None while it is to be made."""
        self._sums: list[array[int]] = []
        """Along that order: when it ended; failures and messages until then; the newest failure, 0 for none."""

    @property
    def known(self) -> int:
        """How many connections it was told of."""
        return len(self._ended)

    def take(self, connections: Iterable[Connection]) -> None:
        """Connections as they stand at the end of the session; one that is missing counts as one that never ended."""
        for connection in connections:
            while self.known < connection.id - 1:
                self._add(_LIVES, 0, is_failure=False)
            result = outcome(connection)
            self._add(
                _LIVES if connection.closed_ns is None else connection.closed_ns,
                connection.to_server.messages + connection.to_client.messages,
                is_failure=result is not None and result.is_failure,
            )

    def _add(self, ended_ns: int, messages: int, *, is_failure: bool) -> None:
        self._ended.append(ended_ns)
        self._messages.append(messages)
        self._failed.append(is_failure)
        self._order = None

    def standing(self, at_ns: int) -> Standing:
        """What had come of them at a moment."""
        self._sum()
        ended = bisect_right(self._sums[0], at_ns)
        if not ended:
            return Standing()
        failed, messages, newest = (sums[ended - 1] for sums in self._sums[1:])
        return Standing(failed, ended - failed, messages, newest or None)

    def open_at(self, at_ns: int, opened: int) -> list[int]:
        """Numbers of the connections that lived at a moment, when ``opened`` of them had been opened."""
        return [number for number, ended in enumerate(self._ended[:opened], 1) if ended > at_ns]

    def ends(self) -> Iterator[tuple[int, bool]]:
        """When each connection ended, and whether it was a failure, in order of time."""
        self._sum()
        for number in self._order or ():
            yield self._ended[number - 1], bool(self._failed[number - 1])

    def _sum(self) -> None:
        if self._order is not None:
            return
        ended, failed = self._ended, self._failed
        numbers = (number for number, at_ns in enumerate(ended, 1) if at_ns != _LIVES)
        self._order = array("q", sorted(numbers, key=lambda number: ended[number - 1]))
        self._sums = [array("q") for _ in range(4)]
        failures = messages = newest = 0
        for number in self._order:
            failures += failed[number - 1]
            messages += self._messages[number - 1]
            newest = number if failed[number - 1] else newest
            for sums, value in zip(self._sums, (ended[number - 1], failures, messages, newest), strict=True):
                sums.append(value)
