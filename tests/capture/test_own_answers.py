"""What the relay answers itself: a foreign host, a malformed or slow head, a defect of our own."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.capture.running import connection_count, recorded, relaying, session_events, shake
from tests.peers.raw import End, raw_client, raw_server, upgrade_request
from wsinspect.capture import exchange
from wsinspect.model import State

pytestmark = pytest.mark.integration


async def test_our_answer_survives_what_the_client_still_sends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LINGER_S", 0.05)
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request(host="evil.example") + b"x" * 2_000_000)
        await asyncio.sleep(0.1)
        data, end = await client.to_end()
        await asyncio.sleep(0.2)
        # A close with unread bytes would have sent an RST behind the FIN; some systems drop the answer then.
        assert not client.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    assert (data[:13], end) == (b"HTTP/1.1 421 ", End.FIN)
    assert data.endswith(b"--allow-host evil.example\n")


async def test_foreign_host_gets_421(tmp_path: Path) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request(host="evil.example"))
        data, end = await client.to_end()
    assert end is End.FIN
    assert data.startswith(b"HTTP/1.1 421 ")
    assert b"--allow-host evil.example" in data
    found = recorded(tmp_path)
    assert found.connection.status_by_us
    assert (found.connection.status, found.connection.state) == (421, State.REFUSED)
    assert found.handshake.response == data
    assert found.ends() == [("client", "fin", "us")]


async def test_allowed_host_passes(tmp_path: Path) -> None:
    async with (
        raw_server() as server,
        relaying(server.port, tmp_path, allow_host=("Dev.Example:80",)) as relay,
        raw_client(relay.port) as client,
    ):
        await client.send(upgrade_request(host="dev.example"))
        peer = await server.accept()
        assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in await peer.accept_upgrade()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\0\1\0\1\xfc", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
async def test_malformed_request(tmp_path: Path, data: bytes, status: int) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(data)
        answer, end = await client.to_end()
        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert end is End.FIN
        server.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.sock.accept()
    assert connection_count(tmp_path) == 0
    assert len(session_events(tmp_path)) == 1
    assert b"".join([answer]).count(b"HTTP/1.1 ") == 1


async def test_slow_head_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "HEAD_S", 0.1)
    async with (
        raw_server() as server,
        relaying(server.port, tmp_path) as relay,
        raw_client(relay.port) as slow,
        raw_client(relay.port) as silent,
    ):
        await slow.send(b"GET / HT")
        answer, _ = await slow.to_end()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await silent.to_end() == (b"", End.FIN)
    assert len(session_events(tmp_path)) == 1


async def test_our_own_failure_ends_one_connection_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        raw_server() as server,
        relaying(server.port, tmp_path) as relay,
        raw_client(relay.port) as broken,
        raw_client(relay.port) as other,
    ):
        peer = await shake(broken, server)
        fine = await shake(other, server)
        with monkeypatch.context() as patch:
            patch.setattr("wsinspect.capture.flows.Flow.pass_on", _fail)
            await peer.send(b"\x81\x02hi")
            assert await broken.to_end() == (b"", End.RST)
        await fine.send(b"\x81\x02hi")
        assert await other.read(4) == b"\x81\x02hi"
        other.close()
        await fine.to_end()
    assert "wsinspect failed on this connection: ZeroDivisionError: on purpose" in recorded(tmp_path, 1).notes


def _fail(*_: object) -> None:
    raise ZeroDivisionError("on purpose")
