"""A session that was merged of two files, merged anew with another offset: what the screen needs of whoever can do it.

Everything on screen stays where it was as far as that can be: the connection that was chosen is chosen by where it
comes from, since numbers may change with the order of opening.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wsinspect.model import Connection, Row
from wsinspect.origin import Origin, origin_of
from wsinspect.ui.bridge import SessionReader


class Shown(Protocol):
    """A session that can be looked at."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def notices(self) -> Sequence[str]:
        """What the user should know of it."""


class TwoSides(Protocol):
    """Merges two files."""

    @property
    def second(self) -> Path:
        """The file whose clock is set."""

    def merged(self, asked_ns: int | None, on_progress: Callable[[int], None], /) -> tuple[Shown, bool]:
        """The merged session, and whether it was made just now.

        Args:
            asked_ns: how far the second file's clock is set forward, nanoseconds; None: find it out.
            on_progress: told how many rows are done, now and then; what it raises ends the merging.

        Raises:
            WsInspectError: they cannot be merged.
        """


@dataclass(frozen=True, slots=True)
class Spot:
    """What is looked at, in terms of the files."""

    origin: Origin | None
    """The connection that is chosen."""
    row_of: Origin | None
    """The connection of the row under the cursor among the messages."""
    row: int
    """Its number; 0 where the newest is followed."""
    is_all: bool
    """Whether messages of all connections are shown."""
    panel: str
    """The panel in focus."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What is looked at, in terms of the session on screen."""

    chosen: int | None
    """The connection that is chosen."""
    row: Row | None
    """The row under the cursor among the messages; None where the newest is followed."""
    is_all: bool
    """Whether messages of all connections are shown."""
    panel: str
    """The panel in focus."""


@dataclass(frozen=True, slots=True)
class Place:
    """The same in the session that is shown next."""

    connection: int
    """Number of the connection; 0 for none."""
    cursor: int
    """Index of the row among those that are listed; -1 for the newest."""
    is_all: bool
    panel: str


def spot(reader: SessionReader, now: Looking) -> Spot:
    """What is looked at."""
    row = now.row
    origin = _origin(reader.connection(now.chosen)) if now.chosen else None
    row_of = _origin(reader.connection(row.connection)) if row is not None and row.connection else None
    return Spot(origin, row_of, row.number if row is not None else 0, now.is_all, now.panel)


def place_of(reader: SessionReader, looked_at: Spot) -> Place:
    """Where that is now."""
    found = reader.connection_from(looked_at.origin) if looked_at.origin is not None else None
    number = found.id if found is not None else 0
    if not looked_at.is_all:
        return Place(number, looked_at.row - 1, is_all=False, panel=looked_at.panel)
    row_of = reader.connection_from(looked_at.row_of) if looked_at.row_of is not None else None
    rows = reader.rows(row_of.id, looked_at.row, 1) if row_of is not None and looked_at.row else []
    return Place(number, _position(reader, rows[0]) if rows else -1, is_all=True, panel=looked_at.panel)


def _origin(connection: Connection | None) -> Origin | None:
    return origin_of(connection.source) if connection is not None else None


def _position(reader: SessionReader, row: Row) -> int:
    """The index of a row among all: as many as there were at its time, but for itself."""
    return reader.rows_until(None, row.at_ns) - 1
