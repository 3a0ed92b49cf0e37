"""The note on a marked row."""

from __future__ import annotations

from textual.content import Content

from wsinspect.model import Row
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing import safe
from wsinspect.ui.screens.ask import Ask

REMOVE = "\0"
"""What the screen gives when the mark is to be taken away; nobody can type it."""


class NoteScreen(Ask):
    """Asks what to say about a row; a mark that is there already can be taken away."""

    BINDINGS = bindings(Scope.NOTE)

    def __init__(self, row: Row) -> None:
        self._is_marked = row.mark is not None
        what = f"row {row.number} of #{row.connection}" if row.connection else f"row {row.number}"
        super().__init__(
            Content(f"Note on {what}" if self._is_marked else f"Mark {what}"),
            safe.line(row.mark or ""),
            hint="Enter keeps it"
            + (" · ctrl+r takes the mark away" if self._is_marked else ", also without a note")
            + " · Esc goes back",
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a mark that is there can be taken away."""
        return action != "remove" or self._is_marked

    def action_remove(self) -> None:
        """Take the mark away."""
        self.dismiss(REMOVE)
