"""Searches in a session that is open for reading: the rows of a list that a filter takes, or all of them.

A search is asked for its next step again and again, between other questions to the same reader; it never holds the
reader longer than a step was told to take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from wsinspect.filters import Expression, Matcher
from wsinspect.filters.expression import EVERYTHING
from wsinspect.filters.moments import Times
from wsinspect.model import Row
from wsinspect.session.reading.store import Store
from wsinspect.session.search.filtered import FilteredRows, Progress
from wsinspect.session.search.folded import NO_FOLD, Fold, FoldedRows
from wsinspect.session.search.segment_search import SegmentSearch
from wsinspect.session.search.spans import ConnectionSpan, SessionSpan


class Search:
    """One filter over one list. Every call may raise what its reader raises.

    It sees what the reader's horizon lets it see; when that is moved back, the search begins anew, with
    nothing expanded.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Store]],
        connection: int | None,
        expression: Expression | None,
        *,
        folds: bool,
        around: int | None = None,
    ) -> None:
        """Begin a search; nothing is looked at before the first step.

        Args:
            reading: the context in which the session is read.
            connection: in whose rows; None for those of the whole session.
            expression: the filter; None takes every row.
            folds: whether what repeats is folded into the row before it: then only what is shown counts as a hit.
            around: the position from which on it looks in both directions; None: from the newest back.
        """
        self._reading = reading
        self._around = around
        self._folds = folds
        self._connection = connection
        self._expression = EVERYTHING if expression is None else expression
        self._rows: FilteredRows | None = None
        self._until_ns = 0
        self._epoch = 0

    def epoch(self) -> int:
        """How often it has begun: what was told of hits holds as long as this stays the same."""
        with self._found():
            return self._epoch

    @contextmanager
    def _found(self) -> Iterator[FilteredRows]:
        with self._reading() as store:
            if self._rows is None or store.until_ns < self._until_ns:
                self._rows = begin(store, self._connection, self._expression, folds=self._folds, around=self._around)
                self._epoch += 1
            self._until_ns = store.until_ns
            yield self._rows

    def step(self, seconds: float) -> Progress:
        """Look through some more rows, those behind what was looked through first, then older ones.

        Args:
            seconds: when to stop; a chunk of rows, at most about a megabyte, is looked through in any case.

        Raises:
            PatternTooSlow: the filter's pattern takes too long.
        """
        with self._found() as found:
            return found.step(seconds)

    def rows(self, first: int, count: int) -> list[Row]:
        """The hits ``first`` (0 is the oldest known) to ``first + count - 1``, with their marks."""
        with self._found() as found:
            return found.rows(first, count)

    def positions(self, first: int, count: int) -> list[int]:
        """Where in the list those hits are, from 1: their numbers in a connection, or places in the session."""
        with self._found() as found:
            return found.positions(first, count)

    def hits_before(self, position: int) -> int:
        """How many of the hits found so far come before a position: the number of the first one that does not."""
        with self._found() as found:
            return found.hits_before(position)

    def folded_from(self, position: int) -> int:
        """How many of the hits from a position on are folded into others, of those found so far."""
        with self._found() as found:
            return found.folded_from(position)

    def looked(self) -> tuple[int, int]:
        """The first and the last position that were looked through; the last before the first where none was."""
        with self._found() as found:
            return found.looked

    def hits_between(self, first: int, last: int) -> Sequence[int]:
        """The positions between two, both included, that the filter takes.

        It does not matter whether they were looked through before, nor whether they are folded away.
        """
        with self._found() as found:
            return found.hits_between(first, last)

    def folds(self, first: int, count: int) -> list[Fold]:
        """What is folded into the hits ``first`` (0 is the oldest known) to ``first + count - 1``, for each of them."""
        with self._found() as found:
            if isinstance(found, FoldedRows):
                return found.folds(first, count)
            return [NO_FOLD] * len(found.positions(first, count))

    def expand(self, position: int) -> int:
        """Show the rows one by one that are folded into the row at a position, also those that still come.

        Returns:
            How many more hits there are now, all of them behind that row.
        """
        with self._found() as found:
            return found.expand(position) if isinstance(found, FoldedRows) else 0

    def collapse(self, position: int) -> int:
        """Fold the rows again that were expanded, of which one is at a position.

        Returns:
            How many fewer hits there are now.
        """
        with self._found() as found:
            return found.collapse(position) if isinstance(found, FoldedRows) else 0


def begin(
    store: Store,
    connection: int | None,
    expression: Expression,
    *,
    folds: bool = False,
    around: int | None = None,
) -> FilteredRows:
    """A search that holds nothing back from anybody; its calls belong where the store is read."""
    times = times_of(store)
    matcher = Matcher(expression, times)
    search = SegmentSearch(store, matcher, times)
    span = SessionSpan(store, search) if connection is None else ConnectionSpan(store, search, connection)
    return FoldedRows(span, matcher, around) if folds else FilteredRows(span, matcher, around)


def times_of(store: Store) -> Times:
    """From when to when the session goes."""
    found = store.one("SELECT min(first_ns) FROM (SELECT first_ns FROM batch ORDER BY id LIMIT 1)")
    first = found[0] if found and found[0] else 0
    found = store.one("SELECT last_ns FROM batch ORDER BY id DESC LIMIT 1")
    return Times(int(first), int(found[0]) if found else int(first))
