"""What can be copied of one message. Pure, and worked out off the screen's thread."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wsinspect import text
from wsinspect.model import Connection, Handshake, Payload, Row, RowKind, Side
from wsinspect.redact import Pattern
from wsinspect.report.reproduce import websocat
from wsinspect.ui.pages.json_layout import laid_out

MOST_PRETTY = 2 * 1024 * 1024
"""Bytes of the longest message that is laid out."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to copy a message."""

    key: str
    label: str
    note: str
    """What to know of it, in our words."""
    text: str
    suffix: str = ".txt"


def forms(
    row: Row,
    line: str,
    payload: Payload | None,
    connection: Connection,
    handshake: Handshake | None,
    patterns: Sequence[Pattern],
) -> tuple[Form, ...]:
    """The ways to copy a message, those that work for it.

    Args:
        row: which message.
        line: it in one line, as the list shows it.
        payload: its content, as far as it was read; None for an event.
        connection: whose it is.
        handshake: the heads of that connection.
        patterns: the user's own secrets, masked in the websocat line.
    """
    return tuple(_forms(row, line, payload, connection, handshake, patterns))


def _forms(
    row: Row,
    line: str,
    payload: Payload | None,
    connection: Connection,
    handshake: Handshake | None,
    patterns: Sequence[Pattern],
) -> Iterator[Form]:
    data = payload.data if payload is not None else b""
    is_whole = payload is not None and len(data) == payload.total and not payload.problem
    if payload is not None and data:
        yield from _contents(data, payload.total, is_whole=is_whole)
    yield Form("row", "Row", "the line of the list", line)
    yield Form("path", "Path", "of the connection, as it was asked for", connection.path)
    if data:
        yield Form("hex", "Hex", _much(data, payload.total if payload else 0), "\n".join(text.hexdump(data)) + "\n")
    sent = data if row.side is Side.CLIENT and row.kind is RowKind.TEXT and is_whole else None
    command = websocat(connection, handshake, sent, patterns=patterns)
    if command is not None:
        what = "connects and sends it" if sent is not None else "connects"
        yield Form("websocat", "websocat line", f"{what}; secrets masked", command + "\n", ".sh")


def _contents(data: bytes, total: int, *, is_whole: bool) -> Iterator[Form]:
    try:
        shown = data.decode()
    except UnicodeDecodeError:
        encoded = base64.b64encode(data).decode()
        yield Form("exact", "Payload as base64", f"{_much(data, total)}; it is not text", encoded)
        return
    yield Form("exact", "Exact payload", _much(data, total), shown)
    if is_whole and len(data) <= MOST_PRETTY and (lines := laid_out(shown)) is not None:
        yield Form("pretty", "Pretty", "JSON laid out", "\n".join(lines) + "\n", ".json")


def _much(data: bytes, total: int) -> str:
    if len(data) < total:
        return f"only the first {len(data):,} of {total:,} B"
    return f"{total:,} B as sent, secrets included"
