"""The main screen: connections, the messages of the chosen one, and how it closed.

It takes the bridge's pulses and tells the widgets; they never ask each other. What a user chose is never changed by
what arrives: until the first choice, the screen chooses by itself (the first connection, then the first that fails).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from wsinspect.codes import Topic
from wsinspect.errors import WsInspectError
from wsinspect.model import CloseStory, Connection, SessionInfo, State
from wsinspect.ui import safe, verdict
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, Closed, Pulse
from wsinspect.ui.columns import Piece
from wsinspect.ui.layout import LEAST_HEIGHT, LEAST_WIDTH, Layout, Mode, layout
from wsinspect.ui.screens.code_picker import CodePicker
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone
from wsinspect.ui.widgets.close_panel import CloseBody, ClosePanel
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.header_line import Facts, HeaderLine
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.tab_bar import Tab, TabBar

TICK_S = 0.25
"""Ages and rates are drawn anew this often, in seconds."""

PANELS = ("connections", "messages", "close")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the screen is told at its start."""

    source: str
    """What is captured, in words; the file's own words are taken when it is empty."""
    is_live: bool
    """Whether this process started the capture."""
    urls: tuple[str, ...]
    """What to point a client at."""
    notices: tuple[str, ...]
    now_ns: Callable[[], int]


class MainScreen(Screen[None]):
    """Three panels over one session."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.MAIN)
    AUTO_FOCUS = "#connection-list"

    def __init__(self, bridge: Bridge, setting: Setting) -> None:
        super().__init__()
        self._bridge = bridge
        self._setting = setting
        self._pulse: Pulse | None = None
        self._chosen: Connection | None = None
        self._is_all = False
        self._is_untouched = True
        self._is_recording = setting.is_live
        self._was_changed = False
        self._seen_failure = 0
        self._is_stale = False
        self._titled: tuple[object, ...] = ()
        """What the notes of the frames were made from."""
        self._working: tuple[bool | None, ...] = ()
        self._story_of: Connection | None = None
        self._layout = layout(80, 24)
        self._tab = "connections"
        self._zoomed = ""
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Header, panels, footer; and what stands in for them when there is no room."""
        yield HeaderLine()
        yield Static(markup=False, id="notice")
        yield TabBar()
        with Panel(id="connections"):
            yield ColumnHeads(is_filled=True)
            yield ConnectionList(self._bridge, id="connection-list")
        with Panel(id="messages"):
            yield ColumnHeads()
            yield MessageList(self._bridge, id="message-list")
        yield ClosePanel(id="close")
        yield Static(markup=False, id="too-small")
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin to follow the session."""
        self.query_one("#connections", Panel).set_title(Content("Connections"))
        self._connections.empty_hint = self._waiting()
        self._messages.empty_hint = "no connection is chosen"
        self._close.show_nothing(Content("no connection is chosen"))
        self._arrange()
        self.run_worker(self._follow(), group="pulses", exit_on_error=True)
        self.set_interval(TICK_S, self._tick)

    @property
    def _connections(self) -> ConnectionList:
        return self.query_one(ConnectionList)

    @property
    def _messages(self) -> MessageList:
        return self.query_one(MessageList)

    @property
    def _close(self) -> ClosePanel:
        return self.query_one(ClosePanel)

    @property
    def open_connections(self) -> int:
        """Connections that a stop of the capture would cut."""
        return self._pulse.info.open_connections if self._pulse else 0

    @property
    def is_settled(self) -> bool:
        """Whether all that was read is shown."""
        return (
            self._pulse is not None
            and self._titles == self._titled
            and self._connections.is_settled
            and self._messages.is_settled
        )

    # What arrives

    async def _follow(self) -> None:
        try:
            async for pulse in self._bridge.pulses():
                self._take(pulse)
        except Closed:
            return
        except WsInspectError as error:
            self._trouble = f"the session cannot be read any more: {error}"
            self._show_notices()

    def capture_ended(self) -> None:
        """Nothing is recorded any more, though nobody asked for the end."""
        self._is_recording = False
        self._setting = replace(self._setting, is_live=False)
        self._trouble = "the capture process has ended by itself; what it recorded until then is all here"
        self._show_header()
        self._show_notices()

    def _take(self, pulse: Pulse) -> None:
        info = pulse.info
        self._was_changed = self._was_changed or (self._pulse is not None and info.rows != self._pulse.info.rows)
        self._is_recording = info.stopped_ns is None and (self._setting.is_live or self._was_changed)
        self._pulse = pulse
        if info.connections != self._connections.total:
            self._refresh_connections()
        self._is_stale = True
        if self._is_untouched:
            self._choose_by_itself(pulse)
        if pulse.chosen is not None and self._chosen is not None and pulse.chosen.id == self._chosen.id:
            self._chosen = pulse.chosen
            self._ask_for_story()
        self._grow_messages()
        self._show_header()
        self._show_notices()
        self._refresh_keys()

    def _tick(self) -> None:
        """Draw ages, rates and the notes of the frames anew; four times a second, whatever arrives.

        A note in a frame costs the whole panel's drawing, so it does not keep pace with the rows.
        """
        if self._pulse is None:
            return
        if self._titles != self._titled:
            self._show_titles()
        self._connections.set_clock(self._now_ns())
        if self._is_stale or (self._is_recording and self.open_connections):
            self._refresh_connections()

    def _refresh_connections(self) -> None:
        if self._pulse is not None:
            self._is_stale = False
            self._connections.set_clock(self._now_ns())
            self._connections.grow(self._pulse.info.connections)

    def _now_ns(self) -> int:
        info = self._pulse.info if self._pulse else None
        if self._is_recording or info is None:
            return self._setting.now_ns()
        return info.stopped_ns or info.last_ns

    def _choose_by_itself(self, pulse: Pulse) -> None:
        failed = pulse.counts.newest_failure
        if failed is not None:
            self._is_untouched = False
            self._go_to(failed.id)

    def _grow_messages(self) -> None:
        if self._pulse is None:
            return
        if self._is_all:
            self._messages.grow(self._pulse.info.rows)
        elif self._chosen is not None:
            self._messages.grow(self._chosen.rows)

    # Choosing a connection

    @on(RowList.Moved)
    def _moved(self, event: RowList.Moved) -> None:
        if event.source is not self._connections:
            if not self._messages.is_following:
                self._show_titles()
            return
        line = self._connections.row(event.index)
        if line is not None and (self._chosen is None or line.connection.id != self._chosen.id):
            self._choose(line.connection)
        elif event.index >= 0:
            self._bridge.watch(event.index + 1)

    @on(RowList.Grown)
    def _grown(self, event: RowList.Grown) -> None:
        if event.source is self._connections:
            line = self._connections.row(self._connections.cursor)
            if line is not None and (self._chosen is None or line.connection.id != self._chosen.id):
                self._choose(line.connection)

    def _choose(self, connection: Connection) -> None:
        self._chosen = connection
        self._story_of = None
        self._bridge.watch(connection.id)
        if not self._is_all:
            self._messages.show(connection.id, connection.rows)
        self._close.show_nothing(self._no_close())
        self._ask_for_story()
        self._arrange()
        self._show_titles()
        self._show_header()
        self.refresh_bindings()

    def _go_to(self, connection: int) -> None:
        self._connections.move_to(connection - 1)

    @on(RowList.Touched)
    def _touched(self) -> None:
        self._is_untouched = False

    @on(RowList.FollowingChanged)
    def _following_changed(self) -> None:
        self._show_titles()
        self.refresh_bindings()

    @on(RowList.Placements)
    def _placed(self, event: RowList.Placements) -> None:
        panel = event.source.parent
        if isinstance(panel, Panel):
            panel.query_one(ColumnHeads).place(event.placed)

    # The close

    def _ask_for_story(self) -> None:
        chosen = self._chosen
        if chosen is None or chosen.state in (State.OPEN, State.CONNECTING) or chosen == self._story_of:
            return
        self._story_of = chosen
        self.run_worker(self._tell(chosen.id), group="story", exclusive=True, exit_on_error=True)

    async def _tell(self, connection: int) -> None:
        try:
            story = await self._bridge.call(lambda reader: reader.close_story(connection))
        except (Closed, WsInspectError):
            return
        if story is not None and self._chosen is not None and self._chosen.id == connection:
            self._show_story(story)

    def _show_story(self, story: CloseStory) -> None:
        was_empty = self._close.pair is None
        title = Content.assemble("Close · ", self._title_of(story.connection))
        self._close.show_story(story, title)
        if was_empty:
            self._arrange()
        self._show_tabs()
        self.refresh_bindings()

    def _no_close(self) -> Content:
        if self._chosen is None:
            return Content("no connection is chosen")
        said = "is open; how it closes will be explained here"
        return Content.assemble(self._title_of(self._chosen), f" {said} · ", ("e", Tone.KEY), " explains any code")

    # Texts

    def _title_of(self, connection: Connection) -> Content:
        return Content.assemble(f"#{connection.id} ", safe.content(connection.path))

    def _waiting(self) -> str:
        if not self._setting.is_live:
            return "no connection was recorded"
        urls = " or ".join(self._setting.urls)
        return f"waiting for a client: point yours at {urls}" if urls else "waiting for a client"

    def _show_header(self) -> None:
        if self._pulse is None:
            return
        info, counts = self._pulse.info, self._pulse.counts
        newest = counts.newest_failure
        if newest is not None and self._chosen is not None and newest.id == self._chosen.id:
            self._seen_failure = newest.id
        self.query_one(HeaderLine).facts = Facts(
            is_recording=self._is_recording,
            file_name=info.path.rpartition("/")[2],
            bytes_on_disk=info.bytes_on_disk,
            source=self._setting.source or info.source,
            http=_http(info),
            counts=counts,
            is_badge=newest is not None and newest.id != self._seen_failure,
        )

    def _show_notices(self) -> None:
        info: SessionInfo | None = self._pulse.info if self._pulse else None
        notices = [*self._setting.notices, info.notice if info else "", self._trouble]
        said = [safe.line(notice) for notice in notices if notice]
        shown = self.query_one("#notice", Static)
        shown.display = bool(said) and self._layout.mode is not Mode.TOO_SMALL
        shown.update(Content("\n").join(Content.assemble(("! ", Tone.BAD_STRONG), one) for one in said))

    @property
    def _titles(self) -> tuple[object, ...]:
        lists = (self._connections, self._messages)
        places = tuple((one.cursor, one.total, one.is_following) for one in lists)
        return (*places, self._is_running, self._close.story)

    def _show_titles(self) -> None:
        self._titled = self._titles
        connections, messages = self._connections, self._messages
        total = connections.total
        self.query_one("#connections", Panel).set_note(
            Content(f"{connections.cursor + 1:,} of {total:,}" if total else "")
        )
        panel = self.query_one("#messages", Panel)
        about = Content("all connections") if self._is_all else self._title_of(self._chosen) if self._chosen else None
        panel.set_title(Content.assemble("Messages", " · ", about) if about else Content("Messages"))
        panel.set_note(self._message_note(messages))
        self._show_tabs()

    def _message_note(self, messages: MessageList) -> Content:
        if not messages.total:
            return Content("")
        place = f"{messages.cursor + 1:,} of {messages.total:,}"
        if not self._is_running:
            return Content(place)
        if messages.is_following:
            return Content.assemble(place, " · ", ("following", Tone.GOOD))
        new = max(0, messages.total - messages.held_at)
        return Content.assemble(place, " · ", ("held", Tone.WARN), f", {new:,} new" if new else "")

    def _show_tabs(self) -> None:
        failed = self._pulse.counts.failed if self._pulse else 0
        connections = (("Connections ", ""), (f"{self._connections.total:,}", Tone.BAD if failed else Tone.DIM))
        chosen = "all" if self._is_all else f"#{self._chosen.id}" if self._chosen else ""
        story = self._close.story
        close = verdict.title(story) if story else ("", "")
        labels = (connections, (("Messages ", ""), (chosen, Tone.DIM)), (("Close ", ""), close))
        bar = self.query_one(TabBar)
        bar.tabs = tuple(
            Tab(panel, str(at + 1), tuple(Piece(*part) for part in label))
            for at, (panel, label) in enumerate(zip(PANELS, labels, strict=True))
        )
        bar.active = self._tab

    # Where things go

    def on_resize(self) -> None:
        """Lay the panels out for the new size."""
        self._arrange()

    def _arrange(self) -> None:
        plan = self._layout = layout(self.size.width, self.size.height)
        only = self._only(plan)
        for name in PANELS:
            panel = self.query_one(f"#{name}", Panel)
            panel.display = name == only if only is not None else name != "close" or self._close.pair is not None
        close = self._close
        close.is_brief = plan.mode is Mode.BRIEF and not only
        connections = self.query_one("#connections", Panel)
        connections.styles.height = "1fr" if only else plan.connections_height
        close.styles.height = "1fr" if only else "auto"
        close.styles.max_height = "100%" if only else max(4, plan.close_height)
        is_too_small = plan.mode is Mode.TOO_SMALL
        self.query_one(HeaderLine).display = self.query_one(KeysLine).display = not is_too_small
        self.query_one(TabBar).display = plan.mode is Mode.TABS
        small = self.query_one("#too-small", Static)
        small.display = is_too_small
        small.update(
            f"wsinspect needs at least {LEAST_WIDTH}×{LEAST_HEIGHT} cells; this terminal has "
            f"{self.size.width}×{self.size.height}. Make it larger, or press q to quit."
        )
        self._show_notices()
        self._keep_focus_in_sight(only)

    def _only(self, plan: Layout) -> str | None:
        """The one panel that is shown; None when there are several, empty when there is none."""
        if plan.mode is Mode.TOO_SMALL:
            return ""
        if plan.mode is Mode.TABS:
            return self._tab
        return self._zoomed or None

    def _keep_focus_in_sight(self, only: str | None) -> None:
        focused = self._panel_of(self.focused)
        if only:
            self._focus(only)
        elif only is None and focused and not self.query_one(f"#{focused}").display:
            self._focus("connections")

    def _panel_of(self, widget: Widget | None) -> str:
        if widget is None:
            return ""
        return next((str(node.id) for node in widget.ancestors_with_self if node.id in PANELS), "")

    def _focus(self, panel: str) -> None:
        inner: dict[str, type[Widget]] = {
            "connections": ConnectionList,
            "messages": MessageList,
            "close": CloseBody,
        }
        self.query_one(inner[panel]).focus()

    # Actions

    @property
    def _is_running(self) -> bool:
        """Whether rows may still come to the message list."""
        return self._is_recording and (self._is_all or self._chosen is None or self._chosen.closed_ns is None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the keys that would do nothing now."""
        if action == "hold":
            return self._is_running and self._messages.total > 0
        if action == "newest_failure":
            return self._pulse is not None and self._pulse.counts.newest_failure is not None
        if action == "related":
            pair = self._close.pair
            return pair is not None and len(pair.others) > 1 and self._is_close_shown
        if action == "zoom":
            return self._layout.mode is not Mode.TABS
        if action == "panel":
            return self._layout.mode is Mode.TABS or parameters != ("close",) or self._close.pair is not None
        return True

    def _refresh_keys(self) -> None:
        """Have the line of keys drawn anew, when others work than before."""
        working = tuple(self.check_action(one, ()) for one in ("hold", "newest_failure", "related"))
        if working != self._working:
            self._working = working
            self.refresh_bindings()

    @property
    def _is_close_shown(self) -> bool:
        return self._close.display and not self._close.is_brief

    def action_hold(self) -> None:
        """Hold the messages still, or let them run."""
        self._is_untouched = False
        self._messages.hold(self._messages.is_following)

    def action_toggle_all(self) -> None:
        """Messages of all connections, or of the chosen one."""
        self._is_all = not self._is_all
        if self._is_all:
            self._messages.show(None, self._pulse.info.rows if self._pulse else 0)
        elif self._chosen is not None:
            self._messages.show(self._chosen.id, self._chosen.rows)
        self._show_titles()

    def action_newest_failure(self) -> None:
        """Go to the connection that failed last."""
        newest = self._pulse.counts.newest_failure if self._pulse else None
        if newest is None:
            return
        self._is_untouched = False
        if self._is_all:
            self.action_toggle_all()
        self._go_to(newest.id)
        if self._layout.mode is Mode.TABS:
            self.action_panel("close")

    @on(HeaderLine.BadgeClicked)
    def _badge_clicked(self) -> None:
        self.action_newest_failure()

    def action_related(self, by: int) -> None:
        """Walk along the related codes."""
        self._close.step(by)

    def action_explain(self) -> None:
        """Ask for a code and set it beside the one that closed."""
        self.app.push_screen(CodePicker(), self._explain)

    def _explain(self, topic: Topic | None) -> None:
        if topic is None:
            return
        self._close.explain(topic)
        if self._layout.mode is Mode.TABS:
            self._tab = "close"
        elif self._layout.mode is Mode.BRIEF:
            self._zoomed = "close"
        self._arrange()
        self.refresh_bindings()

    def action_zoom(self) -> None:
        """The panel in focus on the whole screen, and back."""
        if self._layout.mode is Mode.TABS:
            return
        self._zoomed = "" if self._zoomed else self._panel_of(self.focused) or "messages"
        self._arrange()
        self.refresh_bindings()

    def action_panel(self, name: str) -> None:
        """Go to a panel."""
        self._tab = name
        if self._zoomed:
            self._zoomed = name
        self._arrange()
        self._focus(name)
        self._show_tabs()
        self.refresh_bindings()

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        self.action_panel(event.panel)

    def action_back(self) -> None:
        """One step back: from the zoom, from all connections, to the list of connections."""
        if self._zoomed and self._layout.mode is not Mode.TABS:
            self.action_zoom()
        elif self._panel_of(self.focused) != "connections":
            self.action_panel("connections")
        elif self._is_all:
            self.action_toggle_all()

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        if event.source is self._connections:
            self.action_panel("messages")
            return
        row = self._messages.row(event.index)
        if row is not None:
            self.app.push_screen(MessageScreen(self._bridge, row))


def _http(info: SessionInfo) -> str:
    """How many plain HTTP requests were passed on, and the last of them."""
    if not info.http_requests:
        return ""
    return f"{info.http_requests:,} HTTP request{'s' if info.http_requests != 1 else ''}, last: {info.http_last}"
