"""What lies before and behind a moment of a session, for whoever moves through it: the horizon does not hold here.

Each answer is found by an index: a session of ten messages and one of ten million cost the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import accumulate
from typing import NamedTuple

from wsinspect.model import Connection, Moment, MomentKind
from wsinspect.session.file.schema import IS_NOTABLE
from wsinspect.session.reading.density import density
from wsinspect.session.reading.listing import numbered
from wsinspect.session.reading.store import Store
from wsinspect.timeline.scale import Scale


class _Source(NamedTuple):
    """Where moments of a kind stand."""

    table: str
    time: str
    connection: str
    condition: str


_SOURCES = {
    MomentKind.CLOSE: _Source("connection", "closed_ns", "id", "closed_ns IS NOT NULL"),
    MomentKind.EVENT: _Source("event", "at_ns", "connection", IS_NOTABLE),
    MomentKind.MARK: _Source("mark", "at_ns", "connection", "at_ns IS NOT NULL"),
}

LIMIT = 10_000
"""Moments or connections that one call gives at most."""


class Ahead:
    """Answers for the whole session."""

    def __init__(self, whole: Callable[[], AbstractContextManager[Store]]) -> None:
        """Ask in a context where the store gives all of the session."""
        self._whole = whole

    def span(self) -> tuple[int, int] | None:
        """When the first thing was recorded, and the last; None when nothing was."""
        with self._whole() as store:
            first = store.one("SELECT first_ns FROM batch ORDER BY id LIMIT 1")
            last = store.one("SELECT last_ns FROM batch ORDER BY id DESC LIMIT 1")
        return (first[0], last[0]) if first and last else None

    def row_after(self, at_ns: int, connection: int | None) -> int | None:
        """When the next row comes: of a connection, or of any (None)."""
        with self._whole() as store:
            for times in _around(store, at_ns, connection, forward=True):
                later = [time for time in times if time > at_ns]
                if later:
                    return min(later)
        return None

    def row_before(self, at_ns: int, connection: int | None) -> int | None:
        """When the newest row came of those that are there at a moment: of a connection, or of any (None)."""
        with self._whole() as store:
            for times in _around(store, at_ns, connection, forward=False):
                earlier = [time for time in times if time <= at_ns]
                if earlier:
                    return max(earlier)
        return None

    def moment_after(self, at_ns: int) -> Moment | None:
        """The next close, event or mark that one goes to when looking for what happened."""
        with self._whole() as store:
            found = [one for kind in MomentKind for one in _moments(store, kind, "> ?", at_ns, "ASC", 1)]
        return min(found, key=lambda one: one.at_ns, default=None)

    def moment_before(self, at_ns: int) -> Moment | None:
        """The last of them that lies before a moment."""
        with self._whole() as store:
            found = [one for kind in MomentKind for one in _moments(store, kind, "< ?", at_ns, "DESC", 1)]
        return max(found, key=lambda one: one.at_ns, default=None)

    def marked_moments(self, after_ns: int) -> list[Moment]:
        """Events and marks later than a time, of each kind the first LIMIT; closes are told by ``connections``."""
        kinds = (MomentKind.EVENT, MomentKind.MARK)
        with self._whole() as store:
            return [one for kind in kinds for one in _moments(store, kind, "> ?", after_ns, "ASC", LIMIT)]

    def quiet(self, at_ns: int) -> tuple[int, int] | None:
        """The silence that a moment lies in: when the last thing was recorded and when the next is; None for none."""
        with self._whole() as store:
            before = store.one("SELECT last_ns FROM batch WHERE first_ns <= ? ORDER BY first_ns DESC LIMIT 1", at_ns)
            after = store.one("SELECT first_ns FROM batch WHERE first_ns > ? ORDER BY first_ns LIMIT 1", at_ns)
        return (before[0], after[0]) if before and after and before[0] <= at_ns else None

    def count(self) -> int:
        """How many connections there are at the end of the session."""
        with self._whole() as store:
            return store.newest_connection()

    def density(self, connection: int, scale: Scale) -> tuple[int, ...]:
        """Rows of a connection in each cell of a time axis."""
        with self._whole() as store:
            return density(store, connection, scale)

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by number as they stand at the end of the session."""
        with self._whole() as store:
            return store.connections(first, min(count, LIMIT))


def _moments(store: Store, kind: MomentKind, than: str, at_ns: int, turn: str, count: int) -> Iterator[Moment]:
    table, time, connection, condition = _SOURCES[kind]
    found = store.query(
        f"SELECT {time}, {connection} FROM {table} WHERE {condition} AND {time} {than} "
        f"ORDER BY {time} {turn}, {connection} {turn} LIMIT ?",
        *(at_ns, count),
    )
    return (Moment(when, kind, number) for when, number in found)


def _around(store: Store, at_ns: int, connection: int | None, *, forward: bool) -> Iterator[list[int]]:
    """Times of rows in the part of the file that a moment lies in or behind, then in the next part that has rows."""
    times = _batch_times if connection is None else _segment_times
    here = _part(store, connection, "<= ? AND id > ?", at_ns, 0, "DESC")
    if here is not None:
        yield times(store, here)
    if forward:
        following = _part(store, connection, "> ? AND rows > 0 AND id > ?", at_ns, 0, "ASC")
    else:
        following = _part(store, connection, "<= ? AND rows > 0 AND id < ?", at_ns, here or 0, "DESC")
    if following is not None:
        yield times(store, following)


def _part(store: Store, connection: int | None, condition: str, at_ns: int, number: int, turn: str) -> int | None:
    """The first batch, or segment of a connection, whose beginning and id fulfil a condition."""
    table, begin, whose = "batch", "first_ns", ""
    if connection is not None:
        table, begin, whose = "segment", "since_ns", f"connection = {connection:d} AND "
    found = store.one(
        f"SELECT id FROM {table} WHERE {whose}{begin} {condition} ORDER BY {begin} {turn}, id {turn} LIMIT 1",
        *(at_ns, number),
    )
    return found[0] if found else None


def _segment_times(store: Store, number: int) -> list[int]:
    """When each row of a segment was known."""
    segment = store.segment(number)
    shift = segment.since_ns - segment.first_ns
    return list(accumulate((row.at_ns + shift for _, row in numbered(store, segment)), max))


def _batch_times(store: Store, number: int) -> list[int]:
    """When each row of a batch was known."""
    segments = [time for segment in store.batch_segments(number) for time in _segment_times(store, segment.id)]
    return segments + [record.at_ns for record in store.batch_events(number)]
