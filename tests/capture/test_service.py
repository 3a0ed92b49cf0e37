"""What the running capture notices by itself."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from tests.capture.running import relaying, session_events, shake
from tests.peers.raw import raw_client, raw_server
from wsinspect.capture import service
from wsinspect.clock import Clock
from wsinspect.model import EventKind

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("jump_ns", "kind", "said"),
    [(720_000_000_000, EventKind.SLEEP, 720.0), (-3_000_000_000, EventKind.NOTE, "was set back by 3.0 s")],
)
async def test_jump_of_the_clock_is_an_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump_ns: int, kind: EventKind, said: object
) -> None:
    jumps = [jump_ns, 0]
    looked = asyncio.Event()

    def reanchor(_: Clock) -> int:
        jump = jumps.pop(0) if jumps else 0
        if not jumps:
            looked.set()
        return jump

    monkeypatch.setattr(Clock, "reanchor", reanchor)
    monkeypatch.setattr(service, "REANCHOR_S", 0.01)
    async with relaying(9, tmp_path):
        await looked.wait()
    (event,) = session_events(tmp_path)
    assert event.kind is kind
    assert str(said) in str(event.data.get("seconds", event.data.get("text")))


async def test_out_of_file_descriptors_is_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_OUT_OF_FILES_S", 0.01)
    loop = asyncio.get_running_loop()
    accept, errors = loop.sock_accept, [errno.EMFILE, errno.ECONNABORTED]

    async def scarce(sock: socket.socket) -> tuple[socket.socket, object]:
        if errors and sock.getsockname()[1] != server_port:
            raise OSError(errors.pop(0), "no more")
        return await accept(sock)

    async with raw_server() as server:
        server_port = server.port
        monkeypatch.setattr(loop, "sock_accept", scarce)
        async with relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
            peer = await shake(client, server)
            peer.close()
            await client.to_end()
    (event,) = session_events(tmp_path)
    assert "out of file descriptors" in str(event.data["text"])
