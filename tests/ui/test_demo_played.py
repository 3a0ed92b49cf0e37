"""The demo, played, says at every offset what the screen said there while it was recorded.

Left out are what must differ: ``REC`` and the size of the file in the header, and the player's line.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.limits import LIMIT_S
from tests.ui.driving import app_of, main_of, settle, until
from tests.ui.playing import Clock, go_to, panels, told
from wsinspect.capture.process import CapturePlan, CaptureProcess
from wsinspect.demo.process import DemoProcess
from wsinspect.model import SessionInfo
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.widgets.connection_list import ConnectionList

pytestmark = pytest.mark.integration

EVERY = 3
"""Connections that come between two looks."""

LOOKED_AT = 3
"""The newest connections, which are chosen one after the other at each look."""

Said = dict[tuple[int, int], dict[str, list[str]]]
"""What the panels say, by time and chosen connection."""


async def _info(pilot: Pilot[None]) -> SessionInfo:
    return await app_of(pilot).bridge.call(lambda reader: reader.info())


@contextlib.contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """Let the recorder do nothing, so that the screen can come to rest; traffic waits."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def _look(pilot: Pilot[None], now: list[int]) -> Said:
    """What the screen says of the session as it stands; nothing when that changed meanwhile."""
    info = await _info(pilot)
    now[0] = info.last_ns
    await until(pilot, lambda: _is_as_of(pilot, info.last_ns))
    said: Said = {}
    for number in range(max(1, info.connections - LOOKED_AT + 1), info.connections + 1):
        await _choose(pilot, number)
        said[info.last_ns, number] = panels(pilot)
    return said if (await _info(pilot)).last_ns == info.last_ns else {}


async def _choose(pilot: Pilot[None], number: int) -> None:
    """Look at a connection, as a user who chose it: what fails later does not lead away from it."""
    main = main_of(pilot)
    main._choice.touch()
    main.query_one(ConnectionList).choose(number)
    await until(pilot, lambda: main.chosen_id == number)
    await told(pilot)


def _is_as_of(pilot: Pilot[None], at_ns: int) -> bool:
    """Whether the session is shown as of a commit, ages and all."""
    pulse = main_of(pilot)._session.pulse
    listed = main_of(pilot).query_one(ConnectionList)
    return pulse is not None and pulse.info.last_ns == at_ns and listed._rows.now_ns == at_ns


@contextlib.asynccontextmanager
async def recording(file: Path, log: Path) -> AsyncIterator[tuple[int, str, DemoProcess]]:
    """The demo and a recorder of it: the recorder's process, its URL."""
    demo, capture = DemoProcess(log, pace=8), CaptureProcess()
    try:
        target = await demo.start(once=True)
        started = await capture.start(CapturePlan(file=file, target=target, listen=("127.0.0.1:0",)))
        assert capture.pid is not None
        yield capture.pid, started.urls[0], demo
    finally:
        await capture.stop()
        await demo.stop()


async def test_played_it_says_what_it_said_live(tmp_path: Path) -> None:
    file, now = tmp_path / "demo.wsi", [0]
    said: Said = {}
    async with recording(file, tmp_path / "demo.log") as (pid, url, demo):
        app = WsInspectApp(file, is_live=True, now_ns=lambda: now[0])
        async with app.run_test(size=(140, 44)) as pilot:
            await settle(pilot)
            await demo.play(url)
            ending = asyncio.ensure_future(demo.wait())
            wanted = EVERY
            async with asyncio.timeout(LIMIT_S):
                while not ending.done():
                    if (await _info(pilot)).connections < wanted:
                        await asyncio.sleep(0.01)
                        continue
                    wanted += EVERY
                    with standing_still(pid):
                        said |= await _look(pilot, now)
            assert await ending == 0
            with standing_still(pid):
                said |= await _look(pilot, now)
    assert len({at_ns for at_ns, _ in said}) > 4
    assert any(one["close"] for one in said.values())
    async with WsInspectApp(file, plays=True, monotonic_ns=Clock()).run_test(size=(140, 45)) as pilot:
        await settle(pilot)
        for (at_ns, number), then in [*said.items(), *[*said.items()][::-3]]:
            await go_to(pilot, at_ns)
            await until(pilot, lambda at_ns=at_ns: _is_as_of(pilot, at_ns))  # type: ignore[misc]
            await _choose(pilot, number)
            _compare(panels(pilot), then, number)


def _compare(now: dict[str, list[str]], then: dict[str, list[str]], chosen: int) -> None:
    """All is the same; of the connections those around the chosen one that were at hand in both."""
    assert now | {"connections": []} == then | {"connections": []}
    here, there = (_by_number(one["connections"]) for one in (now, then))
    both = here.keys() & there.keys()
    assert chosen in both
    assert {number: here[number] for number in both} == {number: there[number] for number in both}


def _by_number(lines: list[str]) -> dict[int, str]:
    return {int(line.split()[0]): line for line in lines}
