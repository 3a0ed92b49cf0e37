"""The recorder: takes every byte a source sees, with its time, and hands it to the writer in batches.

It counts rows and keeps each connection's totals, and judges nothing. All calls come from one thread, the traffic
loop's; none of them blocks, none raises on what a peer sent. When the writer cannot keep up, or the disk is full,
bytes are followed without being stored, so that recording resumes where a row begins, and a gap event says what is
missing.
"""

from __future__ import annotations

from typing import Protocol

from wsinspect.model import Event, EventKind
from wsinspect.session.recording.connection import Recording
from wsinspect.session.stored.batch import SESSION, Batch, EventRecord, SegmentRecord

BATCH_BYTES = 1 << 20
BATCH_ROWS = 8192
"""A batch is handed over early when it holds this much, so that reading one back stays quick."""


class BatchSink(Protocol):
    """What the recorder needs of a writer."""

    @property
    def is_behind(self) -> bool:
        """Whether it holds as much as it may: no more should be read from sockets for now."""

    @property
    def has_caught_up(self) -> bool:
        """Whether recording may go on after a gap."""

    @property
    def obstacle(self) -> str:
        """Why nothing can be written at all just now (disk full); empty when all is well."""

    def put(self, batch: Batch) -> None:
        """Take a batch to store; never blocks."""


class Recorder:
    """Collects what all connections of a session do."""

    recordings: type[Recording] = Recording
    """What takes the bytes of one connection."""

    def __init__(self, writer: BatchSink) -> None:
        self._writer = writer
        self._last_id = 0
        self._dirty: dict[int, Recording] = {}
        self._events: list[EventRecord] = []
        self._session_rows = 0
        self._pending_rows = 0
        self._pending_bytes = 0
        self._open: set[int] = set()
        self._http_requests = 0
        self._http_last = ""
        self._http_ns = 0
        """When it came."""
        self._begun_ns = 0
        """When the first of what is pending happened; 0 when nothing is."""
        self._since_ns = 0
        """When the newest connection was recorded first."""
        self._told_ns = 0
        """What was known until then has been handed over."""
        self._skip_reason = ""
        self.last_skip_reason = ""
        """Why the latest gap came about."""

    @property
    def is_dirty(self) -> bool:
        """Whether something waits to be handed over by ``flush``."""
        return bool(self._dirty or self._events or self._begun_ns)

    @property
    def is_full(self) -> bool:
        """Whether the writer is so far behind that sockets should not be read; after 1 s of it call ``skip``."""
        return self._writer.is_behind and not self._skip_reason

    @property
    def skip_reason(self) -> str:
        """Why bytes are followed but not stored just now; empty while they are stored."""
        obstacle = self._writer.obstacle
        if obstacle:
            self._skip_reason = self.last_skip_reason = obstacle
        elif self._skip_reason and self._writer.has_caught_up:
            self._skip_reason = ""
        return self._skip_reason

    def skip(self) -> None:
        """Follow without storing until the writer has caught up."""
        self._skip_reason = self.last_skip_reason = "the disk could not keep up"

    def opened(self, *, source: str, client: str, url: str, path: str, request: bytes, at_ns: int) -> Recording:
        """Begin a connection: an upgrade was asked for.

        Args:
            source: what records it, such as ``relay``.
            client: the client's address.
            url: the target it is meant for.
            path: path and query as the client asked.
            request: the request head as it arrived.
            at_ns: when its first byte arrived.
        """
        self._last_id += 1
        self._open.add(self._last_id)
        self._since_ns = max(at_ns, self._since_ns, self._told_ns + 1)
        recording = self.recordings(
            self,
            self._last_id,
            source=source,
            client=client,
            url=url,
            path=path,
            request=request,
            at_ns=at_ns,
            since_ns=self._since_ns,
        )
        self.changed(recording)
        return recording

    def http_request(self, line: str, at_ns: int, count: int = 1) -> None:
        """Count a plain HTTP request that was passed on, ``GET /x 200``, or several of which this is the last."""
        self._http_requests += count
        self._http_last, self._http_ns = line, at_ns
        self._begun_ns = self._begun_ns or at_ns

    def event(self, kind: EventKind, at_ns: int, **data: str | int | float | None) -> None:
        """Record something that concerns the whole session."""
        self.add(at_ns, Event(kind, data))

    def add(self, at_ns: int, event: Event) -> None:
        """The same, given as a whole."""
        self._session_rows += 1
        self._events.append(EventRecord(SESSION, self._session_rows, at_ns, event))
        self._pending_rows += 1
        self._begun_ns = self._begun_ns or at_ns

    def changed(self, recording: Recording, size: int = 0, rows: int = 0) -> None:
        """Note that a recording has something for the next batch; hands the batch over when it is large enough."""
        self._dirty[recording.id] = recording
        self._begun_ns = self._begun_ns or recording.last_ns
        self._pending_bytes += size
        self._pending_rows += rows
        if self._pending_bytes >= BATCH_BYTES or self._pending_rows >= BATCH_ROWS:
            self.flush()

    def record(self, connection: int, row: int, at_ns: int, event: Event) -> None:
        """Put an event of a connection into the next batch."""
        self._events.append(EventRecord(connection, row, at_ns, event))

    def flush(self) -> None:
        """Hand all that is pending to the writer."""
        if not self.is_dirty:
            return
        dirty, events = self._dirty, self._events
        self._dirty, self._events = {}, []
        self._writer.put(self._batch(list(dirty.values()), events))
        self._begun_ns = self._pending_rows = self._pending_bytes = 0

    def _batch(self, recordings: list[Recording], events: list[EventRecord]) -> Batch:
        segments = [segment for recording in recordings if (segment := recording.take_segment())]
        session_events = [record for record in events if record.connection == SESSION]
        connections = [recording.connection() for recording in recordings]
        self._open.difference_update(found.id for found in connections if found.closed_ns is not None)
        first_ns, self._told_ns = self._times(segments, recordings, events)
        return Batch(
            segments=segments,
            events=events,
            connections=connections,
            handshakes=[handshake for recording in recordings if (handshake := recording.take_handshake())],
            facts={},
            rows=sum(segment.rows for segment in segments) + len(session_events),
            first_ns=first_ns,
            last_ns=self._told_ns,
            opened=self._last_id,
            still_open=len(self._open),
            http_requests=self._http_requests,
            http_last=self._http_last,
            size=self._pending_bytes + 1024 * (len(recordings) + len(events)),
        )

    def _times(
        self, segments: list[SegmentRecord], recordings: list[Recording], events: list[EventRecord]
    ) -> tuple[int, int]:
        """When a batch begins and ends; batches never overlap, so that one of them is known by a time."""
        begins = [segment.since_ns for segment in segments] + [record.at_ns for record in events]
        ends = [recording.last_ns for recording in recordings] + [record.at_ns for record in events]
        first_ns = max(min([self._begun_ns, *begins]), self._told_ns + 1)
        return first_ns, max(first_ns, self._http_ns, *ends)
