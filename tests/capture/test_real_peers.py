"""Libraries that people use see the same through the relay as without it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.capture.running import joined, recorded, relaying
from tests.limits import LIMIT_S
from tests.peers.libraries import CLIENTS, SERVERS, Script, Seen, has_node_ws
from tests.peers.raw import End, RawPeer, raw_client, raw_server
from wsinspect.model import RowKind, Side
from wsinspect.wire.builder import build_close, build_frame
from wsinspect.wire.frames import FrameScanner, unmask

pytestmark = pytest.mark.integration

needs_node = pytest.mark.skipif(not has_node_ws(), reason="node with the ws module is not there (see NODE_PATH)")


def _named(names: dict[str, object]) -> list[object]:
    return [pytest.param(name, marks=needs_node if name == "node" else ()) for name in names]


each_server = pytest.mark.parametrize("server", _named(dict(SERVERS)))
each_client = pytest.mark.parametrize("client", _named(dict(CLIENTS)))

ECHOES = ("hello", b"\x00\xff" * 40_000, "größer 💥", "")

SCRIPTS = {
    "client says 1000": Script(ECHOES, 4, 1000, "done"),
    "client says 4001": Script(("hi",), 1, 4001, "own code"),
    "server says 1011": Script((*ECHOES, "close 1011 it broke"), 4),
    "server says 1012": Script(("close 1012 back soon",), 0),
    "server says 4999": Script(("close 4999 ours",), 0),
}


@each_server
@each_client
@pytest.mark.parametrize("script", list(SCRIPTS.values()), ids=list(SCRIPTS))
async def test_same_messages_and_close(tmp_path: Path, client: str, server: str, script: Script) -> None:
    async with asyncio.timeout(LIMIT_S), SERVERS[server]() as port:
        direct = await CLIENTS[client](f"ws://127.0.0.1:{port}/", script)
        async with relaying(port, tmp_path) as relay:
            assert await CLIENTS[client](relay.url + "/", script) == direct
    assert direct.messages == tuple(script.sends[: script.echoes])
    _check_record(tmp_path, script)


def _check_record(folder: Path, script: Script) -> None:
    found = recorded(folder)
    said = script.code or int(str(script.sends[-1]).split()[1])
    assert found.connection.first_close is not None
    side, close = found.connection.first_close
    assert side is (Side.CLIENT if script.code else Side.SERVER)
    assert close.code == said
    data = [row for row in found.rows if row.kind in (RowKind.TEXT, RowKind.BINARY)]
    assert [row.side for row in data].count(Side.CLIENT) == len(script.sends)
    assert [row.side for row in data].count(Side.SERVER) == script.echoes
    assert found.connection.first_violation == ""


@pytest.mark.parametrize("server", [param for param in _named(dict(SERVERS)) if "uvicorn" not in str(param)])
@each_client
async def test_dropped_connection(tmp_path: Path, client: str, server: str) -> None:
    script = Script(("drop",), 0)
    async with asyncio.timeout(LIMIT_S), SERVERS[server]() as port:
        direct = await CLIENTS[client](f"ws://127.0.0.1:{port}/", script)
        async with relaying(port, tmp_path) as relay:
            assert await CLIENTS[client](relay.url + "/", script) == direct
    assert recorded(tmp_path).connection.first_close is None


FarSide = tuple[list[tuple[int, bytes]], End]


def _frames(data: bytes) -> list[tuple[int, bytes]]:
    """Opcode and payload of each frame: masking keys differ from run to run."""
    found = []
    for frame in FrameScanner().feed(data):
        payload = data[frame.payload_at : frame.end]
        if frame.is_masked:
            payload = unmask(data[frame.payload_at - 4 : frame.payload_at], payload)
        found.append((frame.opcode, payload))
    return found


async def _far_side_of_client(client: str, script: Script, answer: bytes, folder: Path | None) -> tuple[FarSide, Seen]:
    """A library's client against a raw server that answers its first frame and waits for the end."""
    async with raw_server() as server:
        if folder is None:
            return await _serve(server.port, client, script, answer, server.accept)
        async with relaying(server.port, folder) as relay:
            return await _serve(relay.port, client, script, answer, server.accept)


async def _serve(port: int, client: str, script: Script, answer: bytes, accept: object) -> tuple[FarSide, Seen]:
    assert callable(accept)
    playing = asyncio.ensure_future(CLIENTS[client](f"ws://127.0.0.1:{port}/", script))
    peer: RawPeer = await accept()
    await peer.accept_upgrade()
    first = await peer.receive()
    await peer.send(answer)
    # A server ends TCP first (RFC 6455 section 7.1.1); some clients wait for it.
    peer.fin()
    rest, end = await peer.to_end()
    peer.close()
    return (_frames(first + rest), end), await playing


@each_client
async def test_far_side_of_a_client_that_closes(tmp_path: Path, client: str) -> None:
    """The raw server sees the same frames and the same end of TCP."""
    script = Script(("hi",), 1, 4001, "bye")
    answer = build_frame(1, b"hi") + build_close(4001, b"bye")
    direct = await _far_side_of_client(client, script, answer, None)
    assert await _far_side_of_client(client, script, answer, tmp_path) == direct


@each_client
async def test_far_side_of_a_client_that_is_told_1011(tmp_path: Path, client: str) -> None:
    script = Script(("hi",), 0)
    answer = build_close(1011, b"boom")
    direct = await _far_side_of_client(client, script, answer, None)
    assert await _far_side_of_client(client, script, answer, tmp_path) == direct


async def _far_side_of_server(server: str, sends: bytes, folder: Path | None) -> FarSide:
    """A library's server against a raw client that sends and waits for the end."""
    async with SERVERS[server]() as port:
        if folder is None:
            return await _ask(port, sends)
        async with relaying(port, folder) as relay:
            return await _ask(relay.port, sends)


async def _ask(port: int, sends: bytes) -> FarSide:
    async with raw_client(port) as client:
        await client.upgrade()
        await client.send(sends)
        data, end = await client.to_end()
        return _frames(data), end


MASK = b"\x0a\x0b\x0c\x0d"
BREACHES = {
    "close": build_close(1000, b"bye", mask=MASK),
    "close 1006": build_close(1006, b"", mask=MASK),
    "close 999": build_close(999, b"", mask=MASK),
    "close with half a code": build_frame(8, b"\x03", mask=MASK),
    # Not every server minds: the close ends it in any case.
    "unmasked": build_frame(1, b"hi") + build_close(1000, b"", mask=MASK),
    "reserved opcode": build_frame(3, b"hi", mask=MASK),
    "bad UTF-8": build_frame(1, b"\xff\xfe", mask=MASK),
    "told to close": build_frame(1, b"close 1011 boom", mask=MASK) + build_close(1011, b"boom", mask=MASK),
}


@each_server
@pytest.mark.parametrize("sends", list(BREACHES.values()), ids=list(BREACHES))
async def test_far_side_of_a_server(tmp_path: Path, server: str, sends: bytes) -> None:
    """The raw client sees the same frames and the same end of TCP, whatever rule it broke."""
    async with asyncio.timeout(LIMIT_S):
        direct = await _far_side_of_server(server, sends, None)
        assert await _far_side_of_server(server, sends, tmp_path) == direct


@pytest.mark.parametrize("code", [1014, 1012, 1004, 1006, 999, 5000])
@each_client
async def test_client_is_sent_this_code(tmp_path: Path, client: str, code: int) -> None:
    """What a library makes of the code is its own affair, but it is the same."""
    answer = build_close(code, b"why")
    direct = await _far_side_of_client(client, Script(("hi",), 0), answer, None)
    assert await _far_side_of_client(client, Script(("hi",), 0), answer, tmp_path) == direct
    close = recorded(tmp_path).connection.server_close
    assert close is not None
    assert (close.code, close.reason) == (code, b"why")


async def test_many_connections_at_once(tmp_path: Path) -> None:
    script = Script(("a", b"b"), 2, 1000, "")
    async with SERVERS["websockets"]() as port, relaying(port, tmp_path) as relay:
        found = await asyncio.gather(*(CLIENTS["websockets"](relay.url, script) for _ in range(100)))
    assert set(found) == {Seen(("a", b"b"), 1000, "")}
    assert {recorded(tmp_path, number).connection.to_server.messages for number in range(1, 101)} == {2}


async def test_raw_peers_agree_that_this_test_can_see_a_difference(tmp_path: Path) -> None:
    async with joined(tmp_path) as (client, server):
        server.reset()
        assert (await client.to_end())[1] is End.RST
