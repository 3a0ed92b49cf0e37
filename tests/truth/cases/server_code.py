"""The server's own code fails, returns, or says no."""

from __future__ import annotations

import asyncio

from tests.truth.acting import dial, knock, read_to_end, talk
from tests.truth.case import Case, Play
from tests.truth.scene import Scene

ORDER = '{"type":"place","order":"boom"}'


def boom(server: str, **settings: object) -> Play:
    """A message that crashes the handler."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        await talk(f"{await scene.relay(port)}/boom", '{"type":"hello"}', ORDER)

    return play


async def boom_twice(scene: Scene) -> None:
    """The same message crashes two connections."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)
    for _ in range(2):
        await talk(f"{url}/boom", '{"type":"hello"}', ORDER)


async def node_dies(scene: Scene) -> None:
    """An exception in a handler of Node's ends the whole process, and with it every connection."""
    port, _ = await scene.serve("node")
    url = await scene.relay(port)
    async with dial(f"{url}/stream") as one, dial(f"{url}/stream") as two:
        await asyncio.sleep(0.3)
        await talk(f"{url}/boom", ORDER)
        await read_to_end(one)
        await read_to_end(two)


def only(server: str, path: str, **settings: object) -> Play:
    """A connection to a path, one message, read to the end."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        await talk(f"{await scene.relay(port)}{path}", '{"type":"hello"}')

    return play


def silent(server: str, path: str, **settings: object) -> Play:
    """A connection to a path that sends nothing."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server, **settings)
        await knock(f"{await scene.relay(port)}{path}")

    return play


async def wrong_type(scene: Scene) -> None:
    """Binary to a starlette endpoint for text."""
    port, _ = await scene.serve("uvicorn")
    await talk(f"{await scene.relay(port)}/letters", "text is fine", b"\x00\x01\x02")


async def too_often(scene: Scene) -> None:
    """Forty messages at once."""
    port, _ = await scene.serve("aiohttp")
    await talk(f"{await scene.relay(port)}/flood-limit/40", *["x"] * 60, wait=False, pause=0.001)


CASES = (
    Case("websockets: handler raises on a message", "handler-failed", boom("websockets"), is_fast=True),
    Case("websockets: the same message crashes it twice", "handler-failed", boom_twice, judged=2),
    Case("websockets: handler raises at once", "server-failed", silent("websockets", "/boom-now")),
    Case("websockets: handler returns", "server-done", silent("websockets", "/return")),
    Case("uvicorn (websockets-sansio): handler raises", "handler-dropped", boom("uvicorn"), is_fast=True),
    Case("uvicorn (wsproto): handler raises", "handler-dropped", boom("uvicorn", ws="wsproto")),
    Case("uvicorn: handler returns without a close", "handler-ended-at-once", silent("uvicorn", "/return")),
    Case("aiohttp: handler raises on a message", "handler-dropped", boom("aiohttp"), is_fast=True),
    Case("aiohttp: handler raises at once", "handler-ended-at-once", silent("aiohttp", "/boom-now")),
    Case("Tornado: on_message raises", "handler-dropped", boom("tornado")),
    Case("Node ws: an exception ends the process", "server-died", node_dies, ("node",)),
    Case(
        "websockets: 1008 for a token after the upgrade", "login-refused", only("websockets", "/close/1008/bad/token")
    ),
    Case(
        "aiohttp: 4401 after the upgrade", "login-refused", only("aiohttp", "/close/4401/token/expired"), is_fast=True
    ),
    Case("Node ws: 3000 after the upgrade", "login-refused", only("node", "/close/3000/Unauthorized"), ("node",)),
    Case("websockets: 1008 for what was asked", "forbidden", only("websockets", "/close/1008/access/denied")),
    Case("aiohttp: 1013, full", "overloaded", only("aiohttp", "/close/1013/no/free/worker")),
    Case("aiohttp: 1008 after a burst", "rate-limited", too_often),
    Case("starlette: binary to a text endpoint", "wrong-data-type", wrong_type, is_fast=True),
    Case("websockets: 1011 with a reason, unprompted", "server-failed", silent("websockets", "/greet-close/1011/db")),
    Case("Node ws: close() without a code", "closed-without-code", only("node", "/close"), ("node",), is_fast=True),
    Case("aiohttp: a code of its own", "application-code", only("aiohttp", "/close/4102/room/deleted")),
)
