"""Whether a commit waits for the disk: in general yes, but not while bytes would be lost by waiting.

What is committed survives the crash of any process either way; it is a loss of power that could damage what was
written in haste. So haste begins only when much waits to be written, and ends when a thread has brought the file to
the disk meanwhile: flushing it in a commit would hold up the next ones for as long as it takes.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading

HASTE_BYTES = 8 << 20
"""Bytes waiting to be written from which on commits no longer wait for the disk."""

CALM_BYTES = 2 << 20
"""Bytes waiting below which they wait again, once the disk has the rest."""


class Haste:
    """Decides for one database; all calls come from the thread that writes.

    Args:
        db: whose commits are meant; in WAL mode.
        descriptor: the file, open. Taken over, and kept open while the database is: closing any descriptor of a file
            drops the process's locks on it (fcntl(2)), SQLite's too.
    """

    def __init__(self, db: sqlite3.Connection, descriptor: int) -> None:
        self._db = db
        self._descriptor = descriptor
        self._flushing: threading.Thread | None = None
        self.is_hasty = False
        """Whether commits do not wait for the disk."""
        self._set(False)

    def adapt(self, waiting: int) -> None:
        """Decide anew, between two commits.

        Args:
            waiting: bytes that wait to be written.
        """
        if waiting >= HASTE_BYTES:
            self._set(True)
        elif self.is_hasty and waiting < CALM_BYTES:
            self._calm_down()

    def _calm_down(self) -> None:
        """Flush in a thread, and wait for the disk again once that is done."""
        if self._flushing is None:
            self._flushing = threading.Thread(target=self._flush, name="session-flush", daemon=True)
            self._flushing.start()
        elif not self._flushing.is_alive():
            self._flushing = None
            self._set(False)

    def _set(self, is_hasty: bool) -> None:
        # NORMAL flushes the log before each checkpoint and the file after it (sqlite.org/pragma.html).
        self._db.execute(f"PRAGMA synchronous = {'OFF' if is_hasty else 'NORMAL'}")
        self.is_hasty = is_hasty

    def _flush(self) -> None:
        # A disk that fails says so to the next commit that waits for it.
        with contextlib.suppress(OSError):
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Let go of the file, once the database is closed; a flush that is under way ends by itself."""
        os.close(self._descriptor)
