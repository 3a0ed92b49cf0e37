"""What can be started, one line each with its key; a click presses the key."""

from __future__ import annotations

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from wsinspect.ui.actions import Scope, of_scope
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone

LABEL_WIDTH = 16


class StartMenu(Widget):
    """The actions of Scope.MENU."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._actions = tuple(of_scope(Scope.MENU))
        self.styles.height = len(self._actions)

    def render_line(self, y: int) -> Strip:
        """One action: key, name, what it does."""
        if y >= len(self._actions):
            return Strip.blank(self.size.width, self.rich_style)
        action = self._actions[y]
        label = Piece(f"{action.label:<{LABEL_WIDTH}}", Tone.STRONG)
        line = (Piece(f" {action.shown}  ", Tone.KEY), label, Piece(action.help, Tone.DIM))
        return Painter().strip(line, self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Press the key of the line."""
        if 0 <= event.y < len(self._actions):
            self.app.simulate_key(self._actions[event.y].keys)
