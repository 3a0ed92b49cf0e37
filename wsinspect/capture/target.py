"""The target of the relay: where it dials, and how a client's path is joined to it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from wsinspect.errors import UsageError

_TLS_OF = {"ws": False, "http": False, "wss": True, "https": True}


@dataclass(frozen=True, slots=True)
class Target:
    """A ws://, wss://, http:// or https:// URL, taken apart."""

    is_tls: bool
    host: str
    """Name or address, without brackets; international names in their ASCII form."""
    port: int
    path: str
    """As written; empty when the URL has none."""
    query: str
    """Without the question mark."""

    @property
    def authority(self) -> str:
        """``host`` or ``host:port``, as a Host header has it (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The origin of pages that come from the target (RFC 6454 section 6.2)."""
        return f"http{'s' if self.is_tls else ''}://{self.authority}"

    def url(self, path: str) -> str:
        """The WebSocket URL of ``path`` (path and query) at the target."""
        return f"ws{'s' if self.is_tls else ''}://{self.authority}{path}"

    def joined(self, asked: str) -> str:
        """The path and query to ask the target for.

        Args:
            asked: what the client asked for, path and query. ``/`` stands for exactly the target; any other path is
                appended to the target's. Both queries are kept, the target's first.
        """
        path, mark, query = asked.partition("?")
        joined = (self.path or "/") if path == "/" else self.path.rstrip("/") + path
        queries = "&".join(part for part in (self.query, query) if part)
        return f"{joined}?{queries}" if queries else joined + mark


def parse_target(text: str) -> Target:
    """Take a target URL apart.

    Raises:
        UsageError: it is no URL that can be dialled.
    """
    if "://" not in text:
        raise UsageError(f"the target {text!r} has no scheme", f"write ws://{text}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UsageError(f"the target {text!r} is not a valid URL", "write ws://HOST:PORT/PATH") from None
    is_tls = _TLS_OF.get(parts.scheme.lower())
    if is_tls is None:
        raise UsageError(f"cannot dial a {parts.scheme}:// target", "use ws://, wss://, http:// or https://")
    if parts.username is not None:
        raise UsageError(
            "the target holds a user name or password", "let the client send them in its Authorization header"
        )
    if parts.fragment:
        raise UsageError(f"the target {text!r} has a fragment", "leave out the part from # on")
    if not parts.hostname:
        raise UsageError(f"the target {text!r} names no host", "write ws://HOST:PORT/PATH")
    if any(ord(char) <= 32 or ord(char) > 126 for char in parts.path + parts.query):
        raise UsageError(f"the path of {text!r} holds characters that a URL cannot have", "percent-encode them")
    port = port if port is not None else (443 if is_tls else 80)
    return Target(is_tls, _ascii_host(parts.hostname), port, parts.path, parts.query)


def is_address(host: str) -> bool:
    """Whether ``host`` is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _ascii_host(host: str) -> str:
    if is_address(host):
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise UsageError(f"{host!r} is not a valid host name", "check the target's URL") from None
