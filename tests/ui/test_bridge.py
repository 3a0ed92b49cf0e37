"""The bridge: one thread for the file, pulses that run together, nothing after the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fixtures.session import MS, S_TO_C, TEXT, Live, Peer
from tests.limits import LIMIT_S
from wsinspect.errors import SessionFileError
from wsinspect.session.reader import Reader
from wsinspect.ui.bridge import PULSE_S, Bridge, Pulse
from wsinspect.ui.closed import Closed


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Bridge]:
    """A bridge to a session."""
    bridge = Bridge(lambda: Reader(path))
    await bridge.open()
    try:
        yield bridge
    finally:
        await bridge.close()


async def test_every_call_is_made_in_one_other_thread(session_file: Path) -> None:
    async with opened(session_file) as bridge:
        threads = {await bridge.call(lambda _: threading.current_thread()) for _ in range(5)}
        assert len(threads) == 1
        assert threading.current_thread() not in threads


async def test_first_pulse_says_all(session_file: Path) -> None:
    async with opened(session_file) as bridge:
        bridge.watch(4)
        pulse = await anext(bridge.pulses())
        assert (pulse.info.connections, pulse.counts.failed) == (18, 10)
        assert pulse.chosen is not None
        assert pulse.chosen.path == "/orders"


async def test_no_pulse_while_nothing_happens(session_file: Path) -> None:
    async with opened(session_file) as bridge:
        pulses = bridge.pulses()
        await anext(pulses)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PULSE_S * 5):
                await anext(pulses)


async def test_a_pulse_when_something_is_committed(live: Live) -> None:
    peer = Peer(live.script, 0, "/feed").upgrade()
    async with opened(live.path) as bridge:
        pulses = bridge.pulses()
        assert (await anext(pulses)).info.connections == 0
        peer.frame(S_TO_C, 5 * MS, TEXT, b"tick")
        live.script.play()
        live.commit()
        async with asyncio.timeout(LIMIT_S):
            assert (await anext(pulses)).info.rows == 1


async def test_watching_another_connection_is_a_pulse(session_file: Path) -> None:
    async with opened(session_file) as bridge:
        pulses = bridge.pulses()
        await anext(pulses)
        bridge.watch(6)
        async with asyncio.timeout(LIMIT_S):
            pulse: Pulse = await anext(pulses)
        assert pulse.chosen is not None
        assert pulse.chosen.id == 6


async def test_commits_while_a_pulse_is_taken_are_one_more(live: Live) -> None:
    peer = Peer(live.script, 0, "/feed").upgrade()
    async with opened(live.path) as bridge:
        pulses = bridge.pulses()
        await anext(pulses)
        for at in range(20):
            peer.frame(S_TO_C, (5 + at) * MS, TEXT, b"tick")
            live.script.play()
            live.commit()
        async with asyncio.timeout(LIMIT_S):
            assert (await anext(pulses)).info.rows == 20


async def test_nothing_after_the_end(session_file: Path) -> None:
    bridge = Bridge(lambda: Reader(session_file))
    await bridge.open()
    pulses = bridge.pulses()
    await anext(pulses)
    await bridge.close()
    await bridge.close()
    with pytest.raises(Closed):
        await bridge.call(lambda reader: reader.info())
    assert [pulse async for pulse in pulses] == []


async def test_not_a_session(tmp_path: Path) -> None:
    path = tmp_path / "a.wsi"
    path.write_bytes(b"no")
    bridge = Bridge(lambda: Reader(path))
    with pytest.raises(SessionFileError):
        await bridge.open()
    await bridge.close()
