"""What stands in for the panels when the terminal has no room for them."""

from __future__ import annotations

from textual.widgets import Static

from wsinspect.ui.layout import LEAST_HEIGHT, LEAST_WIDTH


class TooSmall(Static):
    """Says how large the terminal is, and how large it must be."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(markup=False, id=id)

    def on_resize(self) -> None:
        """Name the size as it is now."""
        width, height = self.app.size
        self.update(
            f"wsinspect needs at least {LEAST_WIDTH}×{LEAST_HEIGHT} cells; this terminal has {width}×{height}. "
            "Make it larger, or press q to quit."
        )
