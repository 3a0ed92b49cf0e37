"""What the keys of the main screen do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.screen import Screen

from wsinspect import text
from wsinspect.codes import Topic
from wsinspect.errors import WsInspectError
from wsinspect.model import Connection
from wsinspect.timeline.offsets import written
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.close.closing import closing_row
from wsinspect.ui.connections.choice import Choice
from wsinspect.ui.messages.listed import Listed
from wsinspect.ui.messages.remembering import recalled, remember
from wsinspect.ui.playing.head import PlayHead
from wsinspect.ui.screens.ask_offset import AskOffset
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.handshake import HandshakeScreen
from wsinspect.ui.screens.report import ReportScreen
from wsinspect.ui.screens.timeline import TimelineScreen
from wsinspect.ui.session_state import SessionState, Setting
from wsinspect.ui.two_sides import Looking, Shown
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.filtered_panel import FilteredPanel, Purpose
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.play_deck import MainDeck
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.workspace import Workspace


class MainKeys(Screen[None]):
    """The parts of the main screen, and its actions on them."""

    BINDINGS = bindings(Scope.MAIN)

    @dataclass
    class Merged(Message):
        """The session was merged anew: it is to be shown where this one is."""

        shown: Shown
        looking: Looking

    def __init__(self, bridge: Bridge, setting: Setting) -> None:
        super().__init__()
        self._bridge = bridge
        self._work = Workspace(bridge)
        self._connections = self._work.connections.rows
        self._messages = self._work.messages
        self._close = self._work.close
        self._head = PlayHead(bridge, setting.monotonic_ns)
        self._deck = MainDeck(self._head, self._work, self._listed)
        self._session = SessionState(setting, lambda: self._head.at_ns)
        self._choice = Choice()
        self._chosen: Connection | None = None

    def _listed(self) -> int | None:
        """The connection whose messages are listed; None: those of all."""
        listed = self._messages.connection
        return listed.id if listed is not None else None

    @property
    def _may_messages_grow(self) -> bool:
        """Whether rows may still come to the list of messages."""
        return self._session.is_growing and (
            self._messages.is_all or self._chosen is None or self._chosen.closed_ns is None
        )

    @property
    def _read_connection(self) -> int:
        """The connection of the row that is read, where the messages of several are; else the chosen one, or 0."""
        rows = self._messages.rows
        row = rows.row(rows.cursor) if self._messages.is_all and self._work.panel_in_focus == "messages" else None
        return (row.connection if row is not None else 0) or (self._chosen.id if self._chosen is not None else 0)

    def action_hold(self) -> None:
        """Hold the messages still, or let them run; in a session that is played the head does."""
        self._choice.stay()
        if self._deck.is_playing:
            self._deck.switch()
        else:
            self._messages.hold()

    def action_filter(self) -> None:
        """Filter the connections where the focus is there, else the messages."""
        self._open_field(Purpose.FILTER)

    def action_find(self) -> None:
        """Mark messages."""
        self._open_field(Purpose.FIND)

    def _open_field(self, purpose: Purpose) -> None:
        self._choice.stay()
        if purpose is Purpose.FILTER and self._work.panel_in_focus == "connections":
            self._work.connections.open_field(purpose)
        else:
            self._work.go_to("messages")
            self._messages.open_field(purpose)

    @on(FilteredPanel.Clicked)
    def _type_anew(self, event: FilteredPanel.Clicked) -> None:
        self._choice.stay()
        event.panel.open_field(event.purpose)

    # What is remembered

    async def _recall(self) -> None:
        """Hide what was hidden the last time."""
        path, rows = self._session.setting.habits_path, self._messages.rows
        if path is None:
            return
        try:
            rows.narrow(await asyncio.to_thread(lambda: recalled(rows.usual, path())))
        except WsInspectError as error:
            self.app.notify(text.visible(str(error)), severity="warning", markup=False)

    @on(MessageList.Narrowed)
    def _narrowed(self) -> None:
        self.run_worker(self._remember(self._messages.rows.usual), group="habits", exclusive=True)

    async def _remember(self, listed: Listed) -> None:
        path = self._session.setting.habits_path
        if path is None:
            return
        try:
            await asyncio.to_thread(lambda: remember(listed, path()))
        except WsInspectError as error:
            self.app.notify(text.visible(str(error)), severity="warning", markup=False)

    def action_toggle_all(self) -> None:
        """Messages of all connections, which are gone to, or of the chosen one again."""
        self._switch_all()
        if self._work.only or self._messages.is_all:
            self._work.go_to("messages")

    def _switch_all(self) -> None:
        if not self._messages.is_all:
            self._show_several()
        elif self._chosen is not None:
            self._messages.show(self._chosen)
        self._messages.may_grow = self._may_messages_grow
        self._work.lay_out()

    def _show_several(self) -> None:
        """Messages of the connections that are selected, of all where none is."""
        self._messages.show_all(self._session.rows, self._session.began_ns, self._connections.selected)

    @on(ConnectionList.SelectionChanged)
    def _selected(self, event: ConnectionList.SelectionChanged) -> None:
        """Merge what crossed them; without a selection show the chosen connection again."""
        if event.selected:
            self._show_several()
        elif self._chosen is not None:
            self._messages.show(self._chosen)
        self._messages.may_grow = self._may_messages_grow
        self._work.lay_out()

    def action_switch_times(self) -> None:
        """Times of messages as the clock, or as counted."""
        self._messages.switch_times()

    @on(HeaderLine.BadgeClicked)
    def action_newest_failure(self) -> None:
        """Go to the connection that failed last."""
        newest = self._session.newest_failure
        if newest is None:
            return
        self._choice.touch()
        if self._messages.is_all:
            self._switch_all()
        self._connections.choose(newest.id)
        if self._work.has_tabs:
            self._work.go_to("close")

    def action_related(self, by: int) -> None:
        """Walk along the related codes."""
        self._close.step(by)

    def action_explain(self) -> None:
        """Explain any code; one that is taken from there is set beside the one that closed."""
        pair = self._close.pair
        self.app.push_screen(ExplainScreen(pair.subject if pair is not None else None), self._explain)

    def _explain(self, topic: Topic | None) -> None:
        if topic is not None:
            self._close.set_beside(topic)
            self._work.reveal_close()

    def action_timeline(self) -> None:
        """All connections over time; Enter there goes to one."""
        chosen = self._chosen.id if self._chosen is not None else None
        self.app.push_screen(TimelineScreen(self._bridge, self._session, self._head, chosen), self._go_to)

    def _go_to(self, connection: int | None) -> None:
        if connection is not None:
            self._choice.touch()
            self._work.go_to("connections", leaves_zoom=True)
            self._connections.choose(connection)

    def action_report(self) -> None:
        """Look at the report on the connection that is read, compared with the code that is set beside it here."""
        number = self._read_connection
        if number:
            is_chosen = self._chosen is not None and self._chosen.id == number
            pair = self._close.pair if is_chosen else None
            self.app.push_screen(ReportScreen(self._bridge, number, pair.other if pair else None))

    def action_offset(self) -> None:
        """Ask how far the second of the two files is set forward, and show both merged by that."""
        merging, pulse = self._session.setting.merging, self._session.pulse
        if merging is None or pulse is None:
            return
        ask = AskOffset(merging, written(pulse.info.offset_ns))

        def take(said: str | None) -> None:
            if said is not None and ask.found is not None:
                rows = self._messages.rows
                row = None if rows.is_following else rows.row(rows.cursor)
                chosen = self._chosen.id if self._chosen is not None else None
                looking = Looking(chosen, row, self._messages.is_all, self._work.panel_in_focus)
                self.post_message(self.Merged(ask.found, looking))

        self.app.push_screen(ask, take)

    def action_zoom(self) -> None:
        """The panel in focus on the whole screen, and back."""
        self._work.zoom()

    def action_handshake(self) -> None:
        """Show the upgrade of the connection that is read."""
        number = self._read_connection
        if number:
            self.app.push_screen(HandshakeScreen(self._bridge, number))

    def action_panel(self, name: str) -> None:
        """Go to a panel."""
        self._work.go_to(name)

    def action_back(self) -> None:
        """One step back: from a search or a filter, from the zoom, to the connections, from a selection, from all."""
        filtered = {"messages": self._messages, "connections": self._work.connections}.get(self._work.panel_in_focus)
        if filtered is not None and filtered.drop():
            return
        if self._work.back():
            return
        if self._connections.selected:
            self._connections.action_select_none()
        elif self._messages.is_all:
            self._switch_all()

    @on(RowList.Opened, "#connection-list")
    def _open_connection(self) -> None:
        """Go to its messages: where the connection began to close, or to the newest while it has not.

        Where connections are selected, to theirs.
        """
        if self._messages.is_all and not self._connections.selected:
            self._switch_all()
        self._work.go_to("messages")
        row = closing_row(self._chosen, self._close.story) if self._chosen is not None else None
        if row is not None and self._messages.rows.is_following and not self._messages.is_all:
            # Once the list has its place: until then it keeps to its end, so that what came after is in sight too.
            self.call_after_refresh(self._messages.go_to_row, row)
