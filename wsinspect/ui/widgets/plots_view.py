"""Draws the small plots of the timeline into the room there is."""

from __future__ import annotations

from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from wsinspect.ui.drawing.columns import Cell
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.timeline.plots import Facts, page


class PlotsView(Widget):
    """Rate, closes, sizes, round trips."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    facts: reactive[Facts] = reactive(Facts())
    across: reactive[int] = reactive(1)
    """How many plots stand side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._painter = Painter()
        self._drawn: tuple[object, ...] = ()
        self._lines: list[Cell] = []

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._painter.clear()

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, height = self.size
        wanted = (self.facts, width, height, self.across)
        if wanted != self._drawn:
            self._drawn, self._lines = wanted, page(self.facts, width, height, self.across)
        return self._painter.strip(self._lines[y] if y < len(self._lines) else (), width, self.rich_style)
