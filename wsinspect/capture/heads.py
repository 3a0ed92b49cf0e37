"""The rules for request heads: which are taken, what is changed in them, and the answers that are our own.

Everything that is not named here stays as the client wrote it: order, case and spacing of the header lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from wsinspect.capture.target import Target, is_address
from wsinspect.text import visible
from wsinspect.wire.body import MalformedBody, request_body
from wsinspect.wire.handshake import RequestHead


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of our own."""

    status: int
    text: str
    """What happened and what to try, for the body; free of control characters."""

    @property
    def head(self) -> bytes:
        """The response head."""
        phrase = HTTPStatus(self.status).phrase
        return (
            f"HTTP/1.1 {self.status} {phrase}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(self.body)}\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Connection: close\r\n\r\n"
        ).encode("ascii")

    @property
    def body(self) -> bytes:
        """The response body."""
        return f"wsinspect: {self.text}\n".encode()


@dataclass(frozen=True, slots=True)
class Rules:
    """How the heads of one relay are judged and changed."""

    target: Target
    hosts: frozenset[str]
    """Names in a Host header that are ours, in lower case: the listen addresses and what the user allowed."""
    origins: frozenset[str]
    """Our own addresses as origins, in lower case."""
    is_tls: bool
    """Whether clients speak TLS to us."""
    keep_host: bool = False
    origin: str | None = None
    """The Origin to send in any case."""

    def refusal(self, request: RequestHead) -> Refusal | None:
        """Why this request is not passed on; None when it is."""
        if request.method == "CONNECT":
            return Refusal(405, "this is no forward proxy; point the client at this address instead")
        hosts = request.values("host")
        if len(hosts) != 1:
            return Refusal(400, "the request must have exactly one Host header")
        names = [hosts[0], *([authority] if (authority := _split(request.target)[0]) else [])]
        for name in map(host_name, names):
            if not self._is_ours(name):
                shown = visible(name)
                return Refusal(
                    421, f"the host name {shown!r} is not known here; start wsinspect with --allow-host {shown}"
                )
        try:
            has_body = not request_body(request).is_done
        except MalformedBody as error:
            return Refusal(400, error.problem)
        if request.is_websocket and has_body:
            return Refusal(400, "a WebSocket upgrade cannot have a body")
        return None

    def asked(self, request: RequestHead) -> str:
        """Path and query as the client asked for them."""
        return _split(request.target)[1]

    def path(self, request: RequestHead) -> str:
        """Path and query to ask the target for."""
        asked = self.asked(request)
        return asked if asked == "*" else self.target.joined(asked)

    def forwarded(self, request: RequestHead) -> bytes:
        """The head to send to the target."""
        changes: dict[str, str] = {}
        if not self.keep_host:
            changes["Host"] = self.target.authority
        origin = request.get("origin")
        if self.origin is not None and (origin or request.is_websocket):
            changes["Origin"] = self.origin
        elif origin and not self.keep_host and self._is_own_origin(origin, request):
            changes["Origin"] = self.target.origin
        if not request.is_websocket:
            changes["Connection"] = "close"
        return request.rewritten(changes, target=self.path(request))

    def _is_ours(self, name: str) -> bool:
        """Whether a page of somebody else cannot have this name: DNS can make any other one point here."""
        return name == "localhost" or name.endswith(".localhost") or is_address(name) or name in self.hosts

    def _is_own_origin(self, origin: str, request: RequestHead) -> bool:
        """Whether the page came through this very relay; only then is the target's own origin the true one."""
        scheme = "https" if self.is_tls else "http"
        return origin.lower() in self.origins or origin.lower() == f"{scheme}://{request.get('host').lower()}"


def host_name(authority: str) -> str:
    """The host of ``host:port`` in lower case, without brackets, port and a dot at the end."""
    text = authority.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].removesuffix(".")


def _split(target: str) -> tuple[str, str]:
    """A request target as authority (empty in origin form) and path with query (RFC 9112 section 3.2)."""
    if target.startswith("/") or target == "*":
        return "", target
    _, marker, rest = target.partition("://")
    if not marker:
        return "", "/" + target
    ends = [at for at in (rest.find("/"), rest.find("?")) if at >= 0]
    authority, path = (rest[: min(ends)], rest[min(ends) :]) if ends else (rest, "/")
    return authority.rpartition("@")[2], path if path.startswith("/") else "/" + path
