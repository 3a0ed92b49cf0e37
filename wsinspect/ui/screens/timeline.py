"""The timeline: every connection a bar from open to close on one axis, and small plots of the chosen one.

It shows everything, or what the user zoomed to; time moves it on until the user pans. All that is read is read in
short calls, so that a key never waits for more than one of them.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from wsinspect.errors import WsInspectError
from wsinspect.timeline.view import STEP, Axis, View
from wsinspect.ui import safe
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bar_cells import BarLine
from wsinspect.ui.bar_rows import Look
from wsinspect.ui.bridge import Bridge, Closed
from wsinspect.ui.common_age import sentence
from wsinspect.ui.layout import LEAST_HEIGHT, LEAST_WIDTH
from wsinspect.ui.plots import Facts
from wsinspect.ui.session_state import SessionState
from wsinspect.ui.span_said import legend, span_said
from wsinspect.ui.study import Student, Surveyor
from wsinspect.ui.styles import beside
from wsinspect.ui.timeline_state import TimelineState
from wsinspect.ui.widgets.axis_line import AxisLine
from wsinspect.ui.widgets.bar_list import BarList
from wsinspect.ui.widgets.header_line import HeaderLine, facts_of
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.plots_view import PlotsView
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.too_small import TooSmall

TICK_S = 0.25
"""The present is drawn anew this often, in seconds."""

WIDE = 120
"""From this width on, in cells, the plots stand beside the bars."""

HIGH = 24
"""Beside the bars they need this many lines."""

TALL = 28
"""From this height on, in lines, they stand below them; else they are a page of their own."""

PAN = 1 / 8
"""Part of the span that one key moves it by."""


class TimelineScreen(Screen["int | None"]):
    """Connections over time. Its result is the connection to go to; None: it was only looked at."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.TIMELINE)
    AUTO_FOCUS = "BarList"

    def __init__(self, bridge: Bridge, session: SessionState, chosen: int | None) -> None:
        """Show the connections of a session.

        Args:
            bridge: the way to it.
            session: what the main screen knows of it.
            chosen: the connection that is chosen there.
        """
        super().__init__()
        self._bridge = bridge
        self._session = session
        self._state = TimelineState(session)
        self._chosen = chosen
        self._bars = BarList(bridge, id="bar-list")
        self._plots = PlotsView()
        self._surveyor = Surveyor(bridge)
        self._student = Student(bridge)
        self._shown: tuple[Look, int, int] | None = None
        self._sighted = chosen
        """The connection whose bar was brought into sight last."""
        self._has_begun = False
        """Whether the first view was chosen."""
        self._is_small = False
        self._has_page = False
        """Whether the plots have no room beside the bars."""
        self._is_at_plots = False

    def compose(self) -> ComposeResult:
        """What is common to the ends; the bars; the plots; keys."""
        yield HeaderLine()
        yield NoticeLines(id="notice")
        yield Static(markup=False, id="said")
        with Container(id="timeline"):
            with Panel(id="bars"):
                yield AxisLine()
                yield self._bars
            with Panel(id="plots"):
                yield self._plots
        yield TooSmall(id="too-small")
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin to read."""
        self._bars.empty_hint = self._session.waiting
        if self._chosen is not None:
            self._bars.begin_at(self._chosen - 1)
        self.set_interval(TICK_S, self._tick)
        self._tick()

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
        for part in ("HeaderLine", "#said", "#timeline", "KeysLine"):
            self.query_one(part).display = not self._is_small
        self.query_one(NoticeLines).has_room = not self._is_small
        self.query_one(TooSmall).display = self._is_small
        self._arrange()

    def _arrange(self) -> None:
        self.query_one("#bars").display = not self._is_at_plots
        self.query_one("#plots").display = self._is_at_plots or not self._has_page
        if not self._is_at_plots:
            self._bars.focus()
        self.refresh_bindings()

    # What arrives

    def _tick(self) -> None:
        """Show what there is now."""
        self._show_header()
        bounds, pulse = self._state.bounds, self._session.pulse
        if pulse is None:
            return
        if bounds is None:
            if pulse.info.connections:
                self.run_worker(self._find_first(), group="first", exclusive=True)
            return
        look = self._state.look(bounds)
        shown = (look, pulse.info.connections, pulse.info.rows)
        if shown != self._shown:
            self._shown = shown
            self._bars.show(look, pulse.info.connections)
        # The bars come first: a survey keeps the one thread that reads busy for a while.
        there = pulse.info.connections, pulse.info.rows
        if self._has_begun and self._surveyor.is_due(*there):
            self.run_worker(self._survey(pulse.info.connections), group="survey")

    async def _find_first(self) -> None:
        try:
            found = await self._bridge.call(lambda reader: reader.connections(1, 1))
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))
            return
        if found:
            self._state.first_ns = found[0].opened_ns
            self.refresh_bindings()
            self._tick()

    async def _survey(self, connections: int) -> None:
        try:
            await self._surveyor.look(connections)
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))
            return
        self._state.found = self._surveyor.found
        self.query_one("#said", Static).update(sentence(self._surveyor.found))
        self._show_plots()
        self._tick()

    @on(RowList.Grown)
    def _begin(self) -> None:
        """Choose the first view by the bars that are in sight."""
        bounds, bars = self._state.bounds, self._bars
        if self._has_begun or bounds is None or not bars.total:
            return
        self._has_begun = True
        top = bars.scroll_offset.y
        lines = [line for at in range(top, top + bars.size.height) if (line := bars.row(at)) is not None]
        self._change(self._state.view.opened([bars.bars.look.life(line.connection) for line in lines], bounds))

    @on(RowList.Moved)
    @on(RowList.Grown)
    def _look_at_cursor(self) -> None:
        """Draw the axis of what is shown, and have the chosen connection looked into."""
        self._show_axis()
        line = self._bars.row(self._bars.cursor)
        if line is not None and self._student.is_due(line.connection):
            self._show_plots()
            self.run_worker(self._study(line), group="study", exclusive=True)

    async def _study(self, line: BarLine) -> None:
        try:
            async for _ in self._student.look(line.connection, line.end_ns):
                self._show_plots()
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))

    @on(RowList.Failed)
    def _not_read(self, event: RowList.Failed) -> None:
        self._say_trouble(event.problem)

    def _say_trouble(self, problem: str) -> None:
        self._session.trouble = f"the session cannot be read: {problem}"
        self._show_header()

    @property
    def view(self) -> View:
        """What part of the axis is shown."""
        return self._state.view

    @property
    def is_settled(self) -> bool:
        """Whether all that there is to show is shown."""
        pulse = self._session.pulse
        if pulse is None or self._state.bounds is None:
            return False
        is_surveyed = self._surveyor.is_current(pulse.info.connections, pulse.info.rows)
        return is_surveyed and self._bars.is_settled and self._bars.bars.is_whole and self._student.is_done

    # What is shown

    def _show_header(self) -> None:
        pulse = self._session.pulse
        self.query_one(NoticeLines).said = self._session.notices
        if pulse is not None:
            self.query_one(HeaderLine).facts = facts_of(
                pulse,
                source=self._session.setting.source,
                is_recording=self._session.is_recording,
                is_badge=False,
            )

    @on(RowList.Placements)
    def _show_axis(self) -> None:
        """The axis over the bars, and the words in their frame."""
        bars, rows = self._bars, self._bars.bars
        look, scale = rows.shown, bars.axis_scale
        at_age = look.common_ns if look.axis is Axis.AGE else None
        age_cell = scale.cell_of(at_age) if at_age is not None else None
        self.query_one(AxisLine).show(bars.placed, bars.ticks, age_cell)
        panel = self.query_one("#bars", Panel)
        if bars.total:
            panel.set_title(Content(f"Timeline · {span_said(look.span, look.axis)}"))
            place = f"{bars.cursor + 1:,} of {bars.total:,}"
            panel.set_note(Content(f"{place} · ▁ silent  {legend(rows.most, scale)}"))

    def _show_plots(self) -> None:
        studied = self._student.studied
        surveyed = self._surveyor.found
        panel = self.query_one("#plots", Panel)
        if studied is None:
            self._plots.facts = Facts(surveyed)
            return
        connection = studied.connection
        panel.set_title(Content.assemble(f"#{connection.id} ", safe.content(connection.path)))
        self._plots.facts = Facts(surveyed, connection.id, studied.counts, studied.lasted_ns, studied.sample)

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing; without room only the way back works."""
        if action == "leave":
            return True
        if self._is_small:
            return False
        if action == "plots":
            return self._has_page
        if action == "fit":
            return self._state.view.chosen is not None
        return self._state.bounds is not None or action not in ("zoom", "pan", "open", "axis")

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
        """Go to the chosen connection on the main screen."""
        if self._bars.cursor >= 0:
            self.dismiss(self._bars.cursor + 1)

    def action_leave(self) -> None:
        """Back to the bars, or to the main screen."""
        if self._is_at_plots:
            self.action_plots()
        else:
            self.dismiss(None)
