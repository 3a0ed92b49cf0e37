"""Reaching the target: name, TCP, TLS, each with its time and its own reasons to fail."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import threading
from dataclasses import dataclass

from wsinspect.capture.intake import Intake
from wsinspect.capture.leg import Leg
from wsinspect.capture.link import Link
from wsinspect.capture.sockets import address_text
from wsinspect.capture.target import Target, is_address
from wsinspect.capture.tls import HandshakeFailed, TlsLink
from wsinspect.capture.watch import Watch
from wsinspect.clock import Clock
from wsinspect.model import Ending

CONNECT_S = 15.0
"""How long name resolution and TCP may take together, and after them TLS again."""

NEXT_ADDRESS_S = 0.25
"""How long one address of several may take before the next is tried beside it (RFC 8305 section 5)."""

Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


class DialProblem(Exception):
    """The target was not reached.

    Attributes:
        stage: dns, tcp or tls.
        problem: what happened, in a sentence that may hold text of the system.
        hint: what to try.
        address: the address that was tried last; empty when there was none.
    """

    def __init__(self, stage: str, problem: str, hint: str, address: str = "") -> None:
        super().__init__(problem)
        self.stage = stage
        self.problem = problem
        self.hint = hint
        self.address = address


@dataclass(frozen=True, slots=True)
class Reached:
    """A leg to the target."""

    leg: Leg
    intake: Intake
    """What the server says before it is spoken to; the leg's user."""
    connect_ns: int
    tls_ns: int | None


@dataclass(frozen=True, slots=True)
class Dialler:
    """Dials one target.

    Args:
        target: what to reach.
        context: TLS settings for it; None for ws:// and http:// targets.
        clock: for the times.
        watch: the process's watch for resets.
    """

    target: Target
    context: ssl.SSLContext | None
    clock: Clock
    watch: Watch

    async def dial(self) -> Reached:
        """Connect, and shake hands when the target speaks TLS.

        Raises:
            DialProblem: the target was not reached.
        """
        started = self.clock.now_ns()
        sock, address = await self._connect()
        connected = self.clock.now_ns()
        intake = Intake(self.clock)
        link = Link(sock, intake, asyncio.get_running_loop(), self.watch)
        leg: Leg = link
        tls_ns = None
        if self.context is not None:
            leg = await self._secure(link, intake, self.context, address)
            tls_ns = self.clock.now_ns() - connected
        intake.attach(leg)
        return Reached(leg, intake, connected - started, tls_ns)

    async def _connect(self) -> tuple[socket.socket, str]:
        host, port = self.target.host, self.target.port
        tried = ""
        try:
            async with asyncio.timeout(CONNECT_S):
                addresses = await resolve(host, port)
                tried = address_text(addresses[0][1])
                sock = await _first_to_connect(addresses)
                return sock, address_text(sock.getpeername())
        except TimeoutError:
            if not tried:
                raise DialProblem("dns", f"the name {host} was not resolved in {CONNECT_S:.0f} s", _DNS) from None
            raise DialProblem("tcp", f"no answer from {tried} in {CONNECT_S:.0f} s", _SILENT, tried) from None
        except socket.gaierror as error:
            raise DialProblem("dns", f"the name {host} cannot be resolved: {error.strerror}", _DNS) from None
        except OSError as error:
            raise _tcp_problem(error, tried) from None

    async def _secure(self, link: Link, intake: Intake, context: ssl.SSLContext, address: str) -> TlsLink:
        tls = TlsLink(link, intake, context, self.target.host)
        with contextlib.ExitStack() as undo:
            undo.callback(link.close)
            try:
                async with asyncio.timeout(CONNECT_S):
                    await tls.handshake()
            except HandshakeFailed as error:
                problem, hint = tls_problem(error)
                raise DialProblem("tls", problem, hint, address) from None
            except TimeoutError:
                late = f"the TLS handshake did not end in {CONNECT_S:.0f} s"
                raise DialProblem("tls", late, _NO_TLS, address) from None
            undo.pop_all()
        return tls


_DNS = "check the host name in the target"
_SILENT = "a firewall may drop the packets; check host and port"
_NO_TLS = "does the target speak TLS on this port? if not, use ws://"
_TRUST = "trust it with --ca FILE, or accept any certificate with --insecure"

_TCP_PROBLEMS = {
    errno.ECONNREFUSED: ("connection refused", "is the server running, and on this port?"),
    errno.ETIMEDOUT: ("no answer", _SILENT),
    errno.EHOSTUNREACH: ("no route to the host", "check the host and the network"),
    errno.ENETUNREACH: ("the network is unreachable", "check the host and the network"),
    errno.ECONNRESET: ("the connection was reset", "something on the way, or the server, refuses it"),
}

# X509_V_ERR_* of OpenSSL's x509_vfy.h, by the number that ssl.SSLCertVerificationError carries.
_CERTIFICATE_PROBLEMS = {
    9: ("the server's certificate is not valid yet", "check the clocks, or accept it with --insecure"),
    10: ("the server's certificate has expired", "renew it, or accept it with --insecure"),
    18: ("the server's certificate is self-signed", _TRUST),
    19: ("the server's certificate comes from an unknown authority", _TRUST),
    20: ("the server's certificate comes from an unknown authority", _TRUST),
    21: ("the server's certificate comes from an unknown authority", _TRUST),
    62: ("the server's certificate is for another host name", "use the name that is in it, or --insecure"),
    64: ("the server's certificate is not for this address", "use the name that is in it, or --insecure"),
}


def _tcp_problem(error: OSError, address: str) -> DialProblem:
    text, hint = _TCP_PROBLEMS.get(
        error.errno or 0, (os.strerror(error.errno) if error.errno else str(error), "check the target")
    )
    return DialProblem("tcp", f"{address}: {text}" if address else text, hint, address)


def tls_problem(failure: HandshakeFailed) -> tuple[str, str]:
    """A failed handshake with a server as problem and hint."""
    error = failure.error
    if isinstance(error, ssl.SSLCertVerificationError):
        known = _CERTIFICATE_PROBLEMS.get(error.verify_code)
        return known or (f"the server's certificate is not accepted: {error.verify_message}", _TRUST)
    if error is None:
        how = "reset" if failure.how is Ending.RST else "closed"
        return f"the server {how} the connection during the TLS handshake", _NO_TLS
    reason = (error.reason or "").replace("_", " ").lower()
    if reason in ("wrong version number", "record layer failure", "packet length too long", "http request"):
        return "the server does not speak TLS on this port", "use ws:// instead of wss://"
    return f"the TLS handshake failed: {reason or 'no reason given'}", "check what TLS versions the server takes"


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of ``host``, never empty.

    Raises:
        socket.gaierror: it has none.
    """
    if is_address(host):
        return _look_up(host, port)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(addresses: list[Address] | None, error: OSError | None) -> None:
        if answer.done():
            return
        if addresses is None:
            answer.set_exception(error or socket.gaierror(socket.EAI_FAIL, "no answer"))
        else:
            answer.set_result(addresses)

    def work() -> None:
        found, problem = None, None
        try:
            found = _look_up(host, port)
        except OSError as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(settle, found, problem)

    # A thread of its own, not the loop's executor: a resolver that hangs must not hold up the end of the process.
    threading.Thread(target=work, name="resolver", daemon=True).start()
    return await answer


def _look_up(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses: list[Address] = []
    for family, _, _, _, address in found:
        if family in (socket.AF_INET, socket.AF_INET6):
            addresses.append((family, address))  # type: ignore[arg-type]  # typed for every family there is
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "no usable address")
    return addresses


async def _first_to_connect(addresses: list[Address]) -> socket.socket:
    """The first connection that stands; addresses are tried in order, each with a head start.

    Raises:
        OSError: all failed; the error of the first.
    """
    running: set[asyncio.Task[socket.socket]] = set()
    left = list(addresses)
    errors: list[OSError] = []
    loop = asyncio.get_running_loop()
    try:
        while left or running:
            if left:
                running.add(loop.create_task(_connect_to(left.pop(0))))
            done, running = await asyncio.wait(
                running, timeout=NEXT_ADDRESS_S if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                error = task.exception()
                if error is None:
                    running |= done - {task}
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                errors.append(error)
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_close_late)
    raise errors[0]


def _close_late(task: asyncio.Task[socket.socket]) -> None:
    """A connection that came second."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


async def _connect_to(address: Address) -> socket.socket:
    family, where = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)
    with contextlib.ExitStack() as undo:
        undo.callback(sock.close)
        await asyncio.get_running_loop().sock_connect(sock, where)
        undo.pop_all()
    return sock
