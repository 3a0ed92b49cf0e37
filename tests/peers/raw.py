"""Raw TCP peers that send chosen bytes and end as they are told, and say exactly how the other side ended.

Everything is awaited on the running loop; every wait is bounded by LIMIT_S.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable
from enum import StrEnum
from typing import TypeVar

from tests.limits import LIMIT_S
from wsinspect.capture.sockets import kernel_unsent
from wsinspect.wire.handshake import accept_key

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""The sample key of RFC 6455 section 1.3."""

_T = TypeVar("_T")


class End(StrEnum):
    """How the other side ended its stream."""

    FIN = "fin"
    RST = "rst"


class RawPeer:
    """One connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock = sock
        self._early = b""

    @property
    def port(self) -> int:
        """The local port."""
        return int(self.sock.getsockname()[1])

    async def send(self, data: bytes) -> None:
        """Send all of it."""
        await _soon(asyncio.get_running_loop().sock_sendall(self.sock, data))

    async def receive(self, limit: int = 1 << 16) -> bytes:
        """What comes next; empty for a FIN.

        Raises:
            ConnectionResetError: the other side sent an RST.
        """
        if self._early:
            data, self._early = self._early[:limit], self._early[limit:]
            return data
        return await _soon(asyncio.get_running_loop().sock_recv(self.sock, limit))

    async def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        data = b""
        while len(data) < count:
            more = await self.receive(count - len(data))
            assert more, f"the stream ended after {len(data)} of {count} bytes: {data[:100]!r}"
            data += more
        return data

    async def head(self) -> bytes:
        """An HTTP head; what follows it stays to be read."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = await self.receive()
            assert more, f"the stream ended inside a head: {data[:200]!r}"
            data += more
        end = data.index(b"\r\n\r\n") + 4
        self._early = data[end:] + self._early
        return data[:end]

    async def to_end(self) -> tuple[bytes, End]:
        """All that comes until the other side's end, and which end that is."""
        data = bytearray()
        try:
            while more := await self.receive():
                data += more
        except ConnectionResetError:
            return bytes(data), End.RST
        return bytes(data), End.FIN

    async def reset_seen(self) -> None:
        """Wait for an RST after the other side's FIN, which no read shows."""
        async with asyncio.timeout(LIMIT_S):
            while not self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def acknowledged(self) -> None:
        """Wait until the other side's kernel has all that was sent; a reset throws away what it has not."""
        async with asyncio.timeout(LIMIT_S):
            while kernel_unsent(self.sock, is_finished=False):  # noqa: ASYNC110
                await asyncio.sleep(0.002)

    def fin(self) -> None:
        """Say that nothing more will be sent; reading goes on."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Close with an RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        """Close: a FIN, or an RST when unread bytes have arrived."""
        self.sock.close()

    async def upgrade(self, path: str = "/", *lines: str, host: str = "127.0.0.1") -> bytes:
        """Ask for a WebSocket as a client; the answer's head."""
        await self.send(upgrade_request(path, *lines, host=host))
        return await self.head()

    async def accept_upgrade(self, *lines: str) -> bytes:
        """Take a client's upgrade as a server; the request's head."""
        request = await self.head()
        await self.send(upgrade_answer(request, *lines))
        return request


class RawServer:
    """A listening socket on loopback that hands out its connections."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.bind((host, 0))
        self.sock.listen(64)
        self.sock.setblocking(False)
        self.port: int = self.sock.getsockname()[1]
        """Where it listens."""
        self._peers: list[RawPeer] = []

    async def accept(self) -> RawPeer:
        """The next connection."""
        sock, _ = await _soon(asyncio.get_running_loop().sock_accept(self.sock))
        self._peers.append(RawPeer(sock))
        return self._peers[-1]

    def close(self) -> None:
        """Stop listening and close what was accepted."""
        self.sock.close()
        for peer in self._peers:
            peer.close()


@contextlib.asynccontextmanager
async def raw_server() -> AsyncIterator[RawServer]:
    """A RawServer for the length of a block."""
    server = RawServer()
    try:
        yield server
    finally:
        server.close()


@contextlib.asynccontextmanager
async def raw_client(port: int, host: str = "127.0.0.1") -> AsyncIterator[RawPeer]:
    """A connected RawPeer for the length of a block."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        await _soon(asyncio.get_running_loop().sock_connect(sock, (host, port)))
        yield RawPeer(sock)
    finally:
        sock.close()


def upgrade_request(path: str = "/", *lines: str, host: str = "127.0.0.1") -> bytes:
    """A client's upgrade request, with more header lines as asked for."""
    more = "".join(f"{line}\r\n" for line in lines)
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    ).encode("latin-1")


def upgrade_answer(request: bytes, *lines: str) -> bytes:
    """The valid 101 to a request."""
    found = re.search(rb"(?i)sec-websocket-key: *([^\r\n]*)", request)
    key = found[1].decode("latin-1") if found else ""
    more = "".join(f"{line}\r\n" for line in lines)
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key)}\r\n{more}\r\n"
    ).encode("latin-1")


async def _soon(work: Awaitable[_T]) -> _T:
    async with asyncio.timeout(LIMIT_S):
        return await work
