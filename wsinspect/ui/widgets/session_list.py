"""The list of saved sessions: the one written to last first; the cursor stays on its session while others come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from wsinspect.session.file.library import Shelved
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing.columns import Cell
from wsinspect.ui.start.cells import COLUMNS, cells
from wsinspect.ui.start.session_line import SessionLine
from wsinspect.ui.start.shelf import Shelf
from wsinspect.ui.widgets.row_list import RowList


class SessionRows:
    """Sessions as a list draws them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.files: Sequence[Shelved] = ()
        """The files there are, in the order of the list."""

    async def fetch(self, first: int, count: int) -> Sequence[SessionLine]:
        """What a window of the files holds."""
        return await self._shelf.lines(self.files[first : first + count])

    def cells(self, index: int, rows: Mapping[int, SessionLine]) -> Mapping[str, Cell]:
        """The cells of one session."""
        return cells(rows[index], self._shelf.now_ns())


class SessionList(RowList[SessionLine]):
    """Sessions of the library."""

    BINDINGS = bindings(Scope.SESSIONS)
    MARGIN = 8

    def __init__(self, shelf: Shelf, *, id: str) -> None:  # noqa: A002
        self._rows = SessionRows(shelf)
        super().__init__(COLUMNS, self._rows, id=id)

    @property
    def files(self) -> Sequence[Shelved]:
        """The files that are listed."""
        return self._rows.files

    @property
    def at_hand(self) -> Collection[SessionLine]:
        """The sessions around what is visible."""
        return self._window.rows.values()

    @property
    def chosen(self) -> SessionLine | None:
        """The session under the cursor, when it is at hand."""
        line = self.row(self.cursor)
        # A window that was read before files came or went shows others in their places.
        if line is None or self.cursor >= len(self.files) or self.files[self.cursor].path != line.session.path:
            return None
        return line

    def show(self, files: Sequence[Shelved], path: Path | None = None) -> None:
        """List these files.

        Args:
            files: in their order.
            path: the session to put the cursor on; None keeps it on the one it is on, or where that one was.
        """
        was = self.files
        if path is None and 0 <= self.cursor < len(was):
            path = was[self.cursor].path
        at = next((index for index, one in enumerate(files) if one.path == path), None)
        self._rows.files = files
        self.grow(len(files))
        if at is not None and at != self.cursor:
            self.move_to(at)
