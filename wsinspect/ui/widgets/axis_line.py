"""The line over the bars: titles of the columns, and the ticks of the time axis over the bars."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from wsinspect.timeline.ticks import Tick
from wsinspect.ui.bar_cells import BAR
from wsinspect.ui.columns import Piece, Placed, heads, start_of
from wsinspect.ui.painting import Painter
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone

TICK = "╷"
AGE = "▼"
"""Points at the age that many closed at."""


class AxisLine(Widget):
    """Titles and ticks."""

    ALLOW_SELECT = False
    DEFAULT_CSS = beside(__file__)

    def __init__(self) -> None:
        super().__init__()
        self._placed: tuple[Placed, ...] = ()
        self._ticks: Sequence[Tick] = ()
        self._age_cell: int | None = None

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

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        titles = "".join(piece.text for piece in heads(self._placed, "", {}, {})).ljust(width)
        begin = start_of(self._placed, BAR)
        bars = next((width for column, width in self._placed if column.key == BAR), 0)
        axis = list(" " * bars)
        for tick in self._ticks:
            axis[tick.cell : tick.cell + 1 + len(tick.label)] = TICK + tick.label
        pieces = [Piece(titles[:begin], Tone.STRONG), Piece("".join(axis), Tone.PLAIN)]
        age = self._age_cell
        if age is not None and 0 <= age < bars:
            left, right = "".join(axis[:age]), "".join(axis[age + 1 :])
            pieces[1:] = [Piece(left, Tone.PLAIN), Piece(AGE, Tone.RELATED_STRONG), Piece(right, Tone.PLAIN)]
        pieces.append(Piece(titles[begin + bars :], Tone.STRONG))
        return Painter().strip(pieces, width, self.rich_style)
