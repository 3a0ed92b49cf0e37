"""HTTP heads as a report shows them. They are masked before, so they are text in UTF-8 and not parsed again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wsinspect.report.document import Lines, lines

MAX_FIELDS = 40
"""Header lines that are shown."""

MAX_BODY_LINES = 20
"""Lines of a refusal's body that are shown."""

LINE_WIDTH = 300
"""Cells of a line that are shown."""

_END = re.compile(rb"\r?\n\r?\n")


def fields(raw: bytes) -> list[tuple[str, str]]:
    """The headers of a head: name and value."""
    found = []
    for line in _split(raw)[0][1:]:
        name, colon, value = line.partition(":")
        if colon:
            found.append((name.strip(), value.strip()))
    return found


def header(raw: bytes, name: str) -> str:
    """The first header of this name; empty when there is none."""
    return next((value for known, value in fields(raw) if known.lower() == name), "")


def exchange(request: bytes, response: bytes) -> Lines:
    """Request and answer, marked as curl -v does."""
    return lines((*_marked(request, "> "), *_marked(response, "< ")), "text", LINE_WIDTH)


def changed(request: bytes, forwarded: bytes) -> list[str]:
    """The lines that wsinspect sent on otherwise than they came."""
    before = set(_split(request)[0])
    return [line for line in _split(forwarded)[0] if line not in before] if forwarded else []


def _marked(raw: bytes, mark: str) -> Iterator[str]:
    if not raw:
        return
    head, body = _split(raw)
    yield from (mark + line for line in head[: MAX_FIELDS + 1])
    if len(head) > MAX_FIELDS + 1:
        yield f"{mark}… {len(head) - MAX_FIELDS - 1} more headers"
    yield mark.rstrip()
    if body:
        yield from ((mark + line).rstrip() for line in body[:MAX_BODY_LINES])
        if len(body) > MAX_BODY_LINES:
            yield f"{mark}… {len(body) - MAX_BODY_LINES} more lines"


def _split(raw: bytes) -> tuple[list[str], list[str]]:
    """The lines of the head, and those of what follows it."""
    end = _END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    return _lines(head), _lines(body)


def _lines(raw: bytes) -> list[str]:
    said = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
    return [line.removesuffix("\r") for line in said.split("\n")] if said else []
