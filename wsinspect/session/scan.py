"""Looking for messages in a session: a way in of its own beside the reader, for one thread, so that nobody waits.

Nothing is read for longer than a chunk of rows takes, and no transaction is left open meanwhile.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wsinspect.errors import SessionFileError
from wsinspect.filters import Expression
from wsinspect.model import Row
from wsinspect.session.filtered import Progress
from wsinspect.session.opening import open_read_only
from wsinspect.session.search import begin
from wsinspect.session.store import Store


class Scan:
    """One filter over one list of an open session."""

    def __init__(self, path: Path, expression: Expression, connection: int | None) -> None:
        """Begin a search.

        Args:
            path: the session file.
            expression: the filter.
            connection: in whose rows; None for those of the whole session.

        Raises:
            SessionFileError: it cannot be opened, or is not a session.
        """
        self._path = path
        self._store = Store(*open_read_only(path))
        with self._explained():
            self._rows = begin(self._store, connection, expression)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """A file that contradicts itself gives a SessionFileError, whoever made it."""
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError, KeyError, IndexError, struct.error) as error:
            raise SessionFileError(f"{self._path} is damaged: {error}") from error

    @property
    def count(self) -> int:
        """Hits found so far."""
        return self._rows.count

    def step(self, seconds: float) -> Progress:
        """Look through some more rows, those that are new first, and then older ones.

        Raises:
            PatternTooSlow: the filter's pattern takes too long.
            SessionFileError: the file is damaged.
        """
        with self._explained():
            return self._rows.step(seconds)

    def rows(self, first: int, count: int) -> list[Row]:
        """The hits ``first`` (0 is the oldest known) to ``first + count - 1``."""
        with self._explained():
            return self._rows.rows(first, count)

    def positions(self, first: int, count: int) -> list[int]:
        """Where in the list those hits are, from 1: their numbers in a connection, or places in the session."""
        with self._explained():
            return self._rows.positions(first, count)

    def hits_before(self, position: int) -> int:
        """How many of the hits found so far come before a position in the list."""
        with self._explained():
            return self._rows.hits_before(position)

    def hits_between(self, first: int, last: int) -> Sequence[int]:
        """The positions between two, both included, that the filter takes."""
        with self._explained():
            return self._rows.hits_between(first, last)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()
