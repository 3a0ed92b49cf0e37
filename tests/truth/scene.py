"""The scene of one case: its relay, its servers, gateways and clients, all of them ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.peers.libraries import has_node_ws
from wsinspect.capture.plan import CapturePlan
from wsinspect.capture.process import CaptureProcess
from wsinspect.errors import SessionFileError
from wsinspect.session.reader import Reader

HOST = "127.0.0.1"
NODE = Path(__file__).parent / "node"
START_S = 15.0
"""Seconds a child may take to listen."""
SETTLE_S = 3.0
"""Seconds that connections may take to end once the play is over."""


def missing(needs: tuple[str, ...]) -> str:
    """The first program of these that is not here; empty when all are."""
    for name in needs:
        found = has_node_ws() if name == "node" else shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if not found:
            return "node with its package ws (NODE_PATH says where)" if name == "node" else name
    return ""


def free_port() -> int:
    """A port that is free just now."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


class Child:
    """A process that belongs to the scene."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def end(self, *, gently: bool) -> None:
        """End it; gently for one with workers of its own, which SIGKILL would leave behind."""
        if gently:
            self.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_S):
                    await self.wait()
        self.kill()
        await self.wait()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def terminate(self) -> None:
        """SIGTERM."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def freeze(self) -> None:
        """SIGSTOP: it is there and does nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def reload(self) -> None:
        """SIGHUP."""
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> None:
        """Until it has ended."""
        await self._process.wait()

    async def line(self) -> str:
        """Its next line."""
        assert self._process.stdout is not None
        async with asyncio.timeout(START_S):
            return (await self._process.stdout.readline()).decode().strip()


class Scene:
    """One relay and everything around it."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.file = folder / "session.wsi"
        self._capture = CaptureProcess()
        self._is_capturing = False

    async def relay(self, target: int | str, **options: object) -> str:
        """Start the relay to a port on loopback or a URL; what to point a client at, without a slash at its end."""
        url = f"ws://{HOST}:{target}" if isinstance(target, int) else target
        plan = replace(CapturePlan(self.file, url, listen=(f"{HOST}:0",)), **options)  # type: ignore[arg-type]
        started = await self._capture.start(plan)
        self._is_capturing = True
        return started.urls[0].rstrip("/")

    async def stop(self) -> None:
        """Stop the relay."""
        if self._is_capturing:
            self._is_capturing = False
            await self._capture.stop()

    async def child(self, *command: str, is_gateway: bool = False) -> Child:
        """Start a process; it ends with the scene. What a gateway prints is not read."""
        pipe, devnull = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        output = devnull if is_gateway else pipe
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=devnull, stdin=devnull)
        child = Child(process)
        self.stack.push_async_callback(child.end, gently=is_gateway)
        return child

    async def serve(self, name: str, **settings: Any) -> tuple[int, Child]:
        """A server of one library (see ``servers``, and ``node`` for the npm package); its port and its process."""
        values = json.dumps(settings)
        if name == "node":
            child = await self.child("node", str(NODE / "server.js"), values)
        else:
            child = await self.child(sys.executable, "-m", "tests.truth.servers", name, values)
        return int(await child.line()), child

    async def client(self, what: str, url: str) -> Child:
        """A client in a process of its own (see ``clients``), once it is connected."""
        child = await self.child(sys.executable, "-m", "tests.truth.clients", what, url)
        assert await child.line() == "open"
        return child

    async def node_client(self, url: str, what: str) -> None:
        """A client on the npm package, to its end."""
        child = await self.child("node", str(NODE / "client.js"), url, what)
        async with asyncio.timeout(START_S):
            await child.wait()

    async def nginx(self, server: str, *, http: str = "", main: str = "") -> tuple[int, Child]:
        """nginx with one server block, in which PORT stands for its own port; http and main go into those contexts."""
        port = free_port()
        owner = "user root;" if os.geteuid() == 0 else ""
        temp = "\n".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = self.folder / "nginx.conf"
        config.write_text(
            f"daemon off; {owner} {main} worker_processes 1;\n"
            f"pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;\n"
            f"events {{}}\nhttp {{ access_log off; {temp} {http}\n"
            f"server {{ {server.replace('PORT', f'{HOST}:{port}')} }} }}\n"
        )
        child = await self.child(
            _program("nginx"), "-c", str(config), "-e", str(self.folder / "nginx.log"), is_gateway=True
        )
        await listens(port)
        return port, child

    async def haproxy(
        self, backend: int, *, rule: str = "", mode: str = "http", options: str = "", **timeouts: str
    ) -> tuple[int, Child]:
        """HAProxy before one server; a rule of its frontend, options of the server, timeouts (``tunnel="2s"``)."""
        port = free_port()
        given = {"connect": "1s", "client": "10s", "server": "10s", **timeouts}
        config = self.folder / "haproxy.cfg"
        config.write_text(
            f"global\n  maxconn 100\ndefaults\n  mode {mode}\n"
            + "".join(f"  timeout {name} {value}\n" for name, value in given.items())
            + f"frontend in\n  bind {HOST}:{port}\n  {rule}\n  default_backend out\n"
            + f"backend out\n  server one {HOST}:{backend} {options}\n"
        )
        child = await self.child(_program("haproxy"), "-db", "-f", str(config), is_gateway=True)
        await listens(port)
        return port, child

    def certificate(self, *names: str, **options: object) -> tuple[str, str]:
        """PEM files: a server's certificate with its key for these names, and the authority that signed it."""
        import trustme

        authority = trustme.CA()
        issued = authority.issue_cert(*(names or (HOST, "localhost")), **options)  # type: ignore[arg-type]
        cert, ca = self.folder / "cert.pem", self.folder / "ca.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(cert)
        authority.cert_pem.write_to_path(ca)
        return str(cert), str(ca)

    async def settle(self) -> None:
        """Wait until every recorded connection has ended, but not for ever."""
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        while asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(SessionFileError):
                reader = Reader(self.file)
                try:
                    info = reader.info()
                finally:
                    reader.close()
                if info.connections and not info.open_connections:
                    return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A scene that ends everything it started."""
    async with AsyncExitStack() as stack:
        made = Scene(folder, stack)
        stack.push_async_callback(made.stop)
        yield made


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert found is not None, f"{name} is not here"
    return found


async def listens(port: int) -> None:
    """Wait until somebody accepts on a port."""
    async with asyncio.timeout(START_S):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return


def trusting(ca: str) -> ssl.SSLContext:
    """A client's settings that trust one authority."""
    return ssl.create_default_context(cafile=ca)
