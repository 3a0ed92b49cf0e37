"""The rows of one connection, or of all of them in the order they came; it keeps to the newest until told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from textual import work

from wsinspect import text
from wsinspect.errors import WsInspectError
from wsinspect.filters import Expression, printed
from wsinspect.model import Row
from wsinspect.session.search.folded import NO_FOLD
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing import safe
from wsinspect.ui.messages.kinds import kind_of
from wsinspect.ui.messages.search_run import SearchRun
from wsinspect.ui.screens.copy_menu import CopyMenu
from wsinspect.ui.screens.hidden_menu import HiddenMenu
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.screens.note import REMOVE, NoteScreen
from wsinspect.ui.widgets.hit_list import HitList
from wsinspect.ui.widgets.list_events import ListEvent


class MessageList(HitList):
    """Messages, control frames and events."""

    BINDINGS = bindings(Scope.MESSAGES)

    _is_clearing = False
    """Whether the user asked to clear what is listed, and it is not yet."""

    @dataclass
    class Narrowed(ListEvent):
        """The user hid a kind of messages, or shows one again; folds rows, or does not any more."""

    def action_copy_menu(self) -> None:
        """The ways to copy the message under the cursor."""
        row = self.row(self.cursor)
        if row is not None:
            self.app.push_screen(CopyMenu(self._bridge, row))

    def action_open(self) -> None:
        """The whole message under the cursor, on a screen of its own."""
        row = self.row(self.cursor)
        if row is not None:
            self.app.push_screen(MessageScreen(self._bridge, row, self._rows.found_for or self._rows.filtered_for))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing now."""
        return self.working.get(action, True)

    @property
    def working(self) -> Mapping[str, bool]:
        """Whether those actions would do something now that do not always."""
        return {
            "copy_menu": self.total > 0,
            "hide_kind": self.total > 0,
            "hidden_menu": bool(self.usual.hidden),
            "hit": self.has_hits,
            "unfold": any(self._rows.fold(row) != NO_FOLD for row in self.at_hand),
            "clear": self.total > 0,
            "unclear": self.cleared_ns is not None or self._is_clearing,
        }

    @property
    def is_unfolded(self) -> bool:
        """Whether rows at hand were unfolded by hand."""
        return any(self._rows.fold(row).opened_at for row in self.at_hand)

    def count_from(self, since_ns: int | None) -> None:
        """Show times as counted from this moment, or as the clock (None)."""
        if self._rows.since_ns != since_ns:
            self._rows.since_ns = since_ns
            self.redraw()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or change what was noted on it."""
        row = self.row(self.cursor)
        if row is None:
            return
        self._hold()

        def take(said: str | None) -> None:
            if said is not None:
                self.run_worker(self._keep_note(row, said), group="mark", exit_on_error=True)

        self.app.push_screen(NoteScreen(row), take)

    async def _keep_note(self, row: Row, said: str) -> None:
        def keep(reader: SessionReader) -> None:
            if said == REMOVE:
                reader.unmark(row)
            else:
                reader.mark(row, said.strip())

        try:
            await self._bridge.call(keep)
        except Closed:
            return
        except WsInspectError as error:
            self.app.notify(text.visible(str(error)), severity="error", markup=False)
            return
        self.grow(self.there)

    def hold(self, is_held: bool) -> None:
        """Hold the list still, or let it run again with its newest row."""
        self._count_from_here()
        self.is_following = not is_held

    def action_last(self) -> None:
        """To the newest row, and follow it."""
        self.is_following = True
        super().action_last()

    def _by_hand(self) -> None:
        super()._by_hand()
        if self.is_vertical_scroll_end:
            self.is_following = True
        else:
            self._hold()

    # What is left out

    def action_hide_kind(self) -> None:
        """Hide the messages of the kind under the cursor."""
        row = self.row(self.cursor)
        kind = kind_of(row) if row is not None else None
        if kind is None or kind in self.usual.hidden:
            return
        self._hide((*self.usual.hidden, kind))
        self.post_message(self.Remarked(self, f"{safe.line(printed(kind))} is hidden; U lists what is"))

    def action_hidden_menu(self) -> None:
        """The kinds that are hidden; one that is chosen is shown again."""
        hidden = self.usual.hidden

        def take(chosen: int | None) -> None:
            if chosen is None:
                return
            if chosen == len(hidden):
                self._hide(())
                self.post_message(self.Remarked(self, "all kinds are shown again"))
            else:
                self._hide(hidden[:chosen] + hidden[chosen + 1 :])
                self.post_message(self.Remarked(self, f"{safe.line(printed(hidden[chosen]))} is shown again"))

        self.app.push_screen(HiddenMenu(hidden), take)

    def _hide(self, hidden: tuple[Expression, ...]) -> None:
        self.narrow(replace(self.usual, hidden=hidden))
        self.post_message(self.Narrowed(self))

    def action_fold(self) -> None:
        """Fold rows that repeat what was said just before, or list all of them again."""
        self.is_asked_to_fold = not self.usual.folds
        self.narrow(replace(self.usual, folds=not self.usual.folds))
        self.post_message(self.Narrowed(self))

    def action_unfold(self) -> None:
        """List the rows one by one that are folded into the one under the cursor, or fold them again."""
        row, run = self.row(self.cursor), self.run
        if row is not None and run is not None:
            if self._rows.fold(row) == NO_FOLD:
                self.post_message(self.Remarked(self, "nothing is folded into this row"))
                return
            self._hold()
            self.run_worker(self._unfold(run, row), group="unfold", exclusive=True)

    async def _unfold(self, run: SearchRun, row: Row) -> None:
        position, fold = self._rows.position(row), self._rows.fold(row)
        if position is None:
            return
        try:
            await run.unfold(position)
            if fold.opened_at:
                await self._go_to_position(run, fold.opened_at)
        except (Closed, WsInspectError) as error:
            self._say(error)

    def action_clear(self) -> None:
        """List only what comes from now on."""
        self._is_clearing = True
        self._clear()

    @work(group="clear", exclusive=True)
    async def _clear(self) -> None:
        try:
            info = await self._bridge.call(lambda reader: reader.info())
        except (Closed, WsInspectError) as error:
            self._is_clearing = False
            self._say(error)
            return
        self._is_clearing = False
        self.clear(info.last_ns)

    def action_unclear(self) -> None:
        """List what was cleared again."""
        self._is_clearing = False
        self.workers.cancel_group(self, "clear")
        self.clear(None)
