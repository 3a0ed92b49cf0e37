"""How one connection looks on the timeline: its bar between its name and its end. Pure: everything comes in.

A bar reads without colour: its height in each cell says how many rows came there, the lowest that none did; its last
cell carries the mark that the connection list has for its state. In a session that is played the bars reach to the
end of the session, dim from the play head on; all that is said in words is as of the head.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from wsinspect import text
from wsinspect.codes import Severity
from wsinspect.decode.outcome import CUT, Outcome, outcome
from wsinspect.model import Connection
from wsinspect.timeline.bars import Bar, Beyond, bar
from wsinspect.timeline.scale import Scale
from wsinspect.timeline.shades import shade
from wsinspect.timeline.standing import standing
from wsinspect.ui.connections.cells import mark
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.columns import Cell, Column, Piece
from wsinspect.ui.drawing.theme import Tone, severity_tone

BAR = "bar"
"""Key of the column that holds the bars."""

GRID = "┊"
"""Stands below each tick of the axis, where there is no bar."""

AGE_INSIDE, AGE_OUTSIDE = "│", "╵"
"""Stands where a connection reached, or would have reached, the age that many closed at."""

HEAD = "┃"
"""The play head: through the axis and all bars by the clock, by age in each bar that is open."""

TO_COME = "to come"
"""Said of a connection that is opened later than where the head stands."""

_COLUMNS = (
    Column("path", "Path", 10, share=1, most=24),
    Column(BAR, "", 16, share=5),
    Column("age", "Age", 7, is_right=True),
    Column("close", "Close", 10),
)


def columns(total: int) -> tuple[Column, ...]:
    """The columns for this many connections: the first is as wide as the longest number."""
    return (Column("id", "#", max(3, len(str(total)))), *_COLUMNS)


@dataclass(frozen=True, slots=True)
class BarLine:
    """A connection and what its bar needs."""

    connection: Connection
    scale: Scale
    """The axis in nanoseconds since the epoch: on the axis of ages each connection has its own."""
    now_ns: int
    """Where the bar of an open connection ends."""
    counts: Sequence[int] | None
    """Rows in each cell; None: not known yet."""
    age_ns: int | None
    """When it reached, or would have reached, the age that many closed at; None: there is none."""

    @property
    def end_ns(self) -> int:
        """The last moment of its bar."""
        return self.now_ns if self.connection.closed_ns is None else self.connection.closed_ns


@dataclass(frozen=True, slots=True)
class Head:
    """The play head of a session that is played."""

    at_ns: int
    is_through: bool
    """Whether it is one moment for all bars, which it is drawn through: so by the clock, not by age."""


def cells(line: BarLine, most: int, ticks: Collection[int], head: Head | None = None) -> Mapping[str, Cell]:
    """The cells of one connection by column key.

    Args:
        line: the connection; as it stands at the end of the session, where that is played.
        most: rows that a full cell stands for.
        ticks: the cells of the bar that lie below a tick of the axis.
        head: the play head; None while the session is not played.
    """
    connection = line.connection if head is None else standing(line.connection, head.at_ns)
    if connection is None:
        return {
            "id": (Piece(str(line.connection.id), Tone.DIM),),
            "path": (Piece(safe.line(line.connection.path), Tone.DIM),),
            BAR: _bar(line, None, most, ticks, head),
            "close": (Piece(TO_COME, Tone.DIM),),
        }
    result = outcome(connection)
    is_over = connection.closed_ns is not None
    tone = Tone.DIM if is_over and not (result and result.is_failure) else Tone.PLAIN
    end_ns = line.end_ns if head is None else min(line.end_ns, head.at_ns)
    return {
        "id": (Piece(str(connection.id), tone),),
        "path": (Piece(safe.line(connection.path), tone),),
        BAR: _bar(line, result, most, ticks, head),
        "age": (Piece(text.lifetime(max(0, end_ns - connection.opened_ns)), tone),),
        "close": _close(connection, result),
    }


def _close(connection: Connection, result: Outcome | None) -> Cell:
    if result is None:
        return (Piece(connection.state.value, Tone.GOOD if connection.closed_ns is None else Tone.DIM),)
    label = "cut" if result.label == CUT else result.label
    return (Piece(label, severity_tone(result.severity)),)


_SEVERITY_BARS: Mapping[Severity, Tone] = {
    "ok": Tone.BAR_DONE,
    "info": Tone.BAR_DONE,
    "warning": Tone.BAR_WARN,
    "error": Tone.BAR_BAD,
}


def bar_tone(result: Outcome | None) -> Tone:
    """The tone of a bar: that of its close code's severity, or of what is open."""
    return Tone.BAR_OPEN if result is None else _SEVERITY_BARS[result.severity]


def _bar(line: BarLine, result: Outcome | None, most: int, ticks: Collection[int], head: Head | None) -> Cell:
    scale, connection = line.scale, line.connection
    drawn: list[tuple[str, str]] = [(GRID, Tone.GRID) if cell in ticks else (" ", "") for cell in range(scale.cells)]
    placed = bar(scale, connection.opened_ns, line.end_ns)
    if isinstance(placed, Beyond):
        drawn[0 if placed is Beyond.BEFORE else -1] = ("‹" if placed is Beyond.BEFORE else "›", Tone.DIM)
    else:
        _draw(drawn, placed, line, bar_tone(result), most)
        if placed.has_end:
            end = mark(connection, outcome(connection)).text
            drawn[placed.last] = (end, bar_tone(result))
    _draw_age(drawn, placed, line, bar_tone(result))
    if head is not None:
        _draw_head(drawn, placed, line, head)
    return [Piece("".join(char for char, _ in run), tone) for tone, run in groupby(drawn, itemgetter(1))]


def _draw(drawn: list[tuple[str, str]], placed: Bar, line: BarLine, tone: Tone, most: int) -> None:
    counts = line.counts
    for cell in range(placed.first, placed.last + 1):
        drawn[cell] = (shade(counts[cell] if counts is not None else 0, most), tone)
    if not placed.has_begin:
        drawn[placed.first] = ("‹", tone)
    if not placed.has_end:
        drawn[placed.last] = ("›", tone)


def _draw_age(drawn: list[tuple[str, str]], placed: Bar | Beyond, line: BarLine, tone: Tone) -> None:
    if line.age_ns is None:
        return
    cell = line.scale.cell_of(line.age_ns)
    if not 0 <= cell < line.scale.cells:
        return
    if isinstance(placed, Bar) and placed.first <= cell <= placed.last:
        if not (cell == placed.last and placed.has_end):
            drawn[cell] = (AGE_INSIDE, f"{Tone.RELATED_STRONG} on {tone.partition(' on ')[2]}")
    elif not isinstance(placed, Beyond):
        drawn[cell] = (AGE_OUTSIDE, Tone.RELATED)


def _draw_head(drawn: list[tuple[str, str]], placed: Bar | Beyond, line: BarLine, head: Head) -> None:
    """What lies ahead of the head is dim; the head stands over all but the mark of an end."""
    here = line.scale.cell_of(head.at_ns)
    if isinstance(placed, Bar):
        begin = here + 1 if line.end_ns <= head.at_ns else min(here + 1, placed.last)
        for cell in range(max(begin, placed.first), placed.last + 1):
            drawn[cell] = (drawn[cell][0], Tone.BAR_AHEAD)
    is_alive = line.connection.opened_ns <= head.at_ns <= line.end_ns
    if not 0 <= here < line.scale.cells or not (head.is_through or is_alive):
        return
    if isinstance(placed, Bar) and placed.has_end and here == placed.last:
        return
    _, _, background = drawn[here][1].partition(" on ")
    drawn[here] = (HEAD, f"{Tone.HEAD} on {background}" if background else Tone.HEAD)
