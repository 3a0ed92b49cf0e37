"""One code explained: Description, When you see it, How to fix."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from wsinspect.codes import CodeEntry
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone

NARROW = 46
"""Below this width, in cells, the label stands under the name."""


class CodeColumn(Vertical):
    """A code's entry in the catalogue, under its name."""

    DEFAULT_CSS = beside(__file__)

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entry: CodeEntry | None = None

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
        self._entry = entry
        self.query_one(".title", Static).update(Content.styled(entry.title, style))
        self.query_one(".label", Static).update(label)
        self._write()

    def on_resize(self) -> None:
        """Points hang from their marks, so lines are broken here and not by the layout."""
        self.set_class(self.content_size.width < NARROW, "-narrow")
        self._write()

    def _write(self) -> None:
        if self._entry is not None:
            self.query_one(".text", Static).update(Content("\n").join(_text(self._entry, self.content_size.width)))


def _text(entry: CodeEntry, width: int) -> Iterator[Content]:
    yield Content.styled("Description", Tone.STRONG)
    yield Content(entry.description)
    for head, points in (("When you see it", entry.when), ("How to fix", entry.how)):
        yield Content.styled(head, Tone.STRONG)
        for point in points:
            if len(points) == 1:
                yield Content(point.text)
            else:
                first, *rest = wrap(point.text, max(10, width - 2)) or [""]
                yield Content.assemble(("· ", Tone.DIM), first)
                yield from (Content(f"  {line}") for line in rest)
