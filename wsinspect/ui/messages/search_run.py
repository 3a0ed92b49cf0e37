"""One search of the session on its way: step by step in the bridge's thread, so that every key gets in between.

Older rows are found before all that are known and renumber the hits. What
the screen goes by are places: hits counted from where the search began, which never change; older ones are negative.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from wsinspect.session.search.filtered import Progress
from wsinspect.session.search.places import Extent, Nearest, Place, Places
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.messages.listed import Listed

STEP_S = 0.02
"""How long the session's thread searches before it answers somebody else, in seconds."""

TELL_S = 0.1
"""Shortest time between two reports of a search that goes on, in seconds."""

FIRST_HITS = 100
"""As long as there are fewer hits than a screen may show, each step that finds some is reported at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has come to."""

    progress: Progress
    extent: Extent
    """Which hits the list shows."""
    rows: int
    """Rows that were looked through, of the connections that are listed."""
    place: Place | None = None
    """Where the row is that is sought; None as long as the search has not come as far, or when none is."""
    held_at: int = 0
    """After which of all rows ``newer`` counts."""
    newer: int = 0
    """How many hits there are behind that."""


class SearchRun:
    """Runs one search as long as ``run`` is awaited."""

    def __init__(
        self,
        bridge: Bridge,
        listed: Listed,
        tell: Callable[[SearchRun, Found], None],
        showing_s: Callable[[], float] = lambda: 0.0,
        *,
        around: int | None = None,
    ) -> None:
        """Nothing is looked at yet.

        Args:
            bridge: the way to the session.
            listed: what is searched for.
            tell: called with this whenever what was found is to be shown.
            showing_s: tells how long the session's thread took to read what is shown, in seconds: it searches at
                least as long before there is something new to show, so that a search is never held up by its list.
            around: the position of the row that is looked around, and whose place is to be told; None: the search
                goes from the newest back.
        """
        self._bridge = bridge
        self._listed = listed
        self._tell = tell
        self._showing_s = showing_s
        self._searched_s = 0.0
        """How long was searched since the last report."""
        self._wake = asyncio.Event()
        self._told_at = 0.0
        self._begun = asyncio.Event()
        self.places: Places | None = None
        """What is asked for rows, in the bridge's thread; None until the search has begun."""
        self.found: Found | None = None
        """What was reported last."""
        self.has_failed = False
        """Whether it ended with an error, which was said."""
        self.skipped = 0
        """Rows of the list that are not shown because they are cleared; they are not searched either."""
        self._around = around
        self.sought = around
        """Position of a row whose place is to be told as soon as the search has come as far."""
        self.held_at = 0
        """Position of the row behind which hits are counted as new."""

    @property
    def is_settled(self) -> bool:
        """Whether everything is looked through, and reported."""
        return self.found is not None and not self._wake.is_set() and self.found.progress.is_done

    def look(self) -> None:
        """There may be new rows, or rows may have gone."""
        self._wake.set()

    async def run(self) -> None:
        """Search, then wait for new rows and search them, without end.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be searched.
        """
        listed = self._listed
        search = await self._bridge.call(
            lambda reader: reader.search(listed.connection, listed.expression, folds=listed.folds, around=self._around)
        )
        places = self.places = Places(search)
        self._begun.set()
        while True:
            self._wake.clear()
            found = await self._bridge.call(partial(self._step, places=places))
            if found.progress.is_done or self._is_due(found):
                self.found, self._told_at, self._searched_s = found, monotonic(), 0.0
                self._tell(self, found)
            if found.progress.is_done:
                await self._wake.wait()

    def _step(self, reader: SessionReader, places: Places) -> Found:
        began, sought, held_at = monotonic(), self.sought, self.held_at
        progress = places.step(STEP_S)
        self._searched_s += monotonic() - began
        place = places.locate(sought) if sought is not None else None
        is_counted = progress.is_done and self._listed.merged and self._listed.is_narrowed
        rows = self._rows_of_merged(reader) if is_counted else progress.looked
        return Found(progress, places.extent(self.skipped), rows, place, held_at, places.behind(held_at))

    def _rows_of_merged(self, reader: SessionReader) -> int:
        """Rows of the selected connections: the list goes through those of all."""
        found = map(reader.connection, self._listed.merged)
        return sum(connection.rows for connection in found if connection is not None)

    def _is_due(self, found: Found) -> bool:
        if self._searched_s < self._showing_s():
            return False
        was = self.found.extent.count if self.found is not None else 0
        is_first = was < FIRST_HITS and found.extent.count > was
        return is_first or found.place is not None or monotonic() - self._told_at >= TELL_S

    async def unfold(self, position: int) -> None:
        """Show the rows one by one that are folded into the row at a position, or fold those again that it is among.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be searched.
        """
        places = self.places
        if places is not None:
            await self._bridge.call(lambda _reader: places.unfold(position))
            self.look()

    async def nearest(self, position: int, *, forward: bool, seconds: float) -> int | None:
        """The position of the next hit behind a position, or of the one before it, once the search has begun.

        Args:
            position: where to begin, from 1.
            forward: whether to look behind it.
            seconds: how long the session's thread looks before it answers somebody else.

        Returns:
            None where there is none.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be searched.
        """
        await self._begun.wait()
        places = self.places
        while places is not None:
            look = partial(_nearest, places=places, position=position, seconds=seconds, forward=forward)
            looked = await self._bridge.call(look)
            if looked.is_over:
                return looked.position
        return None

    async def locate(self, position: int) -> Place | None:
        """The place of the row at a position; None as long as the search has not come as far.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be searched.
        """
        places = self.places
        return await self._bridge.call(lambda _reader: places.locate(position)) if places is not None else None


def _nearest(_reader: SessionReader, *, places: Places, position: int, seconds: float, forward: bool) -> Nearest:
    return places.nearest(position, seconds, forward=forward)
