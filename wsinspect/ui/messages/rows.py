"""The rows of the list of messages: read in windows, whole or as a search finds them, with what is said beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

from wsinspect.filters.spots import Findable
from wsinspect.model import Row, RowKind
from wsinspect.session.search.folded import NO_FOLD, Fold
from wsinspect.session.search.places import Places
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.drawing.columns import Cell
from wsinspect.ui.messages.cells import ENDLESS, Sought, answered_ping, cells
from wsinspect.ui.messages.excerpt import Excerpt
from wsinspect.ui.messages.excerpts import Excerpts
from wsinspect.ui.messages.listed import Listed
from wsinspect.ui.messages.silences import Silences

PING_AWAY = 64
"""How many rows above a pong its ping is looked for."""


class Window(NamedTuple):
    """Rows that were read together."""

    rows: list[Row]
    positions: Sequence[int]
    """Where each is among all rows of the connection, or of all, from 1."""
    folds: Sequence[Fold] = ()
    """What is folded into each; empty where nothing is."""
    hits: Mapping[int, int | None] = MappingProxyType({})
    """The positions of those that a search takes which hides nothing, with the place of each as far as it is known."""
    hits_epoch: int = 0
    """The epoch of the search in which those places hold."""
    excerpts: Mapping[tuple[int, int], Excerpt | None] = MappingProxyType({})
    """Where the first word stands that each was found for, by connection and number; None: in its own line, or
    nowhere. Missing is what was not looked at."""
    silences: Mapping[tuple[int, int], int | None] = MappingProxyType({})
    """How long the connection of each was silent before it, in nanoseconds, by connection and number, where a filter
    asks for that. Missing is what was not looked at."""
    unmeasured: frozenset[tuple[int, int]] = frozenset()
    """Those of which that is to be said, and was not looked at."""
    dropped: int = 0
    """How many of the first rows of the connection, or of all, are not kept any more."""


NOTHING = Window([], ())


class MessageRows:
    """The rows as a list draws them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.listed = Listed()
        """Which rows."""
        self.skipped = 0
        """How many of the connection, or of all, are not shown because they are cleared."""
        self.dropped = 0
        """How many of the first rows are not kept any more, as of the latest window."""
        self.search: Places | None = None
        """What finds them, where some are left out."""
        self.start = 0
        """Place of the first one among what the search found."""
        self.finder: Places | None = None
        """What takes those that are marked as found."""
        self.filtered_for: tuple[Findable, ...] = ()
        """What the filter looks for, drawn as found."""
        self.found_for: tuple[Findable, ...] = ()
        """What the search looks for, drawn as found."""
        self.filtered_by_silence = self.found_by_silence = False
        """Whether the filter, and the search, ask how long a connection was silent."""
        self.in_sight = range(0)
        """Indexes of the rows that will be in sight."""
        self.room = ENDLESS
        """Cells of the column of messages."""
        self.since_ns: int | None = None
        """The moment that times are counted from; None shows the clock."""
        self.hits: Mapping[int, int | None] = {}
        """As in the latest window."""
        self.hits_epoch = 0
        self.took_s = 0.0
        """How long the session's thread read the latest window, in seconds."""
        self._excerpts = Excerpts()
        self._known: Mapping[tuple[int, int], Excerpt | None] = {}
        self._silences = Silences()
        self._unmeasured: frozenset[tuple[int, int]] = frozenset()
        self._about: dict[tuple[int, int], Sought] = {}
        self._positions: dict[tuple[int, int], int] = {}

    async def fetch(self, first: int, count: int) -> Sequence[Row]:
        """A window of rows."""
        connection, search, finder = self.listed.connection, self.search, self.finder
        in_sight, aims, looks, says = self.in_sight, self._aims, bool(self.wanted), self._says_silence
        place, position = self.start + first, self.skipped + first + 1

        def read(reader: SessionReader) -> Window:
            if search is not None:
                found = search.window(place, count)
                window = Window(found.rows, found.positions, found.folds)
            elif self.listed.is_whole:
                window = _whole(reader, connection, position, count)
            else:
                return NOTHING
            if finder is not None and window.positions:
                window = window._replace(hits=finder.hits_among(window.positions), hits_epoch=finder.epoch)
            hits = [position in window.hits for position in window.positions]
            seen = slice(max(0, in_sight.start - first), max(0, in_sight.stop - first))
            if any(says):
                asked = [row for row, is_hit in zip(window.rows[seen], hits[seen], strict=False) if says[is_hit]]
                self._silences.look(reader, asked, window.rows)
                asked = [row for row, is_hit in zip(window.rows, hits, strict=False) if says[is_hit]]
                silences = self._silences.known(asked)
                unmeasured = frozenset((row.connection, row.number) for row in asked) - silences.keys()
                window = window._replace(silences=silences, unmeasured=unmeasured)
            if not looks:
                return window
            aimed = [(row, aims[is_hit]) for row, is_hit in zip(window.rows, hits, strict=False)]
            self._excerpts.look(reader, aimed[seen])
            return window._replace(excerpts=self._excerpts.known(aimed))

        def timed(reader: SessionReader) -> tuple[Window, float]:
            began = monotonic()
            return read(reader), monotonic() - began

        window, self.took_s = await self._bridge.call(timed)
        self._keep(window)
        return window.rows

    def _keep(self, window: Window) -> None:
        self.dropped, self.hits, self.hits_epoch = window.dropped, window.hits, window.hits_epoch
        folds = window.folds or [NO_FOLD] * len(window.rows)
        keys = [(row.connection, row.number) for row in window.rows]
        self._positions = dict(zip(keys, window.positions, strict=False))
        self._known, wanted, aims = window.excerpts, self.wanted, self._aims
        self._unmeasured = window.unmeasured
        self._about = {
            key: Sought(
                wanted,
                aims[position in window.hits],
                window.excerpts.get(key),
                position in window.hits,
                fold,
                window.silences.get(key),
            )
            for key, position, fold in zip(keys, window.positions, folds, strict=False)
        }

    @property
    def wanted(self) -> tuple[Findable, ...]:
        """What is drawn as found."""
        return self.found_for + self.filtered_for

    @property
    def _aims(self) -> tuple[tuple[Findable, ...], tuple[Findable, ...]]:
        """What a row is there for that is no hit of the search, and what one is that is."""
        return self.filtered_for, self.found_for or self.filtered_for

    @property
    def _says_silence(self) -> tuple[bool, bool]:
        """Whether silence is said of a row that is no hit of the search, and of one that is."""
        return self.filtered_by_silence, self.found_by_silence or self.filtered_by_silence

    @property
    def looks_closer(self) -> bool:
        """Whether more is said of the rows in sight than what stands in them."""
        return bool(self.wanted) or any(self._says_silence)

    def lacks(self, row: Row) -> bool:
        """Whether that was not looked at yet of a row that is in sight."""
        key = row.connection, row.number
        return (bool(self.wanted) and key not in self._known) or key in self._unmeasured

    def position(self, row: Row) -> int | None:
        """Where a row at hand is among all rows of the connection, or of all, from 1."""
        return self._positions.get((row.connection, row.number))

    def fold(self, row: Row) -> Fold:
        """What is folded into a row at hand."""
        return self._said_of(row).fold

    def _said_of(self, row: Row) -> Sought:
        return self._about.get((row.connection, row.number), _NOTHING_SAID)

    def _last_ns(self, row: Row | None) -> int | None:
        """When the last of what stands in a row came: what is folded into it is no silence before the next."""
        if row is None:
            return None
        fold = self.fold(row)
        return fold.last_ns if fold.rows else row.at_ns

    def cells(self, index: int, rows: Mapping[int, Row]) -> Mapping[str, Cell]:
        """The cells of one row."""
        row = rows[index]
        return cells(
            row,
            self._last_ns(rows.get(index - 1)),
            _ping(index, rows),
            since_ns=self.since_ns,
            sought=self._said_of(row),
            room=self.room,
        )


_NOTHING_SAID = Sought()


def _whole(reader: SessionReader, connection: int | None, position: int, count: int) -> Window:
    """All rows from a position on."""
    rows = reader.all_rows(position, count) if connection is None else reader.rows(connection, position, count)
    dropped = reader.dropped(connection)
    first = max(position, dropped)
    return Window(rows, range(first, first + len(rows)), dropped=dropped)


def _ping(index: int, rows: Mapping[int, Row]) -> Row | None:
    """The ping that a pong answers, when it is at hand."""
    row = rows[index]
    if row.kind is not RowKind.PONG:
        return None
    before = (rows.get(at) for at in range(index - 1, max(-1, index - 1 - PING_AWAY), -1))
    return answered_ping(row, [one for one in before if one is not None])
