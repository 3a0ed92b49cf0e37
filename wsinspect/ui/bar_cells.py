"""How one connection looks on the timeline: its bar between its name and its end. Pure: everything comes in.

A bar reads without colour: its height in each cell says how many rows came there, the lowest that none did; its last
cell carries the mark that the connection list has for its state.
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
from wsinspect.ui import safe
from wsinspect.ui.columns import Cell, Column, Piece
from wsinspect.ui.connection_cells import mark
from wsinspect.ui.theme import Tone, severity_tone

BAR = "bar"
"""Key of the column that holds the bars."""

GRID = "┊"
"""Stands below each tick of the axis, where there is no bar."""

AGE_INSIDE, AGE_OUTSIDE = "│", "╵"
"""Stands where a connection reached, or would have reached, the age that many closed at."""

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

    @property
    def lasted_ns(self) -> int:
        """How long it has lived."""
        return self.end_ns - self.connection.opened_ns


def cells(line: BarLine, most: int, ticks: Collection[int]) -> Mapping[str, Cell]:
    """The cells of one connection by column key.

    Args:
        line: the connection.
        most: rows that a full cell stands for.
        ticks: the cells of the bar that lie below a tick of the axis.
    """
    connection = line.connection
    result = outcome(connection)
    is_over = connection.closed_ns is not None
    tone = Tone.DIM if is_over and not (result and result.is_failure) else Tone.PLAIN
    return {
        "id": (Piece(str(connection.id), tone),),
        "path": (Piece(safe.line(connection.path), tone),),
        BAR: _bar(line, result, most, ticks),
        "age": (Piece(text.lifetime(max(0, line.lasted_ns)), tone),),
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


def _bar(line: BarLine, result: Outcome | None, most: int, ticks: Collection[int]) -> Cell:
    scale, connection = line.scale, line.connection
    drawn: list[tuple[str, str]] = [(GRID, Tone.GRID) if cell in ticks else (" ", "") for cell in range(scale.cells)]
    placed = bar(scale, connection.opened_ns, line.end_ns)
    if isinstance(placed, Beyond):
        drawn[0 if placed is Beyond.BEFORE else -1] = ("‹" if placed is Beyond.BEFORE else "›", Tone.DIM)
    else:
        _draw(drawn, placed, line, bar_tone(result), most)
        if placed.has_end:
            end = mark(connection, result).text
            drawn[placed.last] = (end, bar_tone(result))
    _draw_age(drawn, placed, line, bar_tone(result))
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
