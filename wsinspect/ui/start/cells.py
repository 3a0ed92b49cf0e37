"""How one saved session looks as a line of the list, and what is said about it below. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from wsinspect import text
from wsinspect.session.file.saved import Kind, SavedSession
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.columns import Cell, Column, Piece
from wsinspect.ui.drawing.theme import Tone, severity_tone
from wsinspect.ui.start.session_line import SessionLine

COLUMNS = (
    Column("state", "", 1),
    Column("started", "Recorded", 16, from_width=66),
    Column("name", "Name", 10, share=6, most=34),
    Column("duration", "Length", 8, is_right=True, from_width=96),
    Column("connections", "Conn", 5, is_right=True, from_width=76),
    Column("messages", "Msgs", 5, is_right=True),
    Column("size", "Size", 8, is_right=True),
    Column("closes", "Closes", 14, share=4, most=52),
    Column("what", "Note, source", 16, share=4, from_width=116),
)

_MARKS = {
    Kind.SAVED: Piece("○", Tone.DIM),
    Kind.RECORDING: Piece("●", Tone.BAD),
    Kind.BROKEN_OFF: Piece("◐", Tone.WARN),
}
_NO_SESSION = Piece("✖", Tone.WARN)


def cells(line: SessionLine, now_ns: int) -> Mapping[str, Cell]:
    """The cells of one session by column key.

    Args:
        line: the session.
        now_ns: the time up to which one that is being recorded has lasted, nanoseconds since the epoch.
    """
    session = line.session
    name = (Piece(safe.line(session.path.stem), Tone.PLAIN),)
    size = (Piece(text.size(session.size), Tone.PLAIN),)
    mark = (_MARKS.get(session.kind, _NO_SESSION),)
    if not session.kind.is_session:
        when = text.date(session.modified_ns) if session.modified_ns else ""
        problem = (Piece(safe.line(session.problem), Tone.WARN),)
        return {"state": mark, "started": (Piece(when, Tone.DIM),), "name": name, "size": size, "closes": problem}
    return {
        "state": mark,
        "started": (Piece(text.date(session.started_ns), Tone.DIM),),
        "name": name,
        "duration": (Piece(text.age(session.duration_ns(now_ns)), Tone.PLAIN),),
        "connections": (Piece(text.count(session.connections), Tone.PLAIN),),
        "messages": (Piece(text.count(session.messages), Tone.PLAIN),),
        "size": size,
        "closes": _closes(line),
        "what": _what(session),
    }


def _closes(line: SessionLine) -> Cell:
    pieces: list[Piece] = []
    if line.session.kind is Kind.RECORDING:
        pieces.append(Piece("recording ", Tone.BAD))
    elif line.session.kind is Kind.BROKEN_OFF:
        pieces.append(Piece("broken off ", Tone.WARN))
    for one in line.ends:
        pieces += [Piece(f"{one.label}×{text.count(one.count)}", severity_tone(one.severity)), Piece(" ", "")]
    return pieces


def _what(session: SavedSession) -> Cell:
    pieces = [Piece(safe.line(session.note), Tone.STRONG)] if session.note else []
    if session.note and session.source:
        pieces.append(Piece(" · ", Tone.DIM))
    return (*pieces, Piece(safe.line(session.source), Tone.DIM))


def about(line: SessionLine, now_ns: int, width: int) -> Content:
    """Two lines on a session: what it is called, where it comes from, and all that it holds.

    Args:
        line: the session.
        now_ns: as in ``cells``.
        width: cells of a line.
    """
    session = line.session
    first = [(safe.line(session.name), Tone.STRONG)]
    first += [(f"  {safe.line(said)}", Tone.PLAIN) for said in (session.note, session.source) if said]
    return Content("\n").join(
        Content.assemble(*said).truncate(width, ellipsis=True) for said in (first, _second(line, now_ns))
    )


def _second(line: SessionLine, now_ns: int) -> list[tuple[str, str]]:
    session = line.session
    if not session.kind.is_session:
        return [(safe.line(session.problem), Tone.WARN)]
    said: list[tuple[str, str]] = [
        (f"{text.age(session.duration_ns(now_ns))}, ", Tone.DIM),
        (f"{session.connections:,} connection{'s' * (session.connections != 1)}, ", Tone.DIM),
        (f"{session.messages:,} message{'s' * (session.messages != 1)}", Tone.DIM),
    ]
    for one in line.ends:
        said.append((f"  {one.label}", severity_tone(one.severity)))
        said.append((f" ×{one.count:,}", Tone.DIM))
    return said
