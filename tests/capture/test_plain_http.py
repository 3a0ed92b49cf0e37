"""Plain HTTP on the port of the relay: it passes, is counted and not recorded."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.capture.running import connection_count, http_facts, relaying
from tests.peers.raw import End, raw_client, raw_server

pytestmark = pytest.mark.integration


async def test_plain_http(tmp_path: Path) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        first = b"POST /a?b=1 HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody"
        await client.send(first + b"GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n")
        peer = await server.accept()
        head = await peer.head()
        assert head == first[:-4].replace(b"keep-alive", b"close").replace(
            b"localhost", f"127.0.0.1:{server.port}".encode()
        )
        assert await peer.read(4) == b"body"
        await peer.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")
        data, end = await client.to_end()
        assert end is End.FIN
        assert data == (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        )
        assert await peer.to_end() == (b"", End.FIN)
    assert http_facts(tmp_path) == (1, "POST /a?b=1 200")
    assert connection_count(tmp_path) == 0


async def test_plain_http_streams_both_ways(tmp_path: Path) -> None:
    """The answer begins before the request's body has ended, and only the connection's end ends it."""
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(b"PUT / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        peer = await server.accept()
        await peer.head()
        assert await peer.read(8) == b"3\r\nabc\r\n"
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\npart")
        assert (await client.head()).startswith(b"HTTP/1.1 200 OK\r\n")
        assert await client.read(4) == b"part"
        await client.send(b"0\r\n\r\n")
        assert await peer.read(5) == b"0\r\n\r\n"
        await peer.send(b" and rest" * 100_000)
        peer.close()
        assert await client.to_end() == (b" and rest" * 100_000, End.FIN)


async def test_plain_answer_waits_for_a_slow_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end is ours, but not before the client has taken all of the answer."""
    monkeypatch.setattr("wsinspect.capture.relay.LINGER_S", 0)
    # With little room in the kernel, the last of the answer waits in the relay.
    monkeypatch.setattr("wsinspect.capture.link.set_no_delay", _narrow)
    body = b"z" * (2 << 20)
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        await client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        peer = await server.accept()
        await peer.head()
        sending = asyncio.gather(peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body))
        await client.head()
        received = 0
        while received < len(body):
            received += len(await client.receive(1 << 16))
            await asyncio.sleep(0.005)
        assert await client.to_end() == (b"", End.FIN)
        await sending


def _narrow(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
