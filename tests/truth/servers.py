"""One server of one library as a child process: ``python -m tests.truth.servers NAME SETTINGS``.

It prints its port, then serves until it is killed. SETTINGS is a JSON object with what differs from the library's
defaults; its names are those of ``Settings``.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import sys
from dataclasses import dataclass
from typing import Any

from tests.truth.behaviour import Bug, behave

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Settings:
    """What may differ from a library's defaults."""

    max_size: int | None = None
    ping_interval: float | None = None
    ping_timeout: float | None = None
    origins: tuple[str, ...] | None = None
    subprotocols: tuple[str, ...] | None = None
    must_subprotocol: bool = False
    deflate: bool = False
    cert: str = ""
    port: int = 0
    ws: str = "websockets-sansio"
    """uvicorn's WebSocket implementation."""

    @classmethod
    def read(cls, values: str) -> Settings:
        """From JSON."""
        given: dict[str, Any] = {}
        for name, value in json.loads(values).items():
            given[name] = tuple(value) if isinstance(value, list) else value
        return cls(**given)

    def tls(self) -> ssl.SSLContext | None:
        """The server's side of TLS, when there is a certificate."""
        if not self.cert:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert)
        return context


def listening(port: int) -> socket.socket:
    """A socket that listens on loopback."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((HOST, port))
    sock.listen(64)
    return sock


def announce(sock: socket.socket) -> None:
    """Tell the parent where we listen."""
    sys.stdout.write(f"{sock.getsockname()[1]}\n")
    sys.stdout.flush()


async def serve_websockets(settings: Settings) -> None:
    """Python websockets."""
    from websockets.asyncio.server import ServerConnection, serve

    class Wire:
        def __init__(self, connection: ServerConnection) -> None:
            self.send, self.receive, self.close = connection.send, connection.recv, connection.close

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        await behave(connection.request.path, Wire(connection))

    options: dict[str, Any] = {}
    if settings.must_subprotocol:
        options["subprotocols"] = settings.subprotocols
    elif settings.subprotocols:
        offered = set(settings.subprotocols)
        options["select_subprotocol"] = lambda _, asked: next((one for one in asked if one in offered), None)
    sock = listening(settings.port)
    async with serve(
        handle,
        sock=sock,
        max_size=settings.max_size or 1 << 20,
        ping_interval=settings.ping_interval,
        ping_timeout=settings.ping_timeout or 20,
        origins=settings.origins,  # type: ignore[arg-type]  # Origin is a NewType of str
        compression="deflate" if settings.deflate else None,
        ssl=settings.tls(),
        close_timeout=1,
        **options,
    ) as server:
        stop = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set_result, None)
        announce(sock)
        await stop
        server.close()
        await server.wait_closed()


async def serve_aiohttp(settings: Settings) -> None:
    """aiohttp."""
    import aiohttp
    from aiohttp import web

    sockets: set[web.WebSocketResponse] = set()

    class Wire:
        def __init__(self, response: web.WebSocketResponse) -> None:
            self._response = response

        async def send(self, data: str | bytes) -> None:
            await (self._response.send_str(data) if isinstance(data, str) else self._response.send_bytes(data))

        async def receive(self) -> str | bytes:
            message = await self._response.receive()
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                raise ConnectionError("closed")
            data: str | bytes = message.data
            return data

        async def close(self, code: int, reason: str) -> None:
            await self._response.close(code=code, message=reason.encode())

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/page":
            return web.Response(text="<h1>It works!</h1>", content_type="text/html")
        if request.path == "/login":
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        if request.path == "/moved":
            raise web.HTTPFound("/moved/")
        if request.path == "/slow-start":
            await asyncio.sleep(30)
        if not request.path.startswith("/missing"):
            response = web.WebSocketResponse(
                heartbeat=settings.ping_interval,
                max_msg_size=settings.max_size or 4 << 20,
                protocols=settings.subprotocols or (),
                compress=settings.deflate,
            )
            await response.prepare(request)
            sockets.add(response)
            try:
                await behave(request.path, Wire(response))
            except ConnectionError:
                pass
            finally:
                sockets.discard(response)
            return response
        raise web.HTTPNotFound

    async def close_all(_: web.Application) -> None:
        for response in [*sockets]:
            await response.close(code=aiohttp.WSCloseCode.GOING_AWAY, message=b"Server shutdown")

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    app.on_shutdown.append(close_all)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    sock = listening(settings.port)
    await web.SockSite(runner, sock, ssl_context=settings.tls()).start()
    stop = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set_result, None)
    announce(sock)
    await stop
    await runner.cleanup()


async def serve_uvicorn(settings: Settings) -> None:
    """uvicorn with starlette."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.endpoints import WebSocketEndpoint
    from starlette.exceptions import WebSocketException
    from starlette.responses import Response
    from starlette.routing import Mount, WebSocketRoute
    from starlette.websockets import WebSocket, WebSocketDisconnect

    class Wire:
        def __init__(self, websocket: WebSocket) -> None:
            self._websocket = websocket

        async def send(self, data: str | bytes) -> None:
            await (self._websocket.send_text(data) if isinstance(data, str) else self._websocket.send_bytes(data))

        async def receive(self) -> str | bytes:
            message = await self._websocket.receive()
            if message["type"] != "websocket.receive":
                raise WebSocketDisconnect(message.get("code", 1005))
            return message.get("text") or message.get("bytes") or ""

        async def close(self, code: int, reason: str) -> None:
            await self._websocket.close(code, reason)

    async def endpoint(websocket: WebSocket) -> None:
        if websocket.url.path.startswith("/deny"):
            await websocket.close(4401, "no token")
            return
        if websocket.url.path.startswith("/fail"):
            raise Bug("no database")
        await websocket.accept()
        try:
            await behave(websocket.url.path, Wire(websocket))
        except WebSocketDisconnect:
            return

    async def denied(websocket: WebSocket) -> None:
        answer = Response("token expired", 401, headers={"WWW-Authenticate": "Bearer"})
        await websocket.send_denial_response(answer)

    async def key(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()
        raise WebSocketException(code=1008, reason="Invalid API key")

    class Letters(WebSocketEndpoint):
        encoding = "text"

        async def on_receive(self, websocket: WebSocket, data: str) -> None:
            await websocket.send_text(data)

    app = Starlette(
        routes=[
            WebSocketRoute("/letters", Letters),
            WebSocketRoute("/denied", denied),
            WebSocketRoute("/key", key),
            Mount("/api", routes=[WebSocketRoute("/feed", endpoint)]),
            WebSocketRoute("/{path:path}", endpoint),
        ]
    )
    sock = listening(settings.port)
    config = uvicorn.Config(
        app,
        ws=settings.ws,
        ws_max_size=settings.max_size or 16 << 20,
        ws_ping_interval=settings.ping_interval,
        ws_ping_timeout=settings.ping_timeout,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    announce(sock)
    await uvicorn.Server(config).serve(sockets=[sock])


async def serve_tornado(settings: Settings) -> None:
    """Tornado."""
    from tornado.httpserver import HTTPServer
    from tornado.ioloop import IOLoop
    from tornado.web import Application
    from tornado.websocket import WebSocketClosedError, WebSocketHandler

    class Handler(WebSocketHandler):
        def check_origin(self, origin: str) -> bool:
            return settings.origins is None or origin in settings.origins

        def open(self, *_: str, **__: str) -> None:
            if self.request.path == "/stream":
                IOLoop.current().spawn_callback(self.stream)

        async def stream(self) -> None:
            try:
                while True:
                    await self.write_message('{"type":"tick"}')
                    await asyncio.sleep(0.04)
            except WebSocketClosedError:
                return

        def on_message(self, message: str | bytes) -> None:
            match self.request.path.strip("/").split("/"):
                case ["boom"] if "boom" in str(message):
                    raise Bug("no quantity")
                case ["close", code, *reason]:
                    self.close(int(code), " ".join(reason))
                case _:
                    self.write_message(message)

    app = Application(
        [("/.*", Handler)],
        websocket_max_message_size=settings.max_size or 10 << 20,
        websocket_ping_interval=settings.ping_interval,
        websocket_ping_timeout=settings.ping_timeout,
    )
    sock = listening(settings.port)
    sock.setblocking(False)
    HTTPServer(app, ssl_options=settings.tls()).add_sockets([sock])
    announce(sock)
    await asyncio.Event().wait()


SERVERS = {
    "websockets": serve_websockets,
    "aiohttp": serve_aiohttp,
    "uvicorn": serve_uvicorn,
    "tornado": serve_tornado,
}


if __name__ == "__main__":
    asyncio.run(SERVERS[sys.argv[1]](Settings.read(sys.argv[2])))
