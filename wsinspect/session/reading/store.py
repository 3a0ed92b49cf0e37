"""The queries on an open session: segments, events and connections, each found by an index, in small pieces.

With a horizon they answer what had been recorded until then, and everything that is read through them does. A query
that is added here must hold to it too; ``whole`` is for those who ask what lies ahead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

from wsinspect.model import Connection, EventKind, Handshake, Side
from wsinspect.origin import Origin
from wsinspect.session.file.opening import VALUE_LIMIT, Deadline
from wsinspect.session.reading.horizon import NEVER, connection_until, handshake_until, segment_until
from wsinspect.session.stored.batch import SESSION, EventRecord
from wsinspect.session.stored.records import connection_from, event_from
from wsinspect.session.stored.segments import COLUMNS, Segment, SegmentCache, find_rows
from wsinspect.session.stored.totals import Totals, totals_before, totals_within

_AT = ("c2s_at", "s2c_at")
_BYTES = ("c2s", "s2c")
_TOTALS = "first_row, c2s_at, s2c_at, totals"

CLOSING_EVENTS = 100
"""Events of a connection's ends and failures that are looked at, the oldest; there are a few of them."""


PAGE = 1000
"""Segments that are looked at in one query."""


class Counts(NamedTuple):
    """What a commit says of the session."""

    last_ns: int
    still_open: int
    http_requests: int
    http_last: str


class BatchPart(NamedTuple):
    """A batch as far as it is known at the horizon."""

    id: int
    first_row: int
    rows: int
    """All its rows."""
    is_whole: bool


class Store:
    """Reads one session through one database connection; not for two threads at a time."""

    def __init__(self, db: sqlite3.Connection, deadline: Deadline) -> None:
        self._db = db
        self._deadline = deadline
        self._cache = SegmentCache()
        self.until_ns = NEVER
        """The horizon: nothing that was recorded later is given."""
        self._keep: str | None = None

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All queries inside see the file as it is at the first of them; one within another sees what that one sees.

        Only who must see one state of it throughout lets it last: the recorder's log grows meanwhile.
        """
        if self._db.in_transaction:
            yield
            return
        self._execute("BEGIN")
        try:
            yield
        finally:
            self._execute("ROLLBACK")

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All queries inside see the session without a horizon."""
        was, self.until_ns = self.until_ns, NEVER
        try:
            yield
        finally:
            self.until_ns = was

    @contextmanager
    def until(self, at_ns: int) -> Iterator[None]:
        """All queries inside see the session as of then, or as of the horizon where that is earlier."""
        was, self.until_ns = self.until_ns, min(at_ns, self.until_ns)
        try:
            yield
        finally:
            self.until_ns = was

    def version(self) -> int:
        """A number that changes with every commit of somebody else."""
        found = self._execute("PRAGMA data_version").fetchone()
        return int(found[0])

    @property
    def keep(self) -> str:
        """What of the session is kept while it is recorded, in words; empty where all of it is."""
        if self._keep is None:
            found = self.one("SELECT value FROM capture WHERE key = 'keep'")
            self._keep = str(found[0]) if found else ""
        return self._keep

    def query(self, sql: str, *values: int | str, **named: int | str) -> list[tuple[Any, ...]]:
        """The rows of a query that is known to be small; its values either all in order or all by name."""
        return self._execute(sql, named or values).fetchall()

    def one(self, sql: str, *values: int | str) -> tuple[Any, ...] | None:
        """The first row of a query."""
        row: tuple[Any, ...] | None = self._execute(sql, values).fetchone()
        return row

    def _execute(self, sql: str, values: Sequence[int | str] | dict[str, int | str] = ()) -> sqlite3.Cursor:
        """Each statement has its own time: the steps of one that is small and asked again and again add up."""
        self._deadline.start()
        return self._db.execute(sql, values)

    def sent(self, number: int, side: Side, bounds: Sequence[int]) -> Iterator[bytes]:
        """What a side sent in a segment that is there, in pieces: a query would copy all of it, twice.

        Args:
            number: the segment.
            side: whose bytes.
            bounds: the positions between which the pieces lie, ascending.

        Yields:
            The bytes between each bound and the next, as far as there are any.

        Raises:
            ValueError: there are more than any value may have.
        """
        self._deadline.start()
        with self._db.blobopen("segment", _BYTES[side], number, readonly=True) as blob:
            if len(blob) > VALUE_LIMIT:
                raise ValueError("a value that is too long")
            blob.seek(min(bounds[0], len(blob)))
            for begin, end in pairwise(bounds):
                yield blob.read(end - begin)

    def segment(self, number: int) -> Segment:
        """One segment, which must have begun by the horizon, its rows found."""
        known = self._cache.get(number)
        if known is None:
            record = self.one(f"SELECT {COLUMNS} FROM segment WHERE id = ?", number)
            if record is None:
                raise ValueError("a segment is missing")
            known = find_rows(record)
            self._cache.put(known)
        if known.known_ns <= self.until_ns:
            return known
        events = self.events(known.connection, known.first_row, known.first_row + known.rows - 1)
        return segment_until(known, list(events.values()), self.until_ns)

    def last_segment(self, connection: int) -> tuple[int, int, int] | None:
        """The last segment of a connection that had begun by the horizon: its id, first row and when it was whole."""
        return self.one(
            "SELECT id, first_row, known_ns FROM segment WHERE connection = ? AND since_ns <= ? "
            "ORDER BY since_ns DESC, id DESC LIMIT 1",
            *(connection, self.until_ns),
        )

    def segments_from(self, connection: int, row: int) -> Iterator[Segment]:
        """The segments of a connection that hold rows, from the one with this row on."""
        found = self.one(
            "SELECT id FROM segment WHERE connection = ? AND first_row <= ? AND since_ns <= ? "
            "ORDER BY first_row DESC, id DESC LIMIT 1",
            *(connection, min(row, self._last_first_row(connection)), self.until_ns),
        ) or self._first_kept(connection)
        while found is not None:
            segment = self.segment(found[0])
            yield segment
            found = self.one(
                "SELECT id, since_ns FROM segment WHERE connection = ? AND first_row >= ? AND rows > 0 "
                "ORDER BY first_row, id LIMIT 1",
                *(connection, segment.first_row + max(1, segment.rows)),
            )
            if found is not None and found[1] > self.until_ns:
                return

    def _first_kept(self, connection: int) -> tuple[int] | None:
        """The first segment with rows, where those before it are not kept any more."""
        if not self.keep:
            return None
        return self.one(
            "SELECT id FROM segment WHERE connection = ? AND rows > 0 AND since_ns <= ? ORDER BY first_row, id LIMIT 1",
            *(connection, self.until_ns),
        )

    def keeps(self, near: Segment, side: Side, at: int) -> bool:
        """Whether bytes at an offset of a stream are still kept, if they were recorded at all."""
        if not self.keep:
            return True
        found = self.one(
            f"SELECT {_AT[side]} FROM segment WHERE connection = ? ORDER BY first_row, id LIMIT 1", near.connection
        )
        return found is not None and at >= found[0]

    def segment_before(self, connection: int, row: int) -> Segment | None:
        """The last segment of a connection with a row before this one."""
        found = self.one(
            "SELECT id FROM segment WHERE connection = ? AND first_row <= ? AND rows > 0 AND since_ns <= ? "
            "ORDER BY first_row DESC, id DESC LIMIT 1",
            *(connection, min(row - 1, self._last_first_row(connection)), self.until_ns),
        )
        return self.segment(found[0]) if found else None

    def _last_first_row(self, connection: int) -> int:
        """Where the search by row begins at the latest: from a row ahead it would go back through all that is ahead."""
        if self.until_ns == NEVER:
            return NEVER
        last = self.last_segment(connection)
        return last[1] if last else 0

    def events(self, connection: int, first: int, last: int) -> dict[int, EventRecord]:
        """The events of a connection between two row numbers, both included, whether or not they are known yet."""
        found = self.query(
            "SELECT row, at_ns, kind, data FROM event WHERE connection = ? AND row BETWEEN ? AND ? ORDER BY row",
            *(connection, first, last),
        )
        return {row: EventRecord(connection, row, at, event_from(kind, data)) for row, at, kind, data in found}

    def stream(self, near: Segment, side: Side, start: int, stop: int) -> bytes:
        """Bytes of one direction, at or before a segment of the same connection.

        Returns:
            As many as asked for, fewer where some were not recorded.
        """
        at = _AT[side]
        pieces: list[bytes] = []
        position = start
        while position < stop:
            found = self.one(
                f"SELECT id, {at} FROM segment "
                f"WHERE connection = ? AND first_row <= ? AND {at} <= ? ORDER BY first_row DESC, id DESC LIMIT 1",
                *(near.connection, near.first_row, position),
            )
            if found is None:
                break
            number, begin = found
            (piece,) = self.sent(number, side, [position - begin, stop - begin])
            if not piece:
                break
            pieces.append(piece)
            position += len(piece)
        return b"".join(pieces)

    def failed_stage(self, connection: int) -> str:
        """At which stage a connection failed before its upgrade was answered; empty when it did not."""
        found = self._closing_events(connection, 1, EventKind.FAILED)
        return str(found[0].event.data.get("stage", "")) if found else ""

    def _closing_events(self, connection: int, limit: int, *kinds: EventKind) -> list[EventRecord]:
        """The first events of these kinds until the horizon."""
        found = self.query(
            f"SELECT row, at_ns, kind, data FROM event WHERE connection = ? AND kind IN ({','.join('?' * len(kinds))}) "
            "AND at_ns <= ? ORDER BY row LIMIT ?",
            *(connection, *(kind.value for kind in kinds), self.until_ns, limit),
        )
        return [EventRecord(connection, row, at, event_from(kind, data)) for row, at, kind, data in found]

    def session_events(self, kind: EventKind, first_ns: int, last_ns: int, limit: int) -> list[EventRecord]:
        """Events of the whole session between two times, the newest of them, in order."""
        found = self.query(
            "SELECT row, at_ns, kind, data FROM event WHERE connection = ? AND kind = ? AND at_ns BETWEEN ? AND ? "
            "ORDER BY row DESC LIMIT ?",
            *(SESSION, kind.value, first_ns, min(last_ns, self.until_ns), limit),
        )
        return [EventRecord(SESSION, row, at, event_from(kind, data)) for row, at, kind, data in reversed(found)]

    def size(self) -> int:
        """Bytes of the session, apart from what its write-ahead log holds twice."""
        (pages,) = self.one("PRAGMA page_count") or (0,)
        (size,) = self.one("PRAGMA page_size") or (0,)
        return int(pages) * int(size)

    def last_batch(self) -> BatchPart | None:
        """The newest batch that had begun by the horizon."""
        found = self.one(
            "SELECT id, first_row, rows, last_ns FROM batch WHERE first_ns <= ? "
            "ORDER BY first_ns DESC, id DESC LIMIT 1",
            self.until_ns,
        )
        if found is None:
            return None
        number, first_row, rows, last_ns = found
        return BatchPart(number, first_row, rows, is_whole=last_ns <= self.until_ns)

    def batch_of(self, row: int) -> BatchPart | None:
        """The batch that holds this row of the whole session."""
        last = self.last_batch()
        if last is None or row >= last.first_row:
            return last
        found = self.one(
            "SELECT id, first_row, rows FROM batch WHERE first_row <= ? ORDER BY first_row DESC, id DESC LIMIT 1", row
        )
        if found is None:
            return None
        number, first_row, rows = found
        return BatchPart(number, first_row, rows, is_whole=True)

    def batch_segments(self, batch: int) -> list[Segment]:
        """All segments of a batch that had begun by the horizon."""
        found = self.query(
            "SELECT id FROM segment WHERE since_ns <= ? AND id BETWEEN (SELECT first_segment FROM batch WHERE id = ?) "
            "AND (SELECT first_segment + segments - 1 FROM batch WHERE id = ?)",
            *(self.until_ns, batch, batch),
        )
        return [self.segment(number) for (number,) in found]

    def batch_events(self, batch: int) -> list[EventRecord]:
        """The events of the whole session in a batch until the horizon, in order of rows."""
        found = self.query(
            "SELECT row, at_ns, kind, data FROM event WHERE connection = ? AND batch = ? AND at_ns <= ? ORDER BY row",
            *(SESSION, batch, self.until_ns),
        )
        return [EventRecord(SESSION, row, at, event_from(kind, data)) for row, at, kind, data in found]

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by number."""
        return [
            self._as_of_horizon(connection_from(values))
            for values in self.query(
                "SELECT * FROM connection WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                *(first, NEVER if self.until_ns == NEVER else self.newest_connection(), count),
            )
        ]

    def connection_from(self, origin: Origin) -> int | None:
        """The number of the connection of a merged session that comes from there, and has the same twin."""
        # By no index: it is asked for one connection at a time, and a look at a hundred thousand takes moments.
        found = self.one(
            "SELECT id FROM connection WHERE substr(source, instr(source, '/')) = ? LIMIT 1", origin.source("")
        )
        return found[0] if found else None

    def changing(self) -> list[Connection]:
        """The connections at the horizon of which more was recorded later."""
        found = self.query("SELECT * FROM connection WHERE since_ns <= ? AND last_ns > ?", self.until_ns, self.until_ns)
        return [self._as_of_horizon(connection_from(values)) for values in found]

    def newest_connection(self) -> int:
        """The number of the newest connection that was there by the horizon; 0 for none."""
        if self.until_ns == NEVER:
            (newest,) = self.one("SELECT coalesce(max(id), 0) FROM connection") or (0,)
            return int(newest)
        batch = self.last_batch()
        (opened,) = (self.one("SELECT opened FROM batch WHERE id = ?", batch.id) if batch else None) or (0,)
        # Connections come in the order of since_ns, so this looks at those that one batch brought.
        found = self.one(
            "SELECT id FROM connection WHERE id <= ? AND since_ns <= ? ORDER BY id DESC LIMIT 1", opened, self.until_ns
        )
        return found[0] if found else 0

    def _as_of_horizon(self, connection: Connection) -> Connection:
        if connection.last_ns <= self.until_ns:
            return connection
        is_told = connection.failure or connection.client_end or connection.server_end
        kinds = (EventKind.END, EventKind.FAILED)
        events = self._closing_events(connection.id, CLOSING_EVENTS, *kinds) if is_told else []
        return connection_until(connection, self._totals(connection), events, self.until_ns)

    def _totals(self, connection: Connection) -> Totals:
        """What a connection had come to at the horizon."""
        last = self.last_segment(connection.id)
        if last is not None and last[2] > self.until_ns:
            return totals_within(self.segment(last[0]), self.until_ns)
        following = self.one(
            f"SELECT {_TOTALS} FROM segment WHERE connection = ? AND since_ns > ? ORDER BY since_ns, id LIMIT 1",
            *(connection.id, self.until_ns),
        )
        if following is None:
            return Totals.of(connection)
        first_row, c2s_at, s2c_at, packed = following
        return totals_before(first_row, (c2s_at, s2c_at), packed)

    def rows_in_time(self, connection: int, after_ns: int, until_ns: int) -> Iterator[tuple[int, int]]:
        """When each segment of a connection within a stretch of time began, and how many rows it has, in order."""
        until_ns = min(until_ns, self.until_ns)
        while True:
            found = self.query(
                "SELECT since_ns, rows, id, known_ns FROM segment WHERE connection = ? AND since_ns > ? "
                "AND since_ns <= ? ORDER BY since_ns, id LIMIT ?",
                *(connection, after_ns, until_ns, PAGE),
            )
            for at, rows, number, known_ns in found:
                yield at, rows if known_ns <= self.until_ns else self.segment(number).rows
            if len(found) < PAGE:
                return
            after_ns = found[-1][0]

    def counts(self) -> Counts:
        """What the commits until the horizon counted."""
        found = self.one(
            "SELECT last_ns, still_open, http_requests, http_last FROM batch WHERE first_ns <= ? AND last_ns <= ? "
            "ORDER BY first_ns DESC, id DESC LIMIT 1",
            *(self.until_ns, self.until_ns),
        )
        return Counts(*found) if found else Counts(0, 0, 0, "")

    def handshake(self, connection: int) -> Handshake | None:
        """The heads of a connection's upgrade."""
        found = self.one(
            "SELECT request, forwarded, response, response_by_us, connect_ns, tls_ns, upgrade_ns, forwarded_ns, pieces "
            "FROM handshake WHERE connection = ?",
            connection,
        )
        if found is None:
            return None
        request, forwarded, response, by_us, connect_ns, tls_ns, upgrade_ns, forwarded_ns, pieces = found
        whole = Handshake(request, forwarded, response, bool(by_us), connect_ns, tls_ns, upgrade_ns)
        if self.until_ns == NEVER:
            return whole
        about = self.connections(connection, 1)
        if not about or about[0].id != connection:
            return None
        return handshake_until(whole, about[0], forwarded_ns, pieces, self.until_ns)

    def facts(self) -> dict[str, str]:
        """The ``capture`` table."""
        return dict(self.query("SELECT key, value FROM capture LIMIT 100"))
