"""Two codes side by side, drawn from lines that are made out already."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from wsinspect.ui.close.code_page import CodePage, Section
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone

SECTIONS = 2
"""Key differences, When to use which."""


class CodePair(Vertical):
    """The columns, and below them how the two differ."""

    DEFAULT_CSS = beside(__file__)

    def compose(self) -> ComposeResult:
        """The columns; then a heading over two columns, twice."""
        with Horizontal(classes="columns"):
            yield Static(markup=False, classes="left")
            yield Static(markup=False, classes="right")
        with Vertical(classes="sections"):
            for at in range(SECTIONS):
                with Vertical(id=f"section-{at}", classes="section"):
                    yield Static(markup=False, classes="head")
                    with Horizontal():
                        yield Static(markup=False, classes="left")
                        yield Static(markup=False, classes="right")

    def show(self, page: CodePage) -> None:
        """Draw a comparison."""
        left, right = self.query_one(".columns .left", Static), self.query_one(".columns .right", Static)
        left.styles.width = page.left_width
        left.update(_joined(page.left))
        right.display = bool(page.right)
        right.update(_joined(page.right))
        # A rule between the columns is as long as the longer one.
        right.styles.height = max(len(page.left), len(page.right))
        for at in range(SECTIONS):
            self._show_section(at, page.sections[at] if at < len(page.sections) else None)

    def _show_section(self, at: int, section: Section | None) -> None:
        shown = self.query_one(f"#section-{at}")
        shown.display = section is not None
        if section is not None:
            shown.query_one(".head", Static).update(Content.styled(section.head, Tone.STRONG))
            shown.query_one(".left", Static).update(_joined(section.left))
            shown.query_one(".right", Static).update(_joined(section.right))


def _joined(lines: tuple[Content, ...]) -> Content:
    return Content("\n").join(lines)
