"""Whatever peers send and however they leave: nothing raises, every connection comes to its end, the relay lives on."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from tests.capture.running import connection_count, recorded, relaying, session_events
from tests.peers.raw import RawPeer, RawServer, raw_client, raw_server, upgrade_answer, upgrade_request

pytestmark = pytest.mark.integration

ROUNDS = 150
SPICE = (
    *(b"\r\n", b"\n", b"\r\n\r\n", b"\0", b":", b" ", b"\xff", b"\x16\x03", b"Content-Length: 5\r\n", b"HTTP/1.1 "),
    *(b"Transfer-Encoding: chunked\r\n", b"Host: localhost\r\n", b"Connection: close\r\n", b"0\r\n\r\n", b"x" * 70_000),
)


def _spoiled(data: bytes, chance: random.Random) -> bytes:
    """``data`` with some of it cut, doubled or replaced."""
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randrange(12))
        data = data[:at] + chance.choice(SPICE) + data[end:]
    return data


def _leave(peer: RawPeer, chance: random.Random) -> None:
    with contextlib.suppress(OSError):
        chance.choice((peer.fin, peer.reset, peer.close))()


async def _serve(server: RawServer, chance: random.Random) -> None:
    while True:
        peer = await _next(server)
        with contextlib.suppress(OSError, AssertionError, TimeoutError):
            request = await peer.receive()
            await peer.send(_spoiled(upgrade_answer(request), chance) + chance.randbytes(20))
        _leave(peer, chance)


async def _next(server: RawServer) -> RawPeer:
    """The next connection, however long it takes to come."""
    while True:
        with contextlib.suppress(TimeoutError):
            return await server.accept()


async def test_spoiled_heads_and_sudden_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsinspect.capture.exchange.HEAD_S", 0.2)
    monkeypatch.setattr("wsinspect.capture.answers.REFUSED_S", 0.05)
    chance = random.Random(20_261_122)
    async with raw_server() as server, relaying(server.port, tmp_path) as relay:
        serving = asyncio.ensure_future(_serve(server, chance))
        for _ in range(ROUNDS):
            async with raw_client(relay.port) as client:
                with contextlib.suppress(OSError):
                    await client.send(_spoiled(upgrade_request("/x"), chance) + chance.randbytes(10))
                    await asyncio.sleep(0)
                _leave(client, chance)
                if client.sock.fileno() >= 0:
                    with contextlib.suppress(TimeoutError, OSError):
                        async with asyncio.timeout(0.5):
                            await client.to_end()
        serving.cancel()
        await asyncio.wait([serving])
        async with raw_client(relay.port) as client:
            await client.send(upgrade_request("/last"))
            peer, head = await server.accept(), b""
            while b"/last" not in head:
                with contextlib.suppress(ConnectionError):
                    head = await peer.receive()
                if b"/last" not in head:
                    peer = await server.accept()
            await peer.send(upgrade_answer(head))
            assert (await client.head()).startswith(b"HTTP/1.1 101 ")
            peer.close()
            client.close()
    count = connection_count(tmp_path)
    assert count > ROUNDS // 5
    for number in range(1, count + 1):
        found = recorded(tmp_path, number)
        assert found.connection.closed_ns is not None
        assert not any("wsinspect failed" in note for note in found.notes)
    assert not any("wsinspect failed" in str(event.data.get("text")) for event in session_events(tmp_path))
