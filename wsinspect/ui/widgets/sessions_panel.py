"""The saved sessions in their frame: titles, list, and below it all that is known of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from wsinspect import text
from wsinspect.session.file.library import Shelved
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.start.cells import about
from wsinspect.ui.start.shelf import Shelf
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.session_list import SessionList

LEAST_FOLDER = 24
"""Cells below which the folder's name is left out."""


class SessionsPanel(Panel):
    """The library."""

    DEFAULT_CSS = beside(__file__)

    def __init__(self, shelf: Shelf, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shelf = shelf
        self.rows = SessionList(shelf, id="session-list")
        """The list."""
        self._heads = ColumnHeads(is_filled=True)
        self._about = Static(markup=False, id="about")
        self._said = Content("")
        """What stands below the list."""

    def compose(self) -> ComposeResult:
        """Titles over the list, the chosen one below."""
        yield self._heads
        yield self.rows
        yield self._about

    def on_mount(self) -> None:
        """The name never changes."""
        self.set_title(Content("Saved sessions"))

    def show(self, files: Sequence[Shelved], path: Path | None = None) -> None:
        """List these files; see SessionList.show."""
        self.rows.show(files, path)
        self._say_place()

    def tell_time(self) -> None:
        """Draw anew what depends on the time."""
        self.rows.redraw()
        self.say()

    def on_resize(self) -> None:
        """Cut what is said to the new width."""
        self.say()
        self._say_place()

    @on(RowList.Placements)
    def _place(self, event: RowList.Placements) -> None:
        self._heads.place(event.placed)

    @on(RowList.Moved)
    @on(RowList.Grown)
    def say(self) -> None:
        """Say what the chosen session is."""
        line = self.rows.chosen
        self._about.display = bool(self.rows.files)
        # A blank on either side.
        width = max(1, self.size.width - 2)
        said = about(line, self._shelf.now_ns(), width) if line is not None else Content("")
        if said != self._said:
            self._said = said
            self._about.update(said)
        self._say_place()

    def _say_place(self) -> None:
        files = self.rows.files
        folder = safe.line(str(self._shelf.folder))
        if not files:
            self.set_note(Content(""))
            return
        place = f"{min(self.rows.cursor + 1, len(files)):,} of {len(files):,}"
        size = text.size(sum(one.size for one in files))
        room = self.size.width - len(place) - len(size) - 16
        where = f" in {text.shorten(folder, room)}" if room >= LEAST_FOLDER else ""
        self.set_note(Content(f"{place} · {size}{where}"))
