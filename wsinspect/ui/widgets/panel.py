"""A framed part of the main screen, with a title above and a note below."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from wsinspect.ui.drawing.styles import beside


class Panel(Vertical):
    """A frame; it lights up while the focus is inside."""

    DEFAULT_CSS = beside(__file__)

    def __init__(self, *children: Widget, id: str) -> None:  # noqa: A002
        super().__init__(*children, id=id)
        self.title = Content("")
        """What stands in the upper edge."""
        self.note = Content("")
        """What stands in the lower edge."""

    # Textual draws the whole panel again for either edge, so an edge that stays as it is is left alone. A Content is
    # taken as it is; a str would be read as markup.

    def set_title(self, title: Content) -> None:
        """Write the title into the upper edge."""
        if self.title != title:
            self.title = self.border_title = title

    def set_note(self, note: Content) -> None:
        """Write the note into the lower edge."""
        if self.note != note:
            self.note = self.border_subtitle = note
