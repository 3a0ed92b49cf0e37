"""The connections that a filter takes: found step by step, so that whoever asks for something else waits for one step.

What is known of a connection that is over does not change: it is looked at once. The others are looked at again in
each round. With a horizon that holds for those of which nothing was recorded after it; of the others is asked what
they were then. The newest are looked at first, after those that were open before.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import compress, groupby
from time import perf_counter

from wsinspect.filters import Expression
from wsinspect.filters.connection_subject import ConnectionMatcher
from wsinspect.model import Order
from wsinspect.session.reading.horizon import NEVER
from wsinspect.session.reading.listing import connection_of
from wsinspect.session.reading.store import Store
from wsinspect.session.search.connection_sql import Statement
from wsinspect.session.search.ordering import ordered
from wsinspect.session.search.row_search import times_of

WINDOW = 2000
"""Connections of which SQLite tells in one query."""

RECORDS = 50
"""Connections that are read as a whole in one query."""

_UNSEEN, _LEFT_OUT, _TAKEN = range(3)


@dataclass(frozen=True, slots=True)
class Listed:
    """The connections that a list holds, and how many it leaves out."""

    ids: Sequence[int]
    """Their numbers in the order of the list; 8 bytes each."""
    closed: int = 0
    """How many are left out because they are closed, whatever the filter says of them."""
    filtered: int = 0
    """How many of the others the filter does not take."""
    unseen: int = 0
    """How many of the others were not looked at yet."""


class ConnectionSearch:
    """One filter over the connections of one session."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Store]], expression: Expression) -> None:
        """Begin a search; nothing is looked at before the first step.

        Args:
            reading: gives the session for one call.
            expression: the filter, which connections can answer.
        """
        self._reading = reading
        with reading() as store:
            times = times_of(store)
        self._matcher = ConnectionMatcher(expression, times)
        self._statement = Statement(expression, times)
        self._now_ns = 0
        self._until_ns = NEVER
        self._verdicts = bytearray(1)
        """By number: what is known of a connection."""
        self._settled_ns = array("q", (NEVER,))
        """By number: when the last thing was recorded of a connection whose verdict is for ever, else NEVER."""
        self._unsettled: set[int] = set()
        """Those that were looked at and may change."""
        self._low = self._high = 0
        """Between these numbers, both included, all were looked at."""
        self._due: list[int] = []
        """What is looked at in this round before those below the first of these numbers, the last first."""
        self._whole: list[int] = []
        """Those of which SQLite could not tell: what is looked at before anything else, the last first."""

    def again(self, now_ns: int, first: int = 0) -> None:
        """Begin a round: those that may have changed, or are new, are looked at again.

        Args:
            now_ns: the time that ages of open connections are taken at.
            first: a connection that is looked at before all others; 0 for none.
        """
        with self._reading() as store:
            newest, until_ns = store.newest_connection(), store.until_ns
            live = [] if self._high else [one for (one,) in store.query(_LIVE, newest)]
        self._now_ns = now_ns
        if not self._high:
            self._low, self._high = newest + 1, newest
        self._make_room(max(newest, self._high))
        if until_ns < self._until_ns:
            # What was recorded after the horizon is not known any more.
            self._unsettled.update(number for number, at_ns in enumerate(self._settled_ns) if until_ns <= at_ns < NEVER)
        self._until_ns = until_ns
        due = {number for number in (*self._unsettled, *self._due) if number <= newest}
        due.update(range(self._high + 1, newest + 1), live)
        self._high = max(self._high, newest)
        self._whole = [number for number in self._whole if number <= newest and number != first]
        self._due = sorted(due.difference(self._whole, {first}))
        if 0 < first <= newest:
            self._whole.append(first)

    def _make_room(self, newest: int) -> None:
        more = newest + 1 - len(self._verdicts)
        self._verdicts.extend(bytes(max(0, more)))
        self._settled_ns.extend([NEVER] * more)

    def step(self, seconds: float) -> bool:
        """Look at some more connections.

        Args:
            seconds: when to stop; one window is looked at in any case.

        Returns:
            Whether all were looked at in this round.

        Raises:
            PatternTooSlow: the filter's pattern takes too long.
        """
        until = perf_counter() + seconds
        with self._reading() as store:
            while self._whole or self._due or self._low > 1:
                if self._whole:
                    self._judge(store, _cut(self._whole, RECORDS))
                else:
                    self._whole = self._ask(store, self._window())
                if perf_counter() >= until:
                    break
        return not self._whole and not self._due and self._low <= 1

    def _window(self) -> Sequence[int]:
        """Those that SQLite is asked of next."""
        if self._due:
            return _cut(self._due, WINDOW)
        end, self._low = self._low, max(1, self._low - WINDOW)
        return range(self._low, end)

    def _ask(self, store: Store, numbers: Sequence[int]) -> list[int]:
        """Let SQLite tell; those are given back that have to be looked at as a whole."""
        whole: list[int] = []
        values = {**self._statement.values, "now": self._now_ns, "until": store.until_ns}
        for first, last in _runs(numbers):
            sql = f"SELECT id, closed_ns IS NOT NULL, last_ns, {self._statement.sql} FROM connection {_BETWEEN}"
            for number, is_over, last_ns, is_taken in store.query(sql, first=first, last=last, **values):
                if last_ns > store.until_ns or is_taken is None:
                    whole.append(number)
                else:
                    self._note(number, bool(is_taken), last_ns if is_over else NEVER)
        return whole

    def _judge(self, store: Store, numbers: Sequence[int]) -> None:
        for first, last in _runs(numbers):
            for one in store.connections(first, last - first + 1):
                # At the horizon itself nobody can tell whether more came.
                is_for_ever = one.closed_ns is not None and one.last_ns < store.until_ns
                self._note(one.id, self._matcher.takes(one, self._now_ns), one.last_ns if is_for_ever else NEVER)

    def _note(self, number: int, is_taken: bool, settled_ns: int) -> None:
        if number >= len(self._verdicts):
            return
        self._verdicts[number] = _TAKEN if is_taken else _LEFT_OUT
        self._settled_ns[number] = settled_ns
        if settled_ns == NEVER:
            self._unsettled.add(number)
        else:
            self._unsettled.discard(number)

    def takes(self, number: int) -> bool:
        """Whether the filter takes a connection, as it is now."""
        with self._reading() as store:
            found = connection_of(store, number)
        return found is not None and self._matcher.takes(found, self._now_ns)

    def listed(self, order: Order, kept: int = 0, stays: int = 0) -> Listed:
        """What a list holds, going by what was looked at until now.

        Args:
            order: how the list is put together.
            kept: a connection that is listed though it is closed, if the filter takes it; 0 for none.
            stays: a connection that is listed in any case; 0 for none.
        """
        with self._reading() as store:
            newest = store.newest_connection()
            self._make_room(newest)
            numbers: Sequence[int] = range(1, newest + 1)
            if order.hides_closed:
                numbers = ordered(store, order, self._now_ns, stays or kept)
            verdicts = bytes(map(self._verdicts.__getitem__, numbers))
            is_listed = bytearray(verdict == _TAKEN for verdict in verdicts)
            if 0 < stays <= newest:
                is_listed[numbers.index(stays)] = True
            ids: Sequence[int] = array("q", compress(numbers, is_listed))
            if not order.hides_closed and not order.is_natural:
                ids = ordered(store, order, self._now_ns, 0, only=ids)
        unseen = sum(not verdict and not shown for verdict, shown in zip(verdicts, is_listed, strict=True))
        return Listed(ids, newest - len(numbers), len(numbers) - len(ids) - unseen, unseen)


_LIVE = "SELECT id FROM connection WHERE closed_ns IS NULL AND id <= ?"
_BETWEEN = "WHERE id BETWEEN :first AND :last ORDER BY id"


def _cut(numbers: list[int], count: int) -> list[int]:
    """The last of some numbers, taken from them."""
    taken = numbers[-count:]
    del numbers[-count:]
    return taken


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as runs without holes: the first and the last of each."""
    for _, run in groupby(enumerate(numbers), lambda one: one[1] - one[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]
