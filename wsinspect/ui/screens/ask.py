"""A question that is answered with a line of text."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing.styles import beside


class Ask(ModalScreen[str | None]):
    """Asks for a line; gives it, or None when the user went back."""

    CSS = beside(__file__)
    SCOPED_CSS = False  # scoped to this class it would not hold for what is made from it
    BINDINGS = bindings(Scope.ASK)
    AUTO_FOCUS = "Input"

    def __init__(self, title: Content, said: str = "", *, hint: str = "", most: int = 1000) -> None:
        """Ask.

        Args:
            title: what is asked for.
            said: what stands in the field at first; visible text.
            hint: what the keys do, no peer text.
            most: characters that may be typed.
        """
        super().__init__()
        self._title = title
        self._said = said
        self._hint = hint
        self._most = most

    def compose(self) -> ComposeResult:
        """The field in a frame."""
        with Vertical() as box:
            box.border_title = self._title
            yield Input(self._said, max_length=self._most, compact=True)
            yield Static(self._hint or "Enter takes it · Esc goes back", markup=False)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)
