"""An upgrade through the relay: its heads as recorded, whatever is sent before its answer, and every way it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.capture.running import joined, recorded, relaying
from tests.peers.raw import End, raw_client, raw_server, upgrade_answer, upgrade_request
from wsinspect.model import Side, State

pytestmark = pytest.mark.integration


async def test_heads_as_recorded(tmp_path: Path) -> None:
    async with (
        raw_server() as server,
        relaying(f"ws://127.0.0.1:{server.port}/base", tmp_path) as relay,
        raw_client(relay.port) as client,
    ):
        sent = upgrade_request("/x", "X-Name: a  b", host=f"localhost:{relay.port}")
        await client.send(sent)
        peer = await server.accept()
        forwarded = await peer.accept_upgrade("Sec-WebSocket-Protocol:chat")
        answer = await client.head()
        client.fin()
        peer.fin()
        await client.to_end()
    assert forwarded == sent.replace(b" /x ", b" /base/x ").replace(
        f"localhost:{relay.port}".encode(), f"127.0.0.1:{server.port}".encode()
    )
    found = recorded(tmp_path)
    assert found.handshake.request == sent
    assert found.handshake.forwarded == forwarded
    assert found.handshake.response == answer
    assert answer == upgrade_answer(forwarded, "Sec-WebSocket-Protocol:chat")
    connection = found.connection
    assert (connection.path, connection.url) == ("/x", f"ws://127.0.0.1:{server.port}/base/x")
    assert connection.server == f"127.0.0.1:{server.port}"
    assert connection.status == 101
    assert found.notes == ["the answer chose a subprotocol that was not offered"]
    assert found.handshake.connect_ns
    assert found.handshake.upgrade_ns


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_head_in_pieces(tmp_path: Path, size: int) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        head = upgrade_request()
        for at in range(0, len(head), size):
            await client.send(head[at : at + size])
            await asyncio.sleep(0)
        peer = await server.accept()
        answer = upgrade_answer(await peer.head()) + b"\x81\x02hi"
        for at in range(0, len(answer), size):
            await peer.send(answer[at : at + size])
            await asyncio.sleep(0)
        assert await client.read(len(answer)) == answer
        peer.close()
        assert await client.to_end() == (b"", End.FIN)
    assert recorded(tmp_path).streams == (b"", b"\x81\x02hi")


async def test_frames_before_the_answer_follow_it(tmp_path: Path) -> None:
    early = b"\x81\x82\1\2\3\4hi"
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request() + early)
        peer = await server.accept()
        head = await peer.head()
        with pytest.raises(BlockingIOError):
            peer.sock.recv(1)
        await peer.send(upgrade_answer(head))
        assert await peer.read(len(early)) == early
        client.fin()
        assert await peer.to_end() == (b"", End.FIN)
        peer.close()
        await client.to_end()
    assert recorded(tmp_path).streams == (early, b"")


async def test_end_of_the_client_does_not_overtake_its_frames(tmp_path: Path) -> None:
    early = b"\x81\x82\1\2\3\4hi"
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request() + early)
        client.fin()
        peer = await server.accept()
        head = await peer.head()
        await asyncio.sleep(0.05)
        with pytest.raises(BlockingIOError):
            peer.sock.recv(1)
        await peer.send(upgrade_answer(head))
        assert await peer.to_end() == (early, End.FIN)
        peer.close()
        await client.to_end()
    assert recorded(tmp_path).ends()[0] == ("client", "fin", "peer")


@pytest.mark.parametrize("behind", [b"", b"GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n"])
async def test_refused_upgrade(tmp_path: Path, behind: bytes) -> None:
    body = b"no such room"
    answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\nX: y\r\n\r\n" % len(body) + body
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request() + behind)
        peer = await server.accept()
        head = await peer.head()
        assert head.startswith(b"GET / ")
        await peer.send(answer + b"HTTP/1.1 200 OK\r\n\r\nsmuggled")
        assert await client.read(len(answer)) == answer
        await client.send(behind)
        client.fin()
        assert await peer.to_end() == (b"", End.FIN)
        peer.close()
        assert await client.to_end() == (b"", End.FIN)
    found = recorded(tmp_path)
    assert found.connection.state is State.REFUSED
    assert (found.connection.status, found.connection.status_by_us) == (404, False)
    assert found.handshake.response == answer
    assert found.ends() == [("client", "fin", "peer"), ("server", "fin", "peer")]


async def test_refused_upgrade_is_ended_by_us_when_nobody_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsinspect.capture.answers.REFUSED_S", 0.05)
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request())
        peer = await server.accept()
        await peer.head()
        await peer.send(b"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n")
        data, end = await client.to_end()
        assert end is End.FIN
        assert data.endswith(b"0\r\n\r\n")
        assert await peer.to_end() == (b"", End.FIN)
    assert ("client", "fin", "us") in recorded(tmp_path).ends()


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("Upgrade: websocket\r\nConnection: Upgrade\r\n", "the answer's Sec-WebSocket-Accept is missing"),
        (
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n",
            "the answer's Sec-WebSocket-Accept does not match the request's key",
        ),
    ],
)
async def test_invalid_101_passes_and_is_said_to_be_invalid(tmp_path: Path, answer: str, note: str) -> None:
    head = f"HTTP/1.1 101 Switching\r\n{answer}\r\n".encode()
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request())
        peer = await server.accept()
        await peer.head()
        await peer.send(head + b"\x81\x02hi")
        assert await client.read(len(head) + 4) == head + b"\x81\x02hi"
        await client.send(b"\x81\x82\0\0\0\0yo")
        assert await peer.read(8) == b"\x81\x82\0\0\0\0yo"
        client.reset()
        await peer.to_end()
    found = recorded(tmp_path)
    assert found.connection.failure == note
    assert found.connection.upgraded_ns is None
    assert found.connection.state is State.REFUSED
    assert found.streams == (b"\x81\x82\0\0\0\0yo", b"\x81\x02hi")


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH_9\r\n", b"\x15\x03\x01\0\2\2", b"HTTP/9 200\r\n\r\nabc", b"HTTP/1.1 hm\r\n\r\n"]
)
async def test_answer_that_is_not_http_passes(tmp_path: Path, garbage: bytes) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request())
        peer = await server.accept()
        await peer.head()
        await peer.send(garbage)
        peer.close()
        assert await client.to_end() == (garbage, End.FIN)
    found = recorded(tmp_path)
    assert found.connection.failure == "the server answered with something that is not HTTP"
    assert found.connection.state is State.FAILED
    assert found.handshake.response == garbage


@pytest.mark.parametrize("end", list(End))
@pytest.mark.parametrize("partial", [b"", b"HTTP/1.1 10"])
async def test_server_leaves_without_an_answer(tmp_path: Path, end: End, partial: bytes) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request())
        peer = await server.accept()
        await peer.head()
        await peer.send(partial)
        await peer.acknowledged()
        peer.reset() if end is End.RST else peer.close()
        assert await client.to_end() == (partial, end)
    found = recorded(tmp_path)
    did = "reset" if end is End.RST else "closed"
    assert found.connection.failure == f"the server {did} the connection without answering the upgrade"
    assert found.connection.state is State.FAILED


@pytest.mark.parametrize("end", list(End))
async def test_client_leaves_before_the_answer(tmp_path: Path, end: End) -> None:
    async with raw_server() as server, relaying(server.port, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request())
        peer = await server.accept()
        await peer.head()
        client.reset() if end is End.RST else client.fin()
        assert await peer.to_end() == (b"", end)
        peer.close()
    assert recorded(tmp_path).ends()[0] == ("client", end.value, "peer")


async def test_sides_are_not_mixed_up(tmp_path: Path) -> None:
    async with joined(tmp_path) as (client, server):
        await client.send(b"\x81\x80\0\0\0\0")
        await server.read(6)
        await server.send(b"\x81\x00")
        await client.read(2)
        server.close()
        await client.to_end()
        client.close()
    assert recorded(tmp_path).streams[Side.CLIENT] == b"\x81\x80\0\0\0\0"
