"""The capture as a process of its own: started, stopped, killed, and abandoned by its parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.capture.running import ANY_PORT, recorded, session_file
from tests.limits import LIMIT_S
from tests.peers.raw import End, RawPeer, RawServer, raw_client, raw_server
from wsinspect.capture.process import CapturePlan, CaptureProcess, Started
from wsinspect.errors import EnvironmentProblem, UsageError
from wsinspect.session.reader import Reader

pytestmark = pytest.mark.integration

MESSAGE = b"\x81\x02hi"


@contextlib.asynccontextmanager
async def capturing(folder: Path, port: int) -> AsyncIterator[tuple[CaptureProcess, Started]]:
    process = CaptureProcess()
    plan = CapturePlan(session_file(folder), f"ws://127.0.0.1:{port}", listen=ANY_PORT, command="wsinspect proxy")
    started = await process.start(plan)
    try:
        yield process, started
    finally:
        await process.stop()


async def _open(client: RawPeer, server: RawServer) -> RawPeer:
    asking = asyncio.gather(client.upgrade())
    peer = await server.accept()
    await peer.accept_upgrade()
    await asking
    return peer


def _port(started: Started) -> int:
    return int(started.urls[0].rpartition(":")[2])


def _is_whole(path: Path) -> bool:
    return not path.with_name(path.name + "-wal").exists()


async def test_start_and_stop(tmp_path: Path) -> None:
    async with raw_server() as server, capturing(tmp_path, server.port) as (process, started):
        assert started.path == session_file(tmp_path)
        assert started.notices == ()
        assert process.log is not None
        async with raw_client(_port(started)) as client:
            peer = await _open(client, server)
            await peer.send(MESSAGE)
            assert await client.read(4) == MESSAGE
            stopping = asyncio.gather(process.stop())
            assert await client.to_end() == (b"", End.FIN)
            assert await peer.to_end() == (b"", End.FIN)
            await stopping
        assert await process.wait() == 0
        await process.stop()
        assert process.problem == ""
        assert process.log is None
    assert _is_whole(session_file(tmp_path))
    found = recorded(tmp_path)
    assert found.streams == (b"", MESSAGE)
    assert found.ends() == [("client", "fin", "us"), ("server", "fin", "us")]
    reader = Reader(session_file(tmp_path))
    info = reader.info()
    reader.close()
    assert info.stopped_ns
    assert info.source == f"proxy 127.0.0.1:{_port(started)} → ws://127.0.0.1:{server.port}"


async def _committed(folder: Path) -> None:
    """Wait until the first message of the first connection can be read."""
    reader = Reader(session_file(folder))
    async with asyncio.timeout(LIMIT_S):
        while not reader.rows(1, 1, 1):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    reader.close()


async def test_it_is_readable_while_it_runs(tmp_path: Path) -> None:
    async with (
        raw_server() as server,
        capturing(tmp_path, server.port) as (_, started),
        raw_client(_port(started)) as client,
    ):
        peer = await _open(client, server)
        await peer.send(MESSAGE)
        await client.read(4)
        await _committed(tmp_path)
        client.close()
        peer.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_signals_stop_in_order(tmp_path: Path, number: signal.Signals) -> None:
    async with raw_server() as server, capturing(tmp_path, server.port) as (process, started):
        async with raw_client(_port(started)) as client:
            peer = await _open(client, server)
            await peer.send(MESSAGE)
            await client.read(4)
            os.kill(_pid(process), number)
            assert await client.to_end() == (b"", End.FIN)
            client.close()
            peer.close()
        assert await process.wait() == 0
    assert _is_whole(session_file(tmp_path))
    assert recorded(tmp_path).connection.closed_ns


async def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    async with raw_server() as server, capturing(tmp_path, server.port) as (process, _):
        assert os.getsid(_pid(process)) != os.getsid(0)


PARENT = """
import asyncio, sys
from pathlib import Path
from wsinspect.capture.process import CapturePlan, CaptureProcess

async def main():
    process = CaptureProcess()
    plan = CapturePlan(Path(sys.argv[1]), sys.argv[2], listen=("127.0.0.1:0",))
    started = await process.start(plan)
    print(started.urls[0], process._process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_killed_parent_ends_the_capture_in_order(tmp_path: Path) -> None:
    path = session_file(tmp_path)
    async with raw_server() as server:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PARENT, str(path), f"ws://127.0.0.1:{server.port}"),
            stdout=asyncio.subprocess.PIPE,
        )
        assert parent.stdout is not None
        url, pid = (await parent.stdout.readline()).decode().split()
        async with raw_client(int(url.rpartition(":")[2])) as client:
            peer = await _open(client, server)
            await peer.send(MESSAGE)
            await client.read(4)
            parent.kill()
            assert await client.to_end() == (b"", End.FIN)
            assert await peer.to_end() == (b"", End.FIN)
        await parent.wait()
        async with asyncio.timeout(LIMIT_S):
            while _lives(int(pid)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert _is_whole(path)
    assert recorded(tmp_path).streams == (b"", MESSAGE)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_taken_port(tmp_path: Path) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        address = f"127.0.0.1:{sock.getsockname()[1]}"
        process = CaptureProcess()
        with pytest.raises(EnvironmentProblem, match=f"cannot listen on {address}: the address is taken") as caught:
            await process.start(CapturePlan(session_file(tmp_path), "ws://127.0.0.1:9", listen=(address,)))
    assert caught.value.hint
    assert await process.wait() == 1
    assert not session_file(tmp_path).exists()


async def test_unwritable_file_and_bad_target(tmp_path: Path) -> None:
    plan = CapturePlan(tmp_path / "missing" / "x.wsi", "ws://127.0.0.1:9", listen=ANY_PORT)
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*x\.wsi: No such file or directory"):
        await CaptureProcess().start(plan)
    with pytest.raises(UsageError, match="no scheme"):
        await CaptureProcess().start(CapturePlan(session_file(tmp_path), "localhost:9"))


async def test_process_that_dies_at_once_leaves_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nsys.stderr.write('broken')\nos._exit(3)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    process = CaptureProcess()
    with pytest.raises(EnvironmentProblem, match="ended at once with status 3") as caught:
        await process.start(CapturePlan(session_file(tmp_path), "ws://127.0.0.1:9", listen=ANY_PORT))
    assert process.log is not None
    assert str(process.log) in caught.value.hint
    assert process.log.read_text() == "broken"
    process.log.unlink()


async def test_killed_capture_leaves_what_was_committed(tmp_path: Path) -> None:
    async with raw_server() as server, capturing(tmp_path, server.port) as (process, started):
        async with raw_client(_port(started)) as client:
            peer = await _open(client, server)
            await peer.send(MESSAGE)
            await client.read(4)
            await _committed(tmp_path)
            os.kill(_pid(process), signal.SIGKILL)
            await client.to_end()
            await peer.to_end()
        assert await process.wait() == -signal.SIGKILL
    assert recorded(tmp_path).streams == (b"", MESSAGE)


async def test_stopping_before_starting_does_nothing() -> None:
    process = CaptureProcess()
    await process.stop()
    assert await process.wait() == 0


async def test_200_mb_frame_in_bounded_memory(tmp_path: Path) -> None:
    size = 200 << 20
    head = b"\x82\x7f" + size.to_bytes(8, "big")
    block = bytes(1 << 20)
    async with raw_server() as server, capturing(tmp_path, server.port) as (process, started):
        async with raw_client(_port(started)) as client:
            peer = await _open(client, server)
            before = _rss(_pid(process))

            async def feed() -> None:
                await peer.send(head)
                for _ in range(size >> 20):
                    await peer.send(block)
                peer.close()

            feeding = asyncio.gather(feed())
            received, most = 0, before
            async with asyncio.timeout(100):
                while data := await client.receive(1 << 20):
                    received += len(data)
                    most = max(most, _rss(_pid(process)))
            await feeding
        assert received == len(head) + size
        # The queue to the writer holds 32 MiB at most; a frame that was collected would show as 200.
        assert most - before < 80 << 20
    reader = Reader(session_file(tmp_path))
    (row,) = [row for row in reader.rows(1, 1, 10) if row.kind == "binary"]
    reader.close()
    assert (row.size, row.problem) == (size, "")


def _rss(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _pid(process: CaptureProcess) -> int:
    assert process.pid is not None
    return process.pid
