"""The writer thread: stores batches in the session file, one commit each, and never holds up who hands them over.

What cannot be written stays in the queue, bounded by what the recorder hands over while it says so itself: disk full
and nearly full are obstacles that the recorder answers with a gap, not errors that end the capture.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from wsinspect.errors import EnvironmentProblem, UsageError
from wsinspect.model import Connection, LegEnd, SeenClose
from wsinspect.session.file import schema
from wsinspect.session.file.summary import ClosedTally
from wsinspect.session.recording.haste import Haste
from wsinspect.session.recording.heap import Heap
from wsinspect.session.recording.ring import KEEP, Keep, Ring
from wsinspect.session.stored.batch import Batch, HandshakeRecord, SegmentRecord
from wsinspect.session.stored.inflating import SessionInflater

QUEUE_LIMIT = 32 << 20
"""Bytes that may wait to be written before sockets are no longer read."""

DISK_RESERVE = 1 << 30
"""Free bytes on the disk below which recording pauses."""

CHECKPOINT_PAGES = (4 << 20) // schema.PAGE_SIZE
RETRY_S = 1.0

BEAT_S = 5.0
"""Seconds between two signs of life in the file, at most, whether or not there is anything to record."""

IDLE_S = 0.5
"""Seconds without anything to write after which memory is given back."""

_INSERT_CONNECTION = f"INSERT OR REPLACE INTO connection VALUES ({','.join('?' * 50)})"
_INSERT_SEGMENT = f"INSERT INTO segment VALUES ({','.join('?' * 24)})"


class Inflates(Protocol):
    """Tells what compressed messages hold; called from the writer's thread."""

    def inflate(self, segment: SegmentRecord, client: bytes, server: bytes) -> bytes:
        """The ``inflated`` column of a segment whose bytes are ``client`` and ``server``."""

    def forget(self, connection: int) -> None:
        """A connection is closed."""


class SessionWriter:
    """Owns the session file while it is recorded."""

    def __init__(
        self,
        path: Path,
        facts: dict[str, str],
        *,
        keep: Keep | None = None,
        reserve: int = DISK_RESERVE,
        inflater: Inflates | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Create the file.

        Args:
            path: where; must not exist yet.
            facts: what the ``capture`` table says from the start (source, command, version, platform).
            keep: how much of the recording is kept; None for all of it.
            reserve: free bytes to leave on the disk.
            inflater: tells what compressed messages hold; by default they are inflated.
            now_ns: the wall clock, nanoseconds since the epoch, for the signs of life.
            on_progress: called from the writer's thread after each commit.

        Raises:
            UsageError: the file exists already.
            EnvironmentProblem: it cannot be created there.
        """
        self.path = path
        self._reserve = reserve
        self._now_ns = now_ns
        self._on_progress = on_progress
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._queued = 0
        self._waiting = 0
        self._obstacle = ""
        self._next_row = 1
        self._next_batch = 1
        self._next_segment = 1
        self._checked = 0.0
        self._stopping = threading.Event()
        self._inflater: Inflates = inflater or SessionInflater()
        self._closed = ClosedTally()
        created = _create_private(path)
        self._db = _connect(path)
        self._haste = Haste(self._db, created)
        self._heap = Heap()
        self._ring = Ring(self._db, keep) if keep is not None and keep.words else None
        with self._db:
            self._write_facts(facts)
            if keep is not None and keep.words:
                self._write_facts({KEEP: keep.words})
        self._beat()
        self._thread = threading.Thread(target=self._run, name="session-writer", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether QUEUE_LIMIT bytes wait to be written."""
        return self._queued >= QUEUE_LIMIT

    @property
    def has_caught_up(self) -> bool:
        """Whether the queue has fallen below half its limit."""
        return self._queued < QUEUE_LIMIT // 2

    @property
    def is_idle(self) -> bool:
        """Whether everything that was handed over is stored."""
        return not self._waiting

    @property
    def is_alive(self) -> bool:
        """Whether what is handed over will be stored some time."""
        return self._thread.is_alive()

    @property
    def obstacle(self) -> str:
        """Why nothing can be written just now; empty when all is well."""
        return self._obstacle

    def put(self, batch: Batch) -> None:
        """Take a batch to store; never blocks."""
        with self._lock:
            self._queued += batch.size
            self._waiting += 1
        self._queue.put(batch)

    def stop(self, stopped_ns: int) -> str:
        """Store what waits and make the file whole, so that it can be copied alone.

        Args:
            stopped_ns: the time to note as the end of the recording.

        Returns:
            Why the file is not whole; empty when it is.
        """
        self._stopping.set()
        self._queue.put(None)
        self._thread.join()
        if self._obstacle:
            self._close()
            return self._obstacle
        try:
            with self._db:
                self._write_facts({"stopped_ns": str(stopped_ns), "notice": ""})
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Fails while somebody else follows the file; the checkpoint alone has made it whole then.
            self._db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            return "" if "locked" in str(error) else f"the session file could not be closed: {error}"
        finally:
            self._close()
        return ""

    def _close(self) -> None:
        self._db.close()
        self._haste.close()

    def _run(self) -> None:
        while True:
            try:
                batch = self._queue.get(timeout=self._patience())
            except queue.Empty:
                self._haste.adapt(self._queued)
                self._heap.give_back()
                self._beat_if_due()
                continue
            if batch is None:
                return
            self._take(batch)
            del batch  # what is quiet for long is not to hold it
            self._beat_if_due()

    def _take(self, batch: Batch) -> None:
        self._haste.adapt(self._queued)
        self._store_or_wait(batch)
        self._heap.passed(batch.size)
        with self._lock:
            self._queued -= batch.size
            self._waiting -= 1
        self._on_progress()

    def _patience(self) -> float:
        """Seconds to wait for something to write before something else is to be done."""
        until_beat = max(0.0, self._beat_at - time.monotonic())
        return min(IDLE_S, until_beat) if self._heap.has_some else until_beat

    def _beat_if_due(self) -> None:
        if time.monotonic() >= self._beat_at:
            self._beat()

    def _beat(self) -> None:
        """Tell the readers of the file that somebody is still recording it, if it can be written at all."""
        self._beat_at = time.monotonic() + BEAT_S
        if not self._queued:
            self._heap.give_back()
        with contextlib.suppress(sqlite3.Error), self._db:
            self._write_facts({"alive_ns": str(self._now_ns())})
            self._trim(self._next_batch - 1)

    def _store_or_wait(self, batch: Batch) -> None:
        """Store a batch, trying again while the disk refuses; at the end of the capture there is one last try."""
        segments = [self._segment_values(segment) for segment in batch.segments]
        batch.facts |= self._closed.take(batch.connections)
        while True:
            is_last_try = self._stopping.is_set()
            obstacle = ("" if is_last_try else self._look_at_disk()) or self._try_to_store(batch, segments)
            if obstacle != self._obstacle:
                self._obstacle = obstacle
                self._note(obstacle)
            if not obstacle or is_last_try:
                return
            self._stopping.wait(RETRY_S)
            self._beat_if_due()

    def _look_at_disk(self) -> str:
        now = time.monotonic()
        if now - self._checked < RETRY_S and not self._obstacle:
            return ""
        self._checked = now
        try:
            free = shutil.disk_usage(self.path.parent).free
        except OSError as error:
            return f"the folder of the session file is gone: {error.strerror}"
        if free < self._reserve:
            return f"less than {self._reserve / (1 << 30):.3g} GiB of disk is free"
        return ""

    def _try_to_store(self, batch: Batch, segments: list[tuple[object, ...]]) -> str:
        try:
            with self._db:
                self._store(batch, segments)
        except (sqlite3.Error, OverflowError) as error:
            return f"the session file cannot be written: {error}"
        if self._ring is not None:
            self._ring.settle()
        self._next_row += batch.rows
        self._next_batch += 1
        self._next_segment += len(segments)
        for connection in batch.connections:
            if connection.closed_ns is not None:
                self._inflater.forget(connection.id)
        return ""

    def _note(self, notice: str) -> None:
        """Tell the readers of the file, if it can still be written."""
        # Where it cannot be written the recorder says it by a gap, as soon as writing works again.
        with contextlib.suppress(sqlite3.Error), self._db:
            self._write_facts({"notice": f"recording paused: {notice}" if notice else ""})

    def _write_facts(self, facts: dict[str, str]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO capture VALUES (?, ?)", facts.items())

    def _store(self, batch: Batch, segments: list[tuple[object, ...]]) -> None:
        number = self._next_batch
        db = self._db
        db.execute(
            "INSERT INTO batch VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                *(number, self._next_row, batch.rows, batch.first_ns, batch.last_ns),
                *(self._next_segment, len(segments), batch.opened, batch.still_open),
                *(batch.http_requests, batch.http_last),
            ),
        )
        numbered = enumerate(segments, self._next_segment)
        db.executemany(_INSERT_SEGMENT, ((at, number, *values) for at, values in numbered))
        db.executemany(
            "INSERT INTO event VALUES (NULL,?,?,?,?,?,?)",
            (
                (r.connection, number, r.row, r.at_ns, r.event.kind.value, json.dumps(dict(r.event.data)))
                for r in batch.events
            ),
        )
        db.executemany(_INSERT_CONNECTION, map(_connection_values, batch.connections))
        db.executemany(
            f"INSERT OR REPLACE INTO handshake VALUES ({','.join('?' * 10)})", map(_handshake_values, batch.handshakes)
        )
        self._write_facts(batch.facts)
        self._trim(number)

    def _trim(self, newest: int) -> None:
        if self._ring is not None:
            self._ring.trim(newest, self._now_ns())

    def _segment_values(self, segment: SegmentRecord) -> tuple[object, ...]:
        client, server = (b"".join(chunks) for chunks in segment.chunks)
        return (
            segment.connection,
            segment.first_row,
            segment.rows,
            segment.traits,
            segment.first_ns,
            segment.since_ns,
            segment.known_ns,
            *segment.at,
            *segment.open_state,
            *segment.row_ns,
            *segment.frame_ns,
            segment.totals,
            *(waypoints.packed for waypoints in segment.waypoints),
            segment.reads,
            self._inflater.inflate(segment, client, server) if segment.extensions else b"",
            client,
            server,
        )


def _create_private(path: Path) -> int:
    """Make an empty file that only its owner may read: sessions hold raw traffic. Returns its descriptor, open."""
    try:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} exists already", "choose another name; sessions are never overwritten") from None
    except OSError as error:
        raise EnvironmentProblem(f"cannot write {path}: {error.strerror}", "name another file with -o") from None


def _connect(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, check_same_thread=False, isolation_level="DEFERRED")
        schema.create(db)
        db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    except sqlite3.Error as error:
        raise EnvironmentProblem(f"cannot write {path}: {error}", "name another file with -o") from None
    return db


def _connection_values(c: Connection) -> tuple[object, ...]:
    return (
        c.id,
        c.source,
        c.client,
        c.server,
        c.url,
        c.path,
        c.opened_ns,
        c.subprotocol,
        c.extensions,
        c.upgraded_ns,
        c.closed_ns,
        c.status,
        c.status_by_us,
        c.failure,
        c.rows,
        *(c.to_server.messages, c.to_server.controls, c.to_server.wire_bytes),
        *(c.to_server.largest, c.to_server.last_ns),
        *(c.to_client.messages, c.to_client.controls, c.to_client.wire_bytes),
        *(c.to_client.largest, c.to_client.last_ns),
        *_close_values(c.client_close),
        *_close_values(c.server_close),
        *_end_values(c.client_end),
        *_end_values(c.server_end),
        c.rtt_ns,
        c.pings_unanswered,
        c.first_violation,
        c.violation_row,
        c.violation_ns,
        c.dialled_ns,
        c.responded_ns,
        c.since_ns,
        c.last_ns,
    )


def _handshake_values(record: HandshakeRecord) -> tuple[object, ...]:
    h = record.handshake
    return (
        *(record.connection, h.request, h.forwarded, h.response, h.response_by_us),
        *(h.connect_ns, h.tls_ns, h.upgrade_ns, record.forwarded_ns, record.pieces),
    )


def _close_values(close: SeenClose | None) -> tuple[object, ...]:
    return (None,) * 4 if close is None else (close.row, close.at_ns, close.code, close.reason)


def _end_values(end: LegEnd | None) -> tuple[object, ...]:
    return (None,) * 4 if end is None else (end.how.value, end.at_ns, end.by.value, end.undelivered)
