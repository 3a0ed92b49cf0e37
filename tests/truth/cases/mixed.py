"""Failures that were put on the table after the rules were written, and judged before any rule was changed for them."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import websocket
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from tests.peers.raw import raw_server
from tests.truth.acting import aio_talk, bare, dial, knock, read_for, read_to_end, talk
from tests.truth.case import Case, Play
from tests.truth.cases.gateways import tunnel
from tests.truth.cases.server_code import ORDER, boom, only, silent
from tests.truth.scene import HOST, Scene
from wsinspect.wire.builder import build_frame


def twice(server: str, path: str) -> Play:
    """Two messages, the second of which is not survived."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server)
        await talk(f"{await scene.relay(port)}{path}", '{"type":"hello"}', ORDER)

    return play


def behind_nginx(server: str, path: str = "/boom") -> Play:
    """A handler that fails behind nginx, which hides the server's name."""

    async def play(scene: Scene) -> None:
        backend, _ = await scene.serve(server)
        port, _ = await scene.nginx(tunnel(backend))
        await talk(f"{await scene.relay(port)}{path}", '{"type":"hello"}', ORDER)

    return play


def behind_haproxy(server: str) -> Play:
    """A handler that fails behind HAProxy."""

    async def play(scene: Scene) -> None:
        backend, _ = await scene.serve(server)
        port, _ = await scene.haproxy(backend, tunnel="30s")
        await talk(f"{await scene.relay(port)}/boom", '{"type":"hello"}', ORDER)

    return play


async def killed_behind_haproxy(scene: Scene) -> None:
    """The only connection's server behind HAProxy is killed at work."""
    backend, server = await scene.serve("websockets")
    port, _ = await scene.haproxy(backend, tunnel="30s")
    url = await scene.relay(port)
    async with dial(f"{url}/stream") as connection:
        await asyncio.sleep(0.5)
        server.kill()
        await read_to_end(connection)


async def haproxy_stopped(scene: Scene) -> None:
    """HAProxy is stopped under three connections."""
    backend, _ = await scene.serve("websockets")
    port, haproxy = await scene.haproxy(backend, tunnel="30s")
    url = await scene.relay(port)
    async with dial(f"{url}/stream") as one, dial(f"{url}/stream") as two, dial(f"{url}/echo") as three:
        await asyncio.sleep(0.5)
        haproxy.kill()
        for connection in (one, two, three):
            await read_to_end(connection)


async def nginx_reloaded(scene: Scene) -> None:
    """nginx is reloaded; old workers have a second to finish, and new connections live on."""
    backend, _ = await scene.serve("websockets")
    port, nginx = await scene.nginx(tunnel(backend), main="worker_shutdown_timeout 2s;")
    url = await scene.relay(port)
    old = [asyncio.ensure_future(read_for(f"{url}/stream", 8)) for _ in range(3)]
    await asyncio.sleep(0.5)
    nginx.reload()
    await asyncio.sleep(0.6)
    new = [asyncio.ensure_future(read_for(f"{url}/stream", 6)) for _ in range(2)]
    await asyncio.sleep(5)
    for task in (*old, *new):
        task.cancel()
    await asyncio.gather(*old, *new, return_exceptions=True)


async def frozen_server(scene: Scene) -> None:
    """The server's process is stopped; the client pings it."""
    port, server = await scene.serve("websockets")
    url = await scene.relay(port)
    async with dial(f"{url}/echo", ping_interval=0.6, ping_timeout=0.8) as connection:
        await connection.send("hello")
        await connection.recv()
        server.freeze()
        await read_to_end(connection)


async def frozen_client(scene: Scene) -> None:
    """The client's process is stopped; uvicorn pings it."""
    port, _ = await scene.serve("uvicorn", ping_interval=0.6, ping_timeout=0.8)
    client = await scene.client("stay", f"{await scene.relay(port)}/read")
    client.freeze()
    await asyncio.sleep(3)


async def loop(scene: Scene) -> None:
    """A client that retries again and again what will not be allowed."""
    port, _ = await scene.serve("aiohttp")
    url = await scene.relay(port)
    for _ in range(6):
        await talk(f"{url}/close/1008/wrong/room", "join")


async def certificate_wanted(scene: Scene) -> None:
    """A server that wants a certificate of the client."""
    cert, ca = scene.certificate()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    context.load_cert_chain(cert)
    context.verify_mode = ssl.CERT_REQUIRED
    async with serve(lambda connection: connection.wait_closed(), HOST, 0, ssl=context) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        await knock(f"{await scene.relay(f'wss://{HOST}:{port}', ca=ca)}/echo")


async def bad_text_from_server(scene: Scene) -> None:
    """A server that sends Latin-1 in text, to a client of Node's."""
    async with raw_server() as server:
        url = await scene.relay(server.port)
        client = asyncio.ensure_future(scene.node_client(url, "stay"))
        peer = await server.accept()
        await peer.accept_upgrade()
        await peer.receive()
        await peer.send(build_frame(1, "Malm\u00f6".encode("latin-1")))
        with contextlib.suppress(OSError, TimeoutError):
            await peer.to_end()
        peer.close()
        await client


async def too_big_for_node(scene: Scene) -> None:
    """A message larger than a client of Node's takes."""
    port, _ = await scene.serve("websockets")
    await scene.node_client(f"{await scene.relay(port)}/big/90000", "stay")


async def old_library(scene: Scene) -> None:
    """websocket-client, which is done."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)

    def use() -> None:
        client = websocket.create_connection(f"{url}/echo", timeout=5)
        client.send("hello")
        client.recv()
        client.close()

    await asyncio.to_thread(use)


async def same_length(scene: Scene) -> None:
    """Three clients that each leave after the same time, because they are done."""
    port, _ = await scene.serve("websockets")
    url = await scene.relay(port)

    async def use(after: float) -> None:
        await asyncio.sleep(after)
        async with dial(f"{url}/stream") as connection:
            await asyncio.sleep(1.5)
            await connection.close(1000)

    await asyncio.gather(use(0), use(0.5), use(1))


async def browser_crashes(scene: Scene) -> None:
    """A client that says it is a browser, and ends TCP without a word."""
    port, _ = await scene.serve("aiohttp")
    url = await scene.relay(port)
    async with bare(f"{url}/stream", "User-Agent: Mozilla/5.0 (Macintosh) Firefox/132.0") as page:
        await page.receive()
        page.reset()
        await asyncio.sleep(0.3)


async def busy_client(scene: Scene) -> None:
    """A client that sends all the time when the server is killed: the last message is not to blame."""
    port, server = await scene.serve("uvicorn")
    url = await scene.relay(port)

    async def send() -> None:
        with contextlib.suppress(ConnectionClosed, OSError):
            async with dial(f"{url}/echo") as connection:
                while True:
                    await connection.send('{"type":"position"}')
                    await asyncio.sleep(0.02)

    sending = asyncio.ensure_future(send())
    await asyncio.sleep(1)
    server.kill()
    await asyncio.sleep(0.5)
    sending.cancel()


async def aio_through_nginx(scene: Scene) -> None:
    """aiohttp on both ends of nginx, and all is well."""
    backend, _ = await scene.serve("aiohttp")
    port, _ = await scene.nginx(tunnel(backend))
    await aio_talk(f"{await scene.relay(port)}/in-band", "hello")


NODE, NGINX, HAPROXY = ("node",), ("nginx",), ("haproxy",)

CASES = (
    Case("websockets: handler raises 0.7 s after the message", "handler-failed", twice("websockets", "/slow-boom")),
    Case("uvicorn: handler raises 0.7 s after the message", "handler-dropped", twice("uvicorn", "/slow-boom")),
    Case("websockets: handler raises while it streams", "server-failed", silent("websockets", "/stream-boom")),
    Case("uvicorn: handler raises while it streams", "server-dropped", silent("uvicorn", "/stream-boom")),
    Case("aiohttp: error in band, then 1000", "said-in-band", only("aiohttp", "/in-band")),
    Case("aiohttp through nginx: error in band, then 1000", "said-in-band", aio_through_nginx, NGINX),
    Case("websockets: a message ends the process", "handler-dropped", twice("websockets", "/exit")),
    Case("nginx before websockets: handler raises", "handler-failed", behind_nginx("websockets"), NGINX),
    Case("nginx before uvicorn: handler raises", "handler-dropped", behind_nginx("uvicorn"), NGINX),
    Case("nginx before aiohttp: handler raises", "handler-dropped", behind_nginx("aiohttp"), NGINX),
    Case("HAProxy before uvicorn: handler raises", "handler-dropped", behind_haproxy("uvicorn"), HAPROXY),
    Case("HAProxy before Tornado: handler raises", "handler-dropped", behind_haproxy("tornado"), HAPROXY),
    Case("HAProxy: the only server behind it killed", "server-dropped", killed_behind_haproxy, HAPROXY),
    Case("HAProxy killed", "server-died", haproxy_stopped, HAPROXY),
    Case("nginx reloaded: old workers retired", "old-worker-retired", nginx_reloaded, NGINX),
    Case("websockets client: frozen server", "keepalive-timeout", frozen_server),
    Case("uvicorn: frozen client process", "keepalive-timeout", frozen_client),
    Case("aiohttp: a client that retries what is not allowed", "policy", loop, judged=-1),
    Case("TLS: a client certificate is wanted", "tls-broken-off", certificate_wanted),
    Case("Node ws client: Latin-1 from the server", "bad-utf8", bad_text_from_server, NODE),
    Case("Node ws client: too big", "too-big", too_big_for_node, NODE),
    Case("Node ws: 1011 on a message", "handler-failed", only("node", "/close/1011/boom"), NODE),
    Case("Node ws server: terminate() on a message", "handler-dropped", only("node", "/terminate"), NODE),
    Case("websocket-client: done", "client-done", old_library),
    Case("three clients are done after the same time", "client-done", same_length),
    Case("a browser ends TCP", "client-dropped", browser_crashes),
    Case("uvicorn killed under a busy client", "server-dropped", busy_client),
    Case("aiohttp: 1001 for silence", "idle-close", only("aiohttp", "/close/1001/idle/for/60/s")),
    Case("uvicorn (websockets): handler raises", "handler-dropped", boom("uvicorn", ws="websockets")),
)
