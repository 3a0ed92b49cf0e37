"""A session that somebody else records, on screen: it grows, falls quiet, stops, or loses its recorder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from tests.fixtures.session import MS, NOW_NS, S_TO_C, TEXT, Live, Peer, S
from tests.ui.driving import main_of, settle, until
from wsinspect.clock import ALIVE_FOR_NS
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.panel import Panel

SIZE = (140, 44)


@dataclass
class Clock:
    """A wall clock that is set by hand."""

    now: int = NOW_NS

    def __call__(self) -> int:
        return self.now


def peer_of(live: Live, after_ns: int) -> Peer:
    """A connection with one message, committed."""
    peer = Peer(live.script, after_ns, f"/feed/{after_ns // S}").upgrade()
    peer.frame(S_TO_C, 10 * MS, TEXT, b"tick")
    live.script.play()
    live.commit()
    return peer


def is_recording(pilot: Pilot[None]) -> bool:
    """What the header says."""
    return main_of(pilot).query_one(HeaderLine).facts.is_recording


async def test_a_quiet_recording_is_one_until_its_recorder_falls_silent(live: Live) -> None:
    clock = Clock()
    peer_of(live, 0)
    async with WsInspectApp(live.path, now_ns=clock).run_test(size=SIZE) as pilot:
        await settle(pilot)
        notices = main_of(pilot).query_one(NoticeLines)
        assert is_recording(pilot)
        assert "following" in main_of(pilot).query_one("#messages", Panel).note.plain
        clock.now += ALIVE_FOR_NS
        await until(pilot, lambda: not is_recording(pilot))
        assert "ended without stopping" in notices.said[0]
        await until(pilot, lambda: "following" not in main_of(pilot).query_one("#messages", Panel).note.plain)
        clock.now -= ALIVE_FOR_NS
        await until(pilot, lambda: is_recording(pilot))
        assert notices.said == ()


async def test_a_stop_elsewhere_is_seen_and_leaves_one_file(tmp_path: Path) -> None:
    live = Live(tmp_path / "s.wsi")
    peer_of(live, 0)
    async with WsInspectApp(live.path, now_ns=Clock()).run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert is_recording(pilot)
        live.stop()
        await until(pilot, lambda: not is_recording(pilot))
        assert main_of(pilot).query_one(NoticeLines).said == ()
    assert os.listdir(tmp_path) == ["s.wsi"]


async def test_an_empty_recording_is_waited_with(live: Live) -> None:
    async with WsInspectApp(live.path, now_ns=Clock()).run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = main_of(pilot).query_one(ConnectionList)
        assert "no connection yet" in [shown.render_line(y).text.strip() for y in range(3)]
        peer_of(live, 0)
        await until(pilot, lambda: shown.total == 1)


async def test_where_one_panel_is_shown_the_newest_of_all_are_it(live: Live) -> None:
    peer_of(live, 0)
    async with WsInspectApp(live.path, begins_newest=True, now_ns=Clock()).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        messages = main_of(pilot).query_one(MessageList)
        assert messages.is_on_screen
        assert messages.has_focus
        assert messages.total == 1


async def test_it_can_begin_with_the_newest_of_all(live: Live) -> None:
    for at in range(40):
        peer_of(live, at * S)
    while live.writer._queued:
        os.sched_yield()
    async with WsInspectApp(live.path, begins_newest=True, now_ns=Clock()).run_test(size=SIZE) as pilot:
        await settle(pilot)
        connections, messages = main_of(pilot).query_one(ConnectionList), main_of(pilot).query_one(MessageList)
        assert connections.cursor == 39
        assert (messages.total, messages.cursor) == (40, 39)
        peer_of(live, 41 * S)
        await until(pilot, lambda: messages.total == 41)
        await settle(pilot)
        assert (connections.cursor, messages.cursor) == (39, 40)
