"""The listening side: which addresses and port, and what a client is to be pointed at."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from wsinspect.capture.target import Target, is_address
from wsinspect.errors import EnvironmentProblem, UsageError, WsInspectError

DEFAULT_PORT = 8080
LOOPBACK = ("127.0.0.1", "::1")

_TRIES = 100
"""How many ports from DEFAULT_PORT on are tried."""

_BACKLOG = 512


@dataclass(frozen=True, slots=True)
class Listener:
    """One bound and listening socket."""

    sock: socket.socket
    name: str
    """The host as the user wrote it, for URLs."""

    @property
    def host(self) -> str:
        """The address it is bound to."""
        return str(self.sock.getsockname()[0])

    @property
    def port(self) -> int:
        """The port it is bound to."""
        return int(self.sock.getsockname()[1])

    @property
    def authority(self) -> str:
        """``host:port`` to point a client at."""
        name = {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}.get(self.name, self.name)  # noqa: S104
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"


def open_listeners(wanted: Sequence[str], target: Target) -> list[Listener]:
    """Bind what the user asked for, or the first free port on loopback.

    Args:
        wanted: ``HOST:PORT`` each; empty for the default.
        target: the port of a target on this machine is not tried by default.

    Raises:
        UsageError: an address that cannot be read.
        EnvironmentProblem: an address that is taken, or not of this machine.
    """
    if not wanted:
        return _default_listeners(target)
    listeners: list[Listener] = []
    try:
        for text in wanted:
            listeners += _listen_at(text)
    except WsInspectError:
        _close(listeners)
        raise
    return listeners


def _default_listeners(target: Target) -> list[Listener]:
    avoid = target.port if target.host == "localhost" or _is_loopback(target.host) else None
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _TRIES):
        if port == avoid:
            continue
        try:
            return _bind_all(LOOPBACK, port, "")
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise EnvironmentProblem(f"cannot listen on 127.0.0.1: {_why(error)}") from None
    raise EnvironmentProblem(
        f"no free port from {DEFAULT_PORT} to {DEFAULT_PORT + _TRIES - 1}", "choose one with --listen HOST:PORT"
    )


def _listen_at(text: str) -> list[Listener]:
    host, port = parse_listen(text)
    hosts, name = (LOOPBACK, "localhost") if host == "localhost" else ((host or "127.0.0.1",), host)
    if not host:
        hosts, name = LOOPBACK, ""
    if host == "*":
        hosts = ("0.0.0.0", "::")  # noqa: S104  # asked for by the user
    try:
        return _bind_all(hosts, port, name)
    except OSError as error:
        hint = "stop what listens there, or choose another port"
        if error.errno == errno.EADDRNOTAVAIL:
            hint = "that address is not one of this machine"
        elif error.errno == errno.EACCES:
            hint = "ports below 1024 are reserved; choose a higher one"
        raise EnvironmentProblem(f"cannot listen on {text}: {_why(error)}", hint) from None


def parse_listen(text: str) -> tuple[str, int]:
    """``HOST:PORT``, ``[HOST]:PORT``, ``:PORT`` or ``PORT`` as host (empty: loopback) and port.

    Raises:
        UsageError: it is none of them.
    """
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise UsageError(f"cannot listen on {text!r}", "write HOST:PORT, such as 127.0.0.1:8080")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise UsageError(f"cannot listen on {text!r}", "write an IPv6 address in brackets, such as [::1]:8080")
    return host.lower(), int(port)


def _bind_all(hosts: Sequence[str], port: int, name: str) -> list[Listener]:
    """Listen on all of ``hosts`` with one port; a family that this machine does not have is left out.

    Raises:
        OSError: an address cannot be bound.
    """
    listeners: list[Listener] = []
    try:
        for host in hosts:
            try:
                sock = _bind(host, port)
            except OSError as error:
                is_absent = error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) and len(hosts) > 1
                if is_absent and ":" in host and listeners:
                    continue
                raise
            listeners.append(Listener(sock, name or host))
            port = listeners[0].port
    except OSError:
        _close(listeners)
        raise
    return listeners


def _bind(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Without it a port stays taken for a minute after its last connection.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def lan_notices(listeners: Sequence[Listener]) -> tuple[str, ...]:
    """What to say about listeners that others can reach."""
    open_to_all = [listener for listener in listeners if not _is_loopback(listener.host)]
    return tuple(
        f"listening beyond this machine on {listener.host} port {listener.port}: "
        "whoever can reach it can use the target through it"
        for listener in open_to_all
    )


def own_names(listeners: Sequence[Listener]) -> frozenset[str]:
    """The hosts of the listen addresses as a Host header may name them."""
    return frozenset({listener.name.lower() for listener in listeners} | {listener.host for listener in listeners})


def own_origins(listeners: Sequence[Listener], *, is_tls: bool) -> frozenset[str]:
    """The origins of pages that came through these listeners (RFC 6454 section 6.2)."""
    scheme, standard = ("https", 443) if is_tls else ("http", 80)
    origins = set()
    for listener in listeners:
        names = {listener.authority.rpartition(":")[0]}
        if _is_loopback(listener.host) or listener.host in ("0.0.0.0", "::"):  # noqa: S104
            names |= {"localhost", "127.0.0.1", "[::1]"}
        port = "" if listener.port == standard else f":{listener.port}"
        origins |= {f"{scheme}://{name}{port}" for name in names}
    return frozenset(origins)


def refuse_loop(target: Target, addresses: Sequence[str], listeners: Sequence[Listener]) -> None:
    """Make sure that the target is not this very relay.

    Args:
        target: what is dialled.
        addresses: the IP addresses of its host.
        listeners: what was bound.

    Raises:
        UsageError: it is.
    """
    for listener in listeners:
        if listener.port != target.port:
            continue
        is_any = listener.host in ("0.0.0.0", "::")  # noqa: S104
        if any(address == listener.host or (is_any and _is_ours(address)) for address in addresses):
            raise UsageError(
                f"the target {target.authority} is the address that wsinspect itself listens on",
                "name the server's own address as the target, and another one with --listen",
            )


def _is_loopback(host: str) -> bool:
    return is_address(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _is_ours(address: str) -> bool:
    """Whether this machine has the address: only then can it be bound."""
    with contextlib.suppress(OSError):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.bind((address, 0))
            return True
    return False


def _close(listeners: Sequence[Listener]) -> None:
    for listener in listeners:
        listener.sock.close()


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the address is taken"
    if isinstance(error, socket.gaierror):
        return "the name cannot be resolved"
    return os.strerror(error.errno).lower() if error.errno else str(error)
