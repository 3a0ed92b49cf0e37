"""Scrolls through a page: lines that are drawn when they come into sight."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from wsinspect.ui.pages import LinesPage, Page
from wsinspect.ui.styles import beside


class LineView(ScrollView, can_focus=True):
    """A page of one message."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._page: Page = LinesPage(())

    def show(self, page: Page, *, keeps_place: bool = False) -> None:
        """Show another page, from its beginning or from where the last one was."""
        self._page = page
        self.virtual_size = Size(0, len(page))
        if not keeps_place:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        index = self.scroll_offset.y + y
        if index >= len(self._page):
            return Strip.blank(width, base)
        segments = [
            Segment(piece.text, base + Style.parse(piece.style).rich_style if piece.style else base)
            for piece in self._page.line(index)
        ]
        return Strip(segments).crop(0, width).adjust_cell_length(width, base)
