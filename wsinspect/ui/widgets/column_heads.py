"""The line of titles over a list; it stays while the rows scroll."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from wsinspect.ui.columns import Placed, heads
from wsinspect.ui.painting import Painter
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone


class ColumnHeads(Widget):
    """Titles of the columns as they are placed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = beside(__file__)

    def __init__(self, *, is_filled: bool = False) -> None:
        super().__init__(classes="-filled" if is_filled else "")
        self._tone = Tone.STRONG if is_filled else Tone.DIM
        self._placed: tuple[Placed, ...] = ()

    def place(self, placed: tuple[Placed, ...]) -> None:
        """Draw the titles of these columns."""
        self._placed = placed
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line of titles."""
        return Painter().strip(heads(self._placed, self._tone), self.size.width, self.rich_style)
