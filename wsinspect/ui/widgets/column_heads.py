"""The line of titles over a list; it stays while the rows scroll."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wsinspect.ui.drawing.columns import Placed, column_at, heads
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone


class ColumnHeads(Widget):
    """Titles of the columns as they are placed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = beside(__file__)

    @dataclass
    class Clicked(Message):
        """The title of a column was clicked."""

        column: str

    def __init__(self, *, is_filled: bool = False) -> None:
        super().__init__(classes="-filled" if is_filled else "")
        self._tone = Tone.STRONG if is_filled else Tone.DIM
        self._placed: tuple[Placed, ...] = ()
        self._marks: Mapping[str, str] = {}
        self._titles: Mapping[str, str] = {}

    def place(self, placed: tuple[Placed, ...]) -> None:
        """Draw the titles of these columns."""
        self._placed = placed
        self.refresh()

    def mark(self, marks: Mapping[str, str]) -> None:
        """Draw these marks behind the titles of their columns."""
        self._marks = marks
        self.refresh()

    def rename(self, titles: Mapping[str, str]) -> None:
        """Draw other titles over some columns."""
        self._titles = titles
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Say which title was clicked."""
        column = column_at(self._placed, event.x)
        if column is not None:
            self.post_message(self.Clicked(column))

    def render_line(self, y: int) -> Strip:
        """The line of titles."""
        return Painter().strip(
            heads(self._placed, self._tone, self._marks, self._titles), self.size.width, self.rich_style
        )
