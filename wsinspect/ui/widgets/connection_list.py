"""The list of connections, one line each, as they came or sorted; what was chosen stays chosen while others come.

A list that is sorted, or leaves some out, is put together anew at most once a second while the session grows; the
line under the cursor keeps its place on the screen. Only a filter that the user changes takes the cursor away from a
connection, and one that takes it again gives it back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from textual import events, work

from wsinspect.errors import WsInspectError
from wsinspect.filters import Expression
from wsinspect.filters.matcher import PatternTooSlow
from wsinspect.model import Order, SortBy
from wsinspect.session.search.connection_search import Listed
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.closed import Closed
from wsinspect.ui.connections.arranging import Arranging
from wsinspect.ui.connections.cells import ConnectionLine, columns
from wsinspect.ui.connections.rows import ConnectionRows
from wsinspect.ui.connections.sorting import nearest, sorted_by
from wsinspect.ui.row_window import wanted
from wsinspect.ui.screens.sort_menu import CHOICES, SortMenu
from wsinspect.ui.widgets.list_events import ListEvent
from wsinspect.ui.widgets.row_list import RowList

ARRANGE_S = 1.0
"""Shortest time between two arrangements of a list that is not natural, in seconds."""


class ConnectionList(RowList[ConnectionLine]):
    """Connections of the session."""

    BINDINGS = bindings(Scope.CONNECTIONS)
    MARGIN = 8

    @dataclass
    class Arranged(ListEvent):
        """The list was put together anew."""

    @dataclass
    class FilterDropped(ListEvent):
        """The filter is not applied any more, though nobody asked for that."""

        problem: str
        """What is wrong with it; empty where it had left out a connection that was to be shown."""

    @dataclass
    class SelectionChanged(ListEvent):
        """Other connections are selected."""

        selected: tuple[int, ...]
        """Their numbers, ascending."""

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self._rows = ConnectionRows(bridge)
        super().__init__(columns(0), self._rows, id=id)
        self._arranging = Arranging(bridge)
        self.known = 0
        """Connections there are in the session."""
        self.left_out = Listed(())
        """How many connections the list leaves out, and why."""
        self._is_arranging = False
        self._is_behind = False
        """Whether the session grew while the list was put together."""
        self._arranged_at = 0.0
        self._kept = 0
        """The connection that the cursor is to be on once the list is put together anew; 0: the one it is on."""
        self._lost = 0
        """The connection that the cursor was on before a filter left it out; 0: it is where the user put it."""
        self._is_changed = False
        """Whether the user changed what is listed, and the list does not show all of that yet."""
        self._line: int | None = None
        """The line of the screen that the cursor is to be on once the list is read; None: any."""

    def set_clock(self, now_ns: int) -> None:
        """Ages and rates of open connections are taken at this time from now on."""
        was_ns, self._rows.now_ns = self._rows.now_ns, now_ns
        if now_ns // 1_000_000_000 != was_ns // 1_000_000_000:
            self.redraw()

    def comes_from(self, files: tuple[str, ...]) -> None:
        """The session was merged of these files; known before it is read."""
        self._rows.files = files

    # What is listed, and in which order

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown, in its order."""
        return super().is_settled and not self._is_arranging

    @property
    def hint(self) -> str:
        """Why there is nothing."""
        if not self.known or self._arranging.is_whole:
            return super().hint
        if self._is_arranging:
            return ""
        if self.expression is None:
            return "all of them are closed; - lists them"
        return "the filter takes none of them; Messages has a filter of its own"

    @property
    def order(self) -> Order:
        """How the list is put together."""
        return self._arranging.order

    @property
    def expression(self) -> Expression | None:
        """The filter; None: it takes every connection."""
        return self._arranging.expression

    def grow(self, total: int) -> None:
        """There are this many connections in the session now; fewer than before where it is played."""
        was, self.known = self.known, total
        self._choose_columns()
        if self._rows.ids is None:
            super().grow(total)
        if self._rows.ids is not None and total < was:
            self._order_in(0.0)
        elif self._is_arranging:
            self._is_behind = True
        elif not self._arranging.is_whole:
            self._order_in(max(0.0, self._arranged_at + ARRANGE_S - monotonic()))

    def _choose_columns(self) -> None:
        by_state = self.order.by is SortBy.STATE
        merged, spoken = bool(self._rows.files), self._rows.has_subprotocols
        chosen = columns(self.known, is_merged=merged, is_by_state=by_state, has_subprotocols=spoken)
        if chosen != self.columns:
            self.columns = chosen
            self._place()

    def put_in_order(self, order: Order) -> None:
        """Put the list together like this from now on."""
        self._arranging.order, self._is_changed = order, True
        self._choose_columns()
        self._order_in(0.0)

    def filter_by(self, expression: Expression | None) -> None:
        """List only the connections that a filter takes, which must be one that they can answer; None: all."""
        if expression != self.expression:
            self._arranging.expression, self._is_changed = expression, True
            self._order_in(0.0)

    def choose(self, number: int, *, is_asked: bool = True) -> None:
        """Put the cursor on a connection; what leaves it out of the list is given up, if a user asked."""
        self._lost = 0
        if self._rows.ids is None:
            self.move_to(number - 1)
        elif number in self._rows.ids:
            self.move_to(self._rows.ids.index(number))
        elif is_asked:
            self._kept = number
            self._order_in(0.0)

    def _order_in(self, seconds: float) -> None:
        self._is_arranging, self._is_behind = True, False
        self._order_now(seconds)

    # As a decorator, so that one whose place another takes before it began leaves no coroutine that nobody awaited.
    @work(group="order", exclusive=True, exit_on_error=True)
    async def _order_now(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            if self._kept and not await self._arranging.lets_in(self._kept):
                self._drop_filter("")
            now_ns, wanted, stays = self._rows.now_ns, self._sought[0], self._kept > 0
            async for listed in self._arranging.arrangements(now_ns, wanted, stays=stays):
                self._arranged_at = monotonic()
                self.left_out = listed or Listed(())
                self._list(listed.ids if listed is not None else None)
                self.post_message(self.Arranged(self))
        except PatternTooSlow as error:
            self._drop_filter(str(error))
            self._order_in(0.0)
            return
        except (Closed, WsInspectError) as error:
            self._is_arranging = False
            if isinstance(error, WsInspectError):
                self.post_message(self.Failed(self, str(error)))
            return
        self._kept, self._is_arranging, self._is_changed = 0, False, False
        # What is said of an empty list depends on it.
        self.refresh()
        if self._is_behind and not self._arranging.is_whole:
            self._order_in(ARRANGE_S)

    def _drop_filter(self, problem: str) -> None:
        self._arranging.expression, self._is_changed = None, True
        self.post_message(self.FilterDropped(self, problem))

    @property
    def _sought(self) -> list[int]:
        """The connections that the cursor is to be on, the first of them that is listed."""
        here = self._number_at(self.cursor)
        return [one for one in (self._kept, self._lost if self._is_changed else 0, here) if one] or [0]

    def _list(self, ids: Sequence[int] | None) -> None:
        """List these; the line of the chosen one stays where it is on the screen."""
        line = self.cursor - self.scroll_offset.y
        sought = self._sought
        self._rows.ids = ids
        total = self.known if ids is None else len(ids)
        cursor = sought[0] - 1 if ids is None else nearest(ids, sought, self.cursor, self.order)
        if self._number_at(cursor) == sought[0]:
            self._lost = 0 if self._is_changed else self._lost
        else:
            self._lost = self._lost or sought[0]
        self._window.start_over()
        self.set_reactive(RowList.cursor, cursor)
        self._window.ask(total)
        self._line = line if 0 <= line < self.size.height else None

    def _wanted(self, total: int) -> tuple[int, int]:
        if self._line is None:
            return super()._wanted(total)
        height = max(1, self.size.height)
        return wanted(total, max(0, min(self.cursor - self._line, total - height)), height, self.MARGIN)

    def _show(self) -> None:
        self._choose_columns()
        super()._show()
        if self._line is not None:
            self.put_at(max(0, self.cursor - self._line))
            self._line = None

    def _number_at(self, index: int) -> int:
        """Number of the connection at a position; 0 when there is none."""
        ids = self._rows.ids
        if ids is None:
            return index + 1
        return ids[index] if 0 <= index < len(ids) else 0

    def move_to(self, index: int) -> None:
        """Put the cursor on a line; from then on that is where the user wants it."""
        self._lost = 0
        super().move_to(index)

    def action_sort(self) -> None:
        """Choose what the list is sorted by."""

        def take(chosen: int | None) -> None:
            if chosen is not None:
                self.put_in_order(sorted_by(self.order, CHOICES[chosen]))

        self.app.push_screen(SortMenu(self.order), take)

    def action_hide_closed(self) -> None:
        """Leave out the connections that are closed, or list them again."""
        self.put_in_order(replace(self.order, hides_closed=not self.order.hides_closed))

    # Selecting several

    @property
    def selected(self) -> tuple[int, ...]:
        """The numbers of the connections that are selected, ascending; listed or not."""
        return tuple(sorted(self._rows.selected))

    def action_select(self) -> None:
        """Select the connection under the cursor, or not any more, and go on to the next."""
        if self._switch(self.cursor):
            self.action_move(1)

    def action_select_none(self) -> None:
        """Select no connection any more."""
        self._rows.selected.clear()
        self._say_selected()

    def _switch(self, index: int) -> bool:
        """Select the connection at a position, or not any more; False when there is none."""
        number = self._number_at(index) if 0 <= index < self.total else 0
        if not number:
            return False
        self._rows.selected ^= {number}
        self._say_selected()
        return True

    def _say_selected(self) -> None:
        self.redraw()
        self.refresh_bindings()
        self.post_message(self.SelectionChanged(self, self.selected))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where none is selected there is nothing to undo, and where there is none nothing to select."""
        if action == "select_none":
            return bool(self._rows.selected)
        return action != "select" or self.total > 0

    def on_click(self, event: events.Click) -> None:
        """With Ctrl a click selects."""
        if event.ctrl:
            event.prevent_default()
            self._switch(self.scroll_offset.y + event.y)
