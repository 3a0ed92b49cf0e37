"""What the servers of the truth test do, by path; the same for every library, so that only the library differs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from itertools import count
from typing import Protocol


class Wire(Protocol):
    """One connection, whatever library it belongs to."""

    async def send(self, data: str | bytes) -> None:
        """Send a message."""

    async def receive(self) -> str | bytes:
        """The next message; raises what the library raises when there is none any more."""

    async def close(self, code: int, reason: str) -> None:
        """Close with a code."""


class Bug(Exception):
    """What the handlers raise."""


async def behave(path: str, wire: Wire) -> None:
    """Do what the path says."""
    match path.partition("?")[0].strip("/").split("/"):
        case ["echo", *_]:
            while True:
                await wire.send(await wire.receive())
        case ["boom", *_]:
            while True:
                message = await wire.receive()
                if "boom" in str(message):
                    raise Bug("no quantity")
                await wire.send(message)
        case ["slow-boom"]:
            await wire.send(await wire.receive())
            await wire.receive()
            await asyncio.sleep(0.7)
            raise Bug("no answer from the database")
        case ["stream-boom"]:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.6):
                    await stream(wire)
            raise Bug("feed lost")
        case ["in-band"]:
            await wire.receive()
            await wire.send('{"type":"error","code":"plan_expired","message":"renew your plan"}')
            await wire.close(1000, "")
        case ["exit"]:
            await wire.send(await wire.receive())
            await wire.receive()
            os._exit(1)
        case ["boom-now"]:
            raise Bug("no database")
        case ["return"]:
            return
        case ["stream", *_]:
            await stream(wire)
        case ["read", *_]:
            while True:
                await wire.receive()
        case ["block", *_]:
            await wire.receive()
            time.sleep(4)  # noqa: ASYNC251  the bug that is played: nothing else runs meanwhile
        case ["flood"]:
            while True:
                await wire.send(b"\x55" * 65_536)
        case ["big", size]:
            await wire.receive()
            await wire.send("x" * int(size))
            await wire.receive()
        case ["close", code, *reason]:
            await wire.receive()
            await wire.close(int(code), " ".join(reason))
        case ["greet-close", code, *reason]:
            await wire.send('{"type":"hello"}')
            await asyncio.sleep(0.3)
            await wire.close(int(code), " ".join(reason))
        case ["life", seconds]:
            try:
                async with asyncio.timeout(float(seconds)):
                    await stream(wire)
            except TimeoutError:
                await wire.close(1000, "")
        case ["idle", seconds]:
            while True:
                async with asyncio.timeout(float(seconds)):
                    await wire.send(await wire.receive())
        case ["flood-limit", messages]:
            for _ in range(int(messages)):
                await wire.receive()
            await wire.close(1008, "rate limit exceeded")
        case _:
            await wire.close(4404, "no such path")


async def stream(wire: Wire) -> None:
    """A tick every 40 ms."""
    for number in count(1):
        await wire.send(f'{{"type":"tick","n":{number}}}')
        await asyncio.sleep(0.04)
