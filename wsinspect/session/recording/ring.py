"""A recording that keeps only its newest part: the oldest batches go as new ones come, so that the file stays small.

What goes are the bytes, the events and the handshakes that belong to them; the records of connections stay, so that
the list, the closes and all counts are right. Row numbers never change. Freed pages are used again: the file does not
shrink, and grows no further than its limit.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from wsinspect import text
from wsinspect.model import EventKind

LOG_BYTES = 8 << 20
"""Room left for the write-ahead log, of what the file may take in all."""

LEAST_BYTES = 4 * LOG_BYTES
"""The smallest limit that makes sense."""

AT_ONCE = 500
"""Batches that go in one commit, at most."""

KEEP = "keep"
"""The row of the ``capture`` table that says in words what is kept."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How much of a recording is kept; with neither all of it."""

    size: int | None = None
    """Bytes that the file may take, its log included."""
    age_ns: int | None = None
    """How long something is kept, in nanoseconds."""

    @property
    def words(self) -> str:
        """What is kept, to be read behind ``dropped to keep``; empty where all is."""
        said = [] if self.size is None else [f"the file under {text.size(self.size)}"]
        said += [] if self.age_ns is None else [f"the last {_span(self.age_ns)}"]
        return " and ".join(said)


def _span(age_ns: int) -> str:
    """A stretch of time as it was asked for: ``30 d``, ``24 h``, ``90 min``, ``10 s``."""
    seconds = age_ns // 10**9
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length or (unit != "d" and seconds >= length and seconds % length == 0):
            return f"{seconds // length} {unit}" if seconds % length == 0 else f"{seconds / length:.1f} {unit}"
    return f"{seconds} s"


class Ring:
    """Drops the oldest batches of one database; all calls come from the thread that writes."""

    def __init__(self, db: sqlite3.Connection, keep: Keep) -> None:
        self._db = db
        self._keep = keep
        (page_size,) = db.execute("PRAGMA page_size").fetchone()
        self._pages = None if keep.size is None else max(1, (keep.size - LOG_BYTES) // int(page_size))
        self._floor = self._coming_floor = 0
        """Events up to this number are gone, but for those that are kept."""

    def trim(self, newest: int, now_ns: int) -> None:
        """Drop what is too much, inside a transaction; the newest batch stays.

        Args:
            newest: number of the batch that was written last.
            now_ns: the time that ages are counted to, nanoseconds since the epoch.
        """
        self._coming_floor = self._floor
        for _ in range(AT_ONCE):
            oldest = self._db.execute("SELECT id, last_ns FROM batch ORDER BY id LIMIT 1").fetchone()
            if oldest is None or oldest[0] >= newest or not (self._is_old(oldest[1], now_ns) or self._is_too_large()):
                return
            self._drop(oldest[0], oldest[1])

    def settle(self) -> None:
        """What was dropped last is committed."""
        self._floor = self._coming_floor

    def _is_old(self, last_ns: int, now_ns: int) -> bool:
        return self._keep.age_ns is not None and now_ns - last_ns > self._keep.age_ns

    def _is_too_large(self) -> bool:
        if self._pages is None:
            return False
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
        return bool(pages - free > self._pages)

    def _drop(self, batch: int, last_ns: int) -> None:
        db = self._db
        first, count = db.execute("SELECT first_segment, segments FROM batch WHERE id = ?", (batch,)).fetchone()
        segments = (first, first + count - 1)
        # Of a connection that is over with this batch nothing is left that its handshake could explain.
        db.execute(
            "DELETE FROM handshake WHERE connection IN (SELECT c.id FROM segment s JOIN connection c "
            "ON c.id = s.connection WHERE s.id BETWEEN ? AND ? AND c.closed_ns IS NOT NULL AND c.last_ns <= ? "
            "AND NOT EXISTS (SELECT 1 FROM segment l WHERE l.connection = c.id AND l.id > ?))",
            (*segments, last_ns, segments[1]),
        )
        db.execute("DELETE FROM segment WHERE id BETWEEN ? AND ?", segments)
        (end,) = db.execute(
            "SELECT coalesce((SELECT id FROM event WHERE id > ?1 AND batch > ?2 ORDER BY id LIMIT 1), "
            "(SELECT max(id) + 1 FROM event), 1)",
            (self._coming_floor, batch),
        ).fetchone()
        # At which stage a connection failed stands nowhere else.
        db.execute(
            "DELETE FROM event WHERE id > ? AND id < ? AND kind <> ?",
            (self._coming_floor, end, EventKind.FAILED.value),
        )
        self._coming_floor = end - 1
        db.execute("DELETE FROM batch WHERE id = ?", (batch,))
