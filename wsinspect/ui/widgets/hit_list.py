"""A list of messages in which what is looked for is brought into sight, and one goes from hit to hit."""

from __future__ import annotations

from textual.worker import Worker

from wsinspect.errors import WsInspectError
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.closed import Closed
from wsinspect.ui.messages.cells import ENDLESS
from wsinspect.ui.messages.search_run import SearchRun
from wsinspect.ui.widgets.searched_list import SearchedList

HIT_STEP_S = 0.03
"""How long the session's thread looks for the next hit before it answers somebody else, in seconds."""

_NO_HIT = {1: "no hit after this row: N goes back", -1: "no hit before this row: n goes on"}


class HitList(SearchedList):
    """The cursor among the hits."""

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        super().__init__(bridge, id=id)
        self._hits_to_go = 0
        """How many hits further on the cursor is to be; less than none: before."""
        self._leap: Worker[None] | None = None
        """What takes it there."""
        self._hit_at: int | None = None
        """Position of the hit that it was sent to last."""
        self._lacking: list[tuple[int, int]] = []
        """Rows in sight that were not looked into when it was last asked for."""

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown, and the cursor is where it is to be."""
        return super().is_settled and not self._is_leaping

    # Where what is looked for stands

    def _show(self) -> None:
        super()._show()
        self._look_closer()

    def _begin_finding(self) -> None:
        self._lacking = []
        super()._begin_finding()

    def _wanted(self, total: int) -> tuple[int, int]:
        first, count = super()._wanted(total)
        top = self._top(total)
        self._rows.in_sight = range(top, top + self.size.height)
        return first, count

    def _place(self) -> None:
        super()._place()
        self._rows.room = next((placed.width for placed in self.placed if placed.column.key == "message"), ENDLESS)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Look into the messages that came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._look_closer()

    def _look_closer(self) -> None:
        """Have the rows in sight looked into that were not yet, where more is said of them than what stands there."""
        if not self._rows.looks_closer:
            return
        top = self.scroll_offset.y
        rows = (self.row(index) for index in range(top, min(top + self.size.height, self.total)))
        lacking = [(row.connection, row.number) for row in rows if row is not None and self._rows.lacks(row)]
        # Each window looks into one row at least; where it did not, it will not do so the next time either.
        if lacking and lacking != self._lacking:
            self._window.ask()
        self._lacking = lacking

    # Going from hit to hit

    @property
    def has_hits(self) -> bool:
        """Whether there is something to go to from hit to hit."""
        return self.finds is not None or self.listed.filter is not None

    @property
    def hit(self) -> int | None:
        """Which of the hits that are known the cursor is on, from 1; None where it is on none, or is not known yet."""
        found, rows = self.finder.found if self.finder is not None else None, self._rows
        position = self._position_at(self.cursor)
        place = rows.hits.get(position) if position is not None else None
        if found is None or place is None or rows.hits_epoch != found.extent.epoch:
            return None
        number = place - found.extent.start + 1
        # A hit that has just come is counted by the next report.
        return number if 1 <= number <= found.extent.count else None

    def action_hit(self, by: int) -> None:
        """To the next hit, or the one before: where only hits are listed, one row on."""
        if self.finds is None:
            self.action_move(by)
            return
        self._hits_to_go += by
        if not self._is_leaping:
            self._hold()
            self._leap_from(arrives=False)

    def to_a_hit(self) -> None:
        """To the hit at the cursor or before it, or the first behind it: what was just looked for is to be seen."""
        self._hits_to_go = 0
        self._leap_from(arrives=True)

    @property
    def _is_leaping(self) -> bool:
        return self._leap is not None and not self._leap.is_finished

    def _leap_from(self, *, arrives: bool) -> None:
        # With a goal the cursor is on its way to a hit.
        position = self._position_at(self.cursor) if self._goal is None else self._hit_at
        if self.finder is not None and position is not None:
            work = self._go_to_hits(self.finder, position, arrives=arrives)
            self._leap = self.run_worker(work, group="hit", exclusive=True)
        else:
            self._hits_to_go = 0

    async def _go_to_hits(self, finder: SearchRun, position: int, *, arrives: bool) -> None:
        """Go on from a position, hit by hit, as long as keys ask for it: none is lost, however fast they come."""
        try:
            if arrives:
                position = await self._arrive(finder, position)
            moves = self._moves
            while self._hits_to_go and finder is self.finder and self._moves == moves:
                by = 1 if self._hits_to_go > 0 else -1
                hit = await finder.nearest(position, forward=by > 0, seconds=HIT_STEP_S)
                none = _NO_HIT[by] if finder.found is not None and finder.found.extent.count else "no hit"
                self.post_message(self.Remarked(self, none if hit is None else ""))
                if hit is None or self._moves != moves:
                    break
                position = hit
                await self._go_to(hit)
                self._hits_to_go -= by
        except (Closed, WsInspectError) as error:
            self._say(error)
        finally:
            self._hits_to_go = 0

    async def _arrive(self, finder: SearchRun, position: int) -> int:
        """Go to a hit near a position, unless the reader goes elsewhere meanwhile; returns where the cursor is."""
        moves = self._moves
        hit = await finder.nearest(position + 1, forward=False, seconds=HIT_STEP_S)
        if hit is None:
            hit = await finder.nearest(position, forward=True, seconds=HIT_STEP_S)
        if self._moves != moves:
            return position
        if hit is None:
            self.post_message(self.Remarked(self, "no hit"))
            return position
        if hit != position:
            self._hold()
            await self._go_to(hit)
        return hit

    async def _go_to(self, position: int) -> None:
        """Put the cursor on a hit that is listed."""
        self._hit_at = position
        if self.run is None:
            self.send_to(position - 1 - self.skipped)
        else:
            await self._go_to_position(self.run, position)
