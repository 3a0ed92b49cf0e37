"""The queries on an open session: segments, events and connections, each found by an index, in small pieces."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wsinspect.model import Connection, EndedBy, Ending, Event, EventKind, Handshake, LegEnd, SeenClose, Side, Traffic
from wsinspect.session.batch import EventRecord
from wsinspect.session.opening import Deadline
from wsinspect.session.segments import COLUMNS, Segment, SegmentCache, find_rows

_AT = ("c2s_at", "s2c_at")
_BYTES = ("c2s", "s2c")


class Store:
    """Reads one session through one database connection; not for two threads at a time."""

    def __init__(self, db: sqlite3.Connection, deadline: Deadline) -> None:
        self._db = db
        self._deadline = deadline
        self._cache = SegmentCache()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All queries inside see the file as it is at the first of them; must not last long."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def version(self) -> int:
        """A number that changes with every commit of somebody else."""
        found = self._db.execute("PRAGMA data_version").fetchone()
        return int(found[0])

    def query(self, sql: str, *values: int | str, **named: int | str) -> list[tuple[Any, ...]]:
        """The rows of a query that is known to be small; its values either all in order or all by name."""
        self._deadline.start()
        return self._db.execute(sql, named or values).fetchall()

    def one(self, sql: str, *values: int | str) -> tuple[Any, ...] | None:
        """The first row of a query."""
        self._deadline.start()
        row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return row

    def segment(self, number: int) -> Segment:
        """One segment, its rows found."""
        known = self._cache.get(number)
        if known is None:
            record = self.one(f"SELECT {COLUMNS} FROM segment WHERE id = ?", number)
            if record is None:
                raise ValueError("a segment is missing")
            known = find_rows(record)
            self._cache.put(known)
        return known

    def segments_from(self, connection: int, row: int) -> Iterator[Segment]:
        """The segments of a connection that hold rows, from the one with this row on."""
        found = self.one(
            "SELECT id FROM segment WHERE connection = ? AND first_row <= ? ORDER BY first_row DESC, id DESC LIMIT 1",
            *(connection, row),
        )
        number = found[0] if found else None
        while number is not None:
            segment = self.segment(number)
            yield segment
            following = self.one(
                "SELECT id FROM segment WHERE connection = ? AND first_row >= ? AND rows > 0 "
                "ORDER BY first_row, id LIMIT 1",
                *(connection, segment.first_row + max(1, segment.rows)),
            )
            number = following[0] if following else None

    def segment_before(self, connection: int, row: int) -> Segment | None:
        """The last segment of a connection with a row before this one."""
        found = self.one(
            "SELECT id FROM segment WHERE connection = ? AND first_row < ? AND rows > 0 "
            "ORDER BY first_row DESC, id DESC LIMIT 1",
            *(connection, row),
        )
        return self.segment(found[0]) if found else None

    def events(self, connection: int, first: int, last: int) -> dict[int, EventRecord]:
        """The events of a connection between two row numbers, both included."""
        found = self.query(
            "SELECT row, at_ns, kind, data FROM event WHERE connection = ? AND row BETWEEN ? AND ? ORDER BY row",
            *(connection, first, last),
        )
        return {row: EventRecord(connection, row, at, _event(kind, data)) for row, at, kind, data in found}

    def stream(self, near: Segment, side: Side, start: int, stop: int) -> bytes:
        """Bytes of one direction, at or before a segment of the same connection.

        Returns:
            As many as asked for, fewer where some were not recorded.
        """
        at, data = _AT[side], _BYTES[side]
        pieces: list[bytes] = []
        position = start
        while position < stop:
            found = self.one(
                f"SELECT substr({data}, ? - {at} + 1, ?) FROM segment "
                f"WHERE connection = ? AND first_row <= ? AND {at} <= ? ORDER BY first_row DESC, id DESC LIMIT 1",
                *(position, stop - position, near.connection, near.first_row, position),
            )
            if found is None or not found[0]:
                break
            pieces.append(found[0])
            position += len(found[0])
        return b"".join(pieces)

    def failed_stage(self, connection: int) -> str:
        """At which stage a connection failed before its upgrade was answered; empty when it did not."""
        found = self.query(
            "SELECT row, at_ns, kind, data FROM event WHERE connection = ? AND kind = ? ORDER BY row LIMIT 1",
            *(connection, EventKind.FAILED.value),
        )
        return str(_event(found[0][2], found[0][3]).data.get("stage", "")) if found else ""

    def size(self) -> int:
        """Bytes of the session, apart from what its write-ahead log holds twice."""
        (pages,) = self.one("PRAGMA page_count") or (0,)
        (size,) = self.one("PRAGMA page_size") or (0,)
        return int(pages) * int(size)

    def batch_of(self, row: int) -> tuple[int, int, int] | None:
        """The batch that holds this row of the whole session: its id, first row and number of rows."""
        return self.one(
            "SELECT id, first_row, rows FROM batch WHERE first_row <= ? ORDER BY first_row DESC, id DESC LIMIT 1", row
        )

    def batch_end(self, batch: int) -> int:
        """When the newest row of a batch was complete."""
        found = self.one("SELECT last_ns FROM batch WHERE id = ?", batch)
        return int(found[0]) if found else 0

    def batch_segments(self, batch: int) -> list[Segment]:
        """All segments of a batch."""
        return [self.segment(number) for (number,) in self.query("SELECT id FROM segment WHERE batch = ?", batch)]

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by number."""
        return [
            connection_from(values)
            for values in self.query("SELECT * FROM connection WHERE id >= ? ORDER BY id LIMIT ?", first, count)
        ]

    def handshake(self, connection: int) -> Handshake | None:
        """The heads of a connection's upgrade."""
        found = self.one(
            "SELECT request, forwarded, response, response_by_us, connect_ns, tls_ns, upgrade_ns "
            "FROM handshake WHERE connection = ?",
            connection,
        )
        if found is None:
            return None
        request, forwarded, response, by_us, connect_ns, tls_ns, upgrade_ns = found
        return Handshake(request, forwarded, response, bool(by_us), connect_ns, tls_ns, upgrade_ns)

    def facts(self) -> dict[str, str]:
        """The ``capture`` table."""
        return dict(self.query("SELECT key, value FROM capture LIMIT 100"))


_PLAIN = (
    *("id", "source", "client", "server", "url", "path", "opened_ns", "subprotocol", "extensions"),
    *("upgraded_ns", "closed_ns", "status", "status_by_us", "failure", "rows"),
)
_TRAFFIC = slice(15, 20), slice(20, 25)
_CLOSES = slice(25, 29), slice(29, 33)
_ENDS = slice(33, 37), slice(37, 41)
_LAST = ("rtt_ns", "pings_unanswered", "first_violation", "violation_row")


def connection_from(values: tuple[Any, ...]) -> Connection:
    """A record of the ``connection`` table, columns in the schema's order."""
    facts: dict[str, Any] = dict(zip(_PLAIN, values[:15], strict=True)) | dict(zip(_LAST, values[41:], strict=True))
    facts["status_by_us"] = bool(facts["status_by_us"])
    to_server, to_client = (Traffic(*values[part]) for part in _TRAFFIC)
    client_close, server_close = (_close(values[part]) for part in _CLOSES)
    client_end, server_end = (_end(values[part]) for part in _ENDS)
    return Connection(
        **facts,
        to_server=to_server,
        to_client=to_client,
        client_close=client_close,
        server_close=server_close,
        client_end=client_end,
        server_end=server_end,
    )


def _close(values: tuple[Any, ...]) -> SeenClose | None:
    return None if values[0] is None else SeenClose(*values)


def _end(values: tuple[Any, ...]) -> LegEnd | None:
    return None if values[0] is None else LegEnd(Ending(values[0]), values[1], EndedBy(values[2]), values[3])


def _event(kind: str, data: str) -> Event:
    facts = json.loads(data)
    if not isinstance(facts, dict):
        raise ValueError("an event's data is not an object")
    plain = {str(key): value for key, value in facts.items() if value is None or isinstance(value, str | int | float)}
    return Event(EventKind(kind), plain)
