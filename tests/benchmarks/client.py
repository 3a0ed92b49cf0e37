"""The client before every relay: raw sockets that count what arrives, to the last message, and say when it did."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.benchmarks.origin import CLOSE_FRAME, STAMP, frame, paced_parts
from tests.peers.raw import upgrade_request
from wsinspect.wire.builder import build_close, build_frame
from wsinspect.wire.frames import TEXT

PATIENCE_S = 120.0
"""How long nothing may arrive before it is an error."""

ENDLESS = 1 << 40
"""Messages that are asked for where the client ends it."""

_MASK = b"\x01\x02\x03\x04"


class Lost(Exception):
    """What was sent did not arrive, or was not recorded."""


def dial(port: int, path: str) -> tuple[socket.socket, bytes]:
    """A connection whose upgrade was answered, and the bytes that came with the answer.

    Raises:
        Lost: it was not answered with 101.
    """
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(upgrade_request(path, host=f"127.0.0.1:{port}"))
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise Lost(f"the upgrade was not answered: {data[:200]!r}")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101"):
        raise Lost(f"the upgrade was refused: {head[:200]!r}")
    return sock, rest


@contextlib.contextmanager
def upgraded(port: int, path: str) -> Iterator[tuple[socket.socket, bytes]]:
    """As ``dial``, and closed in good order."""
    sock, rest = dial(port, path)
    with sock:
        yield sock, rest
        with contextlib.suppress(OSError):
            sock.sendall(build_close(1000, mask=_MASK))
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass


def feed(port: int, size: int, count: int) -> float:
    """Take ``count`` messages as fast as they come; returns seconds from the first to the last.

    Raises:
        Lost: fewer arrived, or more.
    """
    expected = count * len(frame(size)) + len(CLOSE_FRAME)
    buffer = memoryview(bytearray(1 << 20))
    with upgraded(port, f"/feed?size={size}&count={count}") as (sock, rest):
        begin = time.perf_counter()
        arrived = len(rest)
        while arrived < expected:
            more = sock.recv_into(buffer)
            if not more:
                raise Lost(f"{arrived} of {expected} bytes arrived")
            arrived += more
        taken = time.perf_counter() - begin
        if arrived > expected:
            raise Lost(f"{arrived} bytes arrived, {expected} were sent")
    return taken


def paced(port: int, size: int, count: int, rate: int, at_once: int = 1) -> list[float]:
    """Take ``count`` messages sent at ``rate`` a second, ``at_once`` in a write; returns how late each came, in µs.

    Raises:
        Lost: fewer arrived.
    """
    stream = PacedStream(size)
    with upgraded(port, f"/paced?size={size}&count={count}&rate={rate}&at_once={at_once}") as (sock, rest):
        stream.take(rest)
        while stream.messages < count:
            data = sock.recv(1 << 18)
            if not data:
                break
            stream.take(data)
    if stream.messages != count:
        raise Lost(f"{stream.messages} of {count} messages arrived")
    return stream.late_us


def paced_until(port: int, size: int, rate: int, at_once: int, is_enough: threading.Event) -> int:
    """Take messages sent at ``rate`` a second until it is enough, then leave; returns how many arrived whole."""
    arrived = 0
    sock, rest = dial(port, f"/paced?size={size}&count={ENDLESS}&rate={rate}&at_once={at_once}")
    with sock:
        arrived += len(rest)
        while not is_enough.is_set():
            arrived += len(sock.recv(1 << 18))
    return arrived // len(frame(size))


@dataclass
class PacedStream:
    """Messages that begin with the time they were sent, from one connection."""

    size: int
    late_us: list[float] = field(default_factory=list)
    _left: bytes = b""

    @property
    def messages(self) -> int:
        """How many have arrived."""
        return len(self.late_us)

    def take(self, data: bytes) -> None:
        """The next bytes."""
        now = time.monotonic_ns()
        head, rest = paced_parts(self.size)
        whole = len(head) + STAMP + len(rest)
        data = self._left + data
        position = 0
        while position + whole <= len(data):
            begin = position + len(head)
            self.late_us.append((now - int(data[begin : begin + STAMP])) / 1000)
            position += whole
        self._left = data[position:]


def echo(port: int, size: int, count: int) -> list[float]:
    """Send ``count`` messages, each when the answer to the one before is there; microseconds for each.

    Raises:
        Lost: an answer did not come whole.
    """
    sent = build_frame(TEXT, frame(size)[-size:], mask=_MASK)
    wanted = len(frame(size))
    taken: list[float] = []
    with upgraded(port, f"/echo?size={size}") as (sock, _):
        for _ in range(count):
            begin = time.perf_counter_ns()
            sock.sendall(sent)
            arrived = 0
            while arrived < wanted:
                more = len(sock.recv(65536))
                if not more:
                    raise Lost("the connection ended before an answer")
                arrived += more
            taken.append((time.perf_counter_ns() - begin) / 1000)
    return taken


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many connections received."""

    delivered: int
    """Messages of all connections."""
    late_us: list[float]


def many(port: int, size: int, count: int, rate: int, of: int, limit_s: float) -> Crowd:
    """Take ``count`` messages on each of ``of`` connections until all are there, or for ``limit_s`` seconds."""
    path = f"/many?size={size}&count={count}&rate={rate}&of={of}"
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(of):
            sock, rest = dial(port, path)
            stack.callback(sock.close)
            stream = PacedStream(size)
            stream.take(rest)
            selector.register(sock, selectors.EVENT_READ, stream)
        streams = [key.data for key in selector.get_map().values()]
        deadline = time.monotonic() + limit_s
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(0.1):
                _take_part(selector, key, count)
    late = [value for stream in streams for value in stream.late_us]
    return Crowd(len(late), late)


def _take_part(selector: selectors.BaseSelector, key: selectors.SelectorKey, count: int) -> None:
    """What has arrived on one of many; the one that has all says goodbye."""
    sock, stream = key.fileobj, key.data
    assert isinstance(sock, socket.socket)
    data = sock.recv(1 << 16)
    stream.take(data)
    if not data or stream.messages >= count:
        selector.unregister(sock)
        with contextlib.suppress(OSError):
            sock.sendall(build_close(1000, mask=_MASK))
            sock.shutdown(socket.SHUT_WR)
