"""A client on a bare socket, for ends that must break a rule which ``websockets`` keeps."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import socket
import struct
from urllib.parse import urlsplit

from wsinspect.demo.content import seeded
from wsinspect.wire.builder import build_close, build_frame
from wsinspect.wire.frames import TEXT

_HEAD_LIMIT = 64 * 1024


class RawClient:
    """One upgraded connection; what is sent on it is up to the caller."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rng: random.Random) -> None:
        self._reader = reader
        self._writer = writer
        self._rng = rng

    @classmethod
    async def open(cls, url: str, user_agent: str) -> RawClient:
        """Connect and upgrade (RFC 6455 section 4.1).

        Raises:
            OSError: Nobody is there, or the answer is not a 101.
        """
        parts = urlsplit(url)
        rng = seeded(parts.path)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_HEAD_LIMIT)
        key = base64.b64encode(rng.randbytes(16)).decode()
        writer.write(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nUser-Agent: {user_agent}\r\n\r\n".encode()
        )
        client = cls(reader, writer, rng)
        with contextlib.ExitStack() as undo:
            undo.callback(client.leave)
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as problem:
                raise ConnectionError("no answer to the upgrade") from problem
            if head.split(b" ", 2)[1:2] != [b"101"]:
                raise ConnectionError("the upgrade was refused")
            undo.pop_all()
        return client

    async def send(self, payload: bytes | str, *, is_masked: bool = True) -> None:
        """Send one text frame; the payload need not be UTF-8, and the mask may be missing."""
        data = payload.encode() if isinstance(payload, str) else payload
        mask = self._rng.randbytes(4) if is_masked else None
        self._writer.write(build_frame(TEXT, data, mask=mask))
        await self._writer.drain()

    async def close_without_code(self) -> None:
        """Send a close frame with an empty body, as a browser does for ``socket.close()``."""
        self._writer.write(build_close(None, mask=self._rng.randbytes(4)))
        await self._writer.drain()

    async def read_to_end(self) -> None:
        """Read until the other side ends TCP, and answer nothing: no pong, no close."""
        while await self._reader.read(_HEAD_LIMIT):
            pass

    def leave(self) -> None:
        """End TCP with a FIN."""
        self._writer.close()

    def reset(self) -> None:
        """End TCP with an RST, as a device does that lost its power and came back."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
