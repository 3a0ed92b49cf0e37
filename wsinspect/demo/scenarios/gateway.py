"""A gateway that ends the client's WebSocket itself and opens another one to the service behind it."""

from __future__ import annotations

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.http11 import Response

from wsinspect.demo.content import to_json
from wsinspect.demo.stage import CLOSE_TIMEOUT, LOG, Stage, read_to_end


async def upstream_down(stage: Stage) -> None:
    """The gateway accepts the client, finds nobody on the quotes service's port, and closes 1014."""
    async with stage.connect("/gateway/quotes", user_agent="terminal/1.9") as terminal:
        await terminal.send(to_json(type="subscribe", channel="quotes", symbols=["ACME", "BOLT"]))
        await read_to_end(terminal)


async def serve_quotes(connection: ServerConnection, stage: Stage) -> None:
    """Route to a service that is down."""
    await forward(connection, "quotes-2", stage.upstreams.down)


async def upstream_rubbish(stage: Stage) -> None:
    """The gateway's route leads to a web server that knows no WebSocket: a page comes back instead of a 101."""
    async with stage.connect("/gateway/news", user_agent="terminal/1.9") as terminal:
        await terminal.send(to_json(type="subscribe", channel="news", language="en"))
        await read_to_end(terminal)


async def serve_news(connection: ServerConnection, stage: Stage) -> None:
    """Route to a web server."""
    await forward(connection, "news-1", stage.upstreams.rubbish)


async def upstream_dies(stage: Stage) -> None:
    """Trades flow through the gateway until the service behind it is killed; the gateway itself is well."""
    async with stage.connect("/gateway/trades", user_agent="terminal/1.9") as terminal:
        await terminal.send(to_json(type="subscribe", channel="trades", symbols=["ACME"]))
        await read_to_end(terminal)


async def serve_trades(connection: ServerConnection, stage: Stage) -> None:
    """Route to a service that dies at work."""
    await forward(connection, "trades-1", stage.upstreams.dying)


async def forward(connection: ServerConnection, name: str, url: str) -> None:
    """Pass the first message on and the answers back; when the service fails, 1014 says which one and how."""
    request = await connection.recv()
    try:
        async with connect(url, proxy=None, ping_interval=None, close_timeout=CLOSE_TIMEOUT, logger=LOG) as upstream:
            await upstream.send(request)
            async for message in upstream:
                await connection.send(message)
    except (OSError, InvalidHandshake, ConnectionClosed) as problem:
        await connection.close(1014, f"upstream {name} {what_failed(problem)}")


def what_failed(problem: Exception) -> str:
    """The end of a sentence that begins with the service's name."""
    match problem:
        case InvalidStatus():
            return f"answered HTTP {problem.response.status_code} instead of 101"
        case ConnectionClosed():
            return "dropped the connection"
        case ConnectionRefusedError():
            return "refused the connection"
        case _:
            return "could not be reached"


async def refused(stage: Stage) -> None:
    """The gateway tries the reports service before it answers the upgrade, and refuses with HTTP 502."""
    async with stage.connect("/gateway/reports?year=2026") as page:
        await read_to_end(page)


async def check_reports(connection: ServerConnection, stage: Stage) -> Response | None:
    """Refuse the upgrade when the service behind does not answer."""
    try:
        async with connect(stage.upstreams.down, proxy=None, logger=LOG):
            return None
    except (OSError, InvalidHandshake) as problem:
        return connection.respond(502, f"502 Bad Gateway\n\nupstream reports-1 {what_failed(problem)}\n")


async def serve_reports(connection: ServerConnection, stage: Stage) -> None:
    """Route to the reports service."""
    await forward(connection, "reports-1", stage.upstreams.down)
