"""A session as lines for people: one for each connection, row and close, safe in any terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator

from wsinspect import codes, text
from wsinspect.codes import HttpStatus, Topic
from wsinspect.codes.scene import own_name
from wsinspect.decode.endings import WORDS
from wsinspect.decode.summary import summarize
from wsinspect.model import (
    CloseHandshake,
    CloseStory,
    Connection,
    EndedBy,
    EventKind,
    LegEnd,
    Row,
    RowKind,
    Side,
    State,
)

ARROWS = {Side.CLIENT: "▲", Side.SERVER: "▼", None: "·"}
"""Who sent it: the client's goes up to the server, the server's down to the client."""

_WHOSE = {
    EndedBy.PEER: "of the {}",
    EndedBy.RELAY: "passed on to the {}",
    EndedBy.US: "of the {} by wsinspect",
}
_EVENT_TYPES = {EventKind.END: "tcp", EventKind.TRUNCATED: "cut off"}
_OPENED = {State.REFUSED: "refused", State.FAILED: "failed", State.CONNECTING: "connecting"}


def connection_line(connection: Connection) -> str:
    """That a connection was opened, or tried to open: path, both addresses, what was agreed on."""
    parts = [f"{_OPENED.get(connection.state, 'open'):<10} {text.visible(connection.path)}"]
    parts.append(f"{text.visible(connection.client)} → {text.visible(connection.server or connection.url)}")
    if connection.status not in (None, 101):
        parts.append(f"HTTP {connection.status}")
    if connection.subprotocol:
        parts.append(f"subprotocol {text.visible(connection.subprotocol)}")
    if connection.extensions:
        parts.append(text.visible(connection.extensions))
    sign = "✖" if connection.state in (State.REFUSED, State.FAILED) else "●"
    return _stamped(connection.opened_ns, connection.id, sign, "  ".join(parts))


def row_line(row: Row, width: int | None = None) -> str:
    """One message, control frame or event.

    Args:
        row: which.
        width: terminal cells to cut the line to; None leaves it whole (a summary is short by itself).
    """
    kind = row.kind.value if row.event is None else _EVENT_TYPES.get(row.event.kind, row.event.kind.value)
    size = "" if row.kind is RowKind.EVENT else text.size(row.size if row.inflated_size is None else row.inflated_size)
    said = "; ".join([*(f"! {violation.detail}" for violation in row.violations), summarize(row)])
    line = _stamped(row.at_ns, row.connection, ARROWS[row.side], f"{kind:<10} {size:>7}  {said}".rstrip())
    return line if width is None else text.shorten(line, width)


def close_line(story: CloseStory) -> str:
    """How a connection came to its end: code, who sent it and why, the close handshake, TCP, age."""
    ended_ns = story.connection.closed_ns or story.at_ns
    return _stamped(ended_ns, story.connection.id, "■", f"{title(story)}: {', '.join(_facts(story))}")


def date_line(at_ns: int) -> str:
    """The local date, for when it changes."""
    return time.strftime("%Y-%m-%d %A", time.localtime(at_ns // 1_000_000_000))


def topic(story: CloseStory) -> Topic | None:
    """What the catalogue can say about it; None when the answer was no HTTP status at all."""
    if story.status is None:
        return story.code
    return HttpStatus(story.status) if 100 <= story.status <= 599 else None


def title(story: CloseStory) -> str:
    """Code and name, such as ``1011 Internal Error`` or ``HTTP 502 Bad Gateway``."""
    about, name = topic(story), own_name(story.connection)
    if name and story.is_wire:
        return f"{story.code} {name}"
    return f"HTTP {story.status}" if about is None else codes.lookup(about).title


def _stamped(at_ns: int, connection: int, mark: str, said: str) -> str:
    number = f"#{connection}" if connection else ""  # what concerns the whole session has no number
    return f"{text.clock(at_ns)} {number:>5} {mark} {said}"


def _facts(story: CloseStory) -> Iterator[str]:
    connection = story.connection
    yield _origin(story)
    if connection.failure:
        yield text.visible(connection.failure)
    if story.is_wire and story.status is None:
        yield f'reason "{text.decode(story.reason)}"' if story.reason else "no reason given"
    for violation in story.violations:
        yield f"! {violation.detail}"
    if story.status is None and story.handshake is not CloseHandshake.ABSENT:
        yield f"close handshake {handshake(story)}"
    yield from _ends(connection, story.first_end)
    if late := late_close(story):
        yield late
    yield f"after {text.duration(story.age_ns)}"
    if story.last_message is not None:
        yield f"{text.duration(story.last_message.before_ns)} after message {story.last_message.row}"
    if connection.pings_unanswered:
        yield unanswered_pings(connection)


def unanswered_pings(connection: Connection) -> str:
    """How many pings got no answer."""
    return f"{connection.pings_unanswered} ping{'s' * (connection.pings_unanswered > 1)} unanswered"


def sender_of(story: CloseStory) -> str:
    """Who closed."""
    return "wsinspect" if story.by_us else f"the {story.sender.label}" if story.sender is not None else "one side"


def _origin(story: CloseStory) -> str:
    who = sender_of(story)
    if story.status is not None:
        return f"upgrade refused by {who}"
    if story.connection.state is State.FAILED:
        return "the upgrade was not answered"
    if story.is_wire:
        return f"sent by {who}"
    if story.connection.close_frame is not None:
        return f"an empty close frame from {who}"
    if story.connection.late_close is not None:
        return f"concluded: {who} left before any close frame"
    return "concluded: no close frame was sent"


def late_close(story: CloseStory) -> str:
    """That a close frame came when the other side had left; empty when none did."""
    late = story.connection.late_close
    if late is None or story.connection.upgraded_ns is None:
        return ""
    side, close = late
    code = "empty close frame" if close.code is None else f"close frame {close.code}"
    end = story.connection.client_end if side is Side.SERVER else story.connection.server_end
    how = "end" if end is None or end.by_us else WORDS[end.how].name
    lost = " and could not be delivered" if end is not None and end.undelivered else ""
    after = text.duration(close.at_ns - story.at_ns)
    return f"the {side.label}'s {code} came {after} after the {side.other.label}'s {how}{lost}"


def handshake(story: CloseStory) -> str:
    """What became of the close handshake."""
    if story.handshake is not CloseHandshake.DIFFERENT or story.answer is None:
        return story.handshake.value
    return "answered with no code" if story.answer.code is None else f"answered with {story.answer.code}"


def _ends(connection: Connection, first: Side | None) -> Iterator[str]:
    for side, end in ends_in_order(connection, first):
        yield f"{WORDS[end.how].name} {_WHOSE[end.by].format(side.label)}"


def ends_in_order(connection: Connection, first: Side | None) -> list[tuple[Side, LegEnd]]:
    """How the legs ended, the first one first."""
    found = [(Side.CLIENT, connection.client_end), (Side.SERVER, connection.server_end)]
    if first is Side.SERVER:
        found.reverse()
    return [(side, end) for side, end in found if end is not None]
