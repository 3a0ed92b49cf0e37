"""Scrolls through a page: lines that are drawn when they come into sight."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.pages import LinesPage, Page
from wsinspect.ui.painting import Painter
from wsinspect.ui.styles import beside


class LineView(ScrollView, can_focus=True):
    """A page of one message."""

    DEFAULT_CSS = beside(__file__)
    BINDINGS = bindings(Scope.PAGE)
    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._page: Page = LinesPage(())
        self._painter = Painter()

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
        index = self.scroll_offset.y + y
        pieces = self._page.line(index) if index < len(self._page) else ()
        return self._painter.strip(pieces, width, self.rich_style)

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._painter.clear()
