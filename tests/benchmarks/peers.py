"""The relays that are compared: none, nginx (records nothing), mitmdump (records), wsinspect (records)."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.client import Lost
from tests.benchmarks.processes import await_port, children, free_port, running
from tests.benchmarks.screen import Screen, shows, wsinspect
from wsinspect.capture.plan import CapturePlan
from wsinspect.model import EventKind, RowKind
from wsinspect.session.reader import Reader

RECORDED_S = 60.0
"""How long the rest of what was delivered may take to be in the file."""

NGINX = "nginx"
MITMDUMP = "mitmdump"
MITMPROXY = "mitmproxy"
WSINSPECT = "wsinspect"
WITH_SCREEN = "wsinspect, screen open"
DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Relay:
    """One that runs."""

    port: int
    """What clients connect to."""
    pid: int | None = None
    """The process that relays; None where there is none."""
    file: Path | None = None
    """wsinspect's session file."""
    screen: Screen | None = None
    """wsinspect's screen, where it is open."""

    def recorded(self, messages: int, *, or_more: bool = False) -> float:
        """Wait until so many messages are in the session file; returns how many seconds that took.

        Args:
            messages: how many were delivered.
            or_more: the client left while more were under way.

        Raises:
            Lost: they are not, or something is missing between them.
        """
        if self.file is None:
            return 0.0
        begin = time.monotonic()
        while (found := recorded_messages(self.file)) < messages:
            if time.monotonic() - begin > RECORDED_S:
                raise Lost(f"{found} of {messages} messages are in the session file")
            time.sleep(0.005)
        if found > messages and not or_more:
            raise Lost(f"{found} messages are in the session file, {messages} were delivered")
        return time.monotonic() - begin


Peer = Callable[[int, Path], AbstractContextManager[Relay]]
"""Starts a relay to a port of this machine, with a folder for its files."""


def recorded_messages(file: Path) -> int:
    """Messages from servers in a session file.

    Raises:
        Lost: there is a gap.
    """
    reader = Reader(file)
    try:
        info = reader.info()
        last = reader.all_rows(info.rows, 1)
        if last and last[0].kind is RowKind.EVENT and last[0].event and last[0].event.kind is EventKind.GAP:
            raise Lost(f"recording had a gap: {dict(last[0].event.data)}")
        return sum(one.to_client.messages for one in reader.connections(1, 10_000))
    finally:
        reader.close()


@contextlib.contextmanager
def direct(target: int, _folder: Path) -> Iterator[Relay]:
    """No relay at all."""
    yield Relay(target)


@contextlib.contextmanager
def nginx(target: int, folder: Path) -> Iterator[Relay]:
    """nginx in one process, as a plain configuration for WebSockets has it."""
    port = free_port()
    config = folder / "nginx.conf"
    paths = "".join(
        f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off; master_process off; worker_rlimit_nofile 20000; pid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.error.log crit; events {{ worker_connections 9000; }}\n"
        f"http {{ access_log off; {paths}\n"
        f"server {{ listen 127.0.0.1:{port} backlog=2048; location / {{ proxy_pass http://127.0.0.1:{target};\n"
        'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";\n'
        "proxy_read_timeout 300s; } } }\n"
    )
    command = [shutil.which(NGINX, path=_PATH) or NGINX, "-c", str(config), "-e", str(folder / "nginx.error.log")]
    with running(command, folder, NGINX) as child:
        await_port(port)
        yield Relay(port, child.pid)


@contextlib.contextmanager
def mitmdump(target: int, folder: Path) -> Iterator[Relay]:
    """mitmdump that saves what it sees."""
    port, program = free_port(), _mitmdump()
    mode = f"reverse:http://127.0.0.1:{target}"
    options = ["-q", "--listen-host", "127.0.0.1", "-p", str(port), "-w", str(folder / "mitm.flows")]
    with running([program, "--mode", mode, *options, "--set", f"confdir={folder}/mitm"], folder, MITMDUMP) as child:
        await_port(port)
        yield Relay(port, child.pid)


def mitmproxy(folder: Path) -> list[str]:
    """The command line of mitmproxy's console, which stands beside mitmdump."""
    program = str(Path(_mitmdump()).with_name(MITMPROXY))
    return [program, "--listen-host", "127.0.0.1", "-p", str(free_port()), "--set", f"confdir={folder}/mitm"]


def _mitmdump() -> str:
    return os.environ.get("MITMDUMP") or shutil.which(MITMDUMP) or MITMDUMP


@contextlib.contextmanager
def capture(target: int, folder: Path) -> Iterator[Relay]:
    """wsinspect's capture process, recording, as its screen starts it."""
    file = folder / "session.wsi"
    plan = CapturePlan(file, f"ws://127.0.0.1:{target}", listen=("127.0.0.1:0",))
    with running([sys.executable, "-m", "wsinspect.capture"], folder, WSINSPECT) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"do": "relay", **plan.to_json()}).encode() + b"\n")
        child.stdin.flush()
        answer = json.loads(child.stdout.readline())
        if answer["event"] != "started":
            raise RuntimeError(answer)
        yield Relay(int(answer["urls"][0].rpartition(":")[2]), child.pid, file)


@contextlib.contextmanager
def with_screen(target: int, folder: Path) -> Iterator[Relay]:
    """wsinspect as a user starts it: its screen is open and follows the newest message."""
    file, port = folder / "session.wsi", free_port()
    command = wsinspect("proxy", f"ws://127.0.0.1:{target}", "--listen", f"127.0.0.1:{port}", "-o", str(file))
    with Screen(command, folder) as screen:
        screen.await_shown(shows("waiting for a client"))
        (capturing,) = children(screen.pid)
        yield Relay(port, capturing, file, screen)


_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def missing() -> dict[str, str]:
    """Peers that are not on this machine, and what to say about it."""
    found = {}
    if shutil.which(NGINX, path=_PATH) is None:
        found[NGINX] = "nginx is not installed: its rows are left out"
    if not os.environ.get("MITMDUMP") and shutil.which(MITMDUMP) is None:
        found[MITMDUMP] = "mitmdump is not on the PATH, nor named by the variable MITMDUMP: its rows are left out"
        found[MITMPROXY] = "mitmproxy is looked for beside mitmdump, which is not there: its rows are left out"
    return found


PEERS: dict[str, Peer] = {
    DIRECT: direct,
    NGINX: nginx,
    MITMDUMP: mitmdump,
    WSINSPECT: capture,
    WITH_SCREEN: with_screen,
}


def version_of(name: str) -> str:
    """A peer's name with its version, as far as it says."""
    if name == NGINX:
        said = subprocess.run([shutil.which(NGINX, path=_PATH) or NGINX, "-v"], capture_output=True, check=False)
        return said.stderr.decode().strip().replace("nginx version: nginx/", "nginx ")
    if name in (MITMDUMP, MITMPROXY):
        said = subprocess.run([_mitmdump(), "--version"], capture_output=True, check=False)
        return said.stdout.decode().split("\n")[0].replace("Mitmproxy:", name)
    return name


def present(*names: str) -> tuple[list[str], list[str]]:
    """Those of the named peers that are on this machine, and what to say of the others."""
    absent = missing()
    return [name for name in names if name not in absent], [absent[name] for name in names if name in absent]


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="wsinspect-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def origin(folder: Path) -> Iterator[int]:
    """The server behind them all; its port."""
    with running([sys.executable, "-m", "tests.benchmarks.origin"], folder, "origin") as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
