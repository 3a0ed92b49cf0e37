"""What scenarios stand on, in one event loop with a target of the test's own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus

from wsinspect.demo.routes import Handler, Route
from wsinspect.demo.scenarios import healthy
from wsinspect.demo.show import LOG, play_quietly
from wsinspect.demo.stage import Stage
from wsinspect.demo.target import open_target
from wsinspect.demo.upstreams import Upstreams

pytestmark = pytest.mark.integration


@asynccontextmanager
async def stage_with(path: str, serve: Handler) -> AsyncIterator[Stage]:
    """A stage whose target has one path."""
    stage = Stage(Upstreams("", "", ""), pace=20)
    async with open_target(stage, {path: Route(serve)}) as target:
        stage.relay = target
        yield stage


class Witness:
    """Serves one connection and remembers how the client closed it."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.closed: asyncio.Future[tuple[int | None, str | None]] = asyncio.get_running_loop().create_future()

    async def serve(self, connection: ServerConnection, stage: Stage) -> None:
        await connection.recv()  # from here on both ends are open
        self.is_open.set()
        await connection.wait_closed()
        self.closed.set_result((connection.close_code, connection.close_reason))


async def test_a_scenario_that_is_stopped_says_goodbye_and_not_1011() -> None:
    witness = Witness()
    async with stage_with("/feed", witness.serve) as stage:
        playing = asyncio.ensure_future(healthy.feed(stage))
        await witness.is_open.wait()
        playing.cancel()
        assert await witness.closed == (1001, "the demo was stopped")
        with pytest.raises(asyncio.CancelledError):
            await playing


async def test_the_curtain_ends_what_runs_all_along() -> None:
    witness = Witness()
    async with stage_with("/feed", witness.serve) as stage:
        playing = asyncio.ensure_future(healthy.feed(stage))
        await witness.is_open.wait()
        stage.curtain.set()
        assert await witness.closed == (1001, "")
        await playing


async def test_an_unknown_path_is_refused() -> None:
    async with stage_with("/feed", Witness().serve) as stage:
        with pytest.raises(InvalidStatus, match="404"):
            async with stage.connect("/nowhere"):
                pass
        with pytest.raises(ConnectionError, match="refused"):
            await stage.raw("/nowhere", user_agent="test")


async def test_a_scenario_with_a_bug_is_logged_and_ends_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(stage: Stage) -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, LOG.name):
        await play_quietly(broken, Stage(Upstreams("", "", "")))
    assert "scenario broken failed" in caplog.text


async def test_a_scenario_that_hangs_is_given_up() -> None:
    async def hanging(stage: Stage) -> None:
        await asyncio.Event().wait()

    await play_quietly(hanging, Stage(Upstreams("", "", "")), limit=0)
