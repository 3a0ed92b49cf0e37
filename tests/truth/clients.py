"""Clients that must be processes of their own, to be blocked or killed: ``python -m tests.truth.clients WHAT URL``.

- ``stay``: read until killed
- ``block``: send one message, then block the event loop, as a long computation does
- ``fail``: raise inside ``async with connect()``
- ``sip``: read one message, then no more, with a small receive buffer
"""

from __future__ import annotations

import asyncio
import sys
import time

from websockets.asyncio.client import ClientConnection, connect


async def main(what: str, url: str) -> None:
    """Be that client."""
    async with connect(url, proxy=None, ping_interval=None, max_queue=1) as connection:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        await play(what, connection)


async def play(what: str, connection: ClientConnection) -> None:
    """What it does once it is connected."""
    if what == "block":
        await connection.send('{"type":"compute"}')
        await asyncio.sleep(0.2)
        time.sleep(30)  # noqa: ASYNC251  the bug that is played
    elif what == "fail":
        await connection.send('{"type":"hello"}')
        await connection.recv()
        raise KeyError("qty")
    elif what == "sip":
        await connection.recv()
        await asyncio.sleep(30)
    else:
        async for _ in connection:
            pass


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
