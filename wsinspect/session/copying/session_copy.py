"""Sessions written anew: what is read back of them is fed to a recorder, read by read, at its times.

So there is one way to write sessions, and a copy is as whole as any recording. Of one session the batches stay what
they were. Of several, what happened is put in order of time, and whatever ends a batch in one of them ends it in the
copy. What is fed is stored before the next batch is read, so that memory holds one of each session.
"""

from __future__ import annotations

import heapq
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wsinspect.errors import DamagedSessionError, EnvironmentProblem
from wsinspect.model import EventKind, Mark
from wsinspect.session.copying.carrying import CarriedInflater
from wsinspect.session.copying.connection_copy import Terms
from wsinspect.session.copying.editing import Editing, Unedited
from wsinspect.session.copying.feeding import Feed, Happening
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.rewriting import Rewriter
from wsinspect.session.copying.source import Source
from wsinspect.session.file.merged import MERGED_FROM
from wsinspect.session.file.schema import REDACTED
from wsinspect.session.reading.marks import put_marks
from wsinspect.session.recording.writer import SessionWriter

COPIED_TEXTS = ("source", "command", "note", MERGED_FROM)
COPIED_FACTS = (*COPIED_TEXTS, "version", "platform", "started_ns", REDACTED)
"""What a copy of one session says of itself as that does."""

_CONTRADICTIONS = (ValueError, TypeError, KeyError, IndexError, struct.error)


@dataclass(frozen=True, slots=True)
class Original:
    """A session that is copied."""

    source: Source
    editing: Editing = field(default_factory=Unedited)
    """What is changed on the way."""
    portion: Portion = field(default_factory=Portion)
    """What part is taken."""
    lost: str = "not in the file"
    """Why rows are missing that the session should have."""
    more_marks: Sequence[Mark] = ()
    """Marks that are put on its rows beside those that it has."""

    def facts(self) -> dict[str, str]:
        """What a copy of it alone says of itself."""
        known = self.source.facts()
        return {
            key: self.editing.text(known[key], key) if key in COPIED_TEXTS else known[key]
            for key in COPIED_FACTS
            if key in known
        }


class Copier:
    """Writes sessions into a new file: one, or several with their connections side by side."""

    def __init__(
        self,
        originals: Sequence[Original],
        path: Path,
        *,
        facts: dict[str, str],
        on_progress: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        """Create the file.

        Args:
            originals: the sessions; times in them are on one axis.
            path: the new file; must not exist yet.
            facts: rows of the ``capture`` table.
            on_progress: told how many rows of the sessions are done, after each batch.

        Raises:
            UsageError: the file exists already.
            EnvironmentProblem: it cannot be created.
            SessionFileError: a session cannot be read.
        """
        self._originals = originals
        self._on_progress = on_progress
        self._stored = threading.Event()
        inflater = CarriedInflater()
        marks = [_marks(original) for original in originals]
        self._writer = SessionWriter(path, facts, reserve=0, inflater=inflater, on_progress=self._stored.set)
        self._recorder = Rewriter(self._writer)
        self._terms = [
            Terms(self._recorder, inflater, one.portion, one.editing, one.lost, marked)
            for one, marked in zip(originals, marks, strict=True)
        ]
        self._feeds = [Feed(one.source, terms) for one, terms in zip(originals, self._terms, strict=True)]
        self._path = path
        self.rows = 0
        """Rows of the sessions that were taken."""
        self._last_ns = 0
        """When the last of them came."""

    def run(self) -> list[dict[int, int]]:
        """Copy all of it.

        Returns:
            The connections that were taken, by session: their numbers in the copy by those in the session.

        Raises:
            SessionFileError: a session cannot be read.
            EnvironmentProblem: the new file cannot be written.
        """
        for _, _, number, happening in heapq.merge(*map(self._happenings, range(len(self._feeds)))):
            try:
                taken = happening.take()
                self.rows += taken
                if taken:
                    self._last_ns = happening.at_ns
            except _CONTRADICTIONS as error:
                raise self._damage(number, error) from error
            if happening.ends_batch:
                self._settle()
                self._on_progress(sum(feed.read for feed in self._feeds))
        self._settle()
        return [feed.numbers for feed in self._feeds]

    def _happenings(self, number: int) -> Iterator[tuple[int, bool, int, Happening]]:
        """What happened in one session; the first three say in what order it comes, that of two sessions too."""
        try:
            for happening in self._feeds[number].happenings():
                yield happening.at_ns, happening.ends_batch, number, happening
        except _CONTRADICTIONS as error:
            raise self._damage(number, error) from error

    def _damage(self, number: int, error: Exception) -> DamagedSessionError:
        return DamagedSessionError(f"{self._originals[number].source.path} is damaged: {error}")

    def note(self, text: str) -> None:
        """Say something about the copy as a whole, as its last row, at the time of the one before it."""
        self._recorder.event(EventKind.NOTE, self._last_ns, text=text)

    def close(self) -> None:
        """Make the file whole. Must be called, whatever happened.

        Raises:
            EnvironmentProblem: it is not whole.
        """
        self._recorder.flush()
        problem = self._writer.stop(max(map(_end, self._originals, self._feeds)))
        if problem:
            raise EnvironmentProblem(problem)
        put_marks(self._path, [mark for terms in self._terms for mark in terms.marked])

    def _settle(self) -> None:
        """Wait until everything is stored."""
        self._recorder.flush()
        while not self._writer.is_idle:
            self._stored.wait(1.0)
            self._stored.clear()
            if self._writer.obstacle or not self._writer.is_alive:
                raise EnvironmentProblem(self._writer.obstacle or "the copy cannot be written")


def _marks(original: Original) -> dict[int, dict[int, Mark]]:
    """What the user marked, by connection and row."""
    found: dict[int, dict[int, Mark]] = {}
    for mark in (*original.source.all_marks(), *original.more_marks):
        found.setdefault(mark.connection, {})[mark.row] = mark
    return found


def _end(original: Original, feed: Feed) -> int:
    stopped = original.source.info().stopped_ns
    return stopped if stopped is not None and not original.portion.is_after(stopped) else feed.last_ns
