"""A third helping: other orders, libraries and settings, judged before any rule was changed for them."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import zlib

import aiohttp

from tests.peers.raw import raw_server
from tests.truth.acting import dial, knock, read_for, talk
from tests.truth.case import Case
from tests.truth.cases.gateways import quiet, tunnel
from tests.truth.cases.handshakes import refused
from tests.truth.cases.server_code import only
from tests.truth.scene import HOST, Child, Scene, free_port, listens
from wsinspect.wire.builder import build_frame

TEXT = 1


async def _watched(url: str, child: Child, *, how: str, connections: int = 3) -> None:
    """Connections that read, until their server gets a signal and they end."""
    reading = [asyncio.ensure_future(read_for(url, 4)) for _ in range(connections)]
    await asyncio.sleep(0.8)
    if how == "kill":
        child.kill()
    else:
        child.terminate()
    await asyncio.wait(reading, timeout=3)
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


async def stopped_behind_nginx(scene: Scene) -> None:
    """An orderly stop of the server behind nginx."""
    backend, server = await scene.serve("websockets")
    port, _ = await scene.nginx(tunnel(backend))
    await _watched(f"{await scene.relay(port)}/stream", server, how="term")


async def node_stops(scene: Scene) -> None:
    """An orderly stop of a Node server."""
    port, server = await scene.serve("node", graceful=True)
    await _watched(f"{await scene.relay(port)}/stream", server, how="term")


async def slow_behind_haproxy(scene: Scene) -> None:
    """The server behind HAProxy takes its time to accept."""
    backend, _ = await scene.serve("aiohttp")
    port, _ = await scene.haproxy(backend, server="1s")
    await knock(f"{await scene.relay(port)}/slow-start")


async def full_behind_haproxy(scene: Scene) -> None:
    """The server behind HAProxy has all the connections it may have."""
    backend, _ = await scene.serve("websockets")
    port, _ = await scene.haproxy(backend, options="maxconn 1", queue="1s")
    url = await scene.relay(port)
    async with dial(f"{url}/stream"):
        await knock(f"{url}/stream")


async def tcp_haproxy(scene: Scene) -> None:
    """HAProxy as a mere TCP proxy ends silent connections."""
    backend, _ = await scene.serve("aiohttp")
    port, _ = await scene.haproxy(backend, mode="tcp", client="1700ms", server="1700ms")
    url = await scene.relay(port)
    await asyncio.gather(*(quiet(f"{url}/echo", 0.6 * number) for number in range(3)))


async def haproxy_strips(scene: Scene) -> None:
    """HAProxy removes Upgrade from the request."""
    backend, _ = await scene.serve("websockets")
    port, _ = await scene.haproxy(backend, rule="http-request del-header Upgrade")
    await knock(f"{await scene.relay(port)}/echo")


async def too_big_in_pieces(scene: Scene) -> None:
    """Fragments that are small, of a message that is not."""
    port, _ = await scene.serve("websockets", max_size=60_000)

    async def pieces(url: str) -> None:
        async with dial(url) as connection:
            await connection.send("hello")
            await connection.recv()
            with contextlib.suppress(Exception):
                await connection.send(["x" * 9_000 for _ in range(10)])
                await connection.recv()

    await pieces(f"{await scene.relay(port)}/echo")


async def node_too_big_inflated(scene: Scene) -> None:
    """Small on the wire, more than Node's maxPayload when inflated."""
    port, _ = await scene.serve("node", max_size=65_536, deflate=True)
    await talk(f"{await scene.relay(port)}/echo", "hello", "x" * 400_000, compression="deflate")


async def lost_context(scene: Scene) -> None:
    """A server that agreed to forget its window between messages, and does not."""
    async with raw_server() as server:
        url = await scene.relay(server.port)
        client = asyncio.ensure_future(talk(f"{url}/echo", "hello", compression="deflate"))
        peer = await server.accept()
        await peer.accept_upgrade("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover")
        await peer.receive()
        squeeze = zlib.compressobj(wbits=-15)
        for number in range(2):
            text = f'{{"type":"price","symbol":"ACME","exchange":"XETRA","n":{number}}}'.encode()
            data = squeeze.compress(text) + squeeze.flush(zlib.Z_SYNC_FLUSH)
            await peer.send(build_frame(TEXT, data[:-4], rsv=4))
            await asyncio.sleep(0.2)
        with contextlib.suppress(OSError, TimeoutError):
            await peer.to_end()
        peer.close()
        await client


async def mixed_by_server(scene: Scene) -> None:
    """Two tasks of a server write fragments at once."""
    async with raw_server() as server:
        url = await scene.relay(server.port)
        client = asyncio.ensure_future(talk(f"{url}/echo", "hello"))
        peer = await server.accept()
        await peer.accept_upgrade()
        await peer.receive()
        await peer.send(build_frame(TEXT, b'{"part":', fin=False))
        await peer.send(build_frame(TEXT, b'{"tick":1}'))
        with contextlib.suppress(OSError, TimeoutError):
            await peer.to_end()
        peer.close()
        await client


async def denied_behind_nginx(scene: Scene) -> None:
    """The application behind nginx closes before it accepts."""
    backend, _ = await scene.serve("uvicorn")
    port, _ = await scene.nginx(tunnel(backend))
    await knock(f"{await scene.relay(port)}/deny")


async def tls_server_killed(scene: Scene) -> None:
    """The process of a TLS server is killed."""
    cert, ca = scene.certificate()
    port, server = await scene.serve("websockets", cert=cert)
    await _watched(f"{await scene.relay(f'wss://{HOST}:{port}', ca=ca)}/stream", server, how="kill", connections=1)


async def a_page_server(scene: Scene) -> None:
    """Python's http.server, where a WebSocket was expected."""
    port = free_port()
    command = ("-m", "http.server", str(port), "--bind", HOST, "--directory", str(scene.folder))
    await scene.child(sys.executable, *command, is_gateway=True)
    await listens(port)
    await knock(f"{await scene.relay(port)}/")


async def blocked_while_client_closes(scene: Scene) -> None:
    """The client is done; the server is busy and does not answer its close."""
    port, _ = await scene.serve("websockets")
    async with dial(f"{await scene.relay(port)}/block", close_timeout=1) as connection:
        await connection.send("compute")
        await asyncio.sleep(0.2)
        await connection.close(1000, "enough")


async def no_library_behind_haproxy(scene: Scene) -> None:
    """uvicorn without WebSocket, behind HAProxy."""
    backend, _ = await scene.serve("uvicorn", ws="none")
    port, _ = await scene.haproxy(backend)
    await knock(f"{await scene.relay(port)}/echo")


async def node_client_inflates_too_much(scene: Scene) -> None:
    """A message that is small on the wire and more than a Node client takes when inflated."""
    port, _ = await scene.serve("aiohttp", deflate=True)
    await scene.node_client(f"{await scene.relay(port)}/big/200000", "stay")


async def one_stop_of_node(scene: Scene) -> None:
    """An orderly stop of a Node server with one connection."""
    port, server = await scene.serve("node", graceful=True)
    await _watched(f"{await scene.relay(port)}/stream", server, how="term", connections=1)


async def returns_behind_nginx(scene: Scene) -> None:
    """The handler behind nginx returns at once, twice."""
    backend, _ = await scene.serve("uvicorn")
    port, _ = await scene.nginx(tunnel(backend))
    url = await scene.relay(port)
    for _ in range(2):
        await knock(f"{url}/return")
        await asyncio.sleep(0.4)


async def done_in_the_stream(scene: Scene) -> None:
    """The client has seen enough of a stream that goes on."""
    port, _ = await scene.serve("websockets")
    async with dial(f"{await scene.relay(port)}/stream") as connection:
        for _ in range(5):
            await connection.recv()
        await connection.close(1000)


async def session_closed(scene: Scene) -> None:
    """An aiohttp client closes its session and forgets the WebSocket in it."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)
    session = aiohttp.ClientSession()
    socket = await session.ws_connect(f"{url}/stream")
    await socket.receive()
    await session.close()
    await asyncio.sleep(0.5)


NGINX, HAPROXY, NODE = ("nginx",), ("haproxy",), ("node",)

CASES = (
    Case("nginx before websockets: SIGTERM", "server-stops", stopped_behind_nginx, NGINX),
    Case("Node ws: orderly stop", "server-stops", node_stops, NODE),
    Case("starlette: WebSocketException, invalid API key", "login-refused", only("uvicorn", "/key")),
    Case("starlette: denial response 401", "login-missing", refused("uvicorn", "/denied")),
    Case("starlette: no such route", "closed-before-accept", refused("uvicorn", "/api/nothing")),
    Case("uvicorn without WebSocket", "no-websocket-here", refused("uvicorn", "/letters", ws="none")),
    Case("HAProxy: a slow server behind it", "gateway-without-server", slow_behind_haproxy, HAPROXY),
    Case("HAProxy: a full server behind it", "gateway-without-server", full_behind_haproxy, HAPROXY, judged=2),
    Case("HAProxy in TCP mode: idle timeout", "idle-timeout", tcp_haproxy, HAPROXY),
    Case("HAProxy removes Upgrade", "upgrade-stripped", haproxy_strips, HAPROXY),
    Case("websockets: too big in fragments", "too-big", too_big_in_pieces),
    Case("Node ws: too big when inflated", "too-big-inflated", node_too_big_inflated, NODE),
    Case("websockets client: context takeover not agreed on", "inflate-failed", lost_context),
    Case("websockets client: fragments mixed by the server", "fragments-mixed", mixed_by_server),
    Case("nginx before uvicorn: closed before accept", "closed-before-accept", denied_behind_nginx, NGINX),
    Case("Node ws: 4008, rate limit", "rate-limited", only("node", "/close/4008/Rate/limit/exceeded"), NODE),
    Case("TLS: server killed", "server-dropped", tls_server_killed),
    Case("Python's http.server", "no-websocket-here", a_page_server),
    Case("HAProxy before uvicorn without WebSocket", "no-websocket-here", no_library_behind_haproxy, HAPROXY),
    Case("Node ws client: too big when inflated", "too-big-inflated", node_client_inflates_too_much, NODE),
    Case("uvicorn (wsproto): closed before accept", "closed-before-accept", refused("uvicorn", "/deny", ws="wsproto")),
    Case("Tornado: 4429", "rate-limited", only("tornado", "/close/4429/Too/many/requests")),
    Case("Node ws: orderly stop, one connection", "server-stops", one_stop_of_node, NODE),
    Case("nginx before uvicorn: handler returns at once", "handler-ended-at-once", returns_behind_nginx, NGINX),
    Case("websockets client: done amid a stream", "client-done", done_in_the_stream),
    Case("aiohttp client: session closed", "client-dropped", session_closed),
    Case("websockets: busy while the client closes", "client-done", blocked_while_client_closes),
)
