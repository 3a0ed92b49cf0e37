"""Counts follow the session, and a closed connection is read once."""

from __future__ import annotations

from dataclasses import replace

from wsinspect.model import Connection, Ending, LegEnd, SeenClose, Traffic
from wsinspect.ui import tally
from wsinspect.ui.tally import Tally


class Source:
    """Connections in memory, and which were read."""

    def __init__(self, connections: list[Connection]) -> None:
        self.all = connections
        self.read: list[int] = []

    def connections(self, first: int, count: int) -> list[Connection]:
        """A window."""
        found = self.all[first - 1 : first - 1 + count]
        self.read += [one.id for one in found]
        return found


def connection(number: int, *, code: int | None = None, messages: int = 1) -> Connection:
    """An open connection, or one that a code closed."""
    shown = Connection(
        id=number, source="relay", client="c", server="s", url="ws://s/", path="/", opened_ns=number, upgraded_ns=1,
        status=101, to_client=Traffic(messages=messages),
    )  # fmt: skip
    if code is None:
        return shown
    end = LegEnd(Ending.FIN, number + 10)
    return replace(shown, server_close=SeenClose(1, 5, code), server_end=end, client_end=end, closed_ns=number + 10)


def test_counts() -> None:
    source = Source([connection(1), connection(2, code=1000), connection(3, code=1011), connection(4, code=1001)])
    counted = Tally()
    counted.update(source, 4)
    counts = counted.counts
    assert (counts.open, counts.failed, counts.closed, counts.messages) == (1, 1, 2, 4)
    assert counts.newest_failure == source.all[2]


def test_open_ones_are_read_again_and_closed_ones_are_not() -> None:
    source = Source([connection(1), connection(2, code=1000), connection(3)])
    counted = Tally()
    counted.update(source, 3)
    source.read.clear()
    source.all[0] = connection(1, messages=7)
    source.all[2] = connection(3, code=1011, messages=2)
    source.all.append(connection(4))
    counted.update(source, 4)
    assert sorted(source.read) == [1, 3, 4]
    assert (counted.counts.open, counted.counts.failed, counted.counts.messages) == (2, 1, 11)
    counted.update(source, 4)
    assert counted.counts.messages == 11


def test_a_large_session_is_counted_window_by_window() -> None:
    many = tally.WINDOW * 2 + 5
    source = Source([connection(number, code=1000) for number in range(1, many + 1)])
    counted = Tally()
    counted.update(source, many)
    assert counted.is_behind
    assert counted.counts.closed == len(source.read) == tally.WINDOW
    counted.look_on(source)
    counted.look_on(source)
    assert not counted.has_more
    # What was looked at is told by the next update.
    assert (counted.is_behind, counted.counts.closed) == (True, tally.WINDOW)
    counted.update(source, many)
    assert not counted.is_behind
    assert counted.counts.closed == len(source.read) == many


def test_the_newest_failure_is_the_one_that_closed_last() -> None:
    early, late = connection(2, code=1011), replace(connection(1, code=1014), closed_ns=1_000)
    counted = Tally()
    counted.update(Source([late, early]), 2)
    assert counted.counts.newest_failure == late
