"""nginx and HAProxy in the way: idle timeouts, dead servers behind them, and upgrades they spoil."""

from __future__ import annotations

import asyncio

from tests.peers.refusing import refusing
from tests.truth.acting import dial, knock, read_to_end, talk
from tests.truth.case import Case, Play
from tests.truth.scene import HOST, Scene

TUNNEL = (
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    'proxy_set_header Connection "upgrade"; proxy_set_header Host $host;'
)


def tunnel(backend: int, more: str = "proxy_read_timeout 30s;") -> str:
    """A server block that passes WebSockets on."""
    return f"listen PORT; location / {{ proxy_pass http://{HOST}:{backend}; {TUNNEL} {more} }}"


async def quiet(url: str, after: float = 0.0) -> None:
    """A connection that says one thing and then nothing."""
    await asyncio.sleep(after)
    await talk(url, '{"type":"hello"}')


def nginx_idle(connections: int) -> Play:
    """Nothing flows for nginx's proxy_read_timeout."""

    async def play(scene: Scene) -> None:
        backend, _ = await scene.serve("websockets")
        port, _ = await scene.nginx(tunnel(backend, "proxy_read_timeout 1500ms;" if connections > 1 else TWO_S))
        url = await scene.relay(port)
        await asyncio.gather(*(quiet(f"{url}/echo", 0.5 * number) for number in range(connections)))

    return play


TWO_S = "proxy_read_timeout 2s;"


def haproxy_idle(connections: int) -> Play:
    """Nothing flows for HAProxy's timeout tunnel."""

    async def play(scene: Scene) -> None:
        backend, _ = await scene.serve("websockets")
        port, _ = await scene.haproxy(backend, tunnel="2s" if connections == 1 else "1400ms")
        url = await scene.relay(port)
        await asyncio.gather(*(quiet(f"{url}/echo", 0.5 * number) for number in range(connections)))

    return play


async def nginx_down(scene: Scene) -> None:
    """Nobody listens behind nginx."""
    with refusing() as backend:
        port, _ = await scene.nginx(tunnel(backend))
        await knock(f"{await scene.relay(port)}/echo")


async def haproxy_down(scene: Scene) -> None:
    """Nobody listens behind HAProxy."""
    with refusing() as backend:
        port, _ = await scene.haproxy(backend)
        await knock(f"{await scene.relay(port)}/echo")


async def nginx_no_answer(scene: Scene) -> None:
    """The server behind nginx takes the request and does not answer."""
    backend, _ = await scene.serve("aiohttp")
    port, _ = await scene.nginx(tunnel(backend, "proxy_read_timeout 1s;"))
    await knock(f"{await scene.relay(port)}/slow-start")


def nginx_strips(server: str) -> Play:
    """nginx as it comes: no Upgrade, HTTP/1.0."""

    async def play(scene: Scene) -> None:
        backend, _ = await scene.serve(server)
        port, _ = await scene.nginx(f"listen PORT; location / {{ proxy_pass http://{HOST}:{backend}; }}")
        await knock(f"{await scene.relay(port)}/echo")

    return play


async def nginx_strips_extensions(scene: Scene) -> None:
    """The server compresses, but nginx removed the header that says so."""
    backend, _ = await scene.serve("websockets", deflate=True)
    strip = "proxy_hide_header Sec-WebSocket-Extensions; proxy_read_timeout 30s;"
    port, _ = await scene.nginx(tunnel(backend, strip))
    await talk(f"{await scene.relay(port)}/stream", compression="deflate")


async def backend_killed(scene: Scene) -> None:
    """The server behind nginx is killed while three connections are at work."""
    backend, server = await scene.serve("websockets")
    port, _ = await scene.nginx(tunnel(backend))
    url = await scene.relay(port)
    async with dial(f"{url}/stream") as one, dial(f"{url}/stream") as two, dial(f"{url}/stream") as three:
        await asyncio.sleep(0.4)
        server.kill()
        for connection in (one, two, three):
            await read_to_end(connection)


async def nginx_stopped(scene: Scene) -> None:
    """nginx itself is stopped."""
    backend, _ = await scene.serve("websockets")
    port, nginx = await scene.nginx(tunnel(backend))
    url = await scene.relay(port)
    async with dial(f"{url}/stream") as one, dial(f"{url}/echo") as two, dial(f"{url}/stream") as three:
        await asyncio.sleep(0.4)
        nginx.terminate()
        for connection in (one, two, three):
            await read_to_end(connection)


def nginx_answers(location: str, path: str = "/echo", *, http: str = "", times: int = 1, **options: object) -> Play:
    """nginx answers by itself."""

    async def play(scene: Scene) -> None:
        port, _ = await scene.nginx(f"listen PORT; {location}", http=http)
        url = await scene.relay(port)
        for _ in range(times):
            await knock(f"{url}{path}", **options)

    return play


async def big_cookie(scene: Scene) -> None:
    """A cookie larger than nginx takes."""
    port, _ = await scene.nginx("listen PORT; large_client_header_buffers 2 2k; location / { return 200; }")
    await knock(f"{await scene.relay(port)}/echo", additional_headers={"Cookie": f"a={'x' * 5000}"})


async def plain_to_tls(scene: Scene) -> None:
    """ws:// to the TLS port of nginx."""
    cert, _ = scene.certificate()
    port, _ = await scene.nginx(f"listen PORT ssl; ssl_certificate {cert}; ssl_certificate_key {cert};")
    await knock(f"{await scene.relay(port)}/echo")


NGINX, HAPROXY = ("nginx",), ("haproxy",)
LIMITED = "limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m; limit_req_status 429;"

CASES = (
    Case("nginx: idle timeout, three connections", "idle-timeout", nginx_idle(3), NGINX),
    Case("nginx: idle timeout, one connection", "idle-timeout", nginx_idle(1), NGINX, is_fast=True),
    Case("HAProxy: idle timeout, three connections", "idle-timeout", haproxy_idle(3), HAPROXY),
    Case("HAProxy: idle timeout, one connection", "idle-timeout", haproxy_idle(1), HAPROXY, is_fast=True),
    Case("nginx: nobody behind it", "gateway-without-server", nginx_down, NGINX, is_fast=True),
    Case("HAProxy: nobody behind it", "gateway-without-server", haproxy_down, HAPROXY),
    Case("nginx: no answer behind it", "gateway-without-server", nginx_no_answer, NGINX),
    Case("nginx does not pass Upgrade on: websockets", "upgrade-stripped", nginx_strips("websockets"), NGINX),
    Case("nginx does not pass Upgrade on: uvicorn", "upgrade-stripped", nginx_strips("uvicorn"), NGINX),
    Case("nginx does not pass Upgrade on: aiohttp", "upgrade-stripped", nginx_strips("aiohttp"), NGINX),
    Case("nginx does not pass Upgrade on: Tornado", "upgrade-stripped", nginx_strips("tornado"), NGINX),
    Case("nginx does not pass Upgrade on: Node ws", "upgrade-stripped", nginx_strips("node"), ("nginx", "node")),
    Case("nginx removes Sec-WebSocket-Extensions", "compression-not-agreed", nginx_strips_extensions, NGINX),
    Case("nginx: server behind it killed", "server-died", backend_killed, NGINX),
    Case("nginx stopped", "server-died", nginx_stopped, NGINX),
    Case("nginx: 401", "login-missing", nginx_answers("location / { auth_basic x; auth_basic_user_file /x; }"), NGINX),
    Case("nginx: 403", "refused-403", nginx_answers("location / { deny all; }"), NGINX),
    Case("nginx: no such path", "no-such-path", nginx_answers("location /ws { return 200; }"), NGINX),
    Case("nginx: a page", "no-websocket-here", nginx_answers("location / { return 200 'hello'; }"), NGINX),
    Case("nginx: redirect to TLS", "redirected", nginx_answers("return 301 https://$host$request_uri;"), NGINX),
    Case(
        "nginx: too many requests",
        "too-many-requests",
        nginx_answers("location / { limit_req zone=one; try_files /x =404; }", http=LIMITED, times=2),
        NGINX,
        judged=-1,
    ),
    Case("nginx: a cookie too big", "request-too-big", big_cookie, NGINX),
    Case("nginx: ws:// to its TLS port", "port-with-tls", plain_to_tls, NGINX),
)
