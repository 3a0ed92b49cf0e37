"""The timeline's parts, how they are laid out, and what its keys and the mouse do."""

from __future__ import annotations

from abc import abstractmethod

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from wsinspect.timeline.view import STEP, Axis, View
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.layout import LEAST_HEIGHT, LEAST_WIDTH
from wsinspect.ui.playing.head import PlayHead
from wsinspect.ui.session_state import SessionState
from wsinspect.ui.timeline.state import TimelineState
from wsinspect.ui.widgets.axis_line import AxisLine
from wsinspect.ui.widgets.bar_list import BarList
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.play_deck import PlayDeck
from wsinspect.ui.widgets.plots_view import PlotsView
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.too_small import TooSmall

WIDE = 120
"""From this width on, in cells, the plots stand beside the bars."""

HIGH = 24
"""Beside the bars they need this many lines."""

TALL = 28
"""From this height on, in lines, they stand below them; else they are a page of their own."""

PAN = 1 / 8
"""Part of the span that one key moves it by."""


class TimelineKeys(Screen["int | None"]):
    """Bars and plots over the session, and the actions on them."""

    BINDINGS = bindings(Scope.TIMELINE)

    def __init__(self, bridge: Bridge, session: SessionState, head: PlayHead, chosen: int | None) -> None:
        """Show the connections of a session.

        Args:
            bridge: the way to it.
            session: what the main screen knows of it.
            head: the play head, which is the main screen's too.
            chosen: the connection that is chosen there.
        """
        super().__init__()
        self._bridge = bridge
        self._session = session
        self._head = head
        self._state = TimelineState(session, head)
        self._chosen = chosen
        self._bars = BarList(bridge, id="bar-list")
        self._plots = PlotsView()
        self._header = HeaderLine()
        self._notices = NoticeLines(id="notice")
        self._said = Static(markup=False, id="said")
        self._axis = AxisLine()
        self._bars_panel = Panel(self._axis, self._bars, id="bars")
        self._plots_panel = Panel(self._plots, id="plots")
        panels = Container(self._bars_panel, self._plots_panel, id="timeline")
        self._deck = PlayDeck(head, panels, lambda: None)
        self._sighted = chosen
        """The connection whose bar was brought into sight last."""
        self._is_small = False
        self._has_page = False
        """Whether the plots have no room beside the bars."""
        self._is_at_plots = False

    def compose(self) -> ComposeResult:
        """What is common to the ends; the bars; the plots; keys."""
        yield self._header
        yield self._notices
        yield self._said
        yield self._deck
        yield TooSmall(id="too-small")
        yield KeysLine()

    def on_resize(self) -> None:
        """Lay the parts out for the size there is."""
        width, height = self.size
        self._is_small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self._has_page = height < (HIGH if width >= WIDE else TALL)
        self._is_at_plots = self._is_at_plots and self._has_page
        is_beside = width >= WIDE and not self._has_page
        self.set_class(is_beside, "-beside")
        self.set_class(self._has_page, "-page")
        self._plots.across = 1 if is_beside else 2 if self._has_page else 4
        for part in (self._header, self._said, self._deck, self.query_one(KeysLine)):
            part.display = not self._is_small
        self._notices.has_room = not self._is_small
        self.query_one(TooSmall).display = self._is_small
        self._arrange()

    def _arrange(self) -> None:
        self._bars_panel.display = not self._is_at_plots
        self._plots_panel.display = self._is_at_plots or not self._has_page
        if not self._is_at_plots:
            self._bars.focus()
        self.refresh_bindings()

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing; without room only the way back works."""
        if action == "leave":
            return True
        if self._is_small:
            return False
        if action == "plots":
            return self._has_page
        if action == "hold":
            return self._head.is_playing
        if action == "fit":
            return self._state.view.chosen is not None
        return self._state.bounds is not None or action not in ("zoom", "pan", "open", "axis")

    @abstractmethod
    def _tick(self) -> None:
        """Show what there is now."""

    def _change(self, view: View) -> None:
        had_all, self._state.view = self._state.view.chosen is None, view
        if had_all != (view.chosen is None):
            self.refresh_bindings()
        self._tick()

    def action_zoom(self, factor: float) -> None:
        """Closer or farther, about the chosen connection."""
        bounds, line = self._state.bounds, self._bars.row(self._bars.cursor)
        if bounds is not None and line is not None:
            self._change(self._state.view.zoomed_to(factor, bounds, self._bars.bars.look.life(line.connection)))

    def action_pan(self, way: int) -> None:
        """To earlier or later times."""
        bounds = self._state.bounds
        if bounds is not None:
            self._change(self._state.view.panned(way * PAN, bounds))

    def action_fit(self) -> None:
        """Everything."""
        self._change(View(self._state.view.axis))

    def action_axis(self, name: str) -> None:
        """By the clock or by age."""
        self._change(self._state.view.on(Axis(name)))

    @on(AxisLine.Clicked)
    def _seek(self, event: AxisLine.Clicked) -> None:
        """Send the head to the moment that was clicked; an age is no moment."""
        if self._bars.bars.shown.axis is Axis.CLOCK:
            self._deck.seek(self._bars.axis_scale.edge(event.cell))

    def action_hold(self) -> None:
        """Hold the play head, or let it go on."""
        self._deck.switch()

    @on(BarList.Dragged)
    def _drag(self, event: BarList.Dragged) -> None:
        bounds = self._state.bounds
        if bounds is not None:
            self._change(self._state.view.panned(-event.cells / max(1, self._bars.bars.width), bounds))

    @on(BarList.Wheeled)
    def _wheel(self, event: BarList.Wheeled) -> None:
        bounds = self._state.bounds
        if bounds is not None:
            at_ns = self._bars.axis_scale.edge(event.cell)
            self._change(self._state.view.zoomed(STEP if event.is_closer else 1 / STEP, bounds, at_ns))

    @on(PlayDeck.Arrived)
    def _arrived(self, event: PlayDeck.Arrived) -> None:
        """Show whose moment it is."""
        if event.moment.connection:
            self._bars.move_to(event.moment.connection - 1)

    @on(RowList.Touched)
    def _touched(self) -> None:
        """Whoever moves the cursor wants to see the bar that it comes to."""
        self.call_after_refresh(self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        bounds, line = self._state.bounds, self._bars.row(self._bars.cursor)
        # Whoever only scrolls stays where the axis is.
        if bounds is not None and line is not None and line.connection.id != self._sighted:
            self._sighted = line.connection.id
            self._change(self._state.view.showing(self._bars.bars.look.life(line.connection), bounds))

    def action_plots(self) -> None:
        """The plots on a page of their own, and back."""
        self._is_at_plots = not self._is_at_plots
        self._arrange()

    @on(RowList.Opened)
    def action_open(self) -> None:
        """Go to the chosen connection on the main screen; to its opening, if that is still to come."""
        number, pulse, line = self._bars.cursor + 1, self._session.pulse, self._bars.row(self._bars.cursor)
        if self._head.is_playing and line is not None and pulse is not None and number > pulse.info.connections:
            self._head.seek(max(line.connection.opened_ns, line.connection.since_ns))
        if number > 0:
            self.dismiss(number)

    def action_leave(self) -> None:
        """Back to the bars, or to the main screen."""
        if self._is_at_plots:
            self.action_plots()
        else:
            self.dismiss(None)
