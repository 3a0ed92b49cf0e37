"""A writer that is behind: sockets wait for it a moment, then traffic goes on without it."""

from __future__ import annotations

import asyncio

import pytest

from tests.limits import LIMIT_S
from tests.peers.raw import raw_client, raw_server
from wsinspect.capture import pace as pace_module
from wsinspect.capture.intake import Intake
from wsinspect.capture.link import Link
from wsinspect.capture.pace import Pace
from wsinspect.capture.watch import Watch
from wsinspect.clock import Clock
from wsinspect.model import EventKind
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.stored.batch import Batch

pytestmark = pytest.mark.integration


class SlowSink:
    """A writer that is behind for as long as it is told."""

    def __init__(self) -> None:
        self.is_behind = False
        self.has_caught_up = True
        self.obstacle = ""
        self.batches: list[Batch] = []
        self.got_one = asyncio.Event()

    def put(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.got_one.set()


async def test_what_is_recorded_is_handed_over_soon() -> None:
    sink = SlowSink()
    recorder, loop = Recorder(sink), asyncio.get_running_loop()
    pace = Pace(recorder, loop)
    recorder.event(EventKind.NOTE, 1, text="a")
    pace.recorded()
    async with asyncio.timeout(LIMIT_S):
        await sink.got_one.wait()
    assert pace_module.FLUSH_S <= 0.05
    assert not recorder.is_dirty
    recorder.event(EventKind.NOTE, 2, text="b")
    pace.recorded()
    pace.stop()
    assert len(sink.batches) == 2


async def _waiting(sink: SlowSink, pace: Pace, recorder: Recorder) -> None:
    sink.is_behind, sink.has_caught_up = True, False
    recorder.event(EventKind.NOTE, 1, text="a")
    pace.recorded()


async def test_sockets_wait_for_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "FULL_S", float(LIMIT_S))
    sink = SlowSink()
    recorder, loop = Recorder(sink), asyncio.get_running_loop()
    pace, watch = Pace(recorder, loop), Watch(loop)
    async with raw_server() as server, raw_client(server.port) as client, raw_client(server.port) as late:
        intake, later = Intake(Clock()), Intake(Clock())
        link = Link((await server.accept()).sock, intake, loop, watch)
        pace.add(link)
        await _waiting(sink, pace, recorder)
        late_link = Link((await server.accept()).sock, later, loop, watch)
        pace.add(late_link)
        await client.send(b"held")
        await late.send(b"held")
        await asyncio.sleep(0.1)
        assert intake.size == later.size == 0
        sink.is_behind, sink.has_caught_up = False, True
        async with asyncio.timeout(LIMIT_S):
            while not (intake.size and later.size):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert recorder.last_skip_reason == ""
        for each in (link, late_link):
            pace.discard(each)
            each.close()


async def test_traffic_goes_on_without_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "FULL_S", 0.05)
    sink = SlowSink()
    recorder, loop = Recorder(sink), asyncio.get_running_loop()
    pace = Pace(recorder, loop)
    async with raw_server() as server, raw_client(server.port) as client:
        intake = Intake(Clock())
        link = Link((await server.accept()).sock, intake, loop, Watch(loop))
        pace.add(link)
        await _waiting(sink, pace, recorder)
        await client.send(b"not held for ever")
        async with asyncio.timeout(LIMIT_S):
            while not intake.size:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert recorder.last_skip_reason == "the disk could not keep up"
        link.close()
