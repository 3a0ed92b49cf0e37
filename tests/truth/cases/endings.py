"""Servers that stop or die, clients that leave or die, crowds that come back, and closes that are fine."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time

import aiohttp
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.truth.acting import dial, knock, read_for, read_to_end, talk
from tests.truth.case import Case, Play
from tests.truth.scene import HOST, Child, Scene


def ends(server: str, *, how: str, connections: int = 3, path: str = "/stream", after: bool = False) -> Play:
    """The server's process gets a signal while connections are at work; afterwards a client may try again."""

    async def play(scene: Scene) -> None:
        port, child = await scene.serve(server)
        url = await scene.relay(port)
        reading = [asyncio.ensure_future(read_for(f"{url}{path}", 6)) for _ in range(connections)]
        await asyncio.sleep(0.8)
        _signal(child, how)
        await asyncio.sleep(0.5)
        if after:
            await knock(f"{url}{path}")
        await asyncio.wait(reading, timeout=4)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    return play


def _signal(child: Child, how: str) -> None:
    if how == "kill":
        child.kill()
    else:
        child.terminate()


async def client_killed(scene: Scene) -> None:
    """The client's process is killed."""
    port, _ = await scene.serve("websockets")
    client = await scene.client("stay", f"{await scene.relay(port)}/stream")
    await asyncio.sleep(0.4)
    client.kill()
    await client.wait()


async def client_fails(scene: Scene) -> None:
    """An exception leaves the client's async with block."""
    port, _ = await scene.serve("aiohttp")
    client = await scene.client("fail", f"{await scene.relay(port)}/echo")
    await client.wait()


def node_leaves(what: str) -> Play:
    """A client of Node's ends it."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve("websockets")
        await scene.node_client(f"{await scene.relay(port)}/echo", what)

    return play


async def client_done(scene: Scene) -> None:
    """An aiohttp client that has what it wanted."""
    port, _ = await scene.serve("uvicorn")
    url = await scene.relay(port)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/echo") as socket:
        await socket.send_str("hello")
        await socket.receive()
        await socket.close()


async def browser_leaves(scene: Scene) -> None:
    """A client that says it is a browser, and 1001."""
    port, _ = await scene.serve("aiohttp")
    url = await scene.relay(port)
    async with dial(f"{url}/echo", user_agent_header="Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0") as page:
        await page.send("hello")
        await page.recv()
        await page.close(1001)


async def idle_handler(scene: Scene) -> None:
    """Three clients fall silent; the handler gives each 1.2 s and then fails."""
    port, _ = await scene.serve("aiohttp")
    url = await scene.relay(port)

    async def quiet(after: float) -> None:
        await asyncio.sleep(after)
        await talk(f"{url}/idle/1.2", "hello")

    await asyncio.gather(quiet(0), quiet(0.5), quiet(1.0))


async def lifetime(scene: Scene) -> None:
    """A server that gives every connection 1.6 s."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)

    async def watch(after: float) -> None:
        await asyncio.sleep(after)
        await talk(f"{url}/life/1.6")

    await asyncio.gather(watch(0), watch(0.5), watch(1.0), watch(1.5))


def _token(expires: float) -> str:
    """A token with an exp claim; nobody checks its signature here."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "ana", "exp": int(expires)})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


async def token_expires(scene: Scene) -> None:
    """A server that closes when the client's token runs out."""
    expires = int(time.time()) + 4

    async def guard(connection: ServerConnection) -> None:
        await asyncio.sleep(expires - time.time())
        await connection.close(4001, "please sign in again")

    async with serve(guard, HOST, 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        await talk(f"{await scene.relay(port)}/echo", additional_headers={"Authorization": f"Bearer {_token(expires)}"})


async def storm(scene: Scene) -> None:
    """A restart cuts all clients, all come back in the same moment, and the server takes only a few."""
    port, child = await scene.serve("uvicorn")
    url = await scene.relay(port)
    first = [asyncio.ensure_future(read_for(f"{url}/stream", 8)) for _ in range(12)]
    await asyncio.sleep(1.0)
    child.terminate()
    await child.wait()
    await asyncio.wait(first, timeout=3)
    taken = 0

    async def few(connection: ServerConnection) -> None:
        nonlocal taken
        taken += 1
        if taken > 3:
            await connection.close(1013)
        with contextlib.suppress(ConnectionClosed):
            await connection.recv()

    async with serve(few, HOST, port, ping_interval=None):
        with contextlib.suppress(WebSocketException, OSError):
            await asyncio.gather(*(read_for(f"{url}/stream", 1.5) for _ in range(12)))
    for task in first:
        task.cancel()
    await asyncio.gather(*first, return_exceptions=True)


async def capture_stops(scene: Scene) -> None:
    """The capture is stopped while the connection is well."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)
    async with dial(f"{url}/stream") as connection:
        await connection.recv()
        await scene.stop()
        await read_to_end(connection)


CASES = (
    Case("websockets: SIGTERM", "server-stops", ends("websockets", how="term"), is_fast=True),
    Case("websockets: SIGTERM, one connection", "server-stops", ends("websockets", how="term", connections=1)),
    Case("uvicorn: SIGTERM", "restart", ends("uvicorn", how="term"), is_fast=True),
    Case("aiohttp: SIGTERM", "server-stops", ends("aiohttp", how="term")),
    Case("Tornado: SIGTERM", "server-died", ends("tornado", how="term")),
    Case("Node ws: SIGTERM", "server-died", ends("node", how="term"), ("node",)),
    Case("websockets: SIGKILL", "server-died", ends("websockets", how="kill"), is_fast=True),
    Case(
        "websockets: SIGKILL, one connection, nobody afterwards",
        "server-died",
        ends("websockets", how="kill", connections=1, after=True),
    ),
    Case("uvicorn: SIGKILL, one connection", "server-dropped", ends("uvicorn", how="kill", connections=1)),
    Case("client killed", "client-dropped", client_killed, is_fast=True),
    Case("websockets client: its code raises", "client-failed", client_fails),
    Case("Node ws client: terminate()", "client-dropped", node_leaves("terminate"), ("node",)),
    Case("Node ws client: done", "client-done", node_leaves("leave"), ("node",), is_fast=True),
    Case("aiohttp client: done", "client-done", client_done, is_fast=True),
    Case("a browser's page is left", "page-left", browser_leaves),
    Case("aiohttp: handler waits 1.2 s for the next message", "idle-timeout", idle_handler),
    Case("websockets: every connection lives 1.6 s", "lifetime-limit", lifetime),
    Case("a token runs out", "token-expired", token_expires),
    Case("restart, then all come back at once", "reconnect-wave", storm, judged=-1),
    Case("the capture is stopped", "capture-stopped", capture_stops, is_fast=True),
)
