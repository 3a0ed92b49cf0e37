"""The list of the timeline: one connection in each line, its bar on the common axis.

Dragging the bars pans, the wheel with Ctrl zooms about the pointer; the owner is told and does it.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from wsinspect.timeline.scale import Scale
from wsinspect.timeline.ticks import Tick, age_ticks, clock_ticks
from wsinspect.timeline.view import Axis
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.drawing.columns import Piece, line, start_of
from wsinspect.ui.timeline.bar_cells import BAR, BarLine, columns
from wsinspect.ui.timeline.bar_rows import BarRows, Look
from wsinspect.ui.widgets.row_list import RowList

CHOSEN = "bold $block-cursor-foreground"
"""The words of the cursor's row."""


class BarList(RowList[BarLine]):
    """Connections over time."""

    MARGIN = 8

    @dataclass
    class Dragged(Message):
        """The bars were dragged."""

        cells: int
        """To the right."""

    @dataclass
    class Wheeled(Message):
        """The wheel was turned with Ctrl over a bar."""

        cell: int
        """Of the bar, where the pointer is."""
        is_closer: bool

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self.bars = BarRows(bridge)
        super().__init__(columns(0), self.bars, id=id)
        self._begin: int | None = None
        self._held_x: int | None = None
        self._has_dragged = False

    # What the owner tells and asks

    def begin_at(self, cursor: int) -> None:
        """Put the cursor there with the first window that is shown."""
        self._begin = cursor

    def show(self, look: Look, total: int) -> None:
        """Show this; what is shown stays until it is read."""
        self.bars.look = look
        placed = columns(total)
        if placed != self.columns:
            self.columns = placed
            self._place()
        if self._begin is not None:
            begin, self._begin = self._begin, None
            self.start_over(total, cursor=begin)
        else:
            self.grow(total)

    def put_head(self, at_ns: int | None) -> None:
        """Draw the play head there; None: there is none."""
        if at_ns != self.bars.head_ns:
            self.bars.head_ns = at_ns
            self.redraw()

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The ticks of the axis that is shown."""
        scale = self.axis_scale
        return clock_ticks(scale) if self.bars.shown.axis is Axis.CLOCK else age_ticks(scale)

    @property
    def axis_scale(self) -> Scale:
        """The axis that is shown, over the cells of a bar."""
        return Scale(self.bars.shown.span, max(1, self.bars.width))

    # Reading and drawing

    def _place(self) -> None:
        super()._place()
        self.bars.width = next((width for column, width in self.placed if column.key == BAR), 1)

    def _show(self) -> None:
        self.bars.ticks = frozenset(tick.cell for tick in self.ticks)
        super()._show()
        if not self.bars.is_whole:
            self._window.ask()

    def _draw(self, index: int) -> Strip:
        if index != self.cursor or not self.has_focus or index not in self._window.rows:
            return super()._draw(index)
        # The cursor's row is in its own colours but for the bar, which keeps what it says.
        cells = self._source.cells(index, self._window.rows)
        plain = {
            key: cell if key == BAR else [Piece(piece.text, CHOSEN) for piece in cell] for key, cell in cells.items()
        }
        width = self.scrollable_content_region.width
        return self._painter.strip(line(self.placed, plain), width, self._base(index))

    def action_last(self) -> None:
        """To the newest connection, and on to those that come."""
        self.is_following = True
        self.post_message(self.Touched(self))
        super().action_last()

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the bars."""
        self._has_dragged = False
        if event.button == 1:
            self._held_x = event.screen_x
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag them."""
        if self._held_x is not None and event.screen_x != self._held_x:
            self._has_dragged = True
            self.post_message(self.Dragged(event.screen_x - self._held_x))
            self._held_x = event.screen_x

    def on_mouse_up(self) -> None:
        """Let go of them."""
        if self._held_x is not None:
            self._held_x = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Choose the connection that was clicked; what ends a drag is no click."""
        if self._has_dragged:
            event.prevent_default()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """With Ctrl closer, else up."""
        self._wheel(event, is_closer=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """With Ctrl farther, else down."""
        self._wheel(event, is_closer=False)

    def _wheel(self, event: events.MouseEvent, *, is_closer: bool) -> None:
        if event.ctrl:
            event.prevent_default()
            event.stop()
            cell = int(event.x) - start_of(self.placed, BAR)
            self.post_message(self.Wheeled(max(0, min(cell, self.bars.width - 1)), is_closer))
