"""How one connection looks as a line of the list. Pure: everything it shows comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wsinspect import text
from wsinspect.decode.outcome import CUT, NO_ANSWER, Outcome, outcome, said
from wsinspect.model import Connection, State, Traffic
from wsinspect.origin import labels, origin_of
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.columns import GAP, Cell, Column, Piece
from wsinspect.ui.drawing.theme import Tone, severity_tone, strong

RATE_BUCKETS = 8
"""Columns of the rate graph."""

RATE_BUCKET_NS = 1_000_000_000
"""Time that one of them stands for."""

_COLUMNS = (
    Column("state", "", 1),
    Column("path", "Path", 10, share=6),
    Column("client", "Client", 15, from_width=104),
    Column("subprotocol", "Subprotocol", 12, from_width=136, share=1, most=20),
    Column("age", "Age", 6, is_right=True, from_width=64),
    Column("sent", "▲", 5, below_width=88),
    Column("got", "▼", 5, below_width=88),
    Column("up", "▲ to server", 13, from_width=88),
    Column("down", "▼ to client", 13, from_width=88),
    Column("rate", "Rate", RATE_BUCKETS, from_width=120),
    Column("rtt", "RTT", 7, from_width=120, is_right=True),
    Column("close", "Close", 20, share=2, most=44),
)


_FILE = Column("file", "File", 10, from_width=76, share=1, most=20)


def _narrowed(column: Column) -> Column:
    """The column beside _FILE: what it needs more room for than that one comes where both have it."""
    taken = _FILE.width + GAP
    if column.from_width > _FILE.from_width:
        return replace(column, from_width=column.from_width + taken)
    return replace(column, below_width=column.below_width + taken)


_MERGED_COLUMNS = (_COLUMNS[0], _FILE, *map(_narrowed, _COLUMNS[1:]))
"""In a merged session."""


_STATE = Column("state", "State", 6)
"""With room for its title and which way it is sorted."""


def columns(
    total: int, *, is_merged: bool = False, is_by_state: bool = False, has_subprotocols: bool = False
) -> tuple[Column, ...]:
    """The columns for this many connections: the first is as wide as the longest number.

    Args:
        total: how many connections there are.
        is_merged: whether the session was merged of several files.
        is_by_state: whether the list is sorted by state: the column of the marks has a title then.
        has_subprotocols: whether any connection has a subprotocol; where none has, paths have the room.
    """
    number = Column("id", "#", max(3, len(str(total))))
    others = _MERGED_COLUMNS if is_merged else _COLUMNS
    if not has_subprotocols:
        others = tuple(column for column in others if column.key != "subprotocol")
    return (number, *(map(_beside_state, others) if is_by_state else others))


def _beside_state(column: Column) -> Column:
    """The column where that of the states has a title; the path needs as much less."""
    if column.key == "state":
        return _STATE
    return replace(column, width=column.width - _STATE.width + 1) if column.key == "path" else column


_MARKS = {
    State.CONNECTING: Piece("◌", Tone.DIM),
    State.OPEN: Piece("●", Tone.GOOD),
    State.CLOSING: Piece("◐", Tone.WARN),
    State.CLOSED: Piece("○", Tone.DIM),
    State.REFUSED: Piece("✖", Tone.BAD),
    State.FAILED: Piece("✖", Tone.BAD),
}

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """A connection and what its line needs beside it."""

    connection: Connection
    rate: Sequence[int]
    """Messages per bucket, oldest first."""


def cells(shown: ConnectionLine, now_ns: int, files: Sequence[str] = ()) -> Mapping[str, Cell]:
    """The cells of one connection by column key.

    Args:
        shown: the connection.
        now_ns: the time that an open connection's age is taken at.
        files: the files that the session was merged of.
    """
    connection = shown.connection
    result = outcome(connection)
    is_over = connection.closed_ns is not None
    tone = Tone.DIM if is_over and not (result and result.is_failure) else Tone.PLAIN
    rtt = text.duration(connection.rtt_ns) if connection.rtt_ns is not None else ""
    return {
        "id": (Piece(str(connection.id), tone),),
        "state": (mark(connection, result),),
        "file": _file(connection, files, tone),
        "path": (Piece(safe.line(connection.path), tone),),
        "client": (Piece(safe.line(connection.client), tone),),
        "subprotocol": (Piece(safe.line(connection.subprotocol) or "–", tone),),
        "age": (Piece(text.age((connection.closed_ns or now_ns) - connection.opened_ns), tone),),
        "sent": (Piece(text.count(connection.to_server.messages), tone),),
        "got": (Piece(text.count(connection.to_client.messages), tone),),
        "up": _traffic(connection.to_server, tone),
        "down": _traffic(connection.to_client, tone),
        "rate": (_graph(shown.rate, Tone.DIM if is_over else Tone.DOWN),),
        "rtt": (Piece(rtt, tone),),
        "close": _close(connection, result),
    }


def _file(connection: Connection, files: Sequence[str], tone: Tone) -> Cell:
    """The file it comes from, and its number there."""
    origin = origin_of(connection.source) if files else None
    if origin is None:
        return ()
    label = labels(files).get(origin.file, origin.file)
    return (Piece(f"{safe.line(label)} ", tone), Piece(f"#{origin.number}", Tone.DIM))


def mark(connection: Connection, result: Outcome | None) -> Piece:
    """The mark of a connection's state."""
    if result is not None and result.is_failure and connection.closed_ns is not None:
        return Piece("✖", Tone.BAD)
    return _MARKS[connection.state]


def _traffic(traffic: Traffic, tone: Tone) -> Cell:
    return (Piece(f"{text.count(traffic.messages):<5}{text.size(traffic.wire_bytes):>8}", tone),)


def _graph(rate: Sequence[int], tone: Tone) -> Piece:
    """The rate as bars; the highest bucket is the full height."""
    most = max(rate, default=0)
    if not most:
        return Piece(_BARS[0] * len(rate), Tone.DIM)
    top = len(_BARS) - 1
    return Piece("".join(_BARS[-(-count * top // most)] for count in rate), tone)


def _close(connection: Connection, result: Outcome | None) -> Cell:
    first, second = map(safe.line, said(connection, result))
    if result is None:
        return (Piece(first, Tone.BAD),) if first else ()
    tone = severity_tone(result.severity)
    if result.label == NO_ANSWER:
        return (Piece(first, tone), Piece(second, Tone.PLAIN))
    if result.label == CUT:
        return (Piece(first, Tone.DIM),)
    if result.is_broken:
        return (Piece(first, strong(tone)), Piece(second, tone))
    if not result.is_wire:
        return (Piece(first, tone), Piece(second, Tone.DIM))
    name_tone = Tone.DIM if result.severity in ("ok", "info") else Tone.PLAIN
    code_tone = strong(tone) if result.is_failure else tone
    return (Piece(first, code_tone), Piece(second, name_tone))
