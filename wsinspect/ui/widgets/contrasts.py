"""Key differences and When to use which: one row per difference, the two codes side by side."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from wsinspect.codes import Comparison, Contrast
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone


class Contrasts(Vertical):
    """The sections of a comparison that hold for the pair."""

    DEFAULT_CSS = beside(__file__)

    shown: reactive[tuple[Comparison, str, str] | None] = reactive(None, recompose=True)
    """The comparison, and the style of each side's label."""

    def compose(self) -> ComposeResult:
        """A head and its rows, twice."""
        if self.shown is None:
            return
        comparison, *styles = self.shown
        for head, rows in (
            ("Key differences", comparison.key_differences),
            ("When to use which", comparison.when_to_use),
        ):
            if rows:
                yield Static(Content.styled(head, Tone.STRONG), markup=False, classes="head")
                yield from (self._row(comparison, row, styles[0], styles[1]) for row in rows)

    def _row(self, comparison: Comparison, row: Contrast, left: str, right: str) -> Horizontal:
        return Horizontal(
            Static(Content.assemble((f"{comparison.a.label} ", left), row.a), markup=False),
            Static(Content.assemble((f"{comparison.b.label} ", right), row.b), markup=False),
        )
