"""How one row looks as a line of the message list. Pure: everything it shows comes in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from wsinspect import text
from wsinspect.decode.summary import summarize
from wsinspect.filters.spots import Findable
from wsinspect.model import EventKind, Row, RowKind, Side
from wsinspect.report.messages import MARK
from wsinspect.session.search.folded import NO_FOLD, Fold
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.columns import Cell, Column, Piece
from wsinspect.ui.drawing.theme import Tone, strong
from wsinspect.ui.messages.excerpt import Excerpt, in_room
from wsinspect.ui.messages.found_in_line import first, shown

TIME_WIDTH = 12
DELTA_WIDTH = 9

_TIME = Column("time", "time", TIME_WIDTH)
_SIDE = Column("side", "", 1)
_TYPE = Column("type", "type", 8)
_MESSAGE = Column("message", "message", 20, share=1)

COLUMNS = (
    _TIME,
    Column("delta", "Δ", DELTA_WIDTH, is_right=True, from_width=70),
    _SIDE,
    _TYPE,
    Column("size", "size", 7, is_right=True, from_width=60),
    _MESSAGE,
)
"""For one connection, without the number."""


def columns(total: int) -> tuple[Column, ...]:
    """For one connection with this many rows: the number is as wide as the longest."""
    # A terminal of 100 cells leaves the list a little less.
    return (Column("number", "#", max(3, len(str(total))), is_right=True, from_width=94), *COLUMNS)


ALL_COLUMNS = (
    _TIME,
    Column("delta", "Δ", DELTA_WIDTH, is_right=True, from_width=76),
    Column("connection", "conn", 4, is_right=True),
    _SIDE,
    _TYPE,
    # In 80 cells the message has more need of the room.
    Column("size", "size", 7, is_right=True, from_width=84),
    _MESSAGE,
)
"""For all connections."""

_MARKS = {Side.CLIENT: "▲", Side.SERVER: "▼"}
_TONES = {Side.CLIENT: Tone.UP, Side.SERVER: Tone.DOWN}
_QUIET = (RowKind.PING, RowKind.PONG, RowKind.EVENT)
_LOUD_EVENTS = (EventKind.FAILED, EventKind.GAP, EventKind.TRUNCATED)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of a row beside what it holds."""

    wanted: tuple[Findable, ...] = ()
    """What is looked for, drawn where it stands."""
    aim: tuple[Findable, ...] = ()
    """The part of that which the row is there for: the first that is found is to be seen."""
    excerpt: Excerpt | None = None
    """Where the first of them stands, when that is beyond what the row holds."""
    is_hit: bool = False
    """Whether a search that hides nothing takes the row."""
    fold: Fold = NO_FOLD
    """The rows that are folded into it."""
    silence_ns: int | None = None
    """How long its connection was silent before it, where a filter asks for that; nanoseconds."""


ENDLESS = 1 << 20
"""Cells that no line has."""


def cells(
    row: Row,
    previous_ns: int | None,
    ping: Row | None,
    *,
    since_ns: int | None = None,
    sought: Sought = Sought(),
    room: int = ENDLESS,
) -> Mapping[str, Cell]:
    """The cells of one row by column key.

    Args:
        row: what is shown.
        previous_ns: when what is above it came, or the last of what is folded into that; None when there is nothing.
        ping: the ping that a pong answers, when it is known.
        since_ns: the moment that times are counted from; None shows the clock.
        sought: what a search says of it.
        room: cells of the column of messages.
    """
    tone = _tone(row)
    kind = Piece(_type(row), Tone.FOUND if sought.is_hit else tone)
    return {
        **_times(row, previous_ns, since_ns),
        # Rows of connection 0 are about the session as a whole.
        "connection": (Piece(str(row.connection or "–"), Tone.DIM),),
        "number": (Piece(str(row.number), Tone.DIM),),
        "side": (_side(row),),
        "type": (kind,),
        "size": (Piece(text.size(_size(row)) if row.kind is not RowKind.EVENT else "", tone),),
        "message": (*_message(row, tone, sought, room), *_round_trip(row, ping)),
    }


def _tone(row: Row) -> Tone:
    if row.violations or (row.event is not None and row.event.kind in _LOUD_EVENTS):
        return Tone.BAD
    return Tone.DIM if row.kind in _QUIET else Tone.PLAIN


def _times(row: Row, previous_ns: int | None, since_ns: int | None) -> dict[str, Cell]:
    said = text.clock(row.at_ns) if since_ns is None else text.offset(row.at_ns - since_ns)
    if previous_ns is None:
        return {"time": (Piece(said, Tone.DIM),)}
    if since_ns is None and _date(row.at_ns) != _date(previous_ns):
        # The day changed here: the date takes the place of the gap, which the date tells anyway.
        return {
            "time": (Piece(said, Tone.STRONG),),
            "delta": (Piece(_date(row.at_ns)[5:], Tone.STRONG),),
        }
    return {
        "time": (Piece(said, Tone.DIM),),
        "delta": (Piece(_delta(row.at_ns - previous_ns), Tone.DIM),),
    }


def _delta(nanoseconds: int) -> str:
    """With its sign: rows stand in the order in which they were recorded, and clocks go back."""
    return text.duration(nanoseconds) if nanoseconds < 0 else f"+{text.duration(nanoseconds)}"


def _date(wall_ns: int) -> str:
    return _date_of_minute(wall_ns // 60_000_000_000)


@lru_cache(maxsize=256)
def _date_of_minute(minute: int) -> str:
    # A damaged file can hold any number; no calendar reaches further than this.
    return time.strftime("%Y-%m-%d", time.localtime(max(-_FAR, min(minute, _FAR)) * 60))


_FAR = 1 << 27


def _side(row: Row) -> Piece:
    if row.side is None:
        return Piece("·", Tone.DIM)
    return Piece(_MARKS[row.side], Tone.DIM if row.kind is RowKind.EVENT else _TONES[row.side])


def _type(row: Row) -> str:
    if row.event is not None:
        return _EVENT_TYPES[row.event.kind]
    return "cont" if row.kind is RowKind.CONTINUATION else row.kind.value


_EVENT_TYPES = {
    EventKind.END: "tcp",
    EventKind.FAILED: "failed",
    EventKind.TRUNCATED: "cut off",
    EventKind.GAP: "gap",
    EventKind.SLEEP: "sleep",
    EventKind.NOTE: "note",
}


def _size(row: Row) -> int:
    return row.size if row.inflated_size is None else row.inflated_size


def _mark(row: Row) -> Cell:
    if row.mark is None:
        return ()
    return (Piece(f"{MARK} {safe.line(row.mark)}".rstrip() + "  ", strong(Tone.WARN)),)


def _message(row: Row, tone: Tone, sought: Sought, room: int) -> Cell:
    broken = (Piece(f"{row.violations[0].detail} ", Tone.BAD_STRONG),) if row.violations else ()
    before = (*_silence(sought.silence_ns), *_fold(row, sought.fold), *_mark(row), *broken)
    said = summarize(row)
    if not sought.wanted:
        return (*before, Piece(said, tone))
    left = max(1, room - sum(text.cells(piece.text) for piece in before))
    part = _beyond(said, sought, left)
    return (
        *before,
        *(shown(Piece(said, tone), sought.wanted) if part is None else in_room(part, left, tone, sought.wanted)),
    )


def _beyond(said: str, sought: Sought, room: int) -> Excerpt | None:
    """What is shown instead of a line whose beginning does not show what is looked for."""
    found = first(sought.aim, said)
    if found is None:
        return sought.excerpt
    begin, end = found
    if text.cells(said[:end]) <= room:
        return None
    return Excerpt(said[:begin], said[begin:end], said[end:])


def _silence(silence_ns: int | None) -> Cell:
    """The gap that a filter asked for: the column of gaps counts from the row above, whatever is not listed between."""
    return () if silence_ns is None else (Piece(f"after {text.duration(silence_ns)}  ", Tone.FOUND),)


def _fold(row: Row, fold: Fold) -> Cell:
    """How many more like it there are, and in what time; a line along rows that were unfolded."""
    if fold.rows:
        # Pings and their pongs take turns: not all of them need be what this row is.
        return (Piece(f"+{fold.rows:,} alike in {text.duration(fold.last_ns - row.at_ns)}  ", Tone.KEY),)
    return (Piece("│ ", Tone.KEY),) if fold.opened_at else ()


def _round_trip(row: Row, ping: Row | None) -> Cell:
    if ping is None:
        return ()
    return (
        Piece("   " if row.size else "", ""),
        Piece(f"round trip {text.duration(row.at_ns - ping.at_ns)}", Tone.DIM),
    )


def answered_ping(pong: Row, before: list[Row]) -> Row | None:
    """The ping that a pong answers (RFC 6455 section 5.5.3).

    Args:
        pong: the pong.
        before: rows that came before it, the latest first.
    """
    for row in before:
        if row.connection != pong.connection or row.head != pong.head:
            continue
        if row.kind is RowKind.PONG and row.side is pong.side:
            return None
        if row.kind is RowKind.PING and row.side is not pong.side:
            return row
    return None
