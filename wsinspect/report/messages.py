"""The last messages before a close as lines, and the one before it in full."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from wsinspect import text
from wsinspect.decode.summary import summarize
from wsinspect.model import HEAD_BYTES, EventKind, Payload, Row, RowKind
from wsinspect.report.document import Lines, lines
from wsinspect.report.lines import ARROWS
from wsinspect.report.times import time_of_day

CONTENT_WIDTH = 120
"""Cells of a message's content in its line."""

LINE_WIDTH = 1000
"""Cells of its lines."""

MAX_LINES = 60
"""Lines of the message that is shown in full."""

MARK = "◆"
"""Stands before what the user noted on a row."""

_EVENT_TYPES = {EventKind.END: "tcp", EventKind.TRUNCATED: "cut off"}


def message_lines(rows: Sequence[Row]) -> Lines:
    """A head line, then one line a row; a gap in the numbers is a line of its own."""
    width = max((len(str(row.number)) for row in rows), default=1)
    shown = [f"{'#':>{width}}  {'time (UTC)':<12}  {'from':<8}  {'type':<8}  {'size':>7}  content"]
    last = rows[0].number - 1 if rows else 0
    for row in rows:
        if row.number != last + 1:
            shown.append(f"{'…':>{width}}")
        shown.append(_line(row, width))
        last = row.number
    return lines(shown, "text", width + CONTENT_WIDTH + 46)


def _line(row: Row, width: int) -> str:
    kind = row.kind.value if row.event is None else _EVENT_TYPES.get(row.event.kind, row.event.kind.value)
    size = "" if row.event is not None else text.size(content_size(row))
    side = "" if row.side is None else row.side.label
    said = text.shorten(content(row), CONTENT_WIDTH)
    start = f"{row.number:>{width}}  {time_of_day(row.at_ns)}  {ARROWS[row.side]} {side:<6}  {kind:<8}"
    return f"{start}  {size:>7}  {said}".rstrip()


def content_size(row: Row) -> int:
    """Bytes of content, inflated."""
    return row.size if row.inflated_size is None else row.inflated_size


def is_cut(row: Row) -> bool:
    """Whether the row carries only the beginning of its content."""
    return content_size(row) > HEAD_BYTES


def content(row: Row) -> str:
    """What a masked row holds, on one safe line; what the user noted comes first, then broken rules."""
    if row.event is None:
        # The head is masked, so its length is no longer that of the content.
        row = row._replace(size=len(row.head) + is_cut(row))
        if row.inflated_size is not None:
            row = row._replace(inflated_size=row.size)
    return "; ".join([*mark_said(row), *(f"! {violation.detail}" for violation in row.violations), summarize(row)])


def mark_said(row: Row) -> tuple[str, ...]:
    """That the user marked the row, and the note; nothing when it is not marked."""
    if row.mark is None:
        return ()
    return (f"{MARK} {text.visible(row.mark)}".rstrip(),)


def whole(payload: Payload, row: Row) -> Lines | None:
    """One message in full; None when its line has all there is to show."""
    said = payload.data.decode("utf-8", "replace")
    if row.kind is not RowKind.TEXT and text.block(said) != said:
        return None
    if text.cells(text.visible(said)) <= CONTENT_WIDTH and len(payload.data) == payload.total:
        return None
    shown = list(_json(said)) if len(payload.data) == payload.total else []
    language = "json" if shown else "text"
    shown = shown or said.split("\n")
    left = len(shown) - MAX_LINES
    note = [f"… {left} more lines"] * (left > 0)
    if payload.total > len(payload.data):
        note.append(f"… the first {text.size(len(payload.data))} of {text.size(payload.total)}")
    return lines((*shown[:MAX_LINES], *note), language, LINE_WIDTH)


_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENING, _CLOSING = ("{", "["), ("}", "]")


def _json(said: str) -> Iterator[str]:
    """JSON laid out in lines, every token as it was sent; nothing when it is no JSON."""
    try:
        # Numbers stay text: what is asked is only whether it is JSON.
        json.loads(said, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return
    depth, line, before = 0, "", ""
    for piece in _PIECES.findall(said):
        if before in _OPENING and piece not in _CLOSING:
            yield line
            line = _indent(depth)
        if piece in _CLOSING:
            depth -= 1
            if before not in _OPENING:
                yield line
                line = _indent(depth)
        line += ": " if piece == ":" else piece
        if piece in _OPENING:
            depth += 1
        elif piece == ",":
            yield line
            line = _indent(depth)
        before = piece
    yield line


def _indent(depth: int) -> str:
    return "  " * min(depth, 40)
