"""The demo as a child process: it starts, plays, and ends quietly in every way it can be ended."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from wsinspect.demo.process import DemoProcess
from wsinspect.demo.scenarios import LASTING, PASSING
from wsinspect.errors import EnvironmentProblem

pytestmark = pytest.mark.integration


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "demo.log"


@pytest.fixture
async def demo(log: Path) -> AsyncIterator[DemoProcess]:
    process = DemoProcess(log, pace=20)
    yield process
    await process.stop()
    assert "Traceback" not in text(log)


async def test_once_plays_everything_and_exits_with_0(demo: DemoProcess, log: Path) -> None:
    target = await demo.start(once=True)
    await demo.play(target)  # the target stands in for the relay: their paths are the same
    assert await demo.wait() == 0
    failures = [line.split(": ", 1)[1].split(": ")[0] for line in text(log).splitlines()]
    assert failures == ["TypeError", "TypeError"]  # the orders service crashed twice, and nothing else did


async def test_stops_in_the_middle_of_a_round(demo: DemoProcess) -> None:
    target = await demo.start()
    async with relay_to(target) as (url, was_used):
        await demo.play(url)
        await was_used.wait()
        await demo.stop()
        assert await demo.wait() == 0


async def test_goes_round_until_it_is_stopped(demo: DemoProcess) -> None:
    target = await demo.start()
    one_round = len(LASTING) + len(PASSING) + 1  # one of the scenarios opens two connections
    async with relay_to(target, enough=one_round + 4) as (url, was_used):
        await demo.play(url)
        await was_used.wait()
        await demo.stop()
        assert await demo.wait() == 0


async def test_stops_before_it_plays(demo: DemoProcess) -> None:
    await demo.start()
    await demo.stop()
    await demo.stop()
    assert await demo.wait() == 0


async def test_a_relay_that_is_not_there_is_no_failure(demo: DemoProcess, log: Path) -> None:
    await demo.start(once=True)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        await demo.play(f"ws://127.0.0.1:{silent.getsockname()[1]}")
        assert await demo.wait() == 0
    assert text(log) == ""


async def test_a_relay_that_goes_away_is_no_failure(demo: DemoProcess, log: Path) -> None:
    target = await demo.start(once=True)
    async with relay_to(target) as (url, was_used):
        await demo.play(url)
        await was_used.wait()
    assert await demo.wait() == 0
    assert text(log) == ""


async def test_a_log_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot start the demo"):
        await DemoProcess(tmp_path / "missing" / "demo.log").start()


async def test_endpoints_that_do_not_open_are_explained(log: Path) -> None:
    demo = DemoProcess(log, pace=0)  # no pace at all: the child ends with its usage
    with pytest.raises(EnvironmentProblem, match=r"endpoints did not open .see .*demo\.log"):
        await demo.start()
    assert "pace" in text(log)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
async def test_a_signal_ends_it_in_order(name: str) -> None:
    async with started() as (child, target), relay_to(target) as (url, was_used):
        await tell(child, json.dumps({"relay": url}))
        await was_used.wait()
        child.send_signal(getattr(signal, name))
        assert await rest_of(child) == (0, "", "")


async def test_nonsense_on_stdin_is_logged_and_ignored() -> None:
    async with started("--once") as (child, target):
        for line in ("hello", "[]", "{}", json.dumps({"relay": target})):
            await tell(child, line)
        status, said, log = await rest_of(child)
    assert (status, said) == (0, "")
    assert log.count("not understood") == 3


def text(log: Path) -> str:
    """What the child wrote to stderr."""
    return log.read_text()


@asynccontextmanager
async def started(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The process itself, and its target's URL; it does not outlive the test."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wsinspect.demo", "--pace", "20", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert child.stdout
        yield child, json.loads(await child.stdout.readline())["target"]
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def tell(child: asyncio.subprocess.Process, line: str) -> None:
    """One line of control."""
    assert child.stdin
    child.stdin.write(line.encode() + b"\n")
    await child.stdin.drain()


async def rest_of(child: asyncio.subprocess.Process) -> tuple[int, str, str]:
    """Exit status, stdout and stderr; stdin stays open until then."""
    assert child.stdin
    assert child.stdout
    assert child.stderr
    said, log, status = await asyncio.gather(child.stdout.read(), child.stderr.read(), child.wait())
    child.stdin.close()
    return status, said.decode(), log.decode()


@asynccontextmanager
async def relay_to(target: str, enough: int = 3) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A plain relay that can be taken away, and an event: so many connections were made."""
    host, port = target.removeprefix("ws://").split(":")
    pumps: list[asyncio.Task[None]] = []
    was_used = asyncio.Event()
    connections = 0

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        server_reader, server_writer = await asyncio.open_connection(host, int(port))
        pumps.append(asyncio.ensure_future(pump(reader, server_writer)))
        pumps.append(asyncio.ensure_future(pump(server_reader, writer)))
        # More than enough may have come while this one was on its way.
        if connections >= enough:
            was_used.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield "ws://{}:{}".format(*server.sockets[0].getsockname()[:2]), was_used
    finally:
        server.close()
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
