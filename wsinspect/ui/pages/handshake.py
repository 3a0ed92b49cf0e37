"""The upgrade of one connection as lines: what was asked, what wsinspect sent on, what was answered. Pure.

Heads are peer text of any length: every line of them is made visible, cut to the width, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wsinspect import text
from wsinspect.model import Connection, Handshake
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.forms import Line, LinesPage, Page, wrapped

MOST_LINES = 300
"""Lines of one head that are shown."""

MOST_BYTES = 16 * 1024
"""Bytes of one head that are shown."""

MOST_BODY = 2 * 1024
"""Bytes of a refusal's body that are shown."""

INDENT = "  "
OURS = "+ "
TAKEN = "- "


def handshake_page(connection: Connection, shake: Handshake, width: int) -> Page:
    """The whole upgrade.

    Args:
        connection: whose upgrade it is.
        shake: its heads and times.
        width: cells in a line.
    """
    room = max(10, width - len(OURS))
    lines: list[Line] = [_heading("Request", "as it came from the client"), *_head(shake.request, room), ()]
    lines += [*_forwarded(shake, room), ()]
    lines += _answer(connection, shake, room)
    return LinesPage(lines)


def timings(shake: Handshake) -> str:
    """How long the stages took, those that are known."""
    known = (("connect", shake.connect_ns), ("tls", shake.tls_ns), ("upgrade", shake.upgrade_ns))
    return " · ".join(f"{name} {text.duration(took)}" for name, took in known if took is not None)


def _heading(said: str, more: str) -> Line:
    return (Piece(said, Tone.STRONG), Piece(f" · {more}", Tone.DIM))


def _split(head: bytes) -> list[bytes]:
    """The lines of a head, without its empty last one."""
    return [one.removesuffix(b"\r") for one in head[:MOST_BYTES].rstrip(b"\r\n").split(b"\n")] if head else []


def _shown(lines: list[tuple[str, bytes, str]], room: int) -> Iterator[Line]:
    """Lines of a head, each with its mark and tone; long ones go on in the next line."""
    for mark, raw, tone in lines[:MOST_LINES]:
        for at, part in enumerate(wrapped(text.decode(raw), room)):
            yield (Piece(mark if not at else INDENT, tone), Piece(part, tone))
    if len(lines) > MOST_LINES:
        yield (Piece(f"{INDENT}{len(lines) - MOST_LINES:,} more lines are not shown", Tone.WARN),)


def _cut(head: bytes) -> Iterator[Line]:
    if len(head) > MOST_BYTES:
        yield (Piece(f"{INDENT}{MOST_BYTES:,} of {len(head):,} bytes are shown", Tone.WARN),)


def _head(head: bytes, room: int) -> Iterator[Line]:
    if not head:
        yield (Piece(f"{INDENT}nothing was recorded", Tone.DIM),)
    yield from _shown([(INDENT, one, Tone.PLAIN) for one in _split(head)], room)
    yield from _cut(head)


def _forwarded(shake: Handshake, room: int) -> Iterator[Line]:
    """What was sent on; only the lines that wsinspect wrote are marked, and below those it took away."""
    if not shake.forwarded:
        is_lost = shake.response and not shake.response_by_us
        yield _heading("Sent on to the server", "not recorded" if is_lost else "nothing")
        return
    if shake.forwarded == shake.request:
        yield _heading("Sent on to the server", "the same, byte for byte")
        return
    came, sent = _split(shake.request), _split(shake.forwarded)
    unused = Counter(came)
    lines: list[tuple[str, bytes, str]] = []
    for one in sent:
        is_same = unused[one] > 0
        unused[one] -= is_same
        lines.append((INDENT, one, Tone.DIM) if is_same else (OURS, one, Tone.WARN))
    lines += [(TAKEN, one, Tone.DIM) for one in unused.elements()]
    yield _heading("Sent on to the server", "+ is written by wsinspect, - stood there before")
    yield from _shown(lines, room)
    yield from _cut(shake.forwarded)


def _answer(connection: Connection, shake: Handshake, room: int) -> Iterator[Line]:
    """The head of the answer, and the beginning of a refusal's body."""
    if not shake.response:
        yield _heading("Answer", "none")
        if connection.failure:
            for part in wrapped(text.visible(connection.failure), room):
                yield (Piece(INDENT, ""), Piece(part, Tone.BAD))
        return
    head, _, body = shake.response.partition(b"\r\n\r\n")
    yield _heading("Answer", "written by wsinspect" if shake.response_by_us else "from the server")
    yield from _head(head, room)
    if not body:
        return
    yield ()
    shown = body[:MOST_BODY]
    more = f"the first {len(shown):,} of {len(body):,} bytes" if len(shown) < len(body) else f"{len(body):,} bytes"
    yield _heading("Body", more)
    # With nothing cut within a character: what is left of one would be shown as broken bytes.
    yield from _shown([(INDENT, one, Tone.PLAIN) for one in shown.split(b"\n")], room)
