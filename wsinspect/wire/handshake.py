"""HTTP/1.1 heads of requests and responses, parsed without I/O and kept byte for byte.

A head is everything up to and including the empty line. Nothing is repaired: ``raw`` is what arrived, and ``rewritten``
touches only the lines it is asked to change. Parsing is strict where a request could otherwise mean two things to two
readers, and tolerant in responses, which only pass through.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_HEAD_BYTES = 64 * 1024
"""The longest head that is accepted, in bytes."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\xff]+) (HTTP/1\.[0-9])\Z")
_STATUS_LINE = re.compile(rb"(HTTP/1\.[0-9]) ([0-9]{3})(?: ([^\x00]*))?\Z")
_END = re.compile(rb"\n\r?\n")
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class MalformedHead(Exception):
    """The bytes are no HTTP/1 head; ``problem`` says why and holds no peer text."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Field:
    """One header line."""

    name: str
    """As written, case kept."""
    value: str
    """Without the white space around it; bytes above 127 as ISO-8859-1."""
    raw: bytes
    """The whole line with its line ending (and its continuation lines)."""


@dataclass(frozen=True, slots=True)
class Head:
    """What requests and responses have in common."""

    raw: bytes
    """The head as it arrived, empty line included."""
    version: str
    """``HTTP/1.1`` or another minor version of 1."""
    fields: tuple[Field, ...]
    """In the order they came."""

    def values(self, name: str) -> list[str]:
        """The values of every field called ``name``, in order; upper and lower case are the same."""
        wanted = name.lower()
        return [field.value for field in self.fields if field.name.lower() == wanted]

    def get(self, name: str) -> str:
        """The values of ``name`` joined with commas; empty when it is absent (RFC 9110 section 5.2)."""
        return ", ".join(self.values(name))

    def tokens(self, name: str) -> list[str]:
        """The comma-separated members of ``name`` in lower case (RFC 9110 section 5.6.1)."""
        return [token for part in self.get(name).split(",") if (token := part.strip().lower())]


@dataclass(frozen=True, slots=True)
class RequestHead(Head):
    """A request's head."""

    method: str
    target: str
    """The request target as written, mostly path and query; bytes above 127 as ISO-8859-1."""

    @property
    def is_websocket(self) -> bool:
        """Whether it asks for a WebSocket, correctly or not (RFC 6455 section 4.1)."""
        return any(token.split("/")[0] == "websocket" for token in self.tokens("upgrade"))

    def rewritten(self, changes: Mapping[str, str], *, target: str | None = None) -> bytes:
        """The head with other values for some fields, and everything else as it was.

        Args:
            changes: new value by field name. The first field of that name keeps its place, case and spacing, further
                ones are dropped, a missing one is added at the end.
            target: the new request target, None for the old one.
        """
        line = self.raw[: self.raw.index(b"\n") + 1]
        if target is not None and target != self.target:
            old = self.target.encode("latin-1")
            line = line.replace(b" " + old + b" ", b" " + target.encode("latin-1") + b" ", 1)
        return line + _changed(self, changes)


@dataclass(frozen=True, slots=True)
class ResponseHead(Head):
    """A response's head."""

    status: int
    phrase: str
    """What stands behind the status, as ISO-8859-1."""

    def rewritten(self, changes: Mapping[str, str]) -> bytes:
        """The head with other values for some fields; as ``RequestHead.rewritten``."""
        return self.raw[: self.raw.index(b"\n") + 1] + _changed(self, changes)


def _changed(head: Head, changes: Mapping[str, str]) -> bytes:
    """The header lines and the empty line, with ``changes`` made."""
    left = {name.lower(): (name, value) for name, value in changes.items()}
    done: set[str] = set()
    lines: list[bytes] = []
    for field in head.fields:
        name = field.name.lower()
        if name in done:
            continue
        if name in left:
            lines.append(_with_value(field, left.pop(name)[1]))
            done.add(name)
        else:
            lines.append(field.raw)
    lines += [f"{name}: {value}\r\n".encode("latin-1") for name, value in left.values()]
    return b"".join(lines) + (b"\r\n" if head.raw.endswith(b"\r\n") else b"\n")


def _with_value(field: Field, value: str) -> bytes:
    """The field's line with another value between the same white space."""
    name, _, rest = field.raw.partition(b":")
    before = rest[: len(rest) - len(rest.lstrip(b" \t"))]
    ending = b"\r\n" if rest.endswith(b"\r\n") else b"\n"
    return name + b":" + before + value.encode("latin-1") + ending


def head_end(data: bytes | bytearray, start: int = 0) -> int:
    """Where the first head in ``data`` ends, or -1 while its empty line has not come.

    A bare LF counts as a line ending (RFC 9112 section 2.2).

    Args:
        data: what has arrived so far.
        start: how much of it was searched before without success, in bytes.
    """
    found = _END.search(data, max(0, start - 3))
    return found.end() if found else -1


def parse_request(raw: bytes) -> RequestHead:
    """Parse a whole request head.

    Raises:
        MalformedHead: the request line or a header line breaks RFC 9112 sections 3 or 5.
    """
    first, lines = _lines(raw)
    match = _REQUEST_LINE.match(first)
    if match is None:
        raise MalformedHead(_bad_request_line(first))
    method, target, version = (part.decode("latin-1") for part in match.groups())
    return RequestHead(raw, version, _fields(lines, is_strict=True), method, target)


def parse_response(raw: bytes) -> ResponseHead:
    """Parse a whole response head.

    Raises:
        MalformedHead: the status line is none (RFC 9112 section 4); odd header lines are taken as they are.
    """
    first, lines = _lines(raw)
    match = _STATUS_LINE.match(first)
    if match is None:
        raise MalformedHead("the first line is no HTTP/1 status line")
    phrase = (match[3] or b"").decode("latin-1")
    return ResponseHead(raw, match[1].decode("ascii"), _fields(lines, is_strict=False), int(match[2]), phrase.strip())


def _bad_request_line(line: bytes) -> str:
    """What is wrong with a request line that did not parse."""
    if line.startswith(b"PRI * HTTP/2"):
        return "the client speaks HTTP/2"
    if line[:1] == b"\x16":
        return "the client speaks TLS"
    return "the first line is no HTTP/1 request line"


def _lines(raw: bytes) -> tuple[bytes, list[bytes]]:
    """The first line without its ending, and the header lines with theirs."""
    lines = raw.split(b"\n")
    return lines[0].removesuffix(b"\r"), [line + b"\n" for line in lines[1:-2]]


def _fields(lines: list[bytes], *, is_strict: bool) -> tuple[Field, ...]:
    """The header lines as fields; each line ends up in exactly one ``raw``."""
    fields: list[Field] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            # RFC 9112 section 5.2: a folded line is refused in a request.
            if is_strict:
                raise MalformedHead("a header line begins with white space")
            if fields:
                last = fields.pop()
                value = f"{last.value} {_text(line)}".strip()
                fields.append(Field(last.name, value, last.raw + line))
                continue
        name, colon, value_bytes = line.partition(b":")
        if is_strict and not colon:
            raise MalformedHead("a header line has no colon")
        # RFC 9112 section 5.1: no white space between name and colon; two readers may take it differently.
        if is_strict and not _TOKEN.match(name):
            raise MalformedHead("a header name is empty or holds a character that names cannot have")
        fields.append(Field(_text(name), _text(value_bytes), line))
    return tuple(fields)


def _text(data: bytes) -> str:
    return data.strip(b" \t\r\n").decode("latin-1")


def accept_key(key: str) -> str:
    """The Sec-WebSocket-Accept that answers ``key`` (RFC 6455 section 4.2.2)."""
    digest = hashlib.sha1(key.encode("latin-1") + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def answer_problems(request: RequestHead, response: ResponseHead) -> tuple[str, ...]:
    """Why a client should not take this 101 for a WebSocket (RFC 6455 section 4.1).

    Returns:
        One sentence per broken rule, free of peer text; empty for a valid answer.
    """
    problems = []
    if "websocket" not in response.tokens("upgrade"):
        problems.append("the answer has no Upgrade: websocket")
    if "upgrade" not in response.tokens("connection"):
        problems.append("the answer has no Connection: Upgrade")
    accepts = response.values("sec-websocket-accept")
    if accepts != [accept_key(request.get("sec-websocket-key"))]:
        what = "does not match the request's key" if accepts else "is missing"
        problems.append(f"the answer's Sec-WebSocket-Accept {what}")
    return tuple(problems)


def negotiation_problems(request: RequestHead, response: ResponseHead) -> tuple[str, ...]:
    """What a 101 grants that was not asked for (RFC 6455 section 4.1, steps 5 and 6).

    Returns:
        One sentence per broken rule, free of peer text.
    """
    problems = []
    chosen = response.values("sec-websocket-protocol")
    offered = [part.strip() for part in request.get("sec-websocket-protocol").split(",")]
    if len(chosen) > 1 or any(name not in offered for name in chosen):
        problems.append("the answer chose a subprotocol that was not offered")
    asked = {token.split(";")[0].strip() for token in request.tokens("sec-websocket-extensions")}
    granted = {token.split(";")[0].strip() for token in response.tokens("sec-websocket-extensions")}
    if granted - asked:
        problems.append("the answer chose an extension that was not offered")
    return tuple(problems)
