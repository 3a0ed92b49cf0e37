"""A framed part of the main screen, with a title above and a note below."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content

from wsinspect.ui.styles import beside


class Panel(Vertical):
    """A frame; it lights up while the focus is inside."""

    DEFAULT_CSS = beside(__file__)

    def set_title(self, title: Content) -> None:
        """Write the title into the upper edge."""
        if self.border_title != title:
            self.border_title = title

    def set_note(self, note: Content) -> None:
        """Write the note into the lower edge."""
        if self.border_subtitle != note:
            self.border_subtitle = note
