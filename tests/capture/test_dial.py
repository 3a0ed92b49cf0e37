"""A target that cannot be reached: a 502 that says why, recorded as ours."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from tests.capture.running import http_facts, recorded, relaying
from tests.peers.raw import End, raw_client, raw_server, upgrade_request
from tests.peers.refusing import refusing
from wsinspect.capture import dial
from wsinspect.model import EventKind, State

pytestmark = pytest.mark.integration


async def _refusal(folder: Path, target: str | int) -> tuple[str, str, str]:
    """Ask for an upgrade; stage and problem as recorded, and the answer's body."""
    async with relaying(target, folder) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request("/x"))
        head = await client.head()
        body, end = await client.to_end()
        assert end is End.FIN
    assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert f"Content-Length: {len(body)}\r\n".encode() in head
    found = recorded(folder)
    assert found.connection.state is State.REFUSED
    assert (found.connection.status, found.connection.status_by_us) == (502, True)
    assert found.handshake.response == head + body
    assert found.ends() == [("client", "fin", "us")]
    (event,) = [event for event in found.events if event.kind is EventKind.FAILED]
    assert event.data["problem"] == found.connection.failure
    return str(event.data["stage"]), found.connection.failure, body.decode()


async def test_refused_connection(tmp_path: Path) -> None:
    with refusing() as port:
        stage, problem, body = await _refusal(tmp_path, port)
    assert (stage, problem) == ("tcp", f"127.0.0.1:{port}: connection refused")
    assert body == (
        f"wsinspect: cannot reach ws://127.0.0.1:{port}: {problem} (is the server running, and on this port?)\n"
    )
    assert recorded(tmp_path).connection.server == f"127.0.0.1:{port}"


async def test_name_that_does_not_resolve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(host: str, port: int) -> list[dial.Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(dial, "_look_up", fail)
    stage, problem, body = await _refusal(tmp_path, "ws://nowhere.invalid")
    assert (stage, problem) == ("dns", "the name nowhere.invalid cannot be resolved: Name or service not known")
    assert "cannot reach ws://nowhere.invalid: " in body


async def test_resolver_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(host: str, port: int) -> list[dial.Address]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(dial, "resolve", hang)
    monkeypatch.setattr(dial, "CONNECT_S", 0.05)
    stage, problem, _ = await _refusal(tmp_path, "ws://slow.invalid")
    assert (stage, problem) == ("dns", "the name slow.invalid was not resolved in 0 s")


async def test_address_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(address: dial.Address) -> socket.socket:
        await asyncio.Event().wait()
        raise OSError

    monkeypatch.setattr(dial, "_connect_to", hang)
    monkeypatch.setattr(dial, "CONNECT_S", 0.05)
    stage, problem, _ = await _refusal(tmp_path, 9)
    assert (stage, problem) == ("tcp", "no answer from 127.0.0.1:9 in 0 s")


async def test_unreachable_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(address: dial.Address) -> socket.socket:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(dial, "_connect_to", fail)
    assert (await _refusal(tmp_path, 9))[:2] == ("tcp", "127.0.0.1:9: the network is unreachable")


async def test_plain_http_gets_502_too(tmp_path: Path) -> None:
    with refusing() as port:
        async with relaying(port, tmp_path) as relay, raw_client(relay.port) as client:
            await client.send(b"HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            data, _ = await client.to_end()
    assert data.startswith(b"HTTP/1.1 502 ")
    assert data.endswith(b"\r\n\r\n")
    assert http_facts(tmp_path) == (1, "HEAD /x 502")


@pytest.mark.parametrize("end", list(End))
async def test_client_leaves_while_we_dial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: End) -> None:
    dialling, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(address: dial.Address) -> socket.socket:
        dialling.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise OSError

    monkeypatch.setattr(dial, "_connect_to", hang)
    monkeypatch.setattr("wsinspect.capture.service.STOP_S", 0.1)
    async with relaying(9, tmp_path) as relay, raw_client(relay.port) as client:
        await client.send(upgrade_request() + b"early" * 20_000)
        await dialling.wait()
        if end is End.RST:
            client.reset()
            await cancelled.wait()
    found = recorded(tmp_path)
    assert cancelled.is_set()
    by = ("rst", "peer") if end is End.RST else ("fin", "us")
    assert found.ends() == [("client", *by)]
    assert found.connection.closed_ns
    assert found.connection.client_end is not None


async def test_second_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """``localhost`` is often ::1 first, where nobody listens."""
    with refusing() as closed:
        async with raw_server() as server:
            addresses: list[dial.Address] = [
                (socket.AF_INET6, ("::1", closed, 0, 0)),
                (socket.AF_INET, ("127.0.0.1", server.port)),
            ]
            sock = await dial._first_to_connect(addresses)
            assert sock.getpeername() == ("127.0.0.1", server.port)
            sock.close()


async def test_silent_address_does_not_hold_up_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server() as server:
        connect, started = dial._connect_to, []

        async def maybe(address: dial.Address) -> socket.socket:
            started.append(address)
            if len(started) == 1:
                await asyncio.Event().wait()
            return await connect(address)

        monkeypatch.setattr(dial, "_connect_to", maybe)
        address: dial.Address = (socket.AF_INET, ("127.0.0.1", server.port))
        sock = await dial._first_to_connect([address, address])
        assert len(started) == 2
        sock.close()


async def test_real_names_resolve() -> None:
    found = [address[0] for _, address in await dial.resolve("localhost", 80)]
    assert "127.0.0.1" in found
