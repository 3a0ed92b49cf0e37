"""Saved sessions as lines of a table, and as records for programs.

A record has ``name``, ``path``, ``kind`` (saved, recording, broken off, damaged, newer, foreign, unreadable, gone),
``problem`` (null for a session), ``source``, ``note``, ``version``, ``started`` and ``ended`` (UTC), ``duration``
(seconds), ``connections``, ``messages``, ``rows``, ``closes`` and ``size`` (bytes). ``closes`` says how many
connections ended in which way: a close code (``1005``, ``1006``: no code, no close frame), ``broken:CODE`` or
``broken`` (a close frame that broke a rule), ``http:STATUS`` (the upgrade was refused), ``failed`` (not answered),
``cut`` (by wsinspect itself), ``other``. Fields are added, never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wsinspect import text
from wsinspect.cli.columns import COLOURS
from wsinspect.cli.table import Cell, Column, lay_out
from wsinspect.decode.outcome import end_counts
from wsinspect.report.records import Record, utc
from wsinspect.session.file.saved import Kind, SavedSession

_COLUMNS = (
    Column("name", "NAME"),
    Column("started", "STARTED", rank=1),
    Column("duration", "LENGTH", is_right=True, rank=3),
    Column("connections", "CONN", is_right=True, rank=2),
    Column("messages", "MSGS", is_right=True),
    Column("size", "SIZE", is_right=True),
    Column("closes", "CLOSES", least=12),
    Column("what", "SOURCE, NOTE", rank=4, least=24),
)


def table(sessions: Sequence[SavedSession], now_ns: int, width: int | None) -> Iterator[str]:
    """The lines of a table.

    Args:
        sessions: in their order.
        now_ns: the wall clock, nanoseconds since the epoch; what is being recorded lasts until then.
        width: cells of the terminal; None cuts nothing.
    """
    return lay_out(_COLUMNS, [_row(one, now_ns) for one in sessions], width)


def record(session: SavedSession, now_ns: int) -> Record:
    """One session as a record."""
    return {
        "name": session.name,
        "path": str(session.path),
        "kind": session.kind.value,
        "problem": session.problem or None,
        "source": session.source or None,
        "note": session.note or None,
        "version": session.version or None,
        "started": utc(session.started_ns) if session.started_ns else None,
        "ended": utc(session.ended_ns) if session.ended_ns and session.kind is not Kind.RECORDING else None,
        "duration": session.duration_ns(now_ns) / 1e9 if session.kind.is_session else None,
        "connections": session.connections,
        "messages": session.messages,
        "rows": session.rows,
        "closes": dict(session.ends),
        "size": session.size,
    }


def _row(session: SavedSession, now_ns: int) -> Mapping[str, Cell]:
    name = _plain(text.visible(session.path.stem))
    size = _plain(text.size(session.size))
    if not session.kind.is_session:
        when = _plain(text.date(session.modified_ns) if session.modified_ns else "")
        problem = text.visible(session.problem)
        return {"name": name, "started": when, "size": size, "closes": ((problem, "yellow"),)}
    return {
        "name": name,
        "started": _plain(text.date(session.started_ns)),
        "duration": _plain(text.age(session.duration_ns(now_ns))),
        "connections": _plain(text.count(session.connections)),
        "messages": _plain(text.count(session.messages)),
        "size": size,
        "closes": _closes(session),
        "what": _plain(" · ".join(text.visible(said) for said in (session.note, session.source) if said)),
    }


def _closes(session: SavedSession) -> Cell:
    state = {Kind.RECORDING: (("recording ", "green"),), Kind.BROKEN_OFF: (("broken off ", "yellow"),)}
    pieces: list[tuple[str, str]] = [*state.get(session.kind, ())]
    for one in end_counts(session.ends):
        pieces.append((f"{one.label}×{text.count(one.count)}", COLOURS[one.severity]))
        pieces.append((" ", ""))
    return pieces


def _plain(said: str) -> Cell:
    return ((said, ""),)
