"""Opening a session file read-only, whoever wrote it: nothing in it runs, and no query of it runs for long."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from wsinspect.errors import DamagedSessionError, SessionFileError
from wsinspect.session.file import schema

VALUE_LIMIT = 64 << 20
"""Largest value that is read from a file, in bytes."""

QUERY_LIMIT_S = 5.0
"""A query that takes longer is ended: no query of ours does."""

_STEPS_BETWEEN_CHECKS = 100_000

CACHE_KIB = 4096
"""Pages that SQLite keeps in memory: more than two segments have, since a search in one also looks into the one before,
where a message goes over from that."""

ANNOTATE_TIMEOUT_S = 2.0
"""How long a change waits for the recorder's commit to end."""

PATIENCE_S = 2.0
"""How long a file that somebody holds for himself is waited for."""


class Deadline:
    """Ends queries that run for too long."""

    def __init__(self, limit_s: float = QUERY_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._until = float("inf")

    def start(self) -> None:
        """A query begins now."""
        self._until = time.monotonic() + self._limit_s

    def is_over(self) -> bool:
        """Whether the query should end; called by SQLite while it works."""
        return time.monotonic() > self._until


def open_read_only(
    path: Path, *, limit_s: float = QUERY_LIMIT_S, patience_s: float = PATIENCE_S
) -> tuple[sqlite3.Connection, Deadline]:
    """Open a session for reading, also while it is being written.

    Args:
        path: the file.
        limit_s: how long one query may take.
        patience_s: how long a file that somebody holds for himself is waited for.

    Raises:
        SessionFileError: there is no such file, it is not a session, or a newer version wrote it.
    """
    _require_file(path)
    deadline = Deadline(limit_s)
    db: sqlite3.Connection | None = None
    try:
        db = sqlite3.connect(_uri(path), uri=True, check_same_thread=False, isolation_level=None)
        _prepare(db, deadline, patience_s)
        _check(db, path)
    except (sqlite3.Error, ValueError, SessionFileError) as error:
        if db is not None:
            db.close()
        if isinstance(error, SessionFileError):
            raise
        raise _why(path, error) from None
    return db, deadline


@contextmanager
def open_to_annotate(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a session for one small change to what the user says about it, also while it is being recorded.

    Raises:
        SessionFileError: it is not a session, or may not be written to.
    """
    _require_file(path)
    try:
        db = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=ANNOTATE_TIMEOUT_S)
        try:
            db.execute("PRAGMA trusted_schema = OFF")
            _check(db, path)
            with db:
                yield db
        finally:
            db.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise SessionFileError(f"{path} cannot be written to: {error}") from None


def finish(path: Path) -> None:
    """Tidy up behind a recording that stopped while it was followed: leave nothing but the one file.

    The recorder could not leave the write-ahead log then. Does nothing while somebody else has the file open, and
    nothing when the log holds anything.
    """
    try:
        if _wal(path).stat().st_size:
            return
        db = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=0)
    except (OSError, sqlite3.Error):
        return
    with suppress(sqlite3.Error), closing(db):
        db.execute("PRAGMA trusted_schema = OFF")
        if db.execute("SELECT 1 FROM capture WHERE key = 'stopped_ns'").fetchone() is not None:
            db.execute("PRAGMA journal_mode = DELETE")


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _require_file(path: Path) -> None:
    try:
        if path.is_file():
            if not path.stat().st_size:
                raise SessionFileError(f"{path} is empty", "nothing was recorded into it, or a copy of it failed")
            return
        problem = "is a folder" if path.is_dir() else "does not exist"
    except OSError as error:
        raise SessionFileError(f"{path} cannot be read: {error.strerror}") from None
    raise SessionFileError(f"{path} {problem}", "give the path of a .wsi file")


def _prepare(db: sqlite3.Connection, deadline: Deadline, patience_s: float) -> None:
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_LIMIT)
    cache = f"cache_size = -{CACHE_KIB}"
    busy = f"busy_timeout = {round(patience_s * 1000)}"
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", cache, busy):
        db.execute(f"PRAGMA {pragma}")
    db.set_progress_handler(deadline.is_over, _STEPS_BETWEEN_CHECKS)
    deadline.start()


def _uri(path: Path) -> str:
    uri = path.absolute().as_uri() + "?mode=ro"
    # SQLite makes a -shm file beside a WAL database even to read it: impossible here, and needless with no WAL left.
    if not _wal(path).exists() and not os.access(path.parent, os.W_OK):
        uri += "&immutable=1"
    return uri


def _why(path: Path, error: Exception) -> SessionFileError:
    said = str(error)
    if "not a database" in said:
        return DamagedSessionError(f"{path} is not a session file", "only files that wsinspect recorded can be opened")
    if "unable to open" in said:
        problem = "permission denied, or its folder is not writable while it is being recorded"
        return SessionFileError(f"{path} cannot be read: {problem}")
    if "locked" in said:
        return SessionFileError(f"{path} cannot be read: it is locked by another program")
    return DamagedSessionError(f"{path} is damaged: {said}")


def _check(db: sqlite3.Connection, path: Path) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != schema.APPLICATION_ID:
        raise SessionFileError(f"{path} is not a session file", "only files that wsinspect recorded can be opened")
    if version > schema.USER_VERSION:
        raise SessionFileError(f"{path} was written by a newer wsinspect", "update wsinspect to open it")
    if schema.has_our_names(db) and not schema.is_ours(db):
        raise DamagedSessionError(f"{path} is damaged: its tables are not what they were")
    if not schema.is_ours(db):
        raise SessionFileError(f"{path} has been changed: its tables are not those of a session", "it is not opened")
