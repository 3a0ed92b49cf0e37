"""Scrolls through a page: lines that are drawn when they come into sight."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.pages.forms import LinesPage, Page
from wsinspect.ui.pages.hits import drawn


class LineView(ScrollView, can_focus=True):
    """A page of one message."""

    DEFAULT_CSS = beside(__file__)
    BINDINGS = bindings(Scope.PAGE)
    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._page: Page = LinesPage(())
        self._painter = Painter()
        self.hit = 0
        """The hit that the reader is at, from 0."""

    def show(self, page: Page, *, keeps_place: bool = False, hit: int = 0) -> None:
        """Show another page, from its beginning or from where the last one was, or with this hit in sight."""
        self._page = page
        self.virtual_size = Size(0, len(page))
        self.hit = min(hit, max(0, len(page.hits.lines) - 1))
        if not keeps_place:
            self.scroll_to(y=0, animate=False, force=True)
            self._reveal()
        self.refresh()

    @property
    def hits(self) -> int:
        """How many hits there are on the page."""
        return len(self._page.hits.lines)

    def go_to_hit(self, hit: int) -> None:
        """Bring a hit into sight, and draw it as the one that the reader is at."""
        self.hit = hit
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        """Bring the hit into sight, with some lines before it where it was not."""
        if not self.hits:
            return
        line, top, height = self._page.hits.lines[self.hit], self.scroll_offset.y, max(1, self.size.height)
        if not top <= line < top + height:
            self.scroll_to(y=max(0, line - height // 3), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= len(self._page):
            return self._painter.strip((), width, self.rich_style)
        hits = self._page.hits
        here = hits.numbers[self.hit] if hits.numbers else -1
        pieces = drawn(self._page.line(index), hits.spans.get(index, ()), here)
        return self._painter.strip(pieces, width, self.rich_style)

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._painter.clear()
