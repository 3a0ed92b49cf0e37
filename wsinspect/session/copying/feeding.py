"""One session as what happened in it, step by step in order of time, to happen once more in a copy.

Nothing is worked out before it is asked for: what a step does to the copy may depend on all that was taken before it.
So each step must be taken before the next one is asked for, and in memory is one batch of the session.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

from wsinspect.model import Connection
from wsinspect.session.copying.connection_copy import Copied, Due, Terms
from wsinspect.session.copying.source import BatchRecord, Part, Source
from wsinspect.session.copying.steps import Read
from wsinspect.session.stored.batch import EventRecord


class Act(NamedTuple):
    """Something that happens beside the rows of a connection."""

    at_ns: int
    do: Callable[[], object]
    rows: int = 0
    """Rows of the session that it stands for."""
    ends_batch: bool = False
    """Whether nothing more came of the batch: it is then to be stored, with all else that happened until then."""

    def take(self) -> int:
        """Let it happen in the copy; returns how many rows of the session are in it by that."""
        self.do()
        return self.rows


Happening: TypeAlias = Act | Due


class Feed:
    """Gives what happened in one session."""

    def __init__(self, source: Source, terms: Terms) -> None:
        """Nothing is read yet.

        Args:
            source: the session.
            terms: where to, and what is changed on the way.
        """
        self.source = source
        self._terms = terms
        self._copied: dict[int, Copied] = {}
        """Connections that are not over in the copy, by their number in the session."""
        self._opening: set[int] = set()
        """Those of them whose upgrade is not answered yet."""
        self._closing: list[tuple[int, int]] = []
        """When each of them was closed, and its number; a heap."""
        self._opened = 0
        self._http_requests = 0
        self.numbers: dict[int, int] = {}
        """The connections that were taken: their numbers in the copy by those in the session."""
        self.last_ns = 0
        """Until when it was read."""
        self.read = 0
        """Rows of the session that are done, whether they were taken or left out."""

    def happenings(self) -> Iterator[Happening]:
        """All that happened; times never go back.

        Raises:
            SessionFileError: the session cannot be read.
            ValueError: it contradicts itself.
        """
        now = 0
        for batch in self.source.batches():
            if self._terms.portion.is_after(batch.first_ns):
                break
            for act in self._batch(batch):
                now = max(now, act.at_ns)
                yield act if act.at_ns == now else act._replace(at_ns=now)
            now = max(now, self.last_ns)
            self.read = batch.first_row + batch.rows - 1
            yield Act(now, _nothing, ends_batch=True)
        for copied in self._copied.values():
            yield Act(now, partial(copied.finish, self.last_ns))

    def _batch(self, batch: BatchRecord) -> Iterator[Happening]:
        portion = self._terms.portion
        until_ns = batch.last_ns if portion.to_ns is None else min(batch.last_ns, portion.to_ns)
        self.last_ns = max(self.last_ns, until_ns)
        if portion.is_before(batch.last_ns):
            return
        coming = {
            known.id: known
            for known in self.source.all_connections(self._opened + 1, batch.opened)
            if portion.takes(known)
        }
        self._opened = max(self._opened, batch.opened)
        parts: dict[int, list[Part]] = {}
        for part in self.source.parts(batch, {*self._copied, *coming}):
            parts.setdefault(part.segment.connection, []).append(part)
        closing = self._due_to_close(coming, until_ns)
        answered = [number for number in self._opening if self._copied[number].next_stage_ns <= until_ns]
        streams = [
            self._connection(number, coming.get(number), parts.get(number, []), until_ns, number in closing)
            for number in dict.fromkeys([*_in_order(parts, coming), *answered, *closing])
        ]
        yield from heapq.merge(*streams, self._session(batch), key=_when)

    def _due_to_close(self, coming: dict[int, Connection], until_ns: int) -> set[int]:
        for known in coming.values():
            if known.closed_ns is not None:
                heapq.heappush(self._closing, (known.closed_ns, known.id))
        found: set[int] = set()
        while self._closing and self._closing[0][0] <= until_ns:
            found.add(heapq.heappop(self._closing)[1])
        return found

    def _connection(
        self, number: int, coming: Connection | None, parts: list[Part], until_ns: int, closes: bool
    ) -> Iterator[Happening]:
        """What happened on one connection in one batch."""
        if coming is not None:
            yield Act(coming.since_ns, partial(self._open, coming))
        copied = self._copied[number]
        for part in parts:
            # What is missing before the part is said once this was taken.
            yield Act(part.segment.first_ns, _nothing)
            for due in copied.steps(part):
                if number in self._opening:
                    yield from self._upgrade(copied, due.at_ns, is_over=isinstance(due.step, Read))
                yield due
        if number in self._opening:
            yield from self._upgrade(copied, until_ns)
        if closes and copied.is_complete:
            yield Act(copied.known.closed_ns or until_ns, partial(self._finish, copied, until_ns))

    def _open(self, known: Connection) -> None:
        copied = self._copied[known.id] = Copied(known, self.source.upgrade(known), self._terms)
        self.numbers[known.id] = copied.recording.id
        self._opening.add(known.id)

    def _upgrade(self, copied: Copied, until_ns: int, *, is_over: bool = False) -> Iterator[Act]:
        """The stages of an upgrade until then; all of them where frames follow."""
        while copied.next_stage_ns <= until_ns or (is_over and copied.has_stages):
            at_ns = copied.next_stage_ns
            yield Act(min(at_ns, until_ns), partial(copied.advance, at_ns))
        if not copied.has_stages:
            self._opening.discard(copied.known.id)

    def _finish(self, copied: Copied, until_ns: int) -> None:
        del self._copied[copied.known.id]
        copied.finish(until_ns)
        self._opening.discard(copied.known.id)

    def _session(self, batch: BatchRecord) -> Iterator[Act]:
        """What concerns no connection."""
        portion = self._terms.portion
        for record in self.source.session_events(batch):
            if not portion.is_before(record.at_ns) and not portion.is_after(record.at_ns):
                yield Act(record.at_ns, partial(self._add, record), rows=1)
        requests = batch.http_requests - self._http_requests
        if requests > 0:
            self._http_requests = batch.http_requests
            last = self._terms.editing.text(batch.http_last, "plain HTTP request")
            yield Act(batch.last_ns, partial(self._terms.recorder.http_request, last, batch.last_ns, requests))

    def _add(self, record: EventRecord) -> None:
        self._terms.recorder.add(record.at_ns, self._terms.editing.event(record.event, 0))


def _in_order(parts: dict[int, list[Part]], coming: dict[int, Connection]) -> Iterator[int]:
    """The connections of a batch in the order in which they were heard of, as their segments are kept."""
    new = deque(coming)
    for number in parts:
        while new and new[0] <= number:
            yield new.popleft()
        yield number
    yield from new


def _nothing() -> None:
    """Time passes."""


def _when(happening: Happening) -> int:
    return happening.at_ns
