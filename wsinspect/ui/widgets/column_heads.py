"""The line of titles over a list; it stays while the rows scroll."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from wsinspect.ui.columns import Placed, heads
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone


class ColumnHeads(Widget):
    """Titles of the columns as they are placed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = beside(__file__)

    def __init__(self, *, is_filled: bool = False) -> None:
        super().__init__(classes="-filled" if is_filled else "")
        self._is_filled = is_filled
        self._placed: tuple[Placed, ...] = ()

    def place(self, placed: tuple[Placed, ...]) -> None:
        """Draw the titles of these columns."""
        self._placed = placed
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line of titles."""
        base = self.rich_style
        tone = Style.parse(Tone.STRONG if self._is_filled else Tone.DIM).rich_style
        pieces = heads(self._placed, "x")
        segments = [Segment(piece.text, base + tone if piece.style else base) for piece in pieces]
        return Strip(segments).adjust_cell_length(self.size.width, base)
