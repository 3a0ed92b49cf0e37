"""The timeline: what its bars, its sentence and its plots say, and every key and mouse action on it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from textual import events

from tests.fixtures.session import C_TO_S, MS, S_TO_C, START_NS, TEXT, Live, Peer, S
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from tests.ui.on_timeline import bar_of, bars, begin, lines, notice, plots, press, said, seconds, timeline
from wsinspect.timeline.scale import Span
from wsinspect.timeline.view import Axis, View
from wsinspect.ui.drawing.columns import start_of
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.screens.timeline import TimelineScreen
from wsinspect.ui.timeline.bar_cells import BAR
from wsinspect.ui.widgets.axis_line import AxisLine
from wsinspect.ui.widgets.bar_list import BarList
from wsinspect.ui.widgets.panel import Panel

FULL, MIDDLE, SMALL, LOW = (140, 44), (100, 30), (80, 24), (140, 15)


async def test_the_common_age_is_said(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        assert said(pilot) == "5 of 7 closed 60.0 s after opening: no close frame (1006), ended by the server"


async def test_bars_end_where_the_connections_did(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        first, refused, still_open = bar_of(pilot, 1), bar_of(pilot, 3), bar_of(pilot, 4)
        assert first.strip(" ┊").startswith("█")
        assert first.strip(" ┊").endswith("▁✖")
        assert refused.strip(" ┊").endswith("✖")
        assert len(refused.strip(" ┊")) <= 2
        assert still_open.rstrip().endswith("●")
        scale = bars(pilot).axis_scale
        assert first.index("✖") == scale.cell_of(START_NS + 60 * S + 9 * MS)
        # An open one passed that age; a short one would have reached it.
        assert "│" in still_open
        assert bar_of(pilot, 6).index("╵") > bar_of(pilot, 6).index("○")


async def test_by_age_they_end_in_one_column(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        await press(pilot, "2")
        ends = {bar_of(pilot, row).index("✖") for row in (1, 2, 5, 7, 8)}
        assert len(ends) == 1
        assert {bar_of(pilot, 4).index("│"), bar_of(pilot, 6).index("╵"), bar_of(pilot, 9).index("╵")} == ends
        axis = timeline(pilot).query_one(AxisLine).render_line(0).text
        assert axis.index("▼") - start_of(bars(pilot).placed, BAR) in ends
        assert "60 s" in axis
        await press(pilot, "1")
        assert timeline(pilot).view == View(Axis.CLOCK)
        assert len({bar_of(pilot, row).index("✖") for row in (1, 2, 5, 7, 8)}) == 5


async def test_plots_of_the_chosen_connection(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot, chosen=4)
        shown = plots(pilot)
        for expected in (
            "Rate",
            "76.0 s",
            "Ends",
            "8 of 9 connections",
            "HTTP 503",
            "Message sizes",
            "Ping round trips",
            "12",
        ):
            assert expected in shown
        assert "median 10.0 ms, worst 18.0 ms" in shown
        assert "#4 /chat" in str(timeline(pilot).query_one("#plots", Panel).title)
        await press(pilot, "down", "down")
        assert "#6 /upload" in str(timeline(pilot).query_one("#plots", Panel).title)
        assert "no pings" in plots(pilot)
        assert "median ▲ 2.0 kB" in plots(pilot)


async def test_the_chosen_connection_is_chosen_here_too(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot, chosen=7)
        assert bars(pilot).cursor == 6


async def test_enter_goes_to_the_connection(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        await press(pilot, "j", "j", "enter")
        assert isinstance(pilot.app.screen, MainScreen)
        assert main_of(pilot).chosen_id == 3


@pytest.mark.parametrize("key", ["escape", "t"])
async def test_the_way_back_changes_nothing(fleet_file: Path, make_app: MakeApp, key: str) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot, chosen=2)
        await press(pilot, "j", "j", key)
        assert isinstance(pilot.app.screen, MainScreen)
        assert main_of(pilot).chosen_id == 2


async def test_zoom_and_all(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot, chosen=6)
        whole = seconds(pilot)
        await press(pilot, "+", "+", "+", "+", "+")
        begin_s, end_s = seconds(pilot)
        assert end_s - begin_s == pytest.approx((whole[1] - whole[0]) / 32)
        # What is left of the chosen one's life is in sight, and longer than before.
        assert begin_s < 15 < end_s
        assert len(bar_of(pilot, 6).strip(" ┊╵")) > 5
        await press(pilot, "-")
        assert seconds(pilot)[1] - seconds(pilot)[0] == pytest.approx((whole[1] - whole[0]) / 16)
        await press(pilot, "f")
        assert seconds(pilot) == whole
        assert timeline(pilot).view == View()


async def test_zoomed_in_every_message_has_its_cell(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        timeline(pilot)._change(View(chosen=Span(START_NS, START_NS + S)))
        await settle(pilot)
        # 20 ms in each cell: a message and its answer every 90 ms, with nothing between.
        shown = bar_of(pilot, 1)
        assert sum(cell in "▂▃▄" for cell in shown) in range(11, 23)
        assert shown.count("▁") > 20


async def test_pan(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        await press(pilot, "+", "+")
        was = seconds(pilot)
        await press(pilot, "right")
        assert seconds(pilot)[0] == pytest.approx(was[0] + (was[1] - was[0]) / 8)
        await press(pilot, "h", "h")
        assert seconds(pilot)[0] == pytest.approx(was[0] - (was[1] - was[0]) / 8)
        await press(pilot, *(["l"] * 40))
        assert bar_of(pilot, 1)[0] == "‹"
        await press(pilot, *(["h"] * 60))
        assert bar_of(pilot, 9)[-1] == "›"


async def test_moving_to_a_bar_out_of_sight_shows_it(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        timeline(pilot)._change(View(chosen=Span(START_NS, START_NS + 5 * S)))
        await settle(pilot)
        assert bar_of(pilot, 9)[-1] == "›"
        await press(pilot, "G")
        assert bar_of(pilot, 9).strip(" ┊")[0] in "▁▂▃"
        # Scrolling by itself moves nothing.
        was = seconds(pilot)
        bars(pilot)._by_hand()
        await settle(pilot)
        assert seconds(pilot) == was


async def test_a_click_chooses_and_a_second_opens(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        await pilot.click(BarList, offset=(40, 4))
        await settle(pilot)
        assert bars(pilot).cursor == 4
        await pilot.click(BarList, offset=(40, 4), times=2)
        await settle(pilot)
        assert main_of(pilot).chosen_id == 5


async def test_dragging_pans_and_is_no_click(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        begin_s, end_s = seconds(pilot)
        await pilot.mouse_down(BarList, offset=(50, 5))
        await pilot.hover(BarList, offset=(45, 5))
        await pilot.hover(BarList, offset=(40, 5))
        await pilot.mouse_up(BarList, offset=(40, 5))
        await settle(pilot)
        cell = (end_s - begin_s) / bars(pilot).bars.width
        assert seconds(pilot)[0] == pytest.approx(begin_s + 10 * cell)
        assert bars(pilot).cursor == 0
        await pilot.click(BarList, offset=(40, 4))
        await settle(pilot)
        assert bars(pilot).cursor == 4


async def test_the_wheel_with_ctrl_zooms_about_the_pointer(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        begin_s, end_s = seconds(pilot)
        x = start_of(bars(pilot).placed, BAR) + bars(pilot).bars.width // 2
        for wheel in (events.MouseScrollUp, events.MouseScrollDown):
            bars(pilot).post_message(wheel(bars(pilot), x, 3, 0, 0, 0, shift=False, meta=False, ctrl=True))
            await settle(pilot)
            if wheel is events.MouseScrollUp:
                middle = (begin_s + end_s) / 2
                assert seconds(pilot)[1] - seconds(pilot)[0] == pytest.approx((end_s - begin_s) / 2)
                assert seconds(pilot)[0] == pytest.approx((begin_s + middle) / 2, abs=0.5)
        assert timeline(pilot).view == View()


@pytest.mark.parametrize("size", [SMALL, LOW])
async def test_without_room_the_plots_are_a_page(fleet_file: Path, make_app: MakeApp, size: tuple[int, int]) -> None:
    async with make_app(fleet_file).run_test(size=size) as pilot:
        screen = await begin(pilot)
        assert not screen.query_one("#plots").display
        await press(pilot, "3")
        assert screen.query_one("#plots").display
        assert not screen.query_one("#bars").display
        assert "Ping round trips" in plots(pilot)
        await press(pilot, "escape")
        assert screen.query_one("#bars").display
        assert bars(pilot).has_focus
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, MainScreen)


@pytest.mark.parametrize("size", [FULL, MIDDLE])
async def test_with_room_they_are_not(fleet_file: Path, make_app: MakeApp, size: tuple[int, int]) -> None:
    async with make_app(fleet_file).run_test(size=size) as pilot:
        screen = await begin(pilot)
        assert screen.query_one("#plots").display
        assert screen.query_one("#bars").display
        assert screen.check_action("plots", ()) is False


async def test_too_small(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot)
        await pilot.resize_terminal(50, 10)
        await settle(pilot)
        assert screen.query_one("#too-small").display
        await press(pilot, "plus", "escape")
        assert isinstance(pilot.app.screen, MainScreen)


async def test_another_size_draws_the_bars_anew(fleet_file: Path, make_app: MakeApp) -> None:
    async with make_app(fleet_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        await pilot.resize_terminal(*MIDDLE)
        await settle(pilot)
        assert all(len(one.counts or ()) == bars(pilot).bars.width for one in bars(pilot)._window.rows.values())
        assert bar_of(pilot, 1).strip(" ┊").endswith("✖")


async def test_one_connection_of_ten_milliseconds(live: Live, make_app: MakeApp) -> None:
    peer = Peer(live.script, 0, "/short").upgrade(MS)
    for at in range(5):
        peer.frame(C_TO_S, 2 * MS + at * MS, TEXT, b"x")
    peer.close(S_TO_C, 9 * MS, 1000).ends(10 * MS, S_TO_C)
    live.script.play()
    live.commit()
    async with make_app(live.path, is_live=False).run_test(size=FULL) as pilot:
        await begin(pilot)
        # Nobody records it any more: the axis ends with its last row.
        begin_s, end_s = seconds(pilot)
        assert begin_s == pytest.approx(-0.0001, abs=1e-4)
        assert end_s == pytest.approx(0.0102, abs=3e-4)
        shown = bar_of(pilot, 1).strip(" ┊")
        assert shown.endswith("○")
        assert sum(cell in "▂▃▄▅" for cell in shown) >= 5
        assert said(pilot) == "1 closed"


async def test_no_connection_yet(live: Live, make_app: MakeApp) -> None:
    async with make_app(live.path, is_live=True, urls=("ws://127.0.0.1:8080",)).run_test(size=FULL) as pilot:
        await settle(pilot)
        await pilot.press("t")
        await pilot.pause()
        assert "ws://127.0.0.1:8080" in "\n".join(lines(pilot))
        await pilot.press("plus", "left", "2", "0", "enter", "j")
        Peer(live.script, 0, "/first").upgrade()
        live.script.play()
        live.commit()
        await until(pilot, lambda: bars(pilot).total == 1)
        await settle(pilot)
        assert bar_of(pilot, 1).rstrip().endswith("●")
        assert said(pilot) == "no connection has closed yet"


async def test_live_what_comes_is_shown(live: Live, make_app: MakeApp) -> None:
    for at in range(60):
        Peer(live.script, at * S // 2, f"/{at}").upgrade()
    live.script.play()
    live.commit()
    async with make_app(live.path, is_live=True).run_test(size=FULL) as pilot:
        await begin(pilot)
        assert timeline(pilot).view.is_following
        # The present is in sight, and all bars of open connections end there.
        assert seconds(pilot)[1] > 84
        assert {bar_of(pilot, row).index("●") for row in range(1, 30)} == {bar_of(pilot, 1).index("●")}
        await press(pilot, "G")
        assert bars(pilot).is_following
        Peer(live.script, 80 * S, "/newest").upgrade()
        live.script.play()
        live.commit()
        await until(pilot, lambda: bars(pilot).total == 61)
        await settle(pilot)
        assert "/newest" in lines(pilot)[-1]
        assert bars(pilot).cursor == 60


async def test_a_damaged_file_is_said(fleet_file: Path, make_app: MakeApp, tmp_path: Path) -> None:
    path = tmp_path / "damaged.wsi"
    shutil.copy(fleet_file, path)
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE connection SET server_end = 'nonsense' WHERE id = 9")
    db.close()
    async with make_app(path).run_test(size=FULL) as pilot:
        await until(pilot, lambda: any(isinstance(one, MainScreen) for one in pilot.app.screen_stack))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TimelineScreen))
        await until(pilot, lambda: "cannot be read" in notice(pilot))
        await pilot.press("plus", "2", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, MainScreen)
