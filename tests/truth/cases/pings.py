"""A side does not answer pings, or does not read."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.exceptions import ConnectionClosed

from tests.truth.acting import aio_talk, bare, dial, read_to_end
from tests.truth.case import Case, Play
from tests.truth.scene import Scene


def frozen_client(server: str, path: str = "/read", **settings: object) -> Play:
    """A client whose event loop is blocked; the server pings it."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        client = await scene.client("block", f"{await scene.relay(port)}{path}")
        await asyncio.sleep(3.5)
        client.kill()

    return play


def silent_client(server: str, path: str = "/read", **settings: object) -> Play:
    """A bare client that reads and answers nothing."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        async with bare(f"{await scene.relay(port)}{path}") as client:
            with contextlib.suppress(OSError, TimeoutError):
                await client.to_end()

    return play


async def blocked_server(scene: Scene) -> None:
    """A blocking call in the server's handler; the websockets client pings it."""
    port, _ = await scene.serve("aiohttp")
    url = await scene.relay(port)
    with contextlib.suppress(ConnectionClosed):
        async with dial(f"{url}/block", ping_interval=0.6, ping_timeout=0.8) as connection:
            await connection.send('{"type":"compute"}')
            await read_to_end(connection)


async def blocked_server_aio(scene: Scene) -> None:
    """The same with an aiohttp client, which says nothing when it gives up."""
    port, _ = await scene.serve("websockets")
    await aio_talk(f"{await scene.relay(port)}/block", '{"type":"compute"}', heartbeat=1.2)


async def slow_consumer(scene: Scene) -> None:
    """A client that stopped reading, and a server that sends without end."""
    port, _ = await scene.serve("websockets", ping_interval=0.8, ping_timeout=0.8)
    client = await scene.client("sip", f"{await scene.relay(port)}/flood")
    await asyncio.sleep(5)
    client.kill()


CASES = (
    Case(
        "websockets server: frozen client",
        "keepalive-timeout",
        frozen_client("websockets", ping_interval=0.6, ping_timeout=0.8),
        is_fast=True,
    ),
    Case("uvicorn: frozen client", "keepalive-timeout", frozen_client("uvicorn", ping_interval=0.6, ping_timeout=0.8)),
    Case(
        "uvicorn (wsproto): silent client",
        "keepalive-timeout",
        silent_client("uvicorn", ws="wsproto", ping_interval=0.6, ping_timeout=0.8),
    ),
    Case("Tornado: silent client", "keepalive-timeout", silent_client("tornado", ping_interval=1, ping_timeout=0.8)),
    Case("aiohttp server: silent client", "keepalive-drop", silent_client("aiohttp", ping_interval=1.2), is_fast=True),
    Case("Node ws: silent client", "keepalive-drop", silent_client("node", ping_interval=0.8), ("node",)),
    Case("websockets client: blocked server", "keepalive-timeout", blocked_server, is_fast=True),
    Case("aiohttp client: blocked server", "keepalive-drop", blocked_server_aio),
    Case("websockets server: slow consumer", "slow-consumer", slow_consumer),
)
