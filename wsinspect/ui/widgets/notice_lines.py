"""What the user should know now, each in a line of its own below the header; nothing is shown when there is nothing.

Only what tells of trouble is marked as a warning.
"""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from wsinspect.remark import Remark
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.theme import Tone


class NoticeLines(Static):
    """Notices that stay."""

    said: reactive[tuple[str, ...]] = reactive(())
    """The sentences; text of the operating system and of peers is made safe here."""
    has_room: reactive[bool] = reactive(True)
    """Whether the terminal has room for the panels at all."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(markup=False, id=id)

    def on_mount(self) -> None:
        """Nothing is said yet."""
        self._draw()

    def watch_said(self) -> None:
        """Something else is to be known."""
        self._draw()

    def watch_has_room(self) -> None:
        """The terminal was made larger or smaller."""
        self._draw()

    def _draw(self) -> None:
        lines = [Content.assemble(_mark(one), safe.line(one)) for one in self.said]
        self.display = bool(lines) and self.has_room
        self.update(Content("\n").join(lines))


def _mark(said: str) -> tuple[str, str]:
    return ("· ", Tone.DIM) if isinstance(said, Remark) else ("! ", Tone.BAD_STRONG)
