"""What every scenario stands on: the way to the relay, the pace, and the end of the round."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from wsinspect.demo.raw import RawClient
from wsinspect.demo.upstreams import Upstreams

LOG = logging.getLogger("wsinspect.demo.endpoints")
"""Where the ends write what went wrong: in a demo of failures that is most of the time the point."""

CLOSE_TIMEOUT = 2.0
"""Seconds an end waits for the answer to its close frame; short, so that stopping the demo is quick."""


class Stage:
    """One run of the demo, as its scenarios and its servers see it."""

    def __init__(self, upstreams: Upstreams, pace: float = 1.0) -> None:
        """Set the stage.

        Args:
            upstreams: The services behind the gateway.
            pace: How many times faster than normal everything happens.
        """
        self.upstreams = upstreams
        self.pace = pace
        self.relay = ""
        """Base URL the clients connect to, such as ``ws://127.0.0.1:8080``."""
        self.curtain = asyncio.Event()
        """Set when the round is over: connections that ran all along say goodbye."""

    def begin_round(self) -> None:
        """Start over; connections of the round before keep the curtain they know."""
        self.curtain = asyncio.Event()

    def seconds(self, seconds: float) -> float:
        """A duration at normal pace, as it is at this one."""
        return seconds / self.pace

    async def pause(self, seconds: float) -> None:
        """Wait, as a person or a slow service would."""
        await asyncio.sleep(self.seconds(seconds))

    @asynccontextmanager
    async def connect(
        self,
        path: str,
        *,
        user_agent: str = "shop-web/4.2",
        subprotocol: str | None = None,
        is_compressed: bool = False,
        offer: str | None = None,
    ) -> AsyncIterator[ClientConnection]:
        """Be a well-behaved client: a real ``websockets`` connection through the relay.

        Args:
            path: Path and query.
            user_agent: Who it claims to be.
            subprotocol: The one it asks for.
            is_compressed: Whether it offers permessage-deflate.
            offer: A Sec-WebSocket-Extensions header of its own.
        """
        subprotocols: Sequence[Subprotocol] | None = [Subprotocol(subprotocol)] if subprotocol else None
        async with connect(
            self.relay + path,
            subprotocols=subprotocols,
            compression="deflate" if is_compressed else None,
            additional_headers={"Sec-WebSocket-Extensions": offer} if offer else None,
            user_agent_header=user_agent,
            proxy=None,
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
            logger=LOG,
        ) as connection:
            try:
                yield connection
            except asyncio.CancelledError:
                # Left to itself the library would say 1011, as if the client had crashed.
                await connection.close(1001, "the demo was stopped")
                raise

    async def raw(self, path: str, *, user_agent: str) -> RawClient:
        """Be a client that may break rules."""
        return await RawClient.open(self.relay + path, user_agent)

    async def listen(self, connection: ClientConnection) -> None:
        """Read what comes until the curtain falls or the connection ends."""
        reading = asyncio.ensure_future(read_to_end(connection))
        falling = asyncio.ensure_future(self.curtain.wait())
        try:
            await asyncio.wait({reading, falling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            falling.cancel()


async def read_to_end(connection: ClientConnection) -> None:
    """Read until the other side closes, whatever it says."""
    try:
        while True:
            await connection.recv()
    except ConnectionClosed:
        return
