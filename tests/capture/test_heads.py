"""The request head: what is taken, what is changed, and our own answers."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.capture.running import (
    connection_count,
    http_facts,
    joined,
    recorded,
    relaying,
    session_events,
    shake,
)
from tests.peers.raw import End, raw_client, raw_server, upgrade_answer, upgrade_request
from wsinspect.capture import exchange
from wsinspect.capture.heads import Rules, host_name
from wsinspect.capture.target import Target, parse_target
from wsinspect.model import Side, State
from wsinspect.wire.handshake import parse_request

TARGET = parse_target("wss://api.example:8443/base?v=1")


def rules(**changes: object) -> Rules:
    values: dict[str, object] = {
        "target": TARGET,
        "hosts": frozenset({"dev.example"}),
        "origins": frozenset({"http://localhost:8080"}),
        "is_tls": False,
    }
    return Rules(**(values | changes))  # type: ignore[arg-type]


def request(path: str = "/", *lines: str, host: str = "127.0.0.1:8080") -> bytes:
    return upgrade_request(path, *lines, host=host)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8080", "LOCALHOST.", "app.localhost:1", "127.0.0.1", "192.168.1.7:80"),
        *("[::1]:8080", "[fe80::1%25lo]", "dev.example", "Dev.Example:99"),
    ],
)
def test_host_is_taken(host: str) -> None:
    assert rules().refusal(parse_request(request(host=host))) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8080", "xlocalhost", "", "127.1", "0x7f.1"]
)
def test_host_is_refused(host: str) -> None:
    refusal = rules().refusal(parse_request(request(host=host)))
    assert refusal is not None
    assert refusal.status == 421
    assert f"--allow-host {host_name(host)}" in refusal.text


def test_host_in_an_absolute_target_counts_too() -> None:
    head = request("http://evil.example/x")
    refusal = rules().refusal(parse_request(head))
    assert refusal is not None
    assert refusal.status == 421
    assert rules().asked(parse_request(request("http://localhost:8080/x?y=1"))) == "/x?y=1"
    assert rules().asked(parse_request(request("http://localhost:8080?y=1"))) == "/?y=1"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n", 400),
        (b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        (request("/", "Content-Length: 5"), 400),
        (request("/", "Transfer-Encoding: chunked"), 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n\r\n", 400),
    ],
)
def test_ambiguous_request_is_refused(head: bytes, status: int) -> None:
    refusal = rules().refusal(parse_request(head))
    assert refusal is not None
    assert refusal.status == status
    assert b"HTTP/1.1 %d " % status in refusal.head


def test_only_host_and_path_change() -> None:
    head = (
        b"GET /chat?room=1 HTTP/1.1\r\nhOST:   127.0.0.1:8080 \r\nUpgrade:websocket\r\nX-Odd :\xe9\r\n".replace(
            b"X-Odd :", b"X-Odd:"
        )
        + b"Connection: keep-alive, Upgrade\r\norigin: http://other.example\r\n\r\n"
    )
    assert rules().forwarded(parse_request(head)) == head.replace(b"/chat?room=1", b"/base/chat?v=1&room=1").replace(
        b"127.0.0.1:8080 ", b"api.example:8443"
    )


def test_keep_host() -> None:
    head = request("/", "Origin: http://127.0.0.1:8080")
    assert rules(keep_host=True).forwarded(parse_request(head)) == head.replace(b"GET / ", b"GET /base?v=1 ")


@pytest.mark.parametrize(
    ("origin", "sent"),
    [
        ("http://127.0.0.1:8080", "https://api.example:8443"),
        ("http://LOCALHOST:8080", "https://api.example:8443"),
        ("https://127.0.0.1:8080", "https://127.0.0.1:8080"),
        ("http://127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("http://evil.example:8080", "http://evil.example:8080"),
        ("null", "null"),
    ],
)
def test_origin_is_ours_or_stays(origin: str, sent: str) -> None:
    forwarded = rules().forwarded(parse_request(request("/", f"Origin: {origin}")))
    assert parse_request(forwarded).get("origin") == sent


def test_origin_can_be_forced() -> None:
    forced = rules(origin="https://forced.example")
    for head in (request("/", "Origin: null"), request()):
        assert parse_request(forced.forwarded(parse_request(head))).get("origin") == "https://forced.example"
    plain = parse_request(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert "origin" not in forced.forwarded(plain).decode().lower()


@pytest.mark.parametrize(
    ("target", "asked", "sent"),
    [
        ("ws://h", "/", "/"),
        ("ws://h/", "/", "/"),
        ("ws://h", "/x?y", "/x?y"),
        ("ws://h/base", "/", "/base"),
        ("ws://h/base/", "/", "/base/"),
        ("ws://h/base/", "/x", "/base/x"),
        ("ws://h/base", "/x/", "/base/x/"),
        ("ws://h/base?t=1", "/", "/base?t=1"),
        ("ws://h/base?t=1", "/?a=2", "/base?t=1&a=2"),
        ("ws://h?t=1", "/x?a=2", "/x?t=1&a=2"),
        ("ws://h", "/x?", "/x?"),
        ("ws://h", "//x", "//x"),
    ],
)
def test_paths_are_joined(target: str, asked: str, sent: str) -> None:
    assert parse_target(target).joined(asked) == sent


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
async def test_allowed_host_passes(tmp_path: Path) -> None:
    async with (
        raw_server() as server,
        relaying(server.port, tmp_path, allow_host=("Dev.Example:80",)) as relay,
        raw_client(relay.port) as client,
    ):
        await client.send(upgrade_request(host="dev.example"))
        peer = await server.accept()
        assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in await peer.accept_upgrade()


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


@pytest.mark.integration
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


def test_target_parts() -> None:
    assert parse_target("WSS://Example.com") == Target(True, "example.com", 443, "", "")
    assert parse_target("http://[::1]:90/a?b").authority == "[::1]:90"
    assert parse_target("ws://bücher.example/").host == "xn--bcher-kva.example"
    assert parse_target("wss://h/").origin == "https://h"


@pytest.mark.integration
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
