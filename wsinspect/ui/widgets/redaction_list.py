"""What a report masks, one secret per line; each can be shown after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wsinspect.redact import Redaction
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.columns import Piece, fit
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone

CURSOR = "$block-cursor-foreground on $block-cursor-background"


class RedactionList(ScrollView, can_focus=True):
    """The secrets of a report: what stands for each, why it is one, where it was."""

    BINDINGS = bindings(Scope.REDACTIONS)
    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0)
    """Which secret is chosen."""

    @dataclass
    class Switched(Message):
        """A secret is to be masked, or shown."""

        redaction: Redaction

    def __init__(self) -> None:
        super().__init__()
        self._redactions: tuple[Redaction, ...] = ()
        self._painter = Painter()

    def show(self, redactions: Sequence[Redaction]) -> None:
        """Show these; the cursor stays where it is while it can."""
        self._redactions = tuple(redactions)
        # A list without lines is nowhere to go to.
        self.can_focus = bool(redactions)
        self.styles.height = min(max(1, len(redactions)), 6)
        self.virtual_size = Size(0, len(redactions))
        self.cursor = max(0, min(self.cursor, len(redactions) - 1))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One secret."""
        width = self.scrollable_content_region.width
        at = self.scroll_offset.y + y
        if not self._redactions and y == 0:
            pieces = [Piece("nothing here looks like a secret: nothing is masked", Tone.DIM)]
        else:
            pieces = fit(_line(self._redactions[at]), width) if at < len(self._redactions) else []
        if self.has_focus and at == self.cursor:
            pieces = [Piece(piece.text, CURSOR) for piece in pieces]
        return self._painter.strip(pieces, width, self.rich_style)

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._painter.clear()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor shows only with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def watch_cursor(self) -> None:
        """Bring the line into sight."""
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False)
        self.refresh()

    def action_secret(self, by: int) -> None:
        """To another secret."""
        self.cursor = max(0, min(self.cursor + by, len(self._redactions) - 1))

    def action_switch(self) -> None:
        """Mask the chosen secret, or show it."""
        if self._redactions:
            self.post_message(self.Switched(self._redactions[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Choose the line that was clicked; switch it when it was chosen before."""
        at = self.scroll_offset.y + event.y - self.gutter.top
        if 0 <= at < len(self._redactions):
            if at == self.cursor and event.chain > 1:
                self.action_switch()
            self.cursor = at


def _line(one: Redaction) -> list[Piece]:
    state = Piece("masked ", Tone.GOOD) if one.is_on else Piece("SHOWN  ", Tone.BAD_STRONG)
    places = ", ".join(one.places)
    times = f"{one.count:,} time{'s' * (one.count != 1)}"
    return [
        state,
        Piece(f"{one.placeholder:<14} ", Tone.STRONG),
        Piece(safe.line(one.reason), Tone.PLAIN),
        Piece(safe.line(f"  ·  {times}{f': {places}' if places else ''}"), Tone.DIM),
    ]
