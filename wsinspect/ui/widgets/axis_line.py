"""The line over the bars: titles of the columns, and the ticks of the time axis over the bars.

A click on the axis is told to the owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wsinspect.timeline.ticks import Tick
from wsinspect.ui.drawing.columns import Piece, Placed, heads, start_of
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.timeline.bar_cells import BAR, HEAD

TICK = "╷"
AGE = "▼"
"""Points at the age that many closed at."""


class AxisLine(Widget):
    """Titles and ticks."""

    ALLOW_SELECT = False
    DEFAULT_CSS = beside(__file__)

    @dataclass
    class Clicked(Message):
        """The axis was clicked."""

        cell: int
        """Of the bars."""

    def __init__(self) -> None:
        super().__init__()
        self._placed: tuple[Placed, ...] = ()
        self._ticks: Sequence[Tick] = ()
        self._age_cell: int | None = None
        self._head_cell: int | None = None

    def show(self, placed: tuple[Placed, ...], ticks: Sequence[Tick], age_cell: int | None) -> None:
        """Draw these.

        Args:
            placed: the columns.
            ticks: over the bars.
            age_cell: the cell of the bars where the common age lies; None: nowhere.
        """
        shown = (placed, tuple(ticks), age_cell)
        if shown != (self._placed, self._ticks, self._age_cell):
            self._placed, self._ticks, self._age_cell = shown
            self.refresh()

    def put_head(self, cell: int | None) -> None:
        """Draw the play head in this cell of the bars; None, or a cell that is not in sight: nowhere."""
        if cell != self._head_cell:
            self._head_cell = cell
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        titles = "".join(piece.text for piece in heads(self._placed, "", {}, {})).ljust(width)
        begin, bars = start_of(self._placed, BAR), self._bars
        axis = list(" " * bars)
        for tick in self._ticks:
            axis[tick.cell : tick.cell + 1 + len(tick.label)] = TICK + tick.label
        pieces = [Piece(titles[:begin], Tone.STRONG), Piece("".join(axis), Tone.PLAIN)]
        # There is only one of them: the head is one moment by the clock, the common age one on the axis of ages.
        for at, mark, tone in ((self._age_cell, AGE, Tone.RELATED_STRONG), (self._head_cell, HEAD, Tone.HEAD)):
            if at is not None and 0 <= at < bars:
                left, right = "".join(axis[:at]), "".join(axis[at + 1 :])
                pieces[1:] = [Piece(left, Tone.PLAIN), Piece(mark, tone), Piece(right, Tone.PLAIN)]
        pieces.append(Piece(titles[begin + bars :], Tone.STRONG))
        return Painter().strip(pieces, width, self.rich_style)

    @property
    def _bars(self) -> int:
        """Cells of the bars."""
        return next((width for column, width in self._placed if column.key == BAR), 0)

    def on_click(self, event: events.Click) -> None:
        """Tell where."""
        cell = event.x - start_of(self._placed, BAR)
        if 0 <= cell < self._bars:
            self.post_message(self.Clicked(cell))
