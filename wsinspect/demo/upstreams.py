"""The services behind the gateway: one that is down, one that answers rubbish, one that dies at work."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection, serve

from wsinspect.demo import content

HOST = "127.0.0.1"

_PAGE = b"<html><body><h1>It works!</h1></body></html>\n"
_RUBBISH = (
    b"HTTP/1.1 200 OK\r\nServer: Apache\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
)


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Where the gateway's routes lead, as URLs."""

    down: str
    """The port is taken but nobody listens: connections are refused."""
    rubbish: str
    """A web server with no WebSocket: it answers 200 and a page."""
    dying: str
    """A WebSocket service that works, then dies without a close frame."""


@asynccontextmanager
async def open_upstreams(log: logging.Logger, pace: float = 1.0) -> AsyncIterator[Upstreams]:
    """Open all three on loopback ports of their own; pace as for the stage."""

    async def trade_then_die(connection: ServerConnection) -> None:
        await connection.recv()
        for _, tick in zip(range(4), content.ticks("trades"), strict=False):
            await connection.send(tick)
            await asyncio.sleep(0.2 / pace)
        # What the kernel does for a process that is killed: the socket is closed and nothing more is said.
        connection.transport.abort()

    with socket.socket() as silent:
        silent.bind((HOST, 0))  # bound and never listening, so that no other program can take the port
        web = await asyncio.start_server(_answer_with_page, HOST, 0)
        async with web, serve(trade_then_die, HOST, 0, ping_interval=None, close_timeout=1, logger=log) as trades:
            yield Upstreams(
                down=_url(silent),
                rubbish=_url(web.sockets[0]),
                dying=_url(trades.sockets[0]),
            )


async def _answer_with_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_RUBBISH)
        await writer.drain()
    except (OSError, EOFError):
        pass
    finally:
        writer.close()


def _url(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"ws://{host}:{port}"
