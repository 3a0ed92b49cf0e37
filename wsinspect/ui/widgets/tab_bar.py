"""One line that names the panels when only one fits; a click goes to it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from wsinspect import text
from wsinspect.ui.drawing.columns import Cell, Piece
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone

CHOSEN = "bold $block-cursor-foreground on $block-cursor-background"
"""How the tab that is shown is drawn."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the panels."""

    panel: str
    """Id of the panel."""
    key: str
    label: Cell


class TabBar(Widget):
    """The tabs of the small layout."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    active: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        panel: str

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[range, str]] = []

    def render_line(self, y: int) -> Strip:
        """The line of tabs."""
        line: list[Piece] = []
        self._spans = []
        at = 0
        for tab in self.tabs:
            pieces = [Piece(f" {tab.key} ", Tone.KEY), *tab.label, Piece(" ", "")]
            width = sum(text.cells(piece.text) for piece in pieces)
            self._spans.append((range(at, at + width), tab.panel))
            at += width + 1
            is_active = tab.panel == self.active
            line += [Piece(piece.text, CHOSEN if is_active else piece.style or Tone.PLAIN) for piece in pieces]
            line.append(Piece(" ", ""))
        return Painter().strip(line, self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Go to the panel whose tab was clicked."""
        for span, panel in self._spans:
            if event.x in span:
                self.post_message(self.Chosen(panel))
