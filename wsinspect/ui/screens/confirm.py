"""A question with two answers, before something that cannot be taken back."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing.styles import beside


class Confirm(ModalScreen[bool]):
    """Asks; True when the user agrees."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.QUESTION)
    AUTO_FOCUS = "#no"

    def __init__(self, question: Content, yes: str, no: str) -> None:
        super().__init__()
        self._question = question
        self._labels = (yes, no)

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        yes, no = self._labels
        with Vertical():
            yield Static(self._question, markup=False)
            with Horizontal():
                yield Button(Content(f"{yes} (y)"), id="yes", variant="error", compact=True)
                yield Button(Content(f"{no} (n)"), id="no", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Take the answer given by a key."""
        self.dismiss(answer)
