"""The three panels: which are shown, how large, and where the focus is.

One above the other when there is room; one at a time behind tabs when there is not; one alone when it is zoomed.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from wsinspect.ui.bridge import Bridge
from wsinspect.ui.close import verdict
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.layout import Mode, layout
from wsinspect.ui.widgets.close_panel import CloseBody, ClosePanel
from wsinspect.ui.widgets.connections_panel import ConnectionsPanel
from wsinspect.ui.widgets.messages_panel import MessagesPanel
from wsinspect.ui.widgets.tab_bar import Tab, TabBar

PANELS = ("connections", "messages", "close")


class Workspace(Vertical):
    """Connections, Messages and Close."""

    DEFAULT_CSS = beside(__file__)

    class Arranged(Message):
        """Other panels are shown than before, or other keys work in them."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.connections = ConnectionsPanel(bridge, id="connections")
        self.messages = MessagesPanel(bridge, lambda: self.connections.at_hand, id="messages")
        self.close = ClosePanel(bridge, id="close")
        self.plan = layout(80, 24)
        """The layout for the size of the terminal."""
        self._tab = "connections"
        self._zoomed = ""

    def compose(self) -> ComposeResult:
        """Tabs over the panels."""
        yield TabBar()
        yield self.connections
        yield self.messages
        yield self.close

    @property
    def has_tabs(self) -> bool:
        """Whether one panel is shown at a time because there is no room for more."""
        return self.plan.mode is Mode.TABS

    @property
    def is_too_small(self) -> bool:
        """Whether there is no room for any panel."""
        return self.plan.mode is Mode.TOO_SMALL

    @property
    def only(self) -> str:
        """The one panel that is shown; empty when there are several."""
        return self._tab if self.has_tabs else self._zoomed

    @property
    def is_close_whole(self) -> bool:
        """Whether the close is shown with its columns."""
        return self.close.display and not self.close.is_brief

    @property
    def panel_in_focus(self) -> str:
        """The panel that has the focus; empty when none has."""
        focused = self.screen.focused
        nodes = focused.ancestors_with_self if focused is not None else ()
        return next((str(node.id) for node in nodes if node.id in PANELS), "")

    def fit(self, width: int, height: int) -> None:
        """Lay the panels out for a terminal of this many cells."""
        self.plan = layout(width, height)
        self.lay_out()

    def lay_out(self) -> None:
        """Show what is to be shown."""
        only, close = self.only, self.close
        for name in PANELS:
            panel = self.query_one(f"#{name}")
            panel.display = name == only if only else name != "close" or close.pair is not None
        # Who reads the messages of several connections is not reading about the one.
        close.is_brief = (self.plan.mode is Mode.BRIEF or self.messages.is_all) and not only
        self.connections.styles.height = "1fr" if only else self.plan.connections_height
        close.styles.height = "1fr" if only else "auto"
        close.styles.max_height = "100%" if only else max(4, self.plan.close_height)
        close.room = None if only else max(4, self.plan.close_height) - 2
        self.query_one(TabBar).display = self.has_tabs
        focused = self.panel_in_focus
        if only and focused != only:
            self._focus(only)
        elif focused and not self.query_one(f"#{focused}").display:
            self._focus("connections")
        self.name_tabs()
        self.post_message(self.Arranged())

    def _focus(self, panel: str) -> None:
        inner: dict[str, Widget] = {
            "connections": self.connections.rows,
            "messages": self.messages.rows,
            "close": self.query_one(CloseBody),
        }
        # At once: the next key is meant for it.
        self.screen.set_focus(inner[panel])

    def go_to(self, panel: str, *, leaves_zoom: bool = False) -> None:
        """Put the focus into a panel, and show it: alone where another one was zoomed, or beside the others again."""
        self._tab = panel
        if leaves_zoom:
            self._zoomed = ""
        elif self._zoomed:
            self._zoomed = panel
        self.lay_out()
        self._focus(panel)

    def zoom(self, panel: str = "") -> None:
        """Show one panel alone (the one in focus by default), or all again."""
        if self.has_tabs:
            return
        self._zoomed = "" if self._zoomed else panel or self.panel_in_focus or "messages"
        self.lay_out()

    def reveal_close(self) -> None:
        """Bring the whole of Close into sight, whatever the layout."""
        if self.has_tabs:
            self.go_to("close")
        elif self.plan.mode is Mode.BRIEF or self._zoomed:
            self._zoomed = "close"
            self.lay_out()
        else:
            self.lay_out()

    def back(self) -> bool:
        """One step back: from the zoom, or to the connections; False when there is none."""
        if self._zoomed and not self.has_tabs:
            self.zoom()
        elif self.panel_in_focus != "connections":
            self.go_to("connections")
        else:
            return False
        return True

    def name_tabs(self, *, has_failures: bool | None = None) -> None:
        """Say in the tabs what is behind them."""
        if has_failures is not None:
            self._has_failures = has_failures
        total = Piece(f"{self.connections.rows.known:,}", Tone.BAD if self._has_failures else Tone.DIM)
        messages, story = self.messages, self.close.story
        self.close.is_beside_all = messages.is_all
        said = verdict.title(story) if story else ("", "")
        labels = ((Piece("Connections ", ""), total), (Piece("Messages ", ""), Piece(messages.whose, Tone.DIM)))
        bar = self.query_one(TabBar)
        bar.tabs = tuple(
            Tab(panel, str(at + 1), label)
            for at, (panel, label) in enumerate(
                zip(PANELS, (*labels, (Piece("Close ", ""), Piece(*said))), strict=True)
            )
        )
        bar.active = self._tab

    _has_failures = False

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        event.stop()
        self.go_to(event.panel)
