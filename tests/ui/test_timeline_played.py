"""The timeline of a session that is played: the head on it, what lies ahead of it, and its keys there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.fixtures.session import MS, START_NS, FixedReader, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from tests.ui.on_timeline import axis, bar_of, bars, begin, lines, plots, press, said, timeline
from tests.ui.playing import Clock, deck, go_to, offset, shown
from wsinspect.model import Connection
from wsinspect.timeline import survey
from wsinspect.timeline.scale import Span
from wsinspect.timeline.view import View
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.drawing.columns import start_of
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.screens.timeline import TimelineScreen
from wsinspect.ui.timeline import study
from wsinspect.ui.timeline.bar_cells import BAR, HEAD, TO_COME
from wsinspect.ui.widgets.axis_line import AxisLine
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.play_bar import PlayBar

FULL = (140, 44)


@pytest.fixture
def clock() -> Clock:
    """The pace of what is played."""
    return Clock()


@pytest.fixture
def player(fleet_file: Path, make_app: MakeApp, clock: Clock) -> WsInspectApp:
    """The app that plays the session in which most connections die at the same age."""
    return make_app(fleet_file, plays=True, monotonic_ns=clock)


async def begin_at(pilot: Pilot[None], seconds: float) -> None:
    """Open the timeline with the head, which is held, so long after the beginning."""
    await settle(pilot)
    deck(pilot).switch()
    await go_to(pilot, START_NS + round(seconds * S))
    await begin(pilot)


def tones(pilot: Pilot[None], row: int) -> list[tuple[str, str]]:
    """The cells of one bar with the tone of each, from row 1 on."""
    cell = bars(pilot)._source.cells(row - 1, bars(pilot)._window.rows)[BAR]
    return [(char, piece.style) for piece in cell for char in piece.text]


def head_cell(pilot: Pilot[None], at_ns: int) -> int:
    return bars(pilot).axis_scale.cell_of(at_ns)


def words(pilot: Pilot[None], row: int) -> str:
    """What stands behind a bar."""
    return lines(pilot)[row - 1][start_of(bars(pilot).placed, "age") :].strip()


async def test_the_head_stands_on_axis_and_bars(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 40)
        here = head_cell(pilot, START_NS + 40 * S)
        assert axis(pilot)[here] == HEAD
        assert [bar_of(pilot, row)[here] for row in range(1, 10)] == [HEAD] * 9
        assert timeline(pilot).query_one(PlayBar).shown == shown(pilot)


async def test_what_lies_ahead_is_dim_and_all_there(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 10)
        here = head_cell(pilot, START_NS + 10 * S)
        first, ahead = tones(pilot, 1), tones(pilot, 7)
        assert {tone for char, tone in first[:here] if char not in " ┊"} == {Tone.BAR_OPEN}
        assert {tone for char, tone in first[here + 1 :] if char not in " ┊"} == {Tone.BAR_AHEAD}
        assert first[head_cell(pilot, START_NS + 60 * S + 9 * MS)] == ("✖", Tone.BAR_AHEAD)
        assert {tone for char, tone in ahead if char not in f" ┊{HEAD}"} == {Tone.BAR_AHEAD}
        assert bars(pilot).total == 9
        assert words(pilot, 1).split() == ["10.0", "s", "open"]
        assert words(pilot, 3).split() == ["33.0", "ms", "HTTP", "503"]
        assert words(pilot, 7) == TO_COME
        # As the main screen, it says what was known then.
        assert said(pilot) == "no connection has closed yet"
        assert "peak" in plots(pilot)


async def test_it_moves_with_the_clock_and_is_held(player: WsInspectApp, clock: Clock) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin(pilot)
        assert axis(pilot)[head_cell(pilot, START_NS)] == HEAD
        clock.now_ns = 30 * S
        await until(pilot, lambda: bars(pilot).bars.head_ns == START_NS + 30 * S)
        await settle(pilot)
        assert axis(pilot).index(HEAD) == head_cell(pilot, START_NS + 30 * S)
        assert axis(pilot).count(HEAD) == 1
        await press(pilot, "space")
        clock.now_ns = 50 * S
        await settle(pilot)
        assert bars(pilot).bars.head_ns == START_NS + 30 * S
        await press(pilot, "space")
        clock.now_ns = 60 * S
        await until(pilot, lambda: bars(pilot).bars.head_ns == START_NS + 40 * S)
        await press(pilot, "greater_than_sign")
        clock.now_ns = 61 * S
        await until(pilot, lambda: bars(pilot).bars.head_ns == START_NS + 42 * S)


async def test_steps_move_it(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 31)
        await press(pilot, "full_stop")
        # The next message of any connection; that of the chosen one would come later.
        assert offset(pilot) == 31 * S + 20 * MS
        assert bars(pilot).bars.head_ns == START_NS + offset(pilot)
        await press(pilot, "comma", "comma")
        assert offset(pilot) < 31 * S
        await press(pilot, "right_curly_bracket")
        assert 49 * S < offset(pilot) < 49 * S + 5 * MS
        assert bars(pilot).cursor == 8
        here = head_cell(pilot, START_NS + offset(pilot))
        assert axis(pilot)[here] == HEAD
        # The mark of what ended there is not covered.
        assert bar_of(pilot, 9)[here] == "○"
        assert words(pilot, 9).split()[-1] == "1001"
        await press(pilot, "left_curly_bracket")
        assert 15 * S <= offset(pilot) < 16 * S
        assert words(pilot, 9) == TO_COME


async def test_a_click_on_the_axis_sends_it_there(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 3)
        cell = bars(pilot).bars.width // 2
        await pilot.click(AxisLine, offset=(start_of(bars(pilot).placed, BAR) + cell, 0))
        await settle(pilot)
        assert axis(pilot)[cell] == HEAD
        assert offset(pilot) == bars(pilot).axis_scale.edge(cell) - START_NS
        await pilot.click(AxisLine, offset=(1, 0))
        await settle(pilot)
        assert axis(pilot)[cell] == HEAD


async def test_by_age_it_stands_in_each_bar_that_is_open(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 20)
        await press(pilot, "2")
        assert HEAD not in axis(pilot)
        opened_s = {1: 0, 2: 4, 4: 8, 5: 9, 7: 15}
        for row in range(1, 10):
            wanted = [head_cell(pilot, (20 - opened_s[row]) * S)] if row in opened_s else []
            assert [cell for cell, char in enumerate(bar_of(pilot, row)) if char == HEAD] == wanted
        was = offset(pilot)
        await pilot.click(AxisLine, offset=(start_of(bars(pilot).placed, BAR) + 40, 0))
        await settle(pilot)
        assert offset(pilot) == was


async def test_zoomed_in_the_view_follows_it(player: WsInspectApp, clock: Clock) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin(pilot)
        timeline(pilot)._change(View(chosen=Span(START_NS, START_NS + 10 * S)))
        await settle(pilot)
        clock.now_ns = 15 * S
        await until(pilot, lambda: bars(pilot).bars.head_ns == START_NS + 15 * S)
        await settle(pilot)
        assert HEAD in axis(pilot)
        # Whoever pans looks elsewhere, until the head is sent somewhere.
        await press(pilot, *["right"] * 16)
        assert HEAD not in axis(pilot)
        await press(pilot, "left_curly_bracket")
        assert HEAD in axis(pilot)


async def test_enter_goes_to_the_connection_as_it_was_then(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 20)
        await press(pilot, "j", "j", "enter")
        assert isinstance(pilot.app.screen, MainScreen)
        assert (main_of(pilot).chosen_id, offset(pilot)) == (3, 20 * S)


async def test_enter_on_one_to_come_goes_to_its_opening(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 20)
        await press(pilot, "G")
        assert "#9 /chat" in str(timeline(pilot).query_one("#plots", Panel).title)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, MainScreen)
        await until(pilot, lambda: main_of(pilot).chosen_id == 9)
        assert (offset(pilot), shown(pilot).is_moving) == (30 * S, False)


async def test_going_back_takes_back_what_it_said(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 82)
        assert said(pilot).startswith("5 of 7 closed 60.0 s after opening")
        assert "1006" in plots(pilot)
        timeline(pilot)._deck.seek(START_NS + 66 * S)
        await settle(pilot)
        assert said(pilot) == "4 closed, too few of them alike at one age for a timer"
        timeline(pilot)._deck.seek(START_NS + 2 * S)
        await settle(pilot)
        assert said(pilot) == "no connection has closed yet"
        assert "1006" not in plots(pilot)


async def test_messages_follow_a_head_that_was_sent_from_here(player: WsInspectApp) -> None:
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 2)
        await press(pilot, *["right_curly_bracket"] * 3, "escape")
        messages = main_of(pilot)._messages.rows
        assert messages.is_following
        assert messages.cursor == messages.total - 1


async def test_without_a_head_its_keys_do_nothing(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot)
        working = {one.binding.id for one in screen.active_bindings.values() if one.enabled}
        assert not working & {"timeline-hold", "step", "moment-after", "faster", "go-to-time", "skip-silences"}
        assert not screen.query_one(PlayBar).display
        await press(pilot, "space", "full_stop", "right_curly_bracket")
        await pilot.click(AxisLine, offset=(60, 0))
        await settle(pilot)
        assert HEAD not in axis(pilot) + "".join(lines(pilot))


class _Slow(FixedReader):
    """Lets no window of connections through until it is told to, once it is told to stop."""

    stop = threading.Event()
    go = threading.Event()

    def connections(self, first: int, count: int) -> list[Connection]:
        """As the reader."""
        if self.stop.is_set() and count > 1:
            assert self.go.wait(60)
        return super().connections(first, count)


async def test_it_may_be_left_while_it_reads(fleet_file: Path) -> None:
    _Slow.stop.clear()
    _Slow.go.clear()
    async with WsInspectApp(fleet_file, open_reader=_Slow).run_test(size=FULL) as pilot:
        await begin(pilot)
        screen = timeline(pilot)
        _Slow.stop.set()
        screen.run_worker(screen._survey(9, 9, None), group="survey")
        await pilot.press("escape")
        _Slow.go.set()
        await until(pilot, lambda: not isinstance(pilot.app.screen, TimelineScreen))
        await settle(pilot)


async def test_of_very_many_connections_those_before_the_head_are_looked_at(
    player: WsInspectApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (study, survey):
        monkeypatch.setattr(module, "MOST", 4)
    async with player.run_test(size=FULL) as pilot:
        await begin_at(pilot, 8)
        # The four newest of the session are all still to come.
        assert said(pilot).startswith("no connection has closed yet")
        assert "HTTP 503" in plots(pilot)
        timeline(pilot)._deck.seek(START_NS + 82 * S)
        await settle(pilot)
        assert (
            said(pilot) == "4 closed, too few of them alike at one age for a timer · the newest 4 connections looked at"
        )
        timeline(pilot)._deck.seek(START_NS + 10 * S)
        await settle(pilot)
        assert "HTTP 503" in plots(pilot)
