"""Helpers for the timeline: opening it, and what it shows."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Static

from tests.fixtures.session import START_NS, S
from tests.ui.driving import main_of, settle, until
from wsinspect.ui.drawing.columns import start_of
from wsinspect.ui.screens.timeline import TimelineScreen
from wsinspect.ui.timeline.bar_cells import BAR
from wsinspect.ui.widgets.axis_line import AxisLine
from wsinspect.ui.widgets.bar_list import BarList
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.plots_view import PlotsView


async def begin(pilot: Pilot[None], chosen: int = 1) -> TimelineScreen:
    """Open the timeline with a connection chosen."""
    await settle(pilot)
    main_of(pilot).query_one(ConnectionList).move_to(chosen - 1)
    await settle(pilot)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, TimelineScreen))
    await settle(pilot)
    return timeline(pilot)


def timeline(pilot: Pilot[None]) -> TimelineScreen:
    screen = pilot.app.screen
    assert isinstance(screen, TimelineScreen)
    return screen


def bars(pilot: Pilot[None]) -> BarList:
    return timeline(pilot).query_one(BarList)


def lines(pilot: Pilot[None]) -> list[str]:
    """The list as it is drawn."""
    shown = bars(pilot)
    return [shown.render_line(y).text for y in range(shown.size.height)]


def bar_of(pilot: Pilot[None], row: int) -> str:
    """The cells of one bar, from row 1 on."""
    begin, width = start_of(bars(pilot).placed, BAR), bars(pilot).bars.width
    return lines(pilot)[row - 1][begin : begin + width]


def plots(pilot: Pilot[None]) -> str:
    shown = timeline(pilot).query_one(PlotsView)
    return "\n".join(shown.render_line(y).text for y in range(shown.size.height))


def said(pilot: Pilot[None]) -> str:
    return str(timeline(pilot).query_one("#said", Static).content)


def notice(pilot: Pilot[None]) -> str:
    return str(timeline(pilot).query_one(NoticeLines).content)


def seconds(pilot: Pilot[None]) -> tuple[float, float]:
    """The span that is shown, in seconds after the session's start."""
    span = bars(pilot).bars.shown.span
    return (span.begin_ns - START_NS) / S, (span.end_ns - START_NS) / S


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def axis(pilot: Pilot[None]) -> str:
    """The cells of the axis over the bars."""
    begin, width = start_of(bars(pilot).placed, BAR), bars(pilot).bars.width
    return timeline(pilot).query_one(AxisLine).render_line(0).text[begin : begin + width]
