"""One line that says what a row holds.

Whatever a peer or a file put into the row, the line is one line of visible text; what is shown of a payload is its
beginning, since a row carries no more.
"""

from __future__ import annotations

from wsinspect import codes, text
from wsinspect.decode.events import event_sentence
from wsinspect.model import Row, RowKind
from wsinspect.wire.close import parse_close

HEX_BYTES = 16
"""Bytes of a binary payload shown as hex."""

_HINT_RUN = 4
"""Printable characters in a row that make bytes look like text."""


def summarize(row: Row) -> str:
    """The row's content as one safe line; empty when there is nothing to say."""
    if row.event is not None:
        return event_sentence(row.event, row.side)
    if row.kind is RowKind.CLOSE:
        return close_line(row.head, row.size)
    said = _payload(row)
    problem = f"({text.visible(row.problem)})" if row.problem else ""
    return "  ".join(filter(None, (said, problem)))


def close_line(body: bytes, length: int | None = None) -> str:
    """The body of a close frame: ``1011 Internal Error  the reason``.

    Args:
        body: the payload, unmasked.
        length: bytes of payload on the wire, when ``body`` is only the beginning.
    """
    said = parse_close(body, length)
    if said.code is None:
        return f"half a code: {body.hex()}" if body else "no code"
    line = f"{said.code} {codes.name(said.code)}"
    if not said.reason:
        return line
    return f"{line}  {text.decode(text.whole_characters(said.reason) if _is_cut(body, length) else said.reason)}"


def _payload(row: Row) -> str:
    total = row.size if row.inflated_size is None else row.inflated_size
    is_cut = total > len(row.head)
    ellipsis = text.ELLIPSIS if is_cut else ""
    if row.is_compressed and row.inflated_size is None:
        return text.hex_short(row.head, HEX_BYTES)
    head = text.whole_characters(row.head) if is_cut else row.head
    if row.kind is RowKind.TEXT:
        return text.decode(head) + ellipsis
    shown = _printable(head)
    if row.kind in (RowKind.PING, RowKind.PONG, RowKind.CONTINUATION):
        return text.hex_short(row.head, HEX_BYTES) if shown is None else shown + ellipsis
    hint = _ascii(row.head[:HEX_BYTES]) if shown is None else shown + ellipsis
    return "  ".join(filter(None, (text.hex_short(row.head, HEX_BYTES), hint)))


def _printable(data: bytes) -> str | None:
    """The text that the bytes are, when they are nothing else; None for bytes that only a hex dump shows well."""
    try:
        said = data.decode()
    except UnicodeDecodeError:
        return None
    return said if text.visible(said) == said else None


def _ascii(data: bytes) -> str:
    """The bytes as a hex dump's gutter shows them; empty when too little of it would be readable."""
    seen = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    is_readable = any(len(run) >= _HINT_RUN for run in seen.split("."))
    return seen if is_readable else ""


def _is_cut(body: bytes, length: int | None) -> bool:
    return length is not None and length > len(body)
