"""The one server that the demo's clients reach through the relay: a ``websockets`` server with a route per scenario."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from wsinspect.demo.routes import Route
from wsinspect.demo.stage import CLOSE_TIMEOUT, LOG, Stage
from wsinspect.demo.upstreams import HOST

MAX_MESSAGE = 32 * 1024
"""Bytes; a larger message makes the library close with 1009."""

SUBPROTOCOLS = (Subprotocol("chat.v2"), Subprotocol("graphql-transport-ws"))

GATEWAY = "edge-gateway"


@asynccontextmanager
async def open_target(stage: Stage, routes: Mapping[str, Route]) -> AsyncIterator[str]:
    """Serve on a free loopback port.

    Args:
        stage: What the handlers stand on.
        routes: By path, query left out.

    Yields:
        The server's URL, such as ``ws://127.0.0.1:39001``.
    """

    def route_of(connection: ServerConnection) -> Route | None:
        request = connection.request
        return routes.get(urlsplit(request.path).path) if request else None

    async def handle(connection: ServerConnection) -> None:
        route = route_of(connection)
        if route is None:
            return
        try:
            await route.serve(connection, stage)
        except ConnectionClosed:
            return  # the client left first, which is its good right

    async def check(connection: ServerConnection, _: Request) -> Response | None:
        route = route_of(connection)
        if route is None:
            return connection.respond(404, "no such path\n")
        if route.keepalive:
            connection.ping_interval = stage.seconds(route.keepalive.interval)
            connection.ping_timeout = stage.seconds(route.keepalive.timeout)
            connection.close_timeout = stage.seconds(route.keepalive.close_timeout)
        return await route.check(connection, stage) if route.check else None

    def answer(connection: ServerConnection, _: Request, response: Response) -> None:
        route = route_of(connection)
        if route is not None and route.is_gateway:
            del response.headers["Server"]  # setting a header adds one
            response.headers["Server"] = f"{GATEWAY}/2.3"
            response.headers["Via"] = f"1.1 {GATEWAY}"

    async with serve(
        handle,
        HOST,
        0,
        select_subprotocol=choose_subprotocol,
        process_request=check,
        process_response=answer,
        ping_interval=None,
        close_timeout=CLOSE_TIMEOUT,
        max_size=MAX_MESSAGE,
        logger=LOG,
    ) as server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"ws://{host}:{port}"


def choose_subprotocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The first one that the server speaks; a client that asks for none gets none."""
    return next((subprotocol for subprotocol in offered if subprotocol in SUBPROTOCOLS), None)
