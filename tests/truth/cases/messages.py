"""Messages that are too big, or break the protocol."""

from __future__ import annotations

import asyncio
import contextlib
import zlib

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.peers.raw import raw_server
from tests.truth.acting import MASK, bare, break_rule, talk
from tests.truth.case import Case, Play
from tests.truth.scene import HOST, Scene
from wsinspect.wire.builder import build_frame

TEXT, BINARY = 1, 2
LATIN = build_frame(TEXT, "Malm\u00f6".encode("latin-1"), mask=MASK)
PLAIN = build_frame(TEXT, b"no mask")
HELLO = build_frame(TEXT, b"hello", mask=MASK)
RSV1 = build_frame(TEXT, b"\xaaV*", rsv=4, mask=MASK)


def too_big(server: str, **settings: object) -> Play:
    """40 kB to a server that takes 8 kB."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, max_size=8192, **settings)
        await talk(f"{await scene.relay(port)}/echo", "x" * 900, "x" * 40_000)

    return play


async def too_big_for_client(scene: Scene) -> None:
    """The server's message is larger than the client's limit."""
    port, _ = await scene.serve("aiohttp")
    await talk(f"{await scene.relay(port)}/big/50000", "please", max_size=20_000)


async def too_big_inflated(scene: Scene) -> None:
    """Small on the wire, large when inflated."""
    port, _ = await scene.serve("websockets", max_size=65_536, deflate=True)
    await talk(f"{await scene.relay(port)}/echo", "hello", "x" * 400_000, compression="deflate")


async def too_big_for_gateway(scene: Scene) -> None:
    """A gateway built on websockets takes less than the server behind it."""
    port, _ = await scene.serve("aiohttp")

    async def pump(source: object, to: object) -> None:
        async for message in source:  # type: ignore[attr-defined]  # a connection of either kind
            await to.send(message)  # type: ignore[attr-defined]

    async def bridge(connection: ServerConnection) -> None:
        assert connection.request is not None
        async with connect(f"ws://{HOST}:{port}{connection.request.path}", proxy=None) as upstream:
            back = asyncio.ensure_future(pump(upstream, connection))
            with contextlib.suppress(ConnectionClosed):
                await pump(connection, upstream)
            back.cancel()

    async with serve(bridge, HOST, 0, max_size=10_000) as gateway:
        front = next(iter(gateway.sockets)).getsockname()[1]
        await talk(f"{await scene.relay(front)}/echo", "x" * 900, "x" * 40_000)


def breaks(server: str, *data: bytes, path: str = "/echo", **settings: object) -> Play:
    """A bare client that sends these bytes."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        await break_rule(f"{await scene.relay(port)}{path}", *data)

    return play


async def masked_by_server(scene: Scene) -> None:
    """A home-made server that masks."""
    async with raw_server() as server:
        client = asyncio.ensure_future(talk(await scene.relay(server.port), "hello"))
        peer = await server.accept()
        await peer.accept_upgrade()
        await peer.receive()
        await peer.send(build_frame(TEXT, b"hi", mask=MASK))
        await peer.receive()  # the client's close frame
        peer.close()
        await client


async def http_in_stream(scene: Scene) -> None:
    """A server whose framework sends an error page into the open WebSocket."""
    async with raw_server() as server:
        client = asyncio.ensure_future(talk(await scene.relay(server.port), "hello"))
        peer = await server.accept()
        await peer.accept_upgrade()
        await peer.receive()
        page = b"<h1>Internal Server Error</h1>" * 4
        await peer.send(b"HTTP/1.1 500 INTERNAL SERVER ERROR\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page))
        peer.fin()
        with contextlib.suppress(OSError, TimeoutError):
            await peer.to_end()
        peer.close()
        await client


async def broken_deflate(scene: Scene) -> None:
    """Compressed data that cannot be inflated."""
    port, _ = await scene.serve("websockets", deflate=True)
    good = zlib.compressobj(wbits=-15)
    fine = (good.compress(b'{"type":"hello"}') + good.flush(zlib.Z_SYNC_FLUSH))[:-4]
    lines = ("Sec-WebSocket-Extensions: permessage-deflate",)
    async with bare(f"{await scene.relay(port)}/echo", *lines) as client:
        await client.send(build_frame(TEXT, fine, rsv=4, mask=MASK))
        await asyncio.sleep(0.1)
        await client.send(build_frame(TEXT, b"\xff\xff\xff\xff\x00\x00", rsv=4, mask=MASK))
        with contextlib.suppress(OSError, TimeoutError):
            await client.to_end()


HALVES = build_frame(TEXT, b"one", fin=False, mask=MASK) + build_frame(TEXT, b"two", mask=MASK)

CASES = (
    Case("websockets server: too big", "too-big", too_big("websockets"), is_fast=True),
    Case("aiohttp server: too big", "too-big", too_big("aiohttp"), is_fast=True),
    Case("uvicorn (wsproto): too big", "too-big", too_big("uvicorn", ws="wsproto")),
    Case("uvicorn (websockets-sansio): too big", "too-big", too_big("uvicorn")),
    Case("Tornado: too big", "too-big", too_big("tornado")),
    Case("Node ws: too big", "too-big", too_big("node"), ("node",)),
    Case("websockets client: too big", "too-big", too_big_for_client, is_fast=True),
    Case("a gateway with a smaller limit: too big", "too-big", too_big_for_gateway),
    Case("websockets: too big when inflated", "too-big-inflated", too_big_inflated),
    Case("websockets: text in Latin-1", "bad-utf8", breaks("websockets", HELLO, LATIN), is_fast=True),
    Case("aiohttp: text in Latin-1", "bad-utf8", breaks("aiohttp", HELLO, LATIN)),
    Case("Tornado: text in Latin-1, dropped", "bad-utf8", breaks("tornado", HELLO, LATIN), is_fast=True),
    Case("uvicorn (wsproto): text in Latin-1", "bad-utf8", breaks("uvicorn", HELLO, LATIN, ws="wsproto")),
    Case("Node ws: text in Latin-1", "bad-utf8", breaks("node", HELLO, LATIN), ("node",)),
    Case("websockets: a frame without a mask", "mask", breaks("websockets", HELLO, PLAIN), is_fast=True),
    Case("uvicorn (wsproto): no mask, dropped", "mask", breaks("uvicorn", HELLO, PLAIN, ws="wsproto")),
    Case("Node ws: a frame without a mask", "mask", breaks("node", HELLO, PLAIN), ("node",)),
    Case("websockets client: a masked server frame", "mask", masked_by_server, is_fast=True),
    Case("Node ws: compressed, not agreed on", "compression-not-agreed", breaks("node", HELLO, RSV1), ("node",)),
    Case("websockets: compressed, not agreed on", "compression-not-agreed", breaks("websockets", HELLO, RSV1)),
    Case("websockets: broken compressed data", "inflate-failed", broken_deflate),
    Case("aiohttp: fragments mixed", "fragments-mixed", breaks("aiohttp", HELLO, HALVES)),
    Case("an HTTP page in the open WebSocket", "http-in-stream", http_in_stream, is_fast=True),
)
