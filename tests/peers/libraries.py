"""Ends of real libraries with one behaviour, so that what they saw can be compared.

A server echoes; on ``close CODE REASON`` it closes so, on ``drop`` it cuts the TCP connection. A client sends a script
of texts and bytes, notes what it receives, and ends as it is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvicorn
import websocket
import websockets.exceptions
from aiohttp import web
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

NODE_FOLDER = Path(__file__).parent / "node"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client saw of one connection."""

    messages: tuple[str | bytes, ...]
    code: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Script:
    """What a client does."""

    sends: Sequence[str | bytes]
    """Each is answered by its echo, the last perhaps by a close."""
    echoes: int
    code: int | None = None
    """What to close with after the echoes; None: wait for the server's close."""
    reason: str = ""


def _close_command(text: str | bytes) -> tuple[int, str] | None:
    if isinstance(text, str) and text.startswith("close "):
        _, code, reason = text.split(" ", 2)
        return int(code), reason
    return None


# Servers


@contextlib.asynccontextmanager
async def websockets_server() -> AsyncIterator[int]:
    """The port of a ``websockets`` server."""

    async def handle(connection: ServerConnection) -> None:
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            async for message in connection:
                if command := _close_command(message):
                    await connection.close(*command)
                elif message == "drop":
                    connection.transport.abort()
                else:
                    await connection.send(message)

    async with serve(handle, "127.0.0.1", 0) as server:
        yield next(iter(server.sockets)).getsockname()[1]


@contextlib.asynccontextmanager
async def aiohttp_server() -> AsyncIterator[int]:
    """The port of an ``aiohttp`` server."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        async for message in response:
            if command := _close_command(message.data):
                await response.close(code=command[0], message=command[1].encode())
            elif message.data == "drop":
                assert request.transport is not None
                request.transport.abort()
            elif message.type is aiohttp.WSMsgType.TEXT:
                await response.send_str(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                await response.send_bytes(message.data)
        return response

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def uvicorn_server() -> AsyncIterator[int]:
    """The port of a ``uvicorn`` server that uses ``wsproto``."""

    async def app(scope: dict[str, object], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            message = event.get("text") if event.get("text") is not None else event.get("bytes")
            assert isinstance(message, str | bytes)
            if command := _close_command(message):
                await send({"type": "websocket.close", "code": command[0], "reason": command[1]})
            else:
                await send({"type": "websocket.send", "text" if isinstance(message, str) else "bytes": message})

    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="wsproto", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    serving = asyncio.gather(server._serve() if hasattr(server, "_serve") else server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


Receive = Callable[[], "asyncio.Future[dict[str, object]]"]
Send = Callable[[dict[str, object]], "asyncio.Future[None]"]


@contextlib.asynccontextmanager
async def node_server() -> AsyncIterator[int]:
    """The port of a Node ``ws`` server."""
    process = await _node("server.js")
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


# Clients


async def websockets_client(url: str, script: Script) -> Seen:
    """A ``websockets`` client."""
    seen: list[str | bytes] = []
    async with connect(url, proxy=None) as connection:
        try:
            for message in script.sends:
                await connection.send(message)
            for _ in range(script.echoes):
                seen.append(await connection.recv())
            if script.code is not None:
                await connection.close(script.code, script.reason)
            else:
                await connection.recv()
        except websockets.exceptions.ConnectionClosed:
            pass
    return Seen(tuple(seen), connection.close_code, connection.close_reason or "")


async def aiohttp_client(url: str, script: Script) -> Seen:
    """An ``aiohttp`` client."""
    seen: list[str | bytes] = []
    reason = ""
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connection:
        for message in script.sends:
            await (connection.send_str(message) if isinstance(message, str) else connection.send_bytes(message))
        for _ in range(script.echoes):
            seen.append((await connection.receive()).data)
        if script.code is not None:
            await connection.close(code=script.code, message=script.reason.encode())
        else:
            last = await connection.receive()
            reason = str(last.extra or "")
        return Seen(tuple(seen), connection.close_code, reason)


async def websocket_client(url: str, script: Script) -> Seen:
    """A ``websocket-client`` client, in a thread."""
    return await asyncio.to_thread(_websocket_client, url, script)


def _websocket_client(url: str, script: Script) -> Seen:
    seen: list[str | bytes] = []
    connection = websocket.create_connection(url, timeout=10, http_no_proxy=["127.0.0.1"])
    try:
        for message in script.sends:
            if isinstance(message, str):
                connection.send(message)
            else:
                connection.send_binary(message)
        for _ in range(script.echoes):
            seen.append(connection.recv())
        if script.code is not None:
            connection.close(script.code, script.reason.encode())
            return Seen(tuple(seen), script.code, "")
        opcode, frame = connection.recv_data_frame(control_frame=True)
        assert opcode == websocket.ABNF.OPCODE_CLOSE
        return Seen(tuple(seen), int.from_bytes(frame.data[:2], "big"), frame.data[2:].decode())
    except websocket.WebSocketException as error:
        return Seen(tuple(seen), None, type(error).__name__)
    except ConnectionError:
        return Seen(tuple(seen), None, "")
    finally:
        connection.shutdown()  # type: ignore[no-untyped-call]  # websocket-client is half typed


async def node_client(url: str, script: Script) -> Seen:
    """A Node ``ws`` client."""
    sends = [message if isinstance(message, str) else {"hex": message.hex()} for message in script.sends]
    plan = {"url": url, "sends": sends, "echoes": script.echoes, "code": script.code, "reason": script.reason}
    process = await _node("client.js")
    output, _ = await process.communicate(json.dumps(plan).encode())
    answer = json.loads(output)
    messages = tuple(m if isinstance(m, str) else bytes.fromhex(m["hex"]) for m in answer["messages"])
    return Seen(messages, answer["code"], answer["reason"])


async def _node(script: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec("node", str(NODE_FOLDER / script), stdin=pipe, stdout=pipe)


def has_node_ws() -> bool:
    """Whether node runs here and finds the ws module (NODE_PATH says where)."""
    if shutil.which("node") is None:
        return False
    done = subprocess.run(["node", "-e", "require('ws')"], capture_output=True, check=False, cwd=os.sep)
    return done.returncode == 0


Server = Callable[[], AbstractAsyncContextManager[int]]
Client = Callable[[str, Script], "asyncio.Future[Seen]"]

SERVERS = {
    "websockets": websockets_server,
    "aiohttp": aiohttp_server,
    "uvicorn": uvicorn_server,
    "node": node_server,
}
CLIENTS = {
    "websockets": websockets_client,
    "aiohttp": aiohttp_client,
    "websocket-client": websocket_client,
    "node": node_client,
}
