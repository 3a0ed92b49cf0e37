"""How far the second of two merged files is set forward: asked for, and done where it is asked."""

from __future__ import annotations

import asyncio
import threading

from textual.content import Content
from textual.widgets import Static

from wsinspect.timeline.offsets import EXAMPLES, offset_of
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.screens.ask_until import AskUntil
from wsinspect.ui.two_sides import Shown, TwoSides

DRAWN_S = 0.2
"""How far it has come is drawn this often, in seconds."""


class AskOffset(AskUntil):
    """Asks for an offset and merges by it; Esc leaves it at any time, and nothing is changed then."""

    def __init__(self, sides: TwoSides, said: str) -> None:
        """Ask.

        Args:
            sides: merges the two.
            said: the offset there is now.
        """
        title = Content.assemble("Set the clock of ", safe.content(sides.second.name), " forward by")
        super().__init__(title, self._merge, said, hint=f"{EXAMPLES} · Enter merges anew · Esc goes back")
        self._sides = sides
        self._rows: int | None = None
        """How many rows are done; None while nothing is merged."""
        self.found: Shown | None = None
        """The session that was merged."""

    def on_mount(self) -> None:
        """Say how far it has come, while it goes on."""
        self.set_interval(DRAWN_S, self._say)

    def _say(self) -> None:
        if self._rows is not None:
            said = f"merging: {self._rows:,} messages and events · Esc goes back"
            self.query_one(Static).update(Content.styled(said, Tone.DIM))

    async def _merge(self, value: str) -> None:
        asked_ns = offset_of(value)
        left = threading.Event()

        def progress(rows: int) -> None:
            if left.is_set():
                raise _Left
            self._rows = rows

        try:
            self.found, _ = await asyncio.to_thread(self._sides.merged, asked_ns, progress)
        finally:
            # Nobody waits for the thread any more, where the user has gone back.
            left.set()
            self._rows = None


class _Left(Exception):
    """The user went back: nothing is merged any more."""
