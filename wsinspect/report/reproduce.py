"""How to make the same connection again: a websocat line for a POSIX shell, with variables for what is masked.

Source: websocat 1.14, --help (-H takes several values unless it is written with an equals sign).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Sequence

from wsinspect import text
from wsinspect.model import Connection, Handshake, Row, RowKind, Side
from wsinspect.redact import PLACEHOLDER, Pattern
from wsinspect.report import heads
from wsinspect.report.document import Lines, lines
from wsinspect.report.masking import mask_one
from wsinspect.report.material import Material
from wsinspect.report.messages import content_size, is_cut

MAX_SENT = 10
"""Messages that are sent again."""

MAX_HEADERS = 12
"""Headers that are sent again."""

_OWN = re.compile(
    r"host|connection|upgrade|content-length|transfer-encoding|sec-websocket-.*|sec-fetch-.*|accept-.*|cache-control"
    r"|pragma|dnt|priority|sec-ch-.*|sec-gpc|keep-alive|proxy-connection|te|expect",
    re.I,
)
"""Headers that websocat writes by itself, or that say nothing to the server."""


def command(material: Material) -> Lines | None:
    """The commands; None when the URL is none that websocat takes."""
    url = material.connection.url
    scheme, colon, rest = url.partition("://")
    scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    if not colon or scheme not in ("ws", "wss") or text.visible(url) != url:
        return None
    options = list(_options(material.handshake or Handshake()))
    sent = list(_sent(material))
    call = " ".join(["websocat", *(["-n"] if sent else []), *options, _word(f"{scheme}://{rest}")])
    said = f"printf '%s\\n' {' '.join(sent)} | {call}" if sent else call
    variables = dict.fromkeys(_NAMES.findall(said))
    return lines([*(f"{name}='…'  # what is masked as {_placeholder(name)}" for name in variables), said], "sh", 4000)


def websocat(
    connection: Connection,
    handshake: Handshake | None,
    message: bytes | None = None,
    *,
    patterns: Sequence[Pattern] = (),
    off: Collection[str] = (),
) -> str | None:
    """The commands to connect as this connection did and to send one message, without secrets.

    Args:
        connection: which.
        handshake: its heads; their headers are sent again.
        message: content of a text message; None sends nothing.
        patterns: the user's own secrets.
        off: keys of redactions that are switched off.

    Returns:
        None when the URL is none that websocat takes, or the message is none that fits on a line.
    """
    sent = () if message is None else (Row(connection.id, 1, RowKind.TEXT, 0, 0, Side.CLIENT, head=message, size=1),)
    masked = mask_one(Material(connection, handshake=handshake, sent=sent), patterns, off)
    commands = command(masked)
    if commands is None or (sent and not sends_all(masked)):
        return None
    return "\n".join(commands.lines)


def sends_all(material: Material) -> bool:
    """Whether the commands send every message of the client again."""
    return bool(list(_sent(material)))


def _sent(material: Material) -> Iterator[str]:
    rows = material.sent
    if rows is None or not 0 < len(rows) <= MAX_SENT:
        return
    said: list[str] = []
    for row in rows:
        shown = row.head.decode("utf-8", "replace")
        # One line is one message for websocat.
        if row.kind is not RowKind.TEXT or is_cut(row) or content_size(row) == 0 or text.visible(shown) != shown:
            return
        said.append(_word(shown))
    yield from said


def _options(handshake: Handshake) -> Iterator[str]:
    shown = 0
    for name, value in heads.fields(handshake.request):
        lowered = name.lower()
        if text.visible(name + value) != name + value or shown == MAX_HEADERS:
            continue
        if lowered == "sec-websocket-protocol":
            yield f"--protocol={_word(value)}"
        elif lowered == "origin":
            yield f"--origin={_word(value)}"
        elif not _OWN.fullmatch(name):
            yield f"-H={_word(f'{name}: {value}')}"
            shown += 1


_NAMES = re.compile(r'"\$([A-Z0-9_]+)"')


def _word(said: str) -> str:
    """One word of a shell; placeholders become variables."""
    parts = PLACEHOLDER.split(said)  # every second one is what a placeholder says
    pieces = [
        f'"${part.replace("-", "_").upper()}"' if at % 2 else shlex.quote(part) if part else ""
        for at, part in enumerate(parts)
    ]
    return "".join(pieces) or "''"


def _placeholder(name: str) -> str:
    return f"«{name.replace('_', '-').lower()}»"
