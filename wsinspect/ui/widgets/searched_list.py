"""A list of messages of which some may be left out: a search finds those that stay, step by step.

What is in sight stays where it is, whatever is found before it. Rows that are cleared are counted once and passed over;
rows that a search marks but does not hide are told apart by a search of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wsinspect.errors import WsInspectError
from wsinspect.filters import Expression
from wsinspect.filters.advice import advice
from wsinspect.filters.spots import findable
from wsinspect.model import Row
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.closed import Closed
from wsinspect.ui.messages.cells import ALL_COLUMNS, columns
from wsinspect.ui.messages.listed import Listed
from wsinspect.ui.messages.rows import MessageRows
from wsinspect.ui.messages.search_run import Found, SearchRun
from wsinspect.ui.messages.silences import asks
from wsinspect.ui.widgets.list_events import ListEvent
from wsinspect.ui.widgets.row_list import RowList


class SearchedList(RowList[Row]):
    """The rows of one connection, or of several, narrowed down or searched."""

    @dataclass
    class Searched(ListEvent):
        """A search has come further, or another one began."""

    @dataclass
    class LeftOut(ListEvent):
        """The row that the cursor was sent to is not listed."""

        position: int

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self._rows = MessageRows(bridge)
        super().__init__(columns(0), self._rows, id=id)
        self._bridge = bridge
        self.usual = Listed()
        """What is listed as long as nobody is sent to a row that is left out."""
        self.there = 0
        """Rows that the connection has, or all have."""
        self.held_at = 0
        """Rows that the connection had, or all had, when the list was held still."""
        self.cleared_ns: int | None = None
        """Rows that came until then are not listed, nanoseconds since the epoch; None: all are."""
        self.finds: Expression | None = None
        """What rows are marked for."""
        self.run: SearchRun | None = None
        """What finds the rows, where some are left out."""
        self.finder: SearchRun | None = None
        """What counts those that are marked."""
        self._epoch = 0
        self._is_counting_cleared = False
        self._sent_to: int | None = None
        """Position of the row that the cursor was sent to and that has to be listed; None where it only stays."""
        self._at_end: int | None = None
        """How many rows were found when all had been looked through for the first time; None until then."""
        self._is_found = False
        """Whether so many have been listed."""
        self._moves = 0
        """How often the reader moved the cursor."""
        self._cleared_at: int | None = None
        """Position of the row that was read when what came before was cleared; None where the list followed."""
        self.is_asked_to_fold = False
        """Whether it is to be said when nothing was folded."""
        self._read_at: int | None = None
        """Position of the row that was read when other rows were listed, until the reader moves."""

    # What is listed

    @property
    def listed(self) -> Listed:
        """Which rows are listed."""
        return self._rows.listed

    @property
    def skipped(self) -> int:
        """How many rows before the first are not listed because they are cleared, or not kept any more."""
        return self._rows.skipped

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown, and every search is over."""
        runs = (self.run, self.finder)
        is_over = all(run is None or run.is_settled for run in runs) and not self._is_counting_cleared
        return super().is_settled and is_over

    @property
    def searched(self) -> float | None:
        """Which part of the rows was looked through; None where every row was, and what was found is listed.

        Rows that came since count for the next report, so that a list that follows does not search all the time.
        """
        runs = [run for run in (self.run, self.finder) if run is not None and not run.has_failed]
        parts = [_part(run) for run in runs]
        if self.run in runs and not self._is_found:
            parts.append(1.0)
        return min((part for part in parts if part is not None), default=None)

    @property
    def left_out(self) -> int:
        """How many of the rows that were looked through are not taken, those that are cleared not counted."""
        found = self.run.found if self.run is not None else None
        if found is None:
            return 0
        return max(0, found.rows - self.skipped - found.extent.count - found.extent.folded)

    @property
    def folded(self) -> int:
        """How many are folded into others."""
        found = self.run.found if self.run is not None else None
        return found.extent.folded if found is not None else 0

    @property
    def newer(self) -> int:
        """How many of the rows that are listed came since the list was held still."""
        if self.run is None:
            return max(0, self.there - self.held_at)
        found = self.run.found
        return found.newer if found is not None and found.held_at == self.held_at else 0

    @property
    def hint(self) -> str:
        """What stands there now while there are no rows."""
        is_cleared = self._rows.skipped > 0 and self.cleared_ns is not None
        cleared = f"{self._rows.skipped:,} cleared: L lists them again" if is_cleared else ""
        if self.listed.is_whole or self.run is None:
            return cleared or super().hint
        if not self.run.is_settled:
            return "searching"
        if not self.left_out:
            return cleared or super().hint
        return "; ".join(filter(None, (self._why_left_out, cleared)))

    @property
    def _why_left_out(self) -> str:
        """Why nothing is left of what is not cleared."""
        if self.listed.filter is None:
            return "all rows here are of kinds that are hidden: U lists those"
        if self.listed.hidden:
            return "nothing is left of what the filter takes: kinds are hidden, U lists those"
        meant = advice(self.listed.filter)
        return f"nothing is taken: {meant}" if meant else "nothing here is taken by the filter"

    def show(self, connection: int | None, total: int, *, merged: tuple[int, ...] = (), cursor: int = -1) -> None:
        """Show the rows of another connection, or of several.

        Args:
            connection: whose; None: those of ``merged``, or of all where that is empty.
            total: how many rows the connection has, or all have.
            merged: connections whose rows are shown in the order they came.
            cursor: the row that the cursor is to be on, from 0; -1: the newest.
        """
        self.there = total
        self._read_at = self._cleared_at = None
        self.usual = replace(self.usual, connection=connection, merged=merged)
        self._sent_to = cursor + 1 if cursor >= 0 else None
        self._list(self.usual, self._sent_to)

    def narrow(self, listed: Listed) -> None:
        """List other rows of the same connections; the cursor stays on its row, or close to it."""
        self.usual = listed
        if listed != self.listed:
            self._sent_to = None
            self._list(listed, self._kept_position())

    def clear(self, at_ns: int | None) -> None:
        """List only what came later than this, and follow it; None: everything again, where it was read before."""
        if at_ns != self.cleared_ns:
            position = self._kept_position()
            if at_ns is not None:
                self._cleared_at, position = position, None
            elif position is None:
                position = self._cleared_at
            self.cleared_ns = at_ns
            self._sent_to = None
            self._list(self.listed, position)

    def list_whole(self, position: int) -> None:
        """List every row of the same connections again, with the cursor on the one at a position from 1."""
        self.cleared_ns = None
        self.usual = replace(self.usual, filter=None)
        self._list(Listed(self.listed.connection, self.listed.merged), position)

    def go_to(self, position: int) -> None:
        """Put the cursor on the row at a position among all, from 1."""
        self.is_following = False
        self._read_at = position
        if self.run is not None:
            self.run.sought = self._sent_to = position
            self.run.look()
        elif position > self.skipped:
            self.send_to(position - 1 - self.skipped)
        else:
            self.post_message(self.LeftOut(self, position))

    def find(self, expression: Expression | None) -> None:
        """Mark the rows that a filter takes, and hide nothing for it."""
        if expression != self.finds:
            self.finds = expression
            self._begin_finding()
            self.refresh_bindings()
            self._window.ask()

    def _kept_position(self) -> int | None:
        """The position of the row that is read, also while it is left out; None where the list follows its newest."""
        if self.is_following:
            self._read_at = None
        elif self._read_at is None:
            self._read_at = self._position_at(self.cursor)
        return self._read_at

    def _position_at(self, index: int) -> int | None:
        row = self.row(index)
        return self._rows.position(row) if row is not None else None

    # Beginning anew

    def _list(self, listed: Listed, position: int | None) -> None:
        """List these rows, with the cursor on the one at a position among all, or on the newest (None)."""
        self._rows.listed, self.run = listed, None
        self._rows.skipped = self._rows.dropped = 0
        self._choose_columns()
        if self.cleared_ns is None:
            self._begin(position)
        else:
            self._is_counting_cleared = True
            self.start_over(0, is_following=position is None)
            self.run_worker(self._begin_cleared(self.cleared_ns, position), group="cleared", exclusive=True)

    def _choose_columns(self) -> None:
        """Those of one connection, with room for all of its numbers, or of several."""
        self.columns = ALL_COLUMNS if self.listed.connection is None else columns(self.there)
        self._place()

    async def _begin_cleared(self, at_ns: int, position: int | None) -> None:
        connection = self.listed.connection
        try:
            skipped = await self._bridge.call(lambda reader: reader.rows_until(connection, at_ns))
        except (Closed, WsInspectError) as error:
            self._say(error)
            return
        finally:
            self._is_counting_cleared = False
        if position is not None and position <= skipped:
            position = None
        self._rows.skipped = skipped
        self._begin(position)

    def _begin(self, position: int | None) -> None:
        rows, listed = self._rows, self.listed
        rows.search, rows.start = None, 0
        self._at_end, self._is_found = None, False
        if listed.is_whole:
            self.workers.cancel_group(self, "search")
            cursor = -1 if position is None else position - 1 - rows.skipped
            self.start_over(self.there - rows.skipped, cursor=cursor, is_following=position is None)
        else:
            self.start_over(0, is_following=position is None)
            run = self.run = SearchRun(self._bridge, listed, self._found, self._reading_s, around=position)
            run.skipped, run.held_at = rows.skipped, self.held_at
            self.run_worker(self._search(run), group="search", exclusive=True)
        self._begin_finding()
        self.post_message(self.Searched(self))

    def _begin_finding(self) -> None:
        self._rows.finder, self.finder = None, None
        self._rows.found_for, self._rows.filtered_for = findable(self.finds), findable(self.listed.filter)
        self._rows.found_by_silence, self._rows.filtered_by_silence = asks(self.finds), asks(self.listed.filter)
        if self.finds is None:
            self.workers.cancel_group(self, "find")
            return
        position = self._kept_position()
        finding = self.listed.finding(self.finds)
        run = self.finder = SearchRun(self._bridge, finding, self._counted, self._reading_s, around=position)
        run.skipped, run.sought = self._rows.skipped, None
        self.run_worker(self._search(run), group="find", exclusive=True)

    def _reading_s(self) -> float:
        return self._rows.took_s

    async def _search(self, run: SearchRun) -> None:
        try:
            await run.run()
        except (Closed, WsInspectError) as error:
            run.has_failed = True
            self._say(error)

    def _say(self, error: Closed | WsInspectError) -> None:
        if isinstance(error, WsInspectError):
            self.post_message(self.Failed(self, str(error)))

    # What is found

    def _found(self, run: SearchRun, found: Found) -> None:
        """The search that finds the rows has come further."""
        if run is not self.run:
            return
        rows, extent = self._rows, found.extent
        is_new = rows.search is None or extent.epoch != self._epoch
        pushed = 0 if is_new else rows.start - extent.start
        rows.search, rows.start, self._epoch = run.places, extent.start, extent.epoch
        self.renumber(extent.count, pushed)
        if found.progress.is_done:
            if self.is_asked_to_fold and not extent.folded:
                self.post_message(self.Remarked(self, "nothing here repeats, so nothing is folded"))
            self.is_asked_to_fold = False
            # Fewer are enough where some are not kept any more, or are folded.
            self._at_end = extent.count if self._at_end is None else min(self._at_end, extent.count)
        if found.place is not None:
            run.sought = None
            self.send_to(max(0, found.place.place - extent.start))
            # A cursor that only stays where it was is put beside its row where that is left out.
            if not found.place.is_hit and found.place.position == self._sent_to:
                self.post_message(self.LeftOut(self, found.place.position))
            self._sent_to = None
        self.post_message(self.Searched(self))

    def _counted(self, run: SearchRun, found: Found) -> None:
        """The search that marks rows has come further."""
        if run is not self.finder:
            return
        is_new, self._rows.finder = self._rows.finder is None, run.places
        position = self._position_at(self.cursor)
        hits, is_old = self._rows.hits, self._rows.hits_epoch != found.extent.epoch
        if is_new or is_old or (position is not None and hits.get(position, 0) is None):
            self._window.ask()
        self.post_message(self.Searched(self))

    def grow(self, total: int) -> None:
        """The connection has ``total`` rows now, or all have: the column of numbers has room for all of them."""
        self.there = total
        self._choose_columns()
        for run in (self.run, self.finder):
            if run is not None:
                run.look()
        if self.listed.is_whole and not self._is_counting_cleared:
            super().grow(max(0, total - self.skipped))

    def _show(self) -> None:
        super()._show()
        if not self._is_found and self._at_end is not None and self.total >= self._at_end:
            self._is_found = True
            self.post_message(self.Searched(self))
        if self.finder is not None and not self.is_following:
            self.post_message(self.Searched(self))
        gone = self._rows.dropped - 1 - self.skipped
        if gone > 0:
            self._pass_over(gone)

    def _pass_over(self, gone: int) -> None:
        """So many more of the first rows are not kept any more: one row stands for all of them."""
        self._rows.skipped += gone
        if self.run is None:
            self.renumber(max(0, self.there - self.skipped), -gone)
            return
        self.run.skipped = self.skipped
        self.run.look()

    # Moving

    def action_first(self) -> None:
        """To the first row, also where a search has yet to come to it: then it begins there."""
        if self._is_searching:
            self._hold()
            self._list(self.listed, self.skipped + 1)
        else:
            super().action_first()

    def action_last(self) -> None:
        """To the newest row, also where a search has yet to come to it: then it begins there."""
        if self._is_searching:
            self._list(self.listed, None)
        else:
            super().action_last()

    @property
    def _is_searching(self) -> bool:
        """Whether there may be rows at either end that a search has yet to come to."""
        found = self.run.found if self.run is not None else None
        return self.run is not None and (found is None or not found.progress.is_done)

    async def _go_to_position(self, run: SearchRun, position: int) -> None:
        moves = self._moves
        place = await run.locate(position)
        # Not where the reader went elsewhere meanwhile.
        if place is not None and run is self.run and self._moves == moves:
            self.send_to(place.place - self._rows.start)

    def _hold(self) -> None:
        if self.is_following:
            self._count_from_here()
        if self.run is not None:
            self.run.sought = None
        if self.total:
            self._read_at = None
        self._moves += 1
        super()._hold()

    def _count_from_here(self) -> None:
        """Rows are new from now on."""
        self.held_at = self.there
        if self.run is not None:
            if self.run.found is not None:
                # It may have come to rows of which the owner was not told yet.
                self.held_at = max(self.there, self.run.found.progress.total)
            self.run.held_at = self.held_at
            self.run.look()


def _part(run: SearchRun) -> float | None:
    """Which part of the rows a search has looked through; None where it has looked through all."""
    if run.found is None:
        return 0.0
    progress = run.found.progress
    return None if progress.is_done else progress.looked / progress.total
