"""Lines of evidence with a cursor: Enter, or a click, goes to what a line rests on."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.close.capture_facts import FactRow
from wsinspect.ui.drawing.styles import beside


class FactList(Static, can_focus=True):
    """The facts of a capture for and against two codes."""

    BINDINGS = bindings(Scope.FACTS)
    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0)
    """Which fact is chosen."""

    @dataclass
    class Opened(Message):
        """The user wants to see what a fact rests on."""

        source: FactList
        fact: FactRow
        times: int
        """How often it was asked for in a row: each time for the next of its rows."""

        @property
        def control(self) -> FactList:
            """The list."""
            return self.source

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(markup=False, id=id)
        self._facts: tuple[FactRow, ...] = ()
        self._opened = -1
        self._times = 0

    def show(self, facts: tuple[FactRow, ...]) -> None:
        """Show these facts; the cursor stays where it is while it can."""
        self._facts = facts
        self._opened = -1
        self.cursor = max(0, min(self.cursor, len(facts) - 1))
        self._draw()

    def _draw(self) -> None:
        shown = [
            line.stylize("$block-cursor-foreground on $block-cursor-background") if self._is_lit(at) else line
            for at, fact in enumerate(self._facts)
            for line in fact.lines
        ]
        self.update(Content("\n").join(shown))

    def _is_lit(self, at: int) -> bool:
        return self.has_focus and at == self.cursor

    def watch_cursor(self) -> None:
        """Light the line, and bring it into sight."""
        self._draw()
        self._reveal()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor shows only with the focus."""
        super().watch_has_focus(has_focus)
        self._draw()
        if has_focus:
            self._reveal()

    def _reveal(self) -> None:
        if self.has_focus and self._facts:
            top = sum(len(fact.lines) for fact in self._facts[: self.cursor])
            lines = Region(0, top, 1, len(self._facts[self.cursor].lines))
            if isinstance(self.parent, Widget):
                self.parent.scroll_to_region(lines.translate(self.virtual_region.offset), animate=False)

    def action_fact(self, by: int) -> None:
        """To another fact."""
        self.cursor = max(0, min(self.cursor + by, len(self._facts) - 1))

    def action_open(self) -> None:
        """Go to what the fact rests on; again: to the next of its rows."""
        if not self._facts or not self._facts[self.cursor].is_link:
            return
        self._times = self._times + 1 if self._opened == self.cursor else 0
        self._opened = self.cursor
        self.post_message(self.Opened(self, self._facts[self.cursor], self._times))

    def on_click(self, event: events.Click) -> None:
        """Choose the line that was clicked, and go to its rows."""
        y = event.y - self.gutter.top
        for at, fact in enumerate(self._facts):
            if 0 <= y < len(fact.lines):
                self.cursor = at
                self.action_open()
                return
            y -= len(fact.lines)
