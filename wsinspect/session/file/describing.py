"""What one saved session is, told without reading it: bounded work for a file of any size, and never an exception.

Whatever stands in the folder is told as what it is: a session, one that is being recorded now, one whose recorder
died, a damaged or foreign file, one that is gone again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from wsinspect.clock import ALIVE_FOR_NS
from wsinspect.errors import SessionFileError
from wsinspect.session.file import schema
from wsinspect.session.file.opening import Deadline, open_read_only
from wsinspect.session.file.saved import Kind, SavedSession
from wsinspect.session.file.summary import KEY, Closed

OPEN_LOOKED_AT = 100_000
"""Open connections whose messages are counted; of more only these are."""

LIMIT_S = 1.0
"""How long a query may take."""

PATIENCE_S = 0.05
"""How long a file that somebody holds for himself is waited for: it may stand in a list of many."""

NOTE = "note"
"""The row of the ``capture`` table that holds what the user noted."""

_MAGIC = b"SQLite format 3\0"


def describe(path: Path, now_ns: int) -> SavedSession:
    """What a file is, and what it says of itself.

    Args:
        path: the file; it need not be there any more.
        now_ns: the wall clock, nanoseconds since the epoch: tells a live recording from one that broke off.
    """
    found = SavedSession(path, Kind.GONE, problem="it is gone")
    try:
        found = _measured(found)
        if not path.is_file():
            return replace(found, kind=Kind.FOREIGN, problem="it is not a file")
        head = _head(path)
    except FileNotFoundError:
        return found
    except OSError as error:
        return replace(found, kind=Kind.UNREADABLE, problem=f"it cannot be read: {error.strerror}")
    kind, problem = _told_by(head)
    if kind is Kind.FOREIGN and not head and now_ns - found.modified_ns < ALIVE_FOR_NS:
        # A recorder makes the file before it fills it.
        return replace(found, kind=Kind.RECORDING, problem="")
    if kind is not Kind.SAVED:
        return replace(found, kind=kind, problem=problem)
    try:
        return _read(found, now_ns)
    except SessionFileError as error:
        return _not_opened(found, error)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        return replace(found, kind=Kind.DAMAGED, problem=f"it is damaged: {error}")


def companions(path: Path) -> tuple[Path, ...]:
    """What stands beside a session while somebody writes, or after a crash: log, its index, rollback journal."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


def stamp(path: Path) -> tuple[int, int]:
    """Size in bytes and time of the last change of a session, its log included; changes when the session does.

    Raises:
        OSError: the file is gone, or may not be looked at.
    """
    about = path.stat()
    size, modified_ns = about.st_size, about.st_mtime_ns
    try:
        log = companions(path)[0].stat()
    except OSError:
        return size, modified_ns
    return size + log.st_size, max(modified_ns, log.st_mtime_ns)


def _measured(found: SavedSession) -> SavedSession:
    size, modified_ns = stamp(found.path)
    return replace(found, size=size, modified_ns=modified_ns)


def _head(path: Path) -> bytes:
    """The header of the database. Source: https://www.sqlite.org/fileformat2.html#the_database_header"""
    with path.open("rb") as file:
        return file.read(100)


def _told_by(head: bytes) -> tuple[Kind, str]:
    """What the header of a file says of it."""
    if head[:16] != _MAGIC or len(head) < 100 or int.from_bytes(head[68:72]) != schema.APPLICATION_ID:
        return Kind.FOREIGN, "it is empty" if not head else "it is not a session"
    version = int.from_bytes(head[60:64])
    if version > schema.USER_VERSION:
        return Kind.NEWER, "a newer wsinspect wrote it"
    return Kind.SAVED, ""


def _not_opened(found: SavedSession, error: SessionFileError) -> SavedSession:
    said = error.problem.removeprefix(f"{found.path} ")
    if not found.path.exists():
        return replace(found, kind=Kind.GONE, problem="it is gone")
    is_held = "locked" in said or "permission" in said
    return replace(found, kind=Kind.UNREADABLE if is_held else Kind.DAMAGED, problem=f"it {said}")


def _read(found: SavedSession, now_ns: int) -> SavedSession:
    db, deadline = open_read_only(found.path, limit_s=LIMIT_S, patience_s=PATIENCE_S)
    try:
        db.execute("BEGIN")
        return _told(found, _Asking(db, deadline), now_ns)
    finally:
        db.close()


class _Asking:
    """Queries with a deadline each."""

    def __init__(self, db: sqlite3.Connection, deadline: Deadline) -> None:
        self._db = db
        self._deadline = deadline

    def row(self, sql: str, *values: int) -> tuple[Any, ...] | None:
        """The first row."""
        self._deadline.start()
        found: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return found

    def facts(self) -> dict[str, str]:
        """The ``capture`` table."""
        self._deadline.start()
        return dict(self._db.execute("SELECT key, value FROM capture LIMIT 100").fetchall())


def _told(found: SavedSession, asking: _Asking, now_ns: int) -> SavedSession:
    facts = asking.facts()
    rows, last_ns = asking.row("SELECT first_row + rows - 1, last_ns FROM batch ORDER BY id DESC LIMIT 1") or (0, 0)
    (connections,) = asking.row("SELECT coalesce(max(id), 0) FROM connection") or (0,)
    (open_messages,) = asking.row(
        "SELECT coalesce(sum(to_server_messages + to_client_messages), 0) FROM "
        "(SELECT to_server_messages, to_client_messages FROM connection WHERE closed_ns IS NULL LIMIT ?)",
        OPEN_LOOKED_AT,
    ) or (0,)
    closed = Closed.from_fact(facts.get(KEY))
    started_ns, stopped_ns, alive_ns = (_time(facts, f"{what}_ns") for what in ("started", "stopped", "alive"))
    kind = Kind.SAVED if stopped_ns else Kind.RECORDING if now_ns - alive_ns < ALIVE_FOR_NS else Kind.BROKEN_OFF
    return replace(
        found,
        kind=kind,
        problem="",
        source=facts.get("source", ""),
        version=facts.get("version", ""),
        note=facts.get(NOTE, ""),
        started_ns=started_ns,
        ended_ns=stopped_ns or max(alive_ns, last_ns),
        connections=connections,
        messages=closed.messages + open_messages,
        rows=rows,
        ends=closed.ends,
    )


def _time(facts: Mapping[str, str], key: str) -> int:
    """A time as SQLite could hold it, whatever the file says; 0 where it says none."""
    return max(0, min(int(facts.get(key, "0")), (1 << 63) - 1))
