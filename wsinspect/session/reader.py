"""Reading a session, live or finished, in windows: the one way in for screen, printer and reports.

Every call is short and holds no transaction open after it. A file that contradicts itself gives a SessionFileError,
whoever made it, never another exception.
"""

from __future__ import annotations

import sqlite3
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from wsinspect.diagnosis import Evidence, findings
from wsinspect.errors import DamagedSessionError, SessionFileError
from wsinspect.filters import Expression
from wsinspect.model import (
    CloseStory,
    Connection,
    Finding,
    Frame,
    Handshake,
    Mark,
    Order,
    Payload,
    Row,
    SessionInfo,
)
from wsinspect.origin import Origin
from wsinspect.session.file.merged import merged_from
from wsinspect.session.file.opening import finish, open_read_only
from wsinspect.session.file.schema import REDACTED
from wsinspect.session.reading.ahead import Ahead
from wsinspect.session.reading.closing import compared, evidence_of, message_before_close, story_of
from wsinspect.session.reading.density import density
from wsinspect.session.reading.dropped import dropped_rows, marker
from wsinspect.session.reading.glimpses import glimpses
from wsinspect.session.reading.horizon import NEVER
from wsinspect.session.reading.listing import batch_parts, built, connection_of, place_of, row_count, rows_between
from wsinspect.session.reading.marks import marked, marks_after, marks_of, put_mark, remove_mark
from wsinspect.session.reading.store import Store
from wsinspect.session.search.connection_search import ConnectionSearch
from wsinspect.session.search.ordering import ordered
from wsinspect.session.search.row_search import Search
from wsinspect.timeline.sample import Glimpsed
from wsinspect.timeline.scale import Scale

WINDOW_LIMIT = 10_000
"""Rows or connections that one call gives at most."""

_CONTRADICTIONS = (
    *(sqlite3.Error, ValueError, TypeError, KeyError, IndexError, struct.error),
    RecursionError,  # JSON that is nested thousands of levels deep
)
"""What reading raises where a file contradicts itself."""


class Reader:
    """One open session. Safe to use from several threads, one call at a time."""

    def __init__(self, path: str | Path) -> None:
        """Open a session.

        Raises:
            SessionFileError: it cannot be opened, or is not a session.
        """
        self.path = Path(path)
        self._store = Store(*open_read_only(self.path))
        self._lock = threading.Lock()
        self._version = -1
        self.ahead = Ahead(self._whole)
        """What lies before and behind a moment, whatever the horizon."""

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._store.close()
        finish(self.path)

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        """One call: all its queries see the same state of the file, and none holds it back afterwards."""
        with self._asking() as store, store.snapshot():
            yield store

    @contextmanager
    def _asking(self) -> Iterator[Store]:
        """The session for this thread; what contradicts itself there becomes an error that says so."""
        with self._lock:
            try:
                yield self._store
            except _CONTRADICTIONS as error:
                if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                    raise SessionFileError(f"{self.path} cannot be read: it is locked by another program") from error
                raise DamagedSessionError(f"{self.path} is damaged: {error}") from error

    def changed(self) -> bool:
        """Whether anything was committed since the last call, or the horizon moved; true the first time."""
        with self._asking() as store:
            version = store.version()
        known, self._version = self._version, version
        return bool(version != known)

    def as_of(self, at_ns: int | None) -> None:
        """Move the horizon: from now on every answer is what it would have been at that time.

        What went by unrecorded counts from the event that says so; the round trip and the number of unanswered pings
        are those of the commit before.

        Args:
            at_ns: nanoseconds since the epoch; None: the session as it is now.
        """
        with self._lock:
            self._store.until_ns = NEVER if at_ns is None else at_ns
            self._version = -1

    def info(self) -> SessionInfo:
        """What the session says of itself, as of now."""
        with self._reading() as store:
            facts = store.facts()
            counts = store.counts()
            stopped = facts.get("stopped_ns")
            merged = merged_from(facts)
            return SessionInfo(
                path=str(self.path),
                source=facts.get("source", ""),
                version=facts.get("version", ""),
                started_ns=int(facts.get("started_ns", "0")),
                stopped_ns=int(stopped) if stopped else None,
                notice=facts.get("notice", ""),
                http_requests=counts.http_requests,
                http_last=counts.http_last,
                bytes_on_disk=store.size(),
                connections=store.newest_connection(),
                rows=row_count(store),
                open_connections=counts.still_open,
                last_ns=counts.last_ns,
                files=merged.names if merged is not None else (),
                offset_ns=merged.offset_ns if merged is not None else 0,
                alive_ns=int(facts.get("alive_ns", "0")),
                is_redacted=REDACTED in facts,
            )

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by number, from ``first`` (1 is the oldest) on."""
        with self._reading() as store:
            return store.connections(first, min(count, WINDOW_LIMIT))

    def ordered(self, order: Order, now_ns: int, kept: int = 0) -> Sequence[int]:
        """The numbers of all connections that a list holds, in its order; 8 bytes each.

        Args:
            order: how the list is put together.
            now_ns: the time that ages are taken at.
            kept: a connection that is listed in any case; 0 for none.
        """
        with self._reading() as store:
            return ordered(store, order, now_ns, kept)

    def filtered(self, expression: Expression) -> ConnectionSearch:
        """The connections that a filter takes, found step by step; the horizon holds for it too."""
        return ConnectionSearch(self._reading, expression)

    def connection(self, number: int) -> Connection | None:
        """One connection."""
        with self._reading() as store:
            return connection_of(store, number)

    def connection_from(self, origin: Origin) -> Connection | None:
        """The connection of a merged session that comes from there."""
        with self._reading() as store:
            number = store.connection_from(origin)
            return None if number is None else connection_of(store, number)

    def rows(self, connection: int, first: int, count: int) -> list[Row]:
        """Rows of one connection, numbers ``first`` to ``first + count - 1`` as far as they exist.

        Where the first of them are not kept any more, one row of kind DROPPED stands for all that are not.
        """
        first = max(1, first)
        last = first + min(count, WINDOW_LIMIT) - 1
        with self._reading() as store:
            found = marked(store, list(rows_between(store, connection, first, last)))
            dropped = dropped_rows(store, connection)
            return [marker(store, connection, dropped), *found] if first <= dropped else found

    def all_rows(self, first: int, count: int) -> list[Row]:
        """Rows of all connections in the order in which they came; ``first`` counts from 1 over the whole session.

        Where the first of them are not kept any more, one row of kind DROPPED stands for all that are not.
        """
        first = max(1, first)
        last = first + min(count, WINDOW_LIMIT) - 1
        found: list[Row] = []
        with self._reading() as store:
            dropped = dropped_rows(store, None)
            position = max(first, dropped + 1)
            while position <= last:
                batch = store.batch_of(position)
                if batch is None or position >= batch.first_row + batch.rows:
                    break
                begin = position - batch.first_row
                found.extend(built(store, batch_parts(store, batch.id), begin, last + 1 - batch.first_row))
                position = batch.first_row + batch.rows
            found = marked(store, found)
            return [marker(store, None, dropped), *found] if first <= dropped else found

    def rows_until(self, connection: int | None, at_ns: int) -> int:
        """How many rows had come by a moment, of a connection or of all (None).

        Args:
            connection: whose.
            at_ns: nanoseconds since the epoch.
        """
        with self._reading() as store, store.until(at_ns):
            if connection is None:
                return row_count(store)
            found = connection_of(store, connection)
            return found.rows if found is not None and found.opened_ns <= at_ns else 0

    def dropped(self, connection: int | None) -> int:
        """How many of the first rows are not kept any more, of a connection or of all (None)."""
        with self._reading() as store:
            return dropped_rows(store, connection)

    def search(
        self,
        connection: int | None,
        expression: Expression | None,
        *,
        folds: bool = False,
        around: int | None = None,
    ) -> Search:
        """The rows that a filter takes, to be looked for step by step.

        Args:
            connection: in whose rows; None for those of the whole session.
            expression: the filter; None takes every row.
            folds: whether what repeats is folded into the row before it.
            around: the position from which on it looks in both directions; None: from the newest back.
        """
        return Search(self._reading, connection, expression, folds=folds, around=around)

    def marks(self, after_ns: int, count: int) -> list[Mark]:
        """Marked rows that came later than a time, the earliest first."""
        with self._reading() as store:
            return marks_after(store, after_ns, min(count, WINDOW_LIMIT))

    def marks_of(self, connection: int) -> list[Mark]:
        """Marked rows of one connection in their order, the newest WINDOW_LIMIT."""
        with self._reading() as store:
            return marks_of(store, connection, WINDOW_LIMIT)

    def mark(self, row: Row, note: str) -> None:
        """Mark a row, or change the note on it; the one call that writes into the file.

        Args:
            row: which.
            note: what to say about it, may be empty; cut at NOTE_LENGTH characters.

        Raises:
            SessionFileError: the file may not be written to.
        """
        put_mark(self.path, Mark(row.connection, row.number, row.at_ns, note))

    def unmark(self, row: Row) -> None:
        """Take the mark from a row.

        Raises:
            SessionFileError: the file may not be written to.
        """
        remove_mark(self.path, row.connection, row.number)

    def payload(self, connection: int, row: int, limit: int) -> Payload | None:
        """The content of a message or control frame, at most ``limit`` bytes; None for events and unknown rows."""
        with self._reading() as store:
            place = place_of(store, connection, row)
            return place and place[0].payload(place[1], place[2], limit)

    def frames(self, connection: int, row: int, limit: int) -> list[Frame]:
        """The frames of a message or control frame, at most ``limit``."""
        with self._reading() as store:
            place = place_of(store, connection, row)
            return place[0].frames(place[1], place[2], limit) if place else []

    def handshake(self, connection: int) -> Handshake | None:
        """The heads of a connection's upgrade."""
        with self._reading() as store:
            return store.handshake(connection)

    def close_story(self, connection: int) -> CloseStory | None:
        """How a connection came to its end; None while nothing of it has ended."""
        with self._reading() as store:
            found = connection_of(store, connection)
            if found is None:
                return None
            return story_of(store, found, partial(rows_between, store))

    def evidence(self, connection: int) -> Evidence | None:
        """What is known of a connection and its siblings as of now; None for one that does not exist."""
        with self._reading() as store:
            found = connection_of(store, connection)
            evidence = evidence_of(store, found, partial(rows_between, store)) if found is not None else None
        if evidence is None:
            return None
        messages: list[tuple[int, Row]] = []
        for story in compared(evidence):
            with self._reading() as store:
                row = message_before_close(story, partial(rows_between, store))
            if row is not None:
                messages.append((story.connection.id, row))
        return replace(evidence, messages=tuple(messages))

    def findings(self, connection: int) -> tuple[Finding, ...]:
        """Why a connection closed, the most likely cause first; empty while nothing of it has ended."""
        evidence = self.evidence(connection)
        return () if evidence is None else findings(evidence)

    def rate(
        self, connections: Sequence[int], until_ns: int | None, buckets: int, bucket_ns: int
    ) -> dict[int, list[int]]:
        """Rows per time bucket, oldest first, for the last ``buckets * bucket_ns`` of each connection.

        Args:
            connections: which.
            until_ns: where the last bucket ends; None takes the end of each connection, or its newest row.
            buckets: how many.
            bucket_ns: how long each is.
        """
        with self._reading() as store:
            return {number: _rate(store, number, until_ns, buckets, bucket_ns) for number in connections}

    def density(self, connection: int, scale: Scale) -> tuple[int, ...]:
        """Rows of a connection in each cell of a time axis, of a connection of any length."""
        with self._reading() as store:
            return density(store, connection, scale)

    def glimpses(self, connection: int, before: int) -> Glimpsed:
        """A window of rows that ends just before row ``before``, with what can be told without their content."""
        with self._reading() as store:
            return glimpses(store, connection, before)

    @contextmanager
    def _whole(self) -> Iterator[Store]:
        with self._reading() as store, store.whole():
            yield store


def _rate(store: Store, connection: int, until_ns: int | None, buckets: int, bucket_ns: int) -> list[int]:
    counts = [0] * buckets
    if until_ns is None:
        about = connection_of(store, connection)
        if about is None:
            return counts
        until_ns = about.closed_ns or max(about.to_server.last_ns, about.to_client.last_ns, about.opened_ns)
    begin = until_ns - buckets * bucket_ns
    for at, rows in store.rows_in_time(connection, begin, until_ns):
        counts[min(buckets - 1, (at - begin) // bucket_ns)] += rows
    return counts
