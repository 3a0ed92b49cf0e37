"""Whether a session can be read as it is, and what to say when a part of it is missing.

Looking costs no more than a glance: of a large file only its size and its ends are checked, and damage inside is met
when it is read.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from wsinspect.errors import DamagedSessionError
from wsinspect.session.file import schema
from wsinspect.session.file.opening import QUERY_LIMIT_S, Deadline, open_read_only
from wsinspect.session.reader import Reader
from wsinspect.session.rescue.pages import read_header

CHECKED_WHOLE = 256 << 20
"""Bytes of a file that is checked page by page; that takes a fraction of a second."""

_WAL_FORMAT = 2


def check(path: Path, now_ns: int) -> None:
    """Look whether a session can be read; one that is being recorded is taken to be sound.

    Args:
        path: the file.
        now_ns: the wall clock, nanoseconds since the epoch.

    Raises:
        DamagedSessionError: it is damaged.
        SessionFileError: it is not a session.
    """
    _check_size(path)
    with closing(Reader(path)) as reader:
        info = reader.info()
        if info.is_recorded(now_ns):
            return
        reader.connections(1, 1)
        reader.all_rows(1, 1)
        reader.all_rows(info.rows, 1)
    if path.stat().st_size <= CHECKED_WHOLE:
        _check_pages(path)


def _check_size(path: Path) -> None:
    header = read_header(path) if path.is_file() else None
    # What a log holds is not counted in the file yet.
    if header is None or header.application != schema.APPLICATION_ID or _log_size(path):
        return
    size, whole = path.stat().st_size, header.pages * header.page_size
    if size < whole:
        raise DamagedSessionError(f"{path} is cut off: {size:,} of {whole:,} bytes are there")


def lacks_log(path: Path) -> bool:
    """Whether a recording that was not stopped stands here without its write-ahead log, and so without its end.

    Asked before the file is opened: SQLite makes an empty log.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(20)
    return len(start) == 20 and start[18] == _WAL_FORMAT and not _log_size(path)


def _log_size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0


def _check_pages(path: Path) -> None:
    db, _ = open_read_only(path)
    deadline = Deadline(QUERY_LIMIT_S)
    deadline.start()
    with closing(db):
        db.set_progress_handler(deadline.is_over, 100_000)
        try:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            return  # it takes too long: what is wrong will be met when it is read
        except sqlite3.Error as error:
            raise DamagedSessionError(f"{path} is damaged: {error}") from None
    if found != "ok":
        raise DamagedSessionError(f"{path} is damaged: {str(found).splitlines()[-1]}")
