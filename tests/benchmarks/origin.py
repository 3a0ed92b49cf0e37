"""The server behind every relay: raw sockets that send prepared frames, as the path of the upgrade asks.

Run as a process of its own, ``python -m tests.benchmarks.origin``, which prints its port and ends with its stdin.

- ``/feed?size=&count=``: that many text frames as fast as they are taken, then a close frame.
- ``/paced?size=&count=&rate=&at_once=``: so many frames a second, one in a write or as many as are asked for; each
  begins with the time it was sent.
- ``/echo?size=``: one frame back for each frame of that size.
- ``/many?size=&count=&rate=&of=``: as paced, on ``of`` connections at once, beginning when all of them are there.
"""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from tests.peers.raw import upgrade_answer
from wsinspect.wire.builder import build_close, build_frame
from wsinspect.wire.frames import TEXT

BLOCK = 1 << 20
"""Bytes that are given to the kernel at once, about."""

CLOSE_FRAME = build_close(1000)

STAMP = 20
"""Bytes at the beginning of a paced payload that say when it was sent: decimal nanoseconds, monotonic."""


def frame(size: int) -> bytes:
    """One text frame with ``size`` bytes of payload."""
    return build_frame(TEXT, (b"the quick brown fox jumps over the lazy dog; " * (size // 45 + 1))[:size])


def stamped(head: bytes, rest: bytes) -> bytes:
    """A paced frame that is sent now."""
    return head + b"%020d" % time.monotonic_ns() + rest


@functools.cache
def paced_parts(size: int) -> tuple[bytes, bytes]:
    """What stands before and behind the time in a paced frame."""
    whole = frame(size)
    begin = len(whole) - size
    return whole[:begin], whole[begin + STAMP :]


def feed(sock: socket.socket, size: int, count: int) -> None:
    """Send as fast as possible."""
    one = frame(size)
    at_once = max(1, BLOCK // len(one))
    block = memoryview(one * at_once)
    for _ in range(count // at_once):
        sock.sendall(block)
    sock.sendall(one * (count % at_once) + CLOSE_FRAME)


def paced(sock: socket.socket, size: int, count: int, rate: float, at_once: int = 1) -> None:
    """Send ``at_once`` frames a write, evenly; late ones follow at once."""
    head, rest = paced_parts(size)
    begin = time.monotonic()
    for number in range(0, count, at_once):
        wait = begin + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        sock.sendall(stamped(head, rest) * min(at_once, count - number))
    sock.sendall(CLOSE_FRAME)


def echo(sock: socket.socket, size: int) -> None:
    """Answer each masked frame of ``size`` bytes until the client leaves."""
    answer = frame(size)
    wanted = len(answer) + 4
    arrived = 0
    while data := sock.recv(65536):
        arrived += len(data)
        while arrived >= wanted:
            arrived -= wanted
            sock.sendall(answer)


class Crowd:
    """Connections that wait for each other and are then served by one thread, evenly over each tick."""

    def __init__(self) -> None:
        self._waiting: list[socket.socket] = []
        self._lock = threading.Lock()

    def join(self, sock: socket.socket, size: int, count: int, rate: float, of: int) -> None:
        """Wait with the others; the last one serves all."""
        with self._lock:
            self._waiting.append(sock)
            if len(self._waiting) < of:
                return
            crowd, self._waiting = self._waiting, []
        head, rest = paced_parts(size)
        begin = time.monotonic()
        for number in range(count):
            for place, one in enumerate(crowd):
                wait = begin + (number + place / of) / rate - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                one.sendall(stamped(head, rest))
        for one in crowd:
            one.sendall(CLOSE_FRAME)
            threading.Thread(target=leave, args=(one,), daemon=True).start()


_CROWD = Crowd()


def leave(sock: socket.socket) -> None:
    """Say FIN, and wait for the client's."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    sock.close()


SERVICES: dict[str, Callable[..., None]] = {"feed": feed, "paced": paced, "echo": echo}
"""By the name in the path; its query gives the rest of the arguments."""


def serve(sock: socket.socket) -> None:
    """One connection."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = b""
    while b"\r\n\r\n" not in request:
        data = sock.recv(65536)
        if not data:
            return
        request += data
    sock.sendall(upgrade_answer(request))
    found = re.match(rb"GET /(\w+)\?(\S*)", request)
    if found is None:
        return
    what = found[1].decode()
    asked = {key: int(value) for key, value in parse_qsl(found[2].decode())}
    with contextlib.suppress(OSError):  # the client or the relay left: nobody is there to be told
        if what == "many":
            _CROWD.join(sock, **asked)
            return
        SERVICES[what](sock, **asked)
        leave(sock)


def main() -> None:
    """Serve until stdin ends."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()

    def accept() -> None:
        while True:
            sock, _ = listening.accept()
            threading.Thread(target=serve, args=(sock,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
