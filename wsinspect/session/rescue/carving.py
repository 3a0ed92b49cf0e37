"""What is sound in a damaged session, taken from its pages into a session in the raw: rows that are still rows.

The raw session has holes and every table of a session, so that it can be read as one.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from wsinspect.model import Side
from wsinspect.session.copying.rewriting import check_event
from wsinspect.session.file import schema
from wsinspect.session.rescue.pages import Found, Pages, Value
from wsinspect.session.stored.batch import READ, SERVER_BIT
from wsinspect.session.stored.records import connection_from, event_from
from wsinspect.session.stored.segments import COLUMNS, Segment, find_rows, waypoints_of
from wsinspect.wire.rows import RowScanner

MOST = 1 << 61
"""The largest number that is believed."""

_AT_ONCE = 200
"""Pages after which what was found on them is stored."""

_TYPES: dict[str, type] = {"INTEGER": int, "TEXT": str, "BLOB": bytes}


class Table(NamedTuple):
    """How to tell the rows of one table from all others."""

    name: str
    columns: tuple[str, ...]
    types: tuple[type, ...]
    nullable: tuple[bool, ...]
    has_rowid: bool
    """Whether its first column is the number that SQLite itself gives to rows."""

    def values(self, found: Found) -> tuple[Value, ...] | None:
        """The values of one of its rows; None where it cannot be one."""
        if len(found.values) != len(self.columns) or (found.rowid is not None) is not self.has_rowid:
            return None
        values = found.values
        if self.has_rowid:
            values = (found.rowid, *values[1:]) if values[0] is None else ()
        kinds = zip(values, self.types, self.nullable, strict=False)
        fits = all(is_nullable if value is None else isinstance(value, kind) for value, kind, is_nullable in kinds)
        return values if values and fits else None


def tables() -> list[Table]:
    """The tables of a session."""
    with closing(sqlite3.connect(":memory:")) as db:
        for statement in schema.SCHEMA:
            db.execute(statement)
        made = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        return [_table(name, sql, db.execute(f"PRAGMA table_info({name})").fetchall()) for name, sql in made]


def _table(name: str, sql: str, info: list[tuple[int, str, str, int, None, int]]) -> Table:
    return Table(
        name,
        columns=tuple(column[1] for column in info),
        types=tuple(_TYPES[column[2]] for column in info),
        nullable=tuple(not (column[3] or column[5]) for column in info),
        has_rowid="WITHOUT ROWID" not in sql,
    )


class _Extent(NamedTuple):
    """Where a segment lies in its connection."""

    id: int
    first_row: int
    rows: int
    client_at: int
    client_bytes: int
    server_at: int
    server_bytes: int

    def may_follow(self, other: _Extent) -> bool:
        """Whether it lies behind another one."""
        return (
            self.first_row >= other.first_row + other.rows
            and self.client_at >= other.client_at + other.client_bytes
            and self.server_at >= other.server_at + other.server_bytes
        )


class Carver:
    """Fills a new database with what is sound of a damaged one."""

    def __init__(self, path: Path) -> None:
        """Create the database."""
        self._db = sqlite3.connect(path, isolation_level="DEFERRED")
        schema.create(self._db)
        for pragma in ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF"):
            self._db.execute(f"PRAGMA {pragma}")
        self._tables = tables()
        self._checks: dict[str, Callable[[dict[str, Value]], object]] = {
            "connection": lambda row: connection_from(tuple(row.values())),
            "handshake": _check_handshake,
            "event": lambda row: check_event(event_from(str(row["kind"]), str(row["data"]))),
            "segment": self._check_segment,
            "capture": _check_fact,
        }
        self._incomplete: dict[int, int] = {}
        """Segments with more rows than were found in their bytes, and how many were: the others are events."""

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def carve(self, pages: Pages) -> None:
        """Take all rows that are sound from the pages of the damaged file."""
        unused = pages.unused()
        for first in range(1, pages.count + 1, _AT_ONCE):
            with self._db:
                for number in range(first, min(first + _AT_ONCE, pages.count + 1)):
                    if number not in unused:
                        for found in pages.rows(number):
                            self._take(found)
        with self._db:
            self._drop_contradictions()
            self._invent_connections()
            self._rebuild_batches()

    def finds_any(self, pages: Pages, count: int) -> bool:
        """Whether the first pages hold any row of a session's own tables."""
        for number in range(1, min(count, pages.count) + 1):
            for found in pages.rows(number):
                if any(table.name in ("segment", "connection") and table.values(found) for table in self._tables):
                    return True
        return False

    def _take(self, found: Found) -> None:
        for table in self._tables:
            values = table.values(found)
            if values is None:
                continue
            row = dict(zip(table.columns, values, strict=True))
            try:
                _check_numbers(values)
                self._checks.get(table.name, id)(row)
            except (ValueError, TypeError, KeyError, IndexError, struct.error, RecursionError):
                continue
            marks = ",".join("?" * len(values))
            self._db.execute(f"INSERT OR IGNORE INTO {table.name} VALUES ({marks})", tuple(row.values()))

    def _check_segment(self, row: dict[str, Value]) -> None:
        segment = _segment_of(row)
        length = sum(size & ~SERVER_BIT for size, _ in _reads(segment.reads))
        if length != sum(map(len, segment.data)) or segment.first_row < 1 or len(segment.found) > segment.rows:
            raise ValueError("a segment that contradicts itself")
        if len(segment.found) < segment.rows:
            self._incomplete[segment.id] = len(segment.found)
        # They follow from the bytes: damage to them costs nothing.
        row["c2s_waypoints"], row["s2c_waypoints"] = waypoints_of(segment)

    # What is left must be a session

    def _drop_contradictions(self) -> None:
        """Drop segments that overlap, and those whose bytes do not lead to where the next one begins."""
        for number, found in self._incomplete.items():
            self._mend(number, found)
        kept: dict[int, list[_Extent]] = {}
        dropped: list[int] = []
        for values in self._db.execute(
            "SELECT connection, id, first_row, rows, c2s_at, length(c2s), s2c_at, length(s2c) FROM segment ORDER BY id"
        ):
            extents, extent = kept.setdefault(values[0], []), _Extent(*values[1:])
            if extents and not extent.may_follow(extents[-1]):
                # One of the two is wrong: the one that does not fit to what stands before both.
                is_fitting = len(extents) < 2 or extent.may_follow(extents[-2])
                dropped.append(extents.pop().id if is_fitting else extent.id)
                if not is_fitting:
                    continue
            extents.append(extent)
            del extents[:-2]
        self._drop(dropped)

    def _drop(self, segments: list[int]) -> None:
        self._db.executemany("DELETE FROM segment WHERE id = ?", ((number,) for number in segments))

    def _mend(self, number: int, found: int) -> None:
        """Look at a segment that has more rows than its bytes hold: the others are events, or it is damaged."""
        segment = find_rows(self._db.execute(f"SELECT {COLUMNS} FROM segment WHERE id = ?", (number,)).fetchone())
        following = self._db.execute(
            "SELECT first_row, c2s_open, s2c_open FROM segment WHERE connection = ? AND id > ? ORDER BY id LIMIT 1",
            (segment.connection, number),
        ).fetchone()
        known = self._db.execute("SELECT rows FROM connection WHERE id = ?", (segment.connection,)).fetchone()
        end = segment.first_row + segment.rows
        if following is not None and following[0] >= segment.first_row:
            end = min(end, following[0])
        elif known is not None:
            end = min(end, known[0] + 1)
        (events,) = self._db.execute(
            "SELECT count(*) FROM event WHERE connection = ? AND row >= ? AND row < ?",
            (segment.connection, segment.first_row, end),
        ).fetchone()
        rows = end - segment.first_row
        is_sound = found + events == rows or (found + events < rows and self._leads_on(segment, following))
        if not is_sound:
            self._drop([number])
        elif rows != segment.rows:
            self._db.execute("UPDATE segment SET rows = ? WHERE id = ?", (rows, number))

    def _leads_on(self, segment: Segment, following: tuple[int, bytes, bytes] | None) -> bool:
        """Whether the bytes of a segment end in the state in which the next one begins."""
        if following is None or following[0] != segment.first_row + segment.rows:
            return True
        opened = self._db.execute("SELECT c2s_open, s2c_open FROM segment WHERE id = ?", (segment.id,)).fetchone()
        scanners = [RowScanner.resumed(segment.at[side], opened[side]) for side in Side]
        for side in Side:
            scanners[side].feed(segment.data[side])
        return [scanner.state() for scanner in scanners] == list(following[1:])

    def _invent_connections(self) -> None:
        """Give the connections a record of which only the traffic is left."""
        table = next(table for table in self._tables if table.name == "connection")
        empty: dict[type, Value] = {int: 0, str: "", bytes: b""}
        for number, since_ns, known_ns, inflated in self._db.execute(
            "SELECT connection, min(since_ns), max(known_ns), max(length(inflated)) FROM segment "
            "WHERE connection NOT IN (SELECT id FROM connection) GROUP BY connection"
        ).fetchall():
            known: dict[str, Value] = {
                column: None if is_nullable else empty[kind]
                for column, kind, is_nullable in zip(table.columns, table.types, table.nullable, strict=True)
            }
            known |= {"id": number, "path": LOST_PATH, "opened_ns": since_ns, "since_ns": since_ns}
            known |= {"upgraded_ns": since_ns, "last_ns": known_ns}
            known |= {"extensions": "permessage-deflate" if inflated else ""}
            self._db.execute(f"INSERT INTO connection VALUES ({','.join('?' * len(known))})", tuple(known.values()))

    def _rebuild_batches(self) -> None:
        """Make a record for every batch of which anything is left, whatever became of its own."""
        for statement in _GATHER:
            self._db.execute(statement)
        row, segment, opened, requests, last_request, until_ns = 1, 1, 0, 0, "", 0
        for found in self._db.execute(_GATHERED):
            number, first, last, since_ns, known_ns, rows, newest, known_opened, known_requests, known_last = found
            opened = max(opened, newest, known_opened or 0)
            if (known_requests or 0) > requests:
                requests, last_request = known_requests, known_last
            # Ranges of segments never overlap, so that none is read twice.
            first, last = max(first or segment, segment), max(last or 0, segment - 1)
            values = (number, row, rows, since_ns, known_ns, first, last - first + 1, opened, 0, requests, last_request)
            self._db.execute(f"INSERT INTO rebuilt VALUES ({','.join('?' * len(values))})", values)
            row, segment, until_ns = row + rows, max(segment, last + 1), max(until_ns, known_ns)
        (newest,) = self._db.execute("SELECT coalesce(max(id), 0) FROM connection").fetchone()
        if newest > opened:
            (number,) = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM rebuilt").fetchone()
            values = (number, row, 0, until_ns + 1, until_ns + 1, segment, 0, newest, 0, requests, last_request)
            self._db.execute(f"INSERT INTO rebuilt VALUES ({','.join('?' * len(values))})", values)
        self._db.execute("DELETE FROM batch")
        self._db.execute("INSERT INTO batch SELECT * FROM rebuilt")

    def expected_rows(self) -> int:
        """Rows that the session had at least, as far as what is left says it."""
        (rows,) = self._db.execute(
            "SELECT coalesce(sum(rows), 0) FROM (SELECT max(rows) AS rows FROM ("
            "SELECT id, rows FROM connection UNION ALL "
            "SELECT connection, max(first_row + rows - 1) FROM segment GROUP BY connection) GROUP BY id)"
        ).fetchone()
        (own,) = self._db.execute("SELECT coalesce(max(row), 0) FROM event WHERE connection = 0").fetchone()
        return int(rows) + int(own)

    def lost_connections(self) -> int:
        """Connections of which nothing but traffic is left, or nothing at all."""
        (newest, left) = self._db.execute("SELECT coalesce(max(id), 0), count(*) FROM connection").fetchone()
        (invented,) = self._db.execute("SELECT count(*) FROM connection WHERE path = ?", (LOST_PATH,)).fetchone()
        return int(newest) - int(left) + int(invented)


LOST_PATH = "(its opening is lost)"
"""The path of a connection of which only the traffic is left."""

_GATHER = (
    "CREATE TEMP TABLE part AS SELECT batch AS id, min(id) AS first, max(id) AS last, min(since_ns) AS since_ns, "
    "max(known_ns) AS known_ns, sum(rows) AS rows, max(connection) AS newest FROM segment GROUP BY batch",
    "INSERT INTO part SELECT batch, NULL, NULL, min(at_ns), max(at_ns), count(*), 0 FROM event "
    "WHERE connection = 0 AND batch NOT IN (SELECT id FROM part) GROUP BY batch",
    "INSERT INTO part SELECT id, NULL, NULL, first_ns, last_ns, 0, 0 FROM batch WHERE id NOT IN (SELECT id FROM part)",
    "CREATE TEMP TABLE rebuilt AS SELECT * FROM batch WHERE 0",
)

_GATHERED = (
    "SELECT part.id, first, last, part.since_ns, part.known_ns, part.rows, newest, opened, http_requests, http_last "
    "FROM part LEFT JOIN batch ON batch.id = part.id ORDER BY part.id"
)


def _segment_of(row: dict[str, Value]) -> Segment:
    values = [row[column] for column in COLUMNS.split(", ")]
    return find_rows(tuple(value for value in values if isinstance(value, int | bytes)))


def _check_handshake(row: dict[str, Value]) -> None:
    pieces, response = row["pieces"], row["response"]
    if not isinstance(pieces, bytes) or not isinstance(response, bytes):
        raise ValueError("bytes are missing")
    if sum(length for length, _ in _reads(pieces)) != len(response):
        raise ValueError("an answer that is not the sum of its pieces")


def _check_numbers(values: Iterable[Value]) -> None:
    """Numbers are counts, offsets and times; sums of several still fit into 64 bits then."""
    if any(isinstance(value, int) and abs(value) > MOST for value in values):
        raise ValueError("a number that nothing can have")


def _reads(packed: bytes) -> Iterator[tuple[int, int]]:
    for length, delta in READ.iter_unpack(packed):
        _check_numbers([delta])
        yield length, delta


def _check_fact(row: dict[str, Value]) -> None:
    if str(row["key"]).endswith("_ns"):
        int(str(row["value"]))
