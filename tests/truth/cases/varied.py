"""A second helping of failures that were judged before any rule was changed for them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime

from tests.peers.raw import KEY, raw_client, raw_server
from tests.truth.acting import MASK, aio_talk, bare, knock, read_for
from tests.truth.case import Case, Play
from tests.truth.cases.endings import ends
from tests.truth.cases.gateways import nginx_answers, quiet
from tests.truth.cases.handshakes import refused
from tests.truth.cases.messages import HALVES, HELLO, PLAIN, RSV1, breaks, too_big
from tests.truth.cases.pings import frozen_client
from tests.truth.cases.server_code import only, silent
from tests.truth.scene import HOST, Scene
from wsinspect.wire.builder import build_close, build_frame


async def too_big_for_aiohttp(scene: Scene) -> None:
    """A message of uvicorn's that is larger than an aiohttp client takes (4 MiB)."""
    port, _ = await scene.serve("uvicorn")
    await aio_talk(f"{await scene.relay(port)}/big/5000000", "please")


async def bad_text_for_aiohttp(scene: Scene) -> None:
    """Text that is not UTF-8, to an aiohttp client."""
    async with raw_server() as server:
        client = asyncio.ensure_future(aio_talk(await scene.relay(server.port), "hello"))
        peer = await server.accept()
        await peer.accept_upgrade()
        await peer.receive()
        await peer.send(build_frame(1, b"\xff\xfe\xfd"))
        await peer.receive()
        peer.close()
        await client


async def put_up_with(scene: Scene) -> None:
    """Tornado takes a frame without a mask; the client then leaves as it should."""
    port, _ = await scene.serve("tornado")
    async with bare(f"{await scene.relay(port)}/echo") as client:
        await client.send(PLAIN)
        await client.receive()
        await asyncio.sleep(1.2)
        await client.send(build_close(1000, mask=MASK))
        with contextlib.suppress(OSError, TimeoutError):
            await client.to_end()


def asks(server: str, *lines: str) -> Play:
    """A bare request with these lines."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.serve(server)
        await ask(await scene.relay(port), *lines)

    return play


async def ask(url: str, *lines: str) -> None:
    """Send a request for an upgrade that may be wrong."""
    relay = int(url.rpartition(":")[2])
    async with raw_client(relay) as client:
        head = "".join(f"{line}\r\n" for line in ("Upgrade: websocket", "Connection: Upgrade", *lines))
        await client.send(f"GET /echo HTTP/1.1\r\nHost: {HOST}:{relay}\r\n{head}\r\n".encode())
        await client.head()


def haproxy_says(rule: str) -> Play:
    """HAProxy answers by itself."""

    async def play(scene: Scene) -> None:
        backend, _ = await scene.serve("websockets")
        port, _ = await scene.haproxy(backend, rule=rule)
        await knock(f"{await scene.relay(port)}/echo")

    return play


async def haproxy_without_key(scene: Scene) -> None:
    """A request without a key, before HAProxy."""
    backend, _ = await scene.serve("websockets")
    port, _ = await scene.haproxy(backend)
    await ask(await scene.relay(port), "Sec-WebSocket-Version: 13")


async def haproxy_client_timeout(scene: Scene) -> None:
    """HAProxy without timeout tunnel: the smaller of timeout client and timeout server counts."""
    backend, _ = await scene.serve("websockets")
    port, _ = await scene.haproxy(backend, client="2s", server="5s")
    await quiet(f"{await scene.relay(port)}/echo")


async def haproxy_backend_killed(scene: Scene) -> None:
    """Two connections through HAProxy, and the server behind it is killed."""
    backend, server = await scene.serve("aiohttp")
    port, _ = await scene.haproxy(backend, tunnel="30s")
    url = await scene.relay(port)
    reading = [asyncio.ensure_future(read_for(f"{url}/stream", 4)) for _ in range(2)]
    await asyncio.sleep(0.8)
    server.kill()
    await asyncio.wait(reading, timeout=3)
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


async def not_valid_yet(scene: Scene) -> None:
    """A certificate from tomorrow."""
    now = datetime.datetime.now(datetime.UTC)
    cert, ca = scene.certificate(
        not_before=now + datetime.timedelta(days=1), not_after=now + datetime.timedelta(days=9)
    )
    port, _ = await scene.serve("aiohttp", cert=cert)
    await knock(f"{await scene.relay(f'wss://{HOST}:{port}', ca=ca)}/echo")


async def wrong_name_at_nginx(scene: Scene) -> None:
    """nginx with a certificate for another name."""
    cert, ca = scene.certificate("shop.example")
    port, _ = await scene.nginx(f"listen PORT ssl; ssl_certificate {cert}; ssl_certificate_key {cert};")
    await knock(f"{await scene.relay(f'wss://{HOST}:{port}', ca=ca)}/echo")


async def client_terminated(scene: Scene) -> None:
    """SIGTERM to a Python client that does not handle it."""
    port, _ = await scene.serve("uvicorn")
    client = await scene.client("stay", f"{await scene.relay(port)}/stream")
    await asyncio.sleep(0.4)
    client.terminate()
    await client.wait()


def killed(connections: int) -> Play:
    """SIGKILL to a server whose connections are silent."""
    return ends("aiohttp", how="kill", connections=connections, path="/read")


KEYED = f"Sec-WebSocket-Key: {KEY}"
OPCODE_3 = build_frame(3, b"?", mask=MASK)
LONG_PING = build_frame(9, b"x" * 200, mask=MASK)
ODD_CODE = build_close(1005, mask=MASK)
HALF_CODE = build_frame(8, b"\x03", mask=MASK)
NGINX, HAPROXY, NODE = ("nginx",), ("haproxy",), ("node",)

CASES = (
    Case(
        "uvicorn (websockets): frozen client",
        "keepalive-timeout",
        frozen_client("uvicorn", ws="websockets", ping_interval=0.6, ping_timeout=0.8),
    ),
    Case("uvicorn (websockets): too big", "too-big", too_big("uvicorn", ws="websockets")),
    Case("aiohttp client: too big", "too-big", too_big_for_aiohttp),
    Case("aiohttp client: text that is not UTF-8", "bad-utf8", bad_text_for_aiohttp),
    Case("Tornado puts up with a missing mask", "client-done", put_up_with),
    Case("Tornado: compressed, not agreed on", "compression-not-agreed", breaks("tornado", HELLO, RSV1)),
    Case("Node ws: fragments mixed", "fragments-mixed", breaks("node", HELLO, HALVES), NODE),
    Case("websockets: reserved opcode", "broken-frame", breaks("websockets", HELLO, OPCODE_3)),
    Case("aiohttp: a ping too long", "broken-frame", breaks("aiohttp", HELLO, LONG_PING)),
    Case("websockets: 1005 on the wire", "illegal-close", breaks("websockets", HELLO, ODD_CODE)),
    Case("Tornado: half a code", "illegal-close", breaks("tornado", HELLO, HALF_CODE)),
    Case("nginx: 503", "gateway-without-server", nginx_answers("return 503;"), NGINX),
    Case("nginx: 410", "no-such-path", nginx_answers("return 410;"), NGINX),
    Case("HAProxy: 403", "refused-403", haproxy_says("http-request deny"), HAPROXY),
    Case("HAProxy: redirect", "redirected", haproxy_says("redirect scheme https"), HAPROXY),
    Case("HAProxy: no key", "request-malformed", haproxy_without_key, HAPROXY),
    Case(
        "uvicorn: version 8",
        "request-malformed",
        asks("uvicorn", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 8"),
    ),
    Case("aiohttp: no version", "request-malformed", asks("aiohttp", f"Sec-WebSocket-Key: {KEY}")),
    Case("TLS: certificate not valid yet", "certificate-early", not_valid_yet),
    Case("TLS: nginx, another name", "certificate-name", wrong_name_at_nginx, NGINX),
    Case(
        "aiohttp: SIGKILL, one silent connection",
        "server-dropped",
        killed(1),
    ),
    Case(
        "aiohttp: SIGKILL, two silent connections",
        "server-died",
        killed(2),
    ),
    Case("uvicorn: SIGTERM, one connection", "restart", ends("uvicorn", how="term", connections=1)),
    Case("websockets: 1001 for maintenance", "server-stops", silent("websockets", "/greet-close/1001/maintenance")),
    Case("client: SIGTERM", "client-dropped", client_terminated),
    Case("aiohttp: 1000, session expired", "login-refused", only("aiohttp", "/close/1000/session/expired")),
    Case("uvicorn: a code of its own, unprompted", "application-code", silent("uvicorn", "/greet-close/4000/kicked")),
    Case("websockets: 1008, origin", "forbidden", only("websockets", "/close/1008/origin/not/allowed")),
    Case("Tornado: 1011 on a message", "handler-failed", only("tornado", "/close/1011/no/price")),
    Case("aiohttp: 1012", "restart", only("aiohttp", "/close/1012")),
    Case("HAProxy: the server behind two connections killed", "server-died", haproxy_backend_killed, HAPROXY),
    Case("aiohttp: 401 for a token in the query", "login-missing", refused("aiohttp", "/login?token=abc")),
    Case("HAProxy: timeout client", "idle-timeout", haproxy_client_timeout, HAPROXY),
)
