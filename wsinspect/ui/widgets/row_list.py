"""A list of any length over rows that are read in windows: the cursor, the drawing, and what the owner is told.

The widget knows how many rows there are and holds those around what is visible; a source reads a window and says how
one row looks. Ten rows or fifty million cost the same.

Rules: new rows are read before the list grows, so that a line is painted once, with its text. Rows never move under
the cursor: only following (``is_following``) scrolls by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from rich.style import Style as RichStyle
from textual import events
from textual.geometry import Region
from textual.reactive import reactive, var
from textual.strip import Strip

from wsinspect.errors import WsInspectError
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.columns import Column, Placed, line, place
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.row_window import RowSource, RowWindow, wanted
from wsinspect.ui.widgets.list_events import ListEvents
from wsinspect.ui.widgets.own_scrolling import OwnScrolling

T = TypeVar("T")


class RowList(ListEvents, OwnScrolling, Generic[T], can_focus=True):
    """A virtual list with a cursor."""

    BINDINGS = bindings(Scope.LIST)
    ALLOW_SELECT = False
    MARGIN = 64
    """Rows kept above and below what is visible, at least; a page either way is there at once."""

    DEFAULT_CSS = beside(__file__)

    cursor: reactive[int] = reactive(-1)
    """Position of the chosen row, from 0; -1 while there is none."""
    is_following: var[bool] = var(False)
    """Whether the list keeps to its newest row."""

    def __init__(self, columns: tuple[Column, ...], source: RowSource[T], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.columns = columns
        self._source = source
        self.empty_hint = ""
        """What is said while there are none; no peer text."""
        self.placed: tuple[Placed, ...] = ()
        self._window = RowWindow(source)
        self._strips: dict[int, Strip] = {}
        self._painter = Painter()
        self._goal: int | None = None
        """Where the cursor is to go once that row is read, by its number when all that is known now was read."""
        self._is_apart = False
        """Whether the user scrolled, and did not move the cursor since: it may be out of sight."""

    # What the owner tells and asks

    def grow(self, total: int) -> None:
        """There are ``total`` rows now, and those that are shown may have changed."""
        self._window.ask(total)

    def renumber(self, total: int, pushed: int) -> None:
        """There are ``total`` rows now, ``pushed`` of them before all that were known: what is in sight stays there."""
        if self._goal is not None:
            self._goal += pushed
        self._window.ask(total, pushed=pushed)

    def start_over(self, total: int, *, cursor: int = -1, is_following: bool = False) -> None:
        """Show something else: nothing that was read before is kept."""
        self._window.start_over()
        self._goal = None
        self.set_reactive(RowList.cursor, cursor)
        self.is_following = is_following
        self._is_apart = False
        self._window.ask(total)

    @property
    def total(self) -> int:
        """Rows there are."""
        return self._window.total

    @property
    def is_at_hand(self) -> bool:
        """Whether rows were read of what is shown now: until then ``total`` is that of what was shown before."""
        return self._window.is_at_hand

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown."""
        return self._window.is_settled

    @property
    def hint(self) -> str:
        """What stands there now while there are none."""
        return self.empty_hint

    def row(self, index: int) -> T | None:
        """A row, when it is at hand."""
        return self._window.rows.get(index)

    @property
    def at_hand(self) -> Iterable[T]:
        """The rows that were read last."""
        return self._window.rows.values()

    # Reading

    def on_mount(self) -> None:
        """Begin to read."""
        self.run_worker(self._feed(), group="rows", exit_on_error=True)

    async def _feed(self) -> None:
        while True:
            try:
                if await self._window.read(self._wanted):
                    self._show()
            except Closed:
                continue
            except WsInspectError as error:
                self.post_message(self.Failed(self, str(error)))

    def _wanted(self, total: int) -> tuple[int, int]:
        """First row and how many to read: what will be visible, and a margin."""
        return wanted(total, self._top(total), max(1, self.size.height), self.MARGIN)

    def _top(self, total: int) -> int:
        """The first row that will be visible of so many."""
        height = max(1, self.size.height)
        top = self.scroll_offset.y + self._window.to_push
        top = max(0, total - height) if self.is_following else min(top, max(0, total - height))
        if self.cursor >= 0 and not self._window.rows and not self.is_following:
            top = max(0, min(self.cursor - height // 2, total - height))
        return top

    def _show(self) -> None:
        """Show what was read; the cursor stays, or goes where it was sent."""
        total, pushed = self.total, self._window.pushed
        self._strips.clear()
        with self.scrolling():
            self.set_lines(total)
            if pushed and self.cursor >= 0:
                top = self.scroll_offset.y
                self.set_reactive(RowList.cursor, self.cursor + pushed)
                self.put_at(top + pushed)
            if self.cursor >= total:
                self.cursor = total - 1
            if self.is_following and total:
                self.cursor = total - 1
                self.put_at(total)
            elif self._goal is not None:
                self.send_to(self._goal)
            if self.cursor < 0 and total:
                self.cursor = 0
            if not self._is_apart or self.is_following:
                self.keep_in_sight(self.cursor)
        self.refresh()
        self.post_message(self.Grown(self))

    # Scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) == round(new_value):
            return
        if self.is_by_hand(old_value):
            self._is_apart = True
            self._by_hand()
        top = self.scroll_offset.y
        bottom = min(top + self.size.height, self.total)
        if any(index not in self._window.rows for index in (top, bottom - 1) if 0 <= index < self.total):
            self._window.ask()

    def _by_hand(self) -> None:
        """The user scrolled."""
        self.post_message(self.Touched(self))

    def on_resize(self) -> None:
        """Place the columns anew, and keep the cursor's row in sight."""
        self._place()
        with self.scrolling():
            if self.is_following:
                self.put_at(self.total)
            self.keep_in_sight(self.cursor)
        self.call_after_refresh(self.move_thumb)
        self._window.ask()

    def _place(self) -> None:
        placed = place(self.columns, max(1, self.scrollable_content_region.width))
        if placed != self.placed:
            self.placed = placed
            self.redraw()
            self.post_message(self.Placements(self, placed))

    # Drawing

    def notify_style_update(self) -> None:
        """Colours changed: nothing drawn before is right."""
        super().notify_style_update()
        self._strips.clear()
        self._painter.clear()

    def redraw(self) -> None:
        """Draw the rows at hand again."""
        self._strips.clear()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """As of any widget, without what takes most of the time there: rows have no border, padding or tint."""
        width, (_, background) = self.size.width, self.background_colors
        beside = RichStyle(bgcolor=background.rich_color)
        strips = [self.render_line(y).adjust_cell_length(width, beside) for y in crop.line_range]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        return strips if crop.column_span == (0, width) else [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        if not self.total:
            width = self.scrollable_content_region.width
            return self._painter.hint(self.hint, y, width, self._base(0))
        index = self.scroll_offset.y + y
        strip = self._strips.get(index)
        if strip is None:
            strip = self._strips[index] = self._draw(index)
        return strip

    def _draw(self, index: int) -> Strip:
        width = self.scrollable_content_region.width
        base = self._base(index)
        if index >= self.total or index not in self._window.rows:
            return Strip.blank(width, base)
        pieces = line(self.placed, self._source.cells(index, self._window.rows))
        return self._painter.strip(pieces, width, base, is_plain=index == self.cursor and self.has_focus)

    def _base(self, index: int) -> RichStyle:
        if index != self.cursor or index >= self.total:
            return self._painter.style("$foreground on $background")
        if self.has_focus:
            return self._painter.style("bold $block-cursor-foreground on $block-cursor-background")
        return self._painter.style("$block-cursor-blurred-foreground on $block-cursor-blurred-background")

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor looks different with the focus."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two rows again and tell the owner."""
        for index in (old, new):
            if index >= 0:
                self._strips.pop(index, None)
                self.refresh_line(index)
        self.post_message(self.Moved(self, new))

    # Moving

    def send_to(self, index: int) -> None:
        """Put the cursor on a row as soon as that is at hand.

        Args:
            index: its number, from 0, once all that is known now was read: rows before it may not have moved it yet.
        """
        self._goal = index
        now = index - self._window.to_push
        if 0 <= now < self.total:
            self.move_to(now)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row, by its number now, and bring it into sight; one that is still to come is awaited."""
        self._goal = index + self._window.to_push if index >= self.total else None
        self._is_apart = False
        if self.total:
            self.cursor = max(0, min(index, self.total - 1))
            self.keep_in_sight(self.cursor)

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._hold()
        # Not beyond the last: the cursor would go on by itself when the next row comes.
        self.move_to(min(self.cursor + rows, self.total - 1))

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self._hold()
        step = pages * max(1, self.size.height - 1)
        self.put_at(self.scroll_offset.y + step)
        self.move_to(min(self.cursor + step, self.total - 1))

    def action_first(self) -> None:
        """To the first row."""
        self._hold()
        self.move_to(0)

    def action_last(self) -> None:
        """To the newest row."""
        self.move_to(self.total - 1)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.cursor >= 0:
            self.post_message(self.Opened(self, self.cursor))

    def _hold(self) -> None:
        """The user moved the cursor."""
        self.is_following = False
        self.post_message(self.Touched(self))

    def watch_is_following(self, is_following: bool) -> None:
        """Tell the owner."""
        self.post_message(self.FollowingChanged(self))
        if is_following:
            self._window.ask()

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked; a second click opens it."""
        index = self.scroll_offset.y + event.y
        if not 0 <= index < self.total:
            return
        self._hold()
        if event.chain >= 2 and index == self.cursor:
            self.action_open()
        else:
            self.move_to(index)
