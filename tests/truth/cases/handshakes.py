"""Upgrades that are refused, or never come to be: no server, TLS, login, origin, subprotocols."""

from __future__ import annotations

import asyncio
import datetime

from tests.peers.raw import raw_client
from tests.peers.refusing import refusing
from tests.truth.acting import knock
from tests.truth.case import Case, Play
from tests.truth.scene import HOST, Scene


async def nobody(scene: Scene) -> None:
    """Nobody listens on the target's port."""
    with refusing() as port:
        await knock(f"{await scene.relay(port)}/echo")


async def no_such_name(scene: Scene) -> None:
    """A name without an address (RFC 6761 reserves .invalid)."""
    await knock(f"{await scene.relay('ws://no-such-server.invalid')}/echo")


def refused(server: str, path: str = "/echo", *, client: dict[str, object] | None = None, **settings: object) -> Play:
    """An upgrade that this server refuses."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        await knock(f"{await scene.relay(port)}{path}", **(client or {}))

    return play


EVIL: dict[str, object] = {"origin": "https://evil.example"}


async def old_version(scene: Scene) -> None:
    """A client that speaks a draft of the protocol."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)
    relay = int(url.rpartition(":")[2])
    async with raw_client(relay) as client:
        await client.send(
            f"GET /echo HTTP/1.1\r\nHost: {HOST}:{relay}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n".encode()
        )
        await client.head()


def tls(*names: str, trust: bool = True, expired: bool = False) -> Play:
    """A server with a certificate for these names."""

    async def play(scene: Scene) -> None:
        options: dict[str, object] = {}
        if expired:
            options["not_after"] = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
            options["not_before"] = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=30)
        cert, ca = scene.certificate(*names, **options)
        port, _ = await scene.serve("websockets", cert=cert)
        await knock(f"{await scene.relay(f'wss://{HOST}:{port}', **({'ca': ca} if trust else {}))}/echo")

    return play


async def tls_to_plain(scene: Scene) -> None:
    """wss:// to a server without TLS."""
    port, _ = await scene.serve("aiohttp")
    await knock(f"{await scene.relay(f'wss://{HOST}:{port}')}/echo")


async def plain_to_tls(scene: Scene) -> None:
    """ws:// to a server with TLS."""
    cert, _ = scene.certificate()
    port, _ = await scene.serve("aiohttp", cert=cert)
    await knock(f"{await scene.relay(port)}/echo")


async def no_common_subprotocol(scene: Scene) -> None:
    """A client of Node's that wants a subprotocol which the server does not speak."""
    port, _ = await scene.serve("node")
    await scene.node_client(f"{await scene.relay(port)}/echo", "graphql-ws")


async def subprotocol_wanted(scene: Scene) -> None:
    """A server that insists on a subprotocol."""
    port, _ = await scene.serve("websockets", subprotocols=["chat.v2"], must_subprotocol=True)
    await knock(f"{await scene.relay(port)}/echo")


async def no_patience(scene: Scene) -> None:
    """A client that does not wait for a slow server."""
    port, _ = await scene.serve("aiohttp")
    await knock(f"{await scene.relay(port)}/slow-start", open_timeout=1.2)


async def ends_without_answer(scene: Scene) -> None:
    """A server that takes the request and leaves."""

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(leave, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        await knock(f"{await scene.relay(port)}/echo")


async def another_protocol(scene: Scene) -> None:
    """A mail server on the port."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP ready\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"500 unknown command\r\n")
        writer.close()

    async with await asyncio.start_server(greet, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        await knock(f"{await scene.relay(port)}/echo")


async def unknown_host(scene: Scene) -> None:
    """A Host header that the relay does not know: its own refusal, nobody else's."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)
    relay = int(url.rpartition(":")[2])
    async with raw_client(relay) as client:
        await client.upgrade("/echo", host="shop.example")


CASES = (
    Case("target down", "server-down", nobody, is_fast=True),
    Case("target's name unknown", "name-not-resolved", no_such_name),
    Case("aiohttp: no such path", "no-such-path", refused("aiohttp", "/missing"), is_fast=True),
    Case("aiohttp: a page, no WebSocket", "no-websocket-here", refused("aiohttp", "/page")),
    Case("aiohttp: 401", "login-missing", refused("aiohttp", "/login"), is_fast=True),
    Case("aiohttp: redirect to another slash", "redirected", refused("aiohttp", "/moved")),
    Case("uvicorn: closed before accept", "closed-before-accept", refused("uvicorn", "/deny"), is_fast=True),
    Case("uvicorn: failed before accept", "failed-before-accept", refused("uvicorn", "/fail")),
    Case(
        "websockets: origin refused",
        "origin-refused",
        refused("websockets", client=EVIL, origins=["https://shop.example"]),
        is_fast=True,
    ),
    Case(
        "Tornado: origin refused",
        "origin-refused",
        refused("tornado", client=EVIL, origins=["https://shop.example"]),
    ),
    Case("websockets: version 8", "request-malformed", old_version),
    Case("TLS: certificate expired", "certificate-expired", tls(expired=True), is_fast=True),
    Case("TLS: certificate for another host", "certificate-name", tls("other.example"), is_fast=True),
    Case("TLS: authority not trusted", "certificate-untrusted", tls(trust=False)),
    Case("wss:// to a plain port", "port-without-tls", tls_to_plain, is_fast=True),
    Case("aiohttp: ws:// to its TLS port, it says nothing", "upgrade-not-answered", plain_to_tls),
    Case("Node ws client: no common subprotocol", "subprotocol-mismatch", no_common_subprotocol, ("node",)),
    Case("websockets: subprotocol wanted", "subprotocol-refused", subprotocol_wanted),
    Case("websockets client gives up waiting", "client-gave-up", no_patience),
    Case("server ends without an answer", "upgrade-not-answered", ends_without_answer),
    Case("another protocol on the port", "not-http", another_protocol),
    Case("a Host the relay does not know", "refused-by-wsinspect", unknown_host),
)
