"""One session written anew: what is read back of another is fed to a recorder, read by read, at its times.

So there is one way to write sessions, and a copy is as whole as any recording. Batches stay what they were: each is fed
in the order in which it was recorded, and stored before the next is read, so that memory holds one of them.
"""

from __future__ import annotations

import heapq
import struct
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from wsinspect.errors import DamagedSessionError, EnvironmentProblem
from wsinspect.model import Connection, EventKind, Mark
from wsinspect.session.carrying import CarriedInflater
from wsinspect.session.copied import NEVER, Copied, Due, Terms
from wsinspect.session.editing import Editing
from wsinspect.session.marks import put_marks
from wsinspect.session.rewriting import Rewriter
from wsinspect.session.schema import REDACTED
from wsinspect.session.source import BatchRecord, Source
from wsinspect.session.window import Window
from wsinspect.session.writer import SessionWriter

COPIED_TEXTS = ("source", "command", "note")
COPIED_FACTS = (*COPIED_TEXTS, "version", "platform", "started_ns", REDACTED)
"""What a copy says of itself as the other session does."""


class Copier:
    """Writes one session into a new file."""

    def __init__(
        self,
        source: Source,
        path: Path,
        *,
        editing: Editing,
        window: Window | None = None,
        lost: str = "not in the file",
        facts: dict[str, str] | None = None,
        on_progress: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        """Create the file.

        Args:
            source: the other session.
            path: the new file; must not exist yet.
            editing: what is changed on the way.
            window: what part is taken; everything by default.
            lost: why rows are missing that the other session should have.
            facts: further rows of the ``capture`` table.
            on_progress: told how many rows of the other session are done, after each batch.

        Raises:
            UsageError: the file exists already.
            EnvironmentProblem: it cannot be created.
            SessionFileError: the other session cannot be read.
        """
        self._source = source
        self._on_progress = on_progress
        self._window = window or Window()
        self._editing = editing
        self._stored = threading.Event()
        known = source.facts()
        copied = {
            key: editing.text(known[key], key) if key in COPIED_TEXTS else known[key]
            for key in COPIED_FACTS
            if key in known
        }
        inflater = CarriedInflater()
        self._writer = SessionWriter(
            path, copied | (facts or {}), reserve=0, inflater=inflater, on_progress=self._stored.set
        )
        self._recorder = Rewriter(self._writer)
        marks: dict[int, dict[int, Mark]] = {}
        for mark in source.all_marks():
            marks.setdefault(mark.connection, {})[mark.row] = mark
        self._terms = Terms(self._recorder, inflater, self._window, editing, lost, marks)
        self._copied: dict[int, Copied] = {}
        """Connections that are not over in the copy, by their number in the other session."""
        self._opening: set[int] = set()
        """Those of them whose upgrade is not answered yet."""
        self._closing: list[tuple[int, int]] = []
        """When each of them was closed, and its number; a heap."""
        self._numbers: dict[int, int] = {}
        self._opened = 0
        self._http_requests = 0
        self._last_ns = 0
        self._path = path
        self.rows = 0
        """Rows of the other session that were taken."""

    def run(self) -> dict[int, int]:
        """Copy all of it.

        Returns:
            The connections that were taken: their numbers in the copy by those in the other session.

        Raises:
            SessionFileError: the other session cannot be read.
            EnvironmentProblem: the new file cannot be written.
        """
        try:
            for batch in self._source.batches():
                if self._window.is_after(batch.first_ns):
                    break
                self._batch(batch)
                self._on_progress(batch.first_row + batch.rows - 1)
            for copied in self._copied.values():
                copied.finish(self._last_ns)
        except (ValueError, TypeError, KeyError, IndexError, struct.error) as error:
            raise DamagedSessionError(f"{self._source.path} is damaged: {error}") from error
        self._settle()
        return self._numbers

    def note(self, text: str) -> None:
        """Say something about the copy as a whole, as its last row."""
        self._recorder.event(EventKind.NOTE, self._last_ns, text=text)

    def close(self) -> None:
        """Make the file whole. Must be called, whatever happened.

        Raises:
            EnvironmentProblem: it is not whole.
        """
        self._recorder.flush()
        stopped = self._source.info().stopped_ns
        until = stopped if stopped is not None and not self._window.is_after(stopped) else self._last_ns
        problem = self._writer.stop(until)
        if problem:
            raise EnvironmentProblem(problem)
        put_marks(self._path, self._terms.marked)

    def _batch(self, batch: BatchRecord) -> None:
        until_ns = batch.last_ns if self._window.to_ns is None else min(batch.last_ns, self._window.to_ns)
        self._last_ns = max(self._last_ns, until_ns)
        if self._window.is_before(batch.last_ns):
            return
        coming = deque(filter(self._window.takes, self._source.all_connections(self._opened + 1, batch.opened)))
        self._opened = max(self._opened, batch.opened)
        parts = self._source.parts(batch, {*self._copied, *(known.id for known in coming)})
        for part in parts:
            # A batch keeps its segments in the order in which their connections were heard of.
            while coming and coming[0].id <= part.segment.connection:
                self._open(coming.popleft())
            self._recorder.expect(self._copied[part.segment.connection].recording)
        for known in coming:
            self._open(known)
        has_bytes = {part.segment.connection for part in parts if part.segment.reads}
        for number in list(self._opening):
            if self._copied[number].advance(NEVER if number in has_bytes else until_ns):
                self._opening.discard(number)
        streams = [self._copied[part.segment.connection].steps(part) for part in parts]
        for due in heapq.merge(*streams, key=_when):
            self.rows += due.take()
        self._session_events(batch)
        self._close_connections(until_ns)
        self._settle()

    def _open(self, known: Connection) -> None:
        copied = self._copied[known.id] = Copied(known, self._source.upgrade(known), self._terms)
        self._numbers[known.id] = copied.recording.id
        self._opening.add(known.id)
        if known.closed_ns is not None:
            heapq.heappush(self._closing, (known.closed_ns, known.id))

    def _session_events(self, batch: BatchRecord) -> None:
        for record in self._source.session_events(batch):
            if not self._window.is_before(record.at_ns) and not self._window.is_after(record.at_ns):
                self._recorder.add(record.at_ns, self._editing.event(record.event, 0))
                self.rows += 1
        requests = batch.http_requests - self._http_requests
        if requests > 0:
            self._http_requests = batch.http_requests
            last = self._editing.text(batch.http_last, "plain HTTP request")
            self._recorder.http_request(last, batch.last_ns, requests)

    def _close_connections(self, until_ns: int) -> None:
        while self._closing and self._closing[0][0] <= until_ns:
            _, number = heapq.heappop(self._closing)
            if self._copied[number].is_complete:
                self._copied.pop(number).finish(until_ns)
                self._opening.discard(number)

    def _settle(self) -> None:
        """Wait until everything is stored."""
        self._recorder.flush()
        while not self._writer.is_idle:
            self._stored.wait(1.0)
            self._stored.clear()
            if self._writer.obstacle or not self._writer.is_alive:
                raise EnvironmentProblem(self._writer.obstacle or "the copy cannot be written")


def _when(due: Due) -> int:
    return due.at_ns
