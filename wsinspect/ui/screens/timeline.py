"""The timeline: every connection a bar from open to close on one axis, and small plots of the chosen one.

It shows everything, or what the user zoomed to; time moves it on until the user pans. All that is read is read in
short calls, so that a key never waits for more than one of them.

Of a session that is played it shows the whole, dim from the play head on; what it says in words, and the plots, are as
of the head.
"""

from __future__ import annotations

from collections.abc import Hashable

from textual import on
from textual.content import Content

from wsinspect.errors import WsInspectError
from wsinspect.model import Connection
from wsinspect.timeline.view import Axis, View
from wsinspect.ui.bridge import Bridge, Pulse, SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.playing.head import PlayHead
from wsinspect.ui.screens.timeline_keys import TimelineKeys
from wsinspect.ui.session_state import SessionState
from wsinspect.ui.timeline.bar_rows import Look
from wsinspect.ui.timeline.common_age import sentence
from wsinspect.ui.timeline.plots import Facts
from wsinspect.ui.timeline.span_said import legend, span_said
from wsinspect.ui.timeline.study import Student, Surveyor
from wsinspect.ui.widgets.header_line import facts_of
from wsinspect.ui.widgets.play_deck import DRAWN_S, PlayDeck
from wsinspect.ui.widgets.row_list import RowList

TICK_S = 0.25
"""The present is drawn anew this often, in seconds."""


class TimelineScreen(TimelineKeys):
    """Connections over time. Its result is the connection to go to; None: it was only looked at."""

    CSS = beside(__file__)
    AUTO_FOCUS = "BarList"

    def __init__(self, bridge: Bridge, session: SessionState, head: PlayHead, chosen: int | None) -> None:
        super().__init__(bridge, session, head, chosen)
        self._standing: Connection | None = None
        """The chosen connection as it stood at the play head."""
        self._stood_at: Pulse | None = None
        """The pulse that this was asked for."""
        self._is_asking = self._is_finding = False
        self._surveyor = Surveyor(bridge)
        self._student = Student(bridge)
        self._shown: tuple[Look, int, int] | None = None
        self._has_begun = False
        """Whether the first view was chosen."""

    def on_mount(self) -> None:
        """Begin to read."""
        self._bars.empty_hint = self._session.waiting
        if self._chosen is not None:
            self._bars.begin_at(self._chosen - 1)
        self.set_interval(TICK_S, self._tick)
        self.set_interval(DRAWN_S, self._show_head)
        self._tick()

    # What arrives

    def _tick(self) -> None:
        """Show what there is now."""
        self._show_header()
        bounds, pulse = self._state.bounds, self._session.pulse
        if pulse is None:
            return
        if bounds is None:
            if (pulse.info.connections or self._head.is_playing) and not self._is_finding:
                self._is_finding = True
                self.run_worker(self._find_first(), group="first")
            return
        look, total = self._state.look(bounds), self._state.total
        # What a head leaves behind changes none of the bars.
        shown = (look, total, 0 if look.is_played else pulse.info.rows)
        if shown != self._shown:
            self._shown = shown
            self._bars.show(look, total)
        # The bars come first: a survey keeps the one thread that reads busy for a while.
        if self._has_begun and self._surveyor.is_due(self._there(pulse)):
            self.run_worker(self._survey(total, pulse.info.connections, bounds.head_ns), group="survey")

    def _there(self, pulse: Pulse) -> Hashable:
        """How the session stands, for the survey."""
        if self._head.is_playing:
            return self._state.total, pulse.info.connections, self._head.at_ns
        return pulse.info.connections, pulse.info.rows

    async def _find_first(self) -> None:
        is_played = self._head.is_playing

        def ask(reader: SessionReader) -> tuple[list[Connection], int]:
            return (reader.ahead if is_played else reader).connections(1, 1), reader.ahead.count() if is_played else 0

        try:
            found, total = await self._bridge.call(ask)
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))
            return
        finally:
            self._is_finding = False
        if found:
            self._state.find(found[0].opened_ns, total)
            self.refresh_bindings()
            self._tick()

    async def _survey(self, connections: int, opened: int, head_ns: int | None) -> None:
        try:
            if head_ns is None:
                await self._surveyor.look(connections)
            else:
                await self._surveyor.look_back(connections, opened, head_ns)
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))
            return
        self._state.found = self._surveyor.found
        self._said.update(sentence(self._surveyor.found))
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
        if line is None:
            return
        if self._head.is_playing:
            self._stand(line.connection.id)
        else:
            self._study(line.connection, line.end_ns)

    def _study(self, connection: Connection, end_ns: int) -> None:
        """Have a connection looked into, when there is news of it."""
        if self._student.is_due(connection):
            self._show_plots()
            self.run_worker(self._look_into(connection, end_ns), group="study", exclusive=True)

    async def _look_into(self, connection: Connection, end_ns: int) -> None:
        try:
            async for _ in self._student.look(connection, end_ns):
                self._show_plots()
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))

    # The play head

    def _stand(self, number: int) -> None:
        """Have it asked how the chosen connection stood at the play head."""
        # What comes while it is asked is asked when the head is drawn again.
        self._stood_at = None if self._is_asking else self._session.pulse
        if not self._is_asking:
            self._is_asking = True
            self.run_worker(self._ask_standing(number), group="standing")

    async def _ask_standing(self, number: int) -> None:
        try:
            found = await self._bridge.call(lambda reader: reader.connection(number))
        except Closed:
            return
        except WsInspectError as error:
            self._say_trouble(str(error))
            return
        finally:
            self._is_asking = False
        self._standing = found
        if found is None:
            self.workers.cancel_group(self, "study")
            self._student.forget()
            self._show_plots()
        self._study_standing()

    def _study_standing(self) -> None:
        """Have the chosen connection looked into as it stood, when that is due."""
        found = self._standing
        if found is not None:
            self._study(found, found.closed_ns or self._head.at_ns or found.last_ns)

    def _show_head(self) -> None:
        """Where the play head stands now."""
        self._bars.put_head(self._head.at_ns)
        if not self._head.is_playing:
            return
        bounds = self._state.bounds
        if bounds is not None and self._state.view.at(bounds) != self._state.view:
            self._tick()
        self._show_axis()
        line = self._bars.row(self._bars.cursor)
        if line is not None and self._stood_at is not self._session.pulse:
            self._stand(line.connection.id)
        else:
            self._study_standing()

    @on(PlayDeck.Changed)
    def _played(self, event: PlayDeck.Changed) -> None:
        """It is held, goes on, or was sent somewhere: there it is in sight."""
        bounds = self._state.bounds
        if event.is_sent and bounds is not None:
            self._surveyor.hurry()
            self._student.hurry()
            self._change(self._state.view.at_head(bounds))
        self._show_head()

    @on(PlayDeck.Failed)
    def _not_played(self, event: PlayDeck.Failed) -> None:
        self._say_trouble(event.problem)

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
        is_surveyed = self._surveyor.is_current(self._there(pulse))
        return is_surveyed and self._bars.is_settled and self._bars.bars.is_whole and self._is_studied(pulse)

    def _is_studied(self, pulse: Pulse) -> bool:
        if not self._head.is_playing:
            return self._student.is_done
        is_drawn = self._bars.bars.head_ns == self._head.at_ns and self._deck.is_settled
        is_known = self._stood_at is pulse and not self._is_asking
        return is_drawn and is_known and self._student.is_current(self._standing)

    # What is shown

    def _show_header(self) -> None:
        pulse = self._session.pulse
        self._notices.said = self._session.notices
        if pulse is not None:
            self._header.facts = facts_of(
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
        self._axis.show(bars.placed, bars.ticks, age_cell)
        head_ns = rows.head_ns if look.axis is Axis.CLOCK else None
        self._axis.put_head(scale.cell_of(head_ns) if head_ns is not None else None)
        panel = self._bars_panel
        if bars.total:
            panel.set_title(Content(f"Timeline · {span_said(look.span, look.axis)}"))
            place = f"{bars.cursor + 1:,} of {bars.total:,}"
            panel.set_note(Content(f"{place} · ▁ silent  {legend(rows.most, scale)}"))

    def _show_plots(self) -> None:
        studied, line = self._student.studied, self._bars.row(self._bars.cursor)
        surveyed = self._surveyor.found
        if line is not None:
            named = line.connection
            self._plots_panel.set_title(Content.assemble(f"#{named.id} ", safe.content(named.path)))
        if studied is None:
            self._plots.facts = Facts(surveyed)
            return
        number = studied.connection.id
        self._plots.facts = Facts(surveyed, number, studied.counts, studied.lasted_ns, studied.sample)
