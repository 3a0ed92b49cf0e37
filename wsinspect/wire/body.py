"""Where the body of an HTTP/1 message ends, without I/O (RFC 9112 section 6).

The relay passes bodies on as they come; it only has to know where one ends, so that nothing behind it is taken for a
second message on the same connection.
"""

from __future__ import annotations

import re

from wsinspect.wire.handshake import Head, RequestHead, ResponseHead

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n\Z")
_MAX_LINE = 8 * 1024


class MalformedBody(Exception):
    """The framing of a body cannot be followed; ``problem`` says why and holds no peer text."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Body:
    """Follows one body to its end.

    Args:
        length: how many bytes are still to come; None when the end of the connection ends it.
    """

    def __init__(self, length: int | None) -> None:
        self._left = length

    @property
    def is_done(self) -> bool:
        """Whether the last byte has been fed."""
        return self._left == 0

    @property
    def is_until_close(self) -> bool:
        """Whether only the end of the connection ends it."""
        return self._left is None

    def feed(self, data: bytes) -> int:
        """Take what arrived.

        Returns:
            How many bytes of ``data`` belong to the body.

        Raises:
            MalformedBody: the framing cannot be followed.
        """
        if self._left is None:
            return len(data)
        taken = min(self._left, len(data))
        self._left -= taken
        return taken


class ChunkedBody(Body):
    """Follows a body in chunked transfer coding, its framing and trailer section included (RFC 9112 section 7.1)."""

    def __init__(self) -> None:
        super().__init__(-1)
        self._line = bytearray()
        self._state = "size"
        self._chunk = 0

    @property
    def is_until_close(self) -> bool:
        """Never: the last chunk ends it."""
        return False

    def feed(self, data: bytes) -> int:
        """As ``Body.feed``."""
        at = 0
        while at < len(data) and not self.is_done:
            if self._chunk:
                taken = min(self._chunk, len(data) - at)
                self._chunk -= taken
                at += taken
                continue
            end = data.find(b"\n", at) + 1
            self._line += data[at : end or len(data)]
            at = end or len(data)
            if len(self._line) > _MAX_LINE:
                raise MalformedBody("a line of the chunked body is too long")
            if end:
                self._take_line(bytes(self._line))
                self._line.clear()
        return at

    def _take_line(self, line: bytes) -> None:
        """A whole line between the chunks' data."""
        if self._state == "trailer":
            if not line.strip(b"\r\n"):
                self._left = 0
        elif self._state == "after data":
            if line.strip(b"\r\n"):
                raise MalformedBody("a chunk is longer than it said")
            self._state = "size"
        else:
            match = _SIZE_LINE.match(line)
            if match is None:
                raise MalformedBody("a chunk has no valid size")
            self._chunk = int(match[1], 16)
            self._state = "after data" if self._chunk else "trailer"


def request_body(head: RequestHead) -> Body:
    """The body that follows a request head.

    Raises:
        MalformedBody: length and coding could be read in two ways (RFC 9112 section 6.3).
    """
    codings = head.tokens("transfer-encoding")
    if codings:
        if head.values("content-length"):
            raise MalformedBody("the request has both Content-Length and Transfer-Encoding")
        if codings != ["chunked"]:
            raise MalformedBody("the request's Transfer-Encoding is not chunked")
        return ChunkedBody()
    length = _content_length(head)
    if length is None and head.values("content-length"):
        raise MalformedBody("the request's Content-Length is not one number")
    return Body(length or 0)


def response_body(head: ResponseHead, method: str) -> Body:
    """The body that follows a final response head to a request of ``method``; never raises."""
    if method == "HEAD" or head.status in (204, 304) or 100 <= head.status < 200:
        return Body(0)
    codings = head.tokens("transfer-encoding")
    if codings:
        return ChunkedBody() if codings[-1] == "chunked" else Body(None)
    return Body(_content_length(head))


def _content_length(head: Head) -> int | None:
    """The one length that all Content-Length fields agree on; None without any, or when they do not agree."""
    lengths = set(head.tokens("content-length"))
    value = lengths.pop() if len(lengths) == 1 else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None
