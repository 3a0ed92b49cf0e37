"""A small menu: one of a few lines is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing.styles import beside


class Menu(ModalScreen[int | None]):
    """Gives the position of the line that is chosen, from 0; None when the user went back."""

    CSS = beside(__file__)
    SCOPED_CSS = False  # scoped to this class it would not hold for what is made from it
    BINDINGS = bindings(Scope.CHOICE)
    AUTO_FOCUS = "OptionList"

    def __init__(self, title: Content, lines: Sequence[Content], *, hint: str, at: int = 0) -> None:
        """Offer these lines.

        Args:
            title: what is chosen.
            lines: what there is to choose from.
            hint: what the keys do, no peer text.
            at: the line to begin with.
        """
        super().__init__()
        self._title = title
        self._lines = lines
        self._hint = hint
        self._at = at

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = Content(self._hint)
            yield OptionList(*map(Option, self._lines), markup=False, compact=True)

    def on_mount(self) -> None:
        """Begin with one of them."""
        self.query_one(OptionList).highlighted = self._at

    def action_choose(self, by: int) -> None:
        """To another line."""
        options = self.query_one(OptionList)
        options.highlighted = ((options.highlighted or 0) + by) % len(self._lines)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
