"""One code explained: Description, When you see it, How to fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from wsinspect.codes import CodeEntry, Point
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone


class CodeColumn(Vertical):
    """A code's entry in the catalogue, under its name."""

    DEFAULT_CSS = beside(__file__)

    def compose(self) -> ComposeResult:
        """The head with its label, and the text."""
        with Horizontal():
            yield Static(markup=False, classes="title")
            yield Static(markup=False, classes="label")
        yield Static(markup=False, classes="text")

    def show(self, entry: CodeEntry, style: str, label: Content) -> None:
        """Explain a code.

        Args:
            entry: what the catalogue knows.
            style: how the name is drawn.
            label: what stands on the right of the name.
        """
        self.query_one(".title", Static).update(Content.styled(entry.title, style))
        self.query_one(".label", Static).update(label)
        self.query_one(".text", Static).update(Content("\n").join(_text(entry)))


def _text(entry: CodeEntry) -> Iterator[Content]:
    for head, points in (
        ("Description", (entry.description,)),
        ("When you see it", _points(entry.when)),
        ("How to fix", _points(entry.how)),
    ):
        yield Content.styled(head, Tone.STRONG)
        for point in points:
            yield Content(point)


def _points(points: Sequence[Point]) -> Sequence[str]:
    return [point.text for point in points]
