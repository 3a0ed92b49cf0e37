"""Clients inside this process: well-behaved ones of two libraries, and a bare socket that breaks rules."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.peers.raw import RawPeer, raw_client
from tests.truth.scene import HOST

PATIENCE_S = 10.0
MASK = b"\x37\xfa\x21\x3d"


@asynccontextmanager
async def dial(url: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """A websockets client."""
    settings: dict[str, Any] = {"proxy": None, "ping_interval": None, "compression": None, "close_timeout": 1}
    async with connect(url, **(settings | options)) as connection:
        yield connection


async def talk(url: str, *messages: str | bytes, wait: bool = True, pause: float = 0.05, **options: Any) -> None:
    """Send messages, take an answer to each but the last, and read until the other side ends it."""
    with contextlib.suppress(ConnectionClosed, WebSocketException, OSError):
        async with asyncio.timeout(PATIENCE_S), dial(url, **options) as connection:
            for number, message in enumerate(messages, start=1):
                await asyncio.sleep(pause)
                await connection.send(message)
                if wait and number < len(messages):
                    await connection.recv()
            await read_to_end(connection)


async def read_to_end(connection: ClientConnection) -> None:
    """Take what comes until the connection is over."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.recv()


async def knock(url: str, **options: Any) -> None:
    """Ask for an upgrade that will be refused."""
    with contextlib.suppress(WebSocketException, OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_S), dial(url, **options) as connection:
            await read_to_end(connection)


async def read_for(url: str, seconds: float) -> None:
    """Read what comes, at most for a while."""
    with contextlib.suppress(TimeoutError, ConnectionClosed, WebSocketException, OSError):
        async with asyncio.timeout(seconds):
            async with dial(url) as connection:
                await read_to_end(connection)


async def aio_talk(url: str, *messages: str, heartbeat: float | None = None) -> None:
    """An aiohttp client that sends messages and reads to the end."""
    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S), session.ws_connect(url, heartbeat=heartbeat) as socket:
                for message in messages:
                    await socket.send_str(message)
                async for _ in socket:
                    pass


@asynccontextmanager
async def bare(url: str, *lines: str) -> AsyncIterator[RawPeer]:
    """A bare socket with an open WebSocket; lines are further header lines."""
    parts = urlsplit(url)
    async with raw_client(parts.port or 80) as client:
        head = await client.upgrade(parts.path or "/", *lines, host=f"{HOST}:{parts.port}")
        assert head.startswith(b"HTTP/1.1 101"), head
        yield client


async def break_rule(url: str, *data: bytes) -> None:
    """Send these bytes as a client and read to the end."""
    async with bare(url) as client:
        for piece in data:
            await asyncio.sleep(0.1)
            await client.send(piece)
        with contextlib.suppress(OSError, TimeoutError):
            await client.to_end()
