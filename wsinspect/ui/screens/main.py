"""The main screen: connections, the messages of the chosen one, and how it closed.

It takes the bridge's pulses and tells the widgets; they never ask each other. What a user chose is never changed by
what arrives: until the first choice, the screen chooses by itself (the first connection, then the first that fails).
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from wsinspect.errors import WsInspectError
from wsinspect.model import Connection
from wsinspect.ui.actions import Scope
from wsinspect.ui.actions.main import MAIN
from wsinspect.ui.bridge import Bridge, Pulse
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.screens.main_keys import MainKeys
from wsinspect.ui.session_state import Setting
from wsinspect.ui.two_sides import Place
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.fact_list import FactList
from wsinspect.ui.widgets.header_line import HeaderLine, facts_of
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.play_deck import PlayDeck
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.searched_list import SearchedList
from wsinspect.ui.widgets.too_small import TooSmall
from wsinspect.ui.widgets.workspace import Workspace
from wsinspect.ui.working_keys import Standing, turned, works

TICK_S = 0.25
"""Ages and rates are drawn anew this often, in seconds."""

_FIRST = frozenset(one.run.partition("(")[0] for one in MAIN if one.scope is Scope.MAIN and one.is_first)
"""The actions whose keys come before the widget in focus."""


class MainScreen(MainKeys):
    """Three panels over one session."""

    CSS = beside(__file__)
    AUTO_FOCUS = "#connection-list"

    def __init__(self, bridge: Bridge, setting: Setting) -> None:
        super().__init__(bridge, setting)
        self._is_stale = False
        self._aged_ns = 0
        """The time that ages are shown for."""
        self._was_growing = setting.is_live
        self._begins_at: Place | None = None
        """Where the messages of a connection are to begin when it is chosen."""
        self._closes_meanwhile = False
        """Whether the chosen connection was open when it was chosen."""
        self._is_layout_due = False
        """Whether the panels are to be laid out anew once nobody reads what would move."""
        self._seen_failure = 0
        self._stood = Standing()
        """What the keys that are shown were chosen for."""

    def compose(self) -> ComposeResult:
        """Header, panels, keys; and what stands in for them when there is no room."""
        yield HeaderLine()
        yield NoticeLines(id="notice")
        yield self._deck
        yield TooSmall(id="too-small")
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin to follow the session."""
        self._connections.empty_hint = self._session.waiting
        self._close.watch_for(None)
        self.run_worker(self._recall(), group="habits")
        self.run_worker(self._follow(), group="pulses")
        self.set_interval(TICK_S, self._tick)

    def on_resize(self) -> None:
        """Lay the panels out for the new size, or say that there is no room."""
        width, height = self.size
        self._work.fit(width, height)
        is_too_small = self.is_too_small
        for widget in (self._deck, self.query_one(HeaderLine), self.query_one(KeysLine)):
            widget.display = not is_too_small
        self.query_one(TooSmall).display = is_too_small
        self.query_one(NoticeLines).has_room = not is_too_small

    @property
    def is_too_small(self) -> bool:
        """Whether the terminal has no room for the panels."""
        return self._work.is_too_small

    @property
    def open_connections(self) -> int:
        """Connections that a stop of the capture would cut."""
        return self._session.open_connections

    @property
    def is_recording(self) -> bool:
        """Whether rows may still come."""
        return self._session.is_recording

    @property
    def chosen_id(self) -> int | None:
        """The connection that is chosen."""
        return self._chosen.id if self._chosen is not None else None

    @property
    def is_settled(self) -> bool:
        """Whether all that was read is shown."""
        is_read = self._connections.is_settled and self._messages.is_settled
        return self._session.pulse is not None and not self._is_stale and is_read and self._deck.is_settled

    # What arrives

    async def _follow(self) -> None:
        if self._session.setting.plays:
            await self._deck.begin()
        try:
            async for pulse in self._bridge.pulses():
                # A screen that is being taken down has lost its parts.
                if self.query_one_optional(HeaderLine) is not None:
                    self._take(pulse)
        except WsInspectError as error:
            self._say_trouble(str(error))

    @on(RowList.Failed)
    def _not_read(self, event: RowList.Failed) -> None:
        self._say_trouble(event.problem)

    def _say_trouble(self, problem: str) -> None:
        self._session.trouble = f"the session cannot be read: {problem}"
        self._show_notices()

    def capture_ended(self) -> None:
        """Nothing is recorded any more, though nobody asked for the end."""
        self._session.end()
        self._show_header()
        self._show_notices()

    def _take(self, pulse: Pulse) -> None:
        is_first = self._session.pulse is None
        was = self._session.pulse
        self._session.take(pulse)
        info = pulse.info
        self._is_stale = self._is_stale or was is None or (was.info, was.counts) != (info, pulse.counts)
        if is_first:
            self._connections.comes_from(info.files)
            if self._session.setting.begins_newest:
                self._begin_newest(pulse)
            elif self._session.setting.begins_at is not None:
                self._begin_at(self._session.setting.begins_at, pulse)
        if info.connections != self._connections.known:
            self._refresh_connections()
        wanted = self._choice.next(pulse, self.chosen_id)
        if wanted is not None:
            self._connections.choose(wanted, is_asked=False)
        if self._chosen is not None and self._chosen.id > info.connections:
            self._choose_none()
        elif pulse.chosen is not None and self._chosen is not None and pulse.chosen.id == self._chosen.id:
            self._chosen = pulse.chosen
            self._ask_for_story()
        self._messages.may_grow = self._may_messages_grow
        if self._messages.is_all:
            self._messages.rows.grow(info.rows)
        elif self._chosen is not None:
            self._messages.rows.grow(self._chosen.rows)
        self._deck.may_play = info.connections > 0 and not self._session.is_recording
        self._head.take(pulse.played)
        self._deck.draw()
        self._show_header()
        self._show_notices()
        self._refresh_keys()

    def _begin_newest(self, pulse: Pulse) -> None:
        """Show the newest rows of all connections; beside them the newest connection, as long as there is one."""
        self._messages.show_all(pulse.info.rows, pulse.info.started_ns)
        if self._work.has_tabs:
            self._work.go_to("messages")
        if pulse.info.connections:
            self._choice.touch()
            self._connections.choose(pulse.info.connections)

    def _begin_at(self, place: Place, pulse: Pulse) -> None:
        """Show what was looked at before the session was merged anew."""
        if place.panel:
            self._work.go_to(place.panel)
        if place.is_all:
            self._messages.show_all(pulse.info.rows, pulse.info.started_ns)
            self._messages.rows.show(None, pulse.info.rows, cursor=place.cursor)
        if place.connection:
            self._choice.touch()
            self._begins_at = None if place.is_all else place
            self._connections.choose(place.connection)

    def _tick(self) -> None:
        """Draw ages and rates anew, four times a second, whatever arrives."""
        if self._session.pulse is None:
            return
        if self._session.is_growing != self._was_growing:
            self._say_growing()
        self._connections.set_clock(self._session.now_ns)
        ages = self._session.is_growing and self.open_connections and self._session.now_ns != self._aged_ns
        if self._is_stale or ages:
            self._refresh_connections()
        self._ask_for_story()

    def _say_growing(self) -> None:
        """A recorder came to life, or fell silent; or the session is played now, or not any more."""
        self._was_growing = self._session.is_growing
        self._connections.empty_hint = self._session.waiting
        self._messages.may_grow = self._may_messages_grow
        self._show_header()
        self._show_notices()
        self._refresh_connections()
        self._refresh_keys()

    def _refresh_connections(self) -> None:
        pulse = self._session.pulse
        if pulse is not None:
            self._is_stale = False
            self._aged_ns = self._session.now_ns
            self._connections.set_clock(self._aged_ns)
            self._connections.grow(pulse.info.connections)
            self._work.name_tabs(has_failures=pulse.counts.failed > 0)

    # Choosing a connection

    @on(RowList.Moved, "#connection-list")
    @on(RowList.Grown, "#connection-list")
    def _look_at_cursor(self) -> None:
        line = self._connections.row(self._connections.cursor)
        if line is not None and (self._chosen is None or line.connection.id != self._chosen.id):
            self._choose(line.connection)

    def _choose(self, connection: Connection) -> None:
        self._chosen = connection
        self._closes_meanwhile, self._is_layout_due = connection.closed_ns is None, False
        self._bridge.watch(connection.id)
        if not self._messages.is_all:
            self._messages.may_grow = self._may_messages_grow
            begins = self._begins_at if self._begins_at and self._begins_at.connection == connection.id else None
            self._messages.show(connection, cursor=-1 if begins is None else begins.cursor)
            self._begins_at = None if begins is not None else self._begins_at
        self._close.watch_for(connection)
        self._ask_for_story()
        self._work.lay_out()
        self._show_header()

    def _choose_none(self) -> None:
        """The connection that was chosen is not there yet, in a session that is played."""
        self._chosen = None
        if not self._messages.is_all:
            self._messages.show_nothing()
        self._close.watch_for(None)
        self._work.lay_out()

    @on(RowList.Touched)
    def _touched(self) -> None:
        self._choice.touch()

    def on_key(self) -> None:
        """Whoever presses a key is reading what is shown: from now on the screen stays where it is."""
        self._choice.stay()

    # The close

    def _ask_for_story(self) -> None:
        chosen, pulse = self._chosen, self._session.pulse
        if chosen is not None and pulse is not None:
            self._close.follow(chosen, pulse)

    @on(ClosePanel.Told)
    def _close_told(self, event: ClosePanel.Told) -> None:
        if event.is_other_height:
            self._is_layout_due = True
            self._lay_out_if_due()
        self._work.name_tabs()
        self._refresh_keys()

    @on(RowList.FollowingChanged, "#message-list")
    def _lay_out_if_due(self) -> None:
        """Give the close its room, unless somebody reads rows that were there before it: those would move."""
        rows = self._messages.rows
        is_read = self.focused is rows and not rows.is_following and rows.total > 0
        if self._is_layout_due and not (self._closes_meanwhile and is_read):
            self._is_layout_due = False
            self._work.lay_out()

    def on_descendant_blur(self) -> None:
        """Who leaves the messages does not read them any more."""
        self.call_after_refresh(self._lay_out_if_due)

    @on(ClosePanel.Failed)
    def _close_failed(self, event: ClosePanel.Failed) -> None:
        self._say_trouble(event.problem)

    @on(FactList.Opened)
    def _show_fact(self, event: FactList.Opened) -> None:
        """Go to the row that a fact rests on, or to the connection."""
        fact, told = event.fact, self._close.told
        self._choice.touch()
        if fact.rows and told is not None:
            connection = told.story.connection
            if self._messages.is_all:
                self._switch_all()
            self._work.go_to("messages", leaves_zoom=True)
            row = fact.rows[event.times % len(fact.rows)]
            # Once the list has its place: one that gets it now would take it for scrolling to the newest row.
            self.call_after_refresh(self._messages.show, connection, cursor=row - 1)
        elif fact.others:
            self._work.go_to("connections", leaves_zoom=True)
            self._connections.choose(fact.others[event.times % len(fact.others)])

    # Playing

    @on(PlayDeck.Failed)
    def _not_played(self, event: PlayDeck.Failed) -> None:
        self._say_trouble(event.problem)

    @on(PlayDeck.Changed)
    def _played(self, event: PlayDeck.Changed) -> None:
        """The head began to play, was moved, or is gone: the newest messages there are what matters."""
        if event.is_sent:
            self._messages.rows.is_following = True
        self._tick()

    @on(PlayDeck.Arrived)
    def _arrived(self, event: PlayDeck.Arrived) -> None:
        """Show whose moment it is."""
        if event.moment.connection:
            self._choice.touch()
            self._connections.choose(event.moment.connection)

    # Header and keys

    def _show_header(self) -> None:
        pulse = self._session.pulse
        if pulse is None:
            return
        newest = pulse.counts.newest_failure
        if newest is not None and self._chosen is not None and newest.id == self._chosen.id:
            self._seen_failure = newest.id
        self.query_one(HeaderLine).facts = facts_of(
            pulse,
            source=self._session.setting.source,
            is_recording=self._session.is_recording,
            is_badge=newest is not None and newest.id != self._seen_failure,
        )

    def _show_notices(self) -> None:
        self.query_one(NoticeLines).said = self._session.notices

    @on(Workspace.Arranged)
    @on(RowList.FollowingChanged)
    @on(SearchedList.Searched)
    def _refresh_keys(self) -> None:
        """Have the line of keys drawn anew, when others work than before."""
        standing = self._standing()
        if standing != self._stood:
            self._stood = standing
            self.refresh_bindings()

    def _standing(self) -> Standing:
        pair = self._close.pair
        return Standing(
            has_room=not self.is_too_small,
            has_chosen=self._chosen is not None,
            has_rows=self._messages.rows.total > 0,
            may_grow=self._may_messages_grow,
            is_played=self._deck.is_playing,
            is_held=not self._messages.rows.is_following,
            has_failure=self._session.newest_failure is not None,
            has_tabs=self._work.has_tabs,
            is_merged=self._session.setting.merging is not None,
            has_codes=pair is not None,
            of_list=self._messages.rows.working,
            may_step=pair is not None and len(pair.others) > 1 and self._work.is_close_whole,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the keys that would do nothing now."""
        if action in _FIRST and isinstance(self.focused, Input):
            # So that what is typed right behind them goes where they lead. In a field they are text.
            return False
        return works(action, parameters, self._standing())

    @property
    def turned(self) -> frozenset[str]:
        """The actions, by id, that would undo now what they did: the line of keys says so."""
        return turned(self._standing())
