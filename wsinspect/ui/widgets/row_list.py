"""A list of any length over rows that are read in windows.

The widget knows how many rows there are and holds those around what is visible; a subclass reads a window
(``fetch``) and draws one row (``cells``). Ten rows or fifty million cost the same.

Rules: at most one window is being read at a time, and what changes meanwhile is one more read after it. New rows are
read before the list grows, so that a line is painted once, with its text. Rows never move under the cursor: only
following (``is_following``) scrolls by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.style import Style as RichStyle
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from wsinspect.errors import WsInspectError
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Closed
from wsinspect.ui.columns import Cell, Column, Placed, line, place
from wsinspect.ui.painting import Painter
from wsinspect.ui.styles import beside

T = TypeVar("T")


@dataclass
class ListMessage(Message):
    """Something that happened in a list."""

    source: Widget

    @property
    def control(self) -> Widget:
        """The list."""
        return self.source


class RowList(ScrollView, Generic[T], can_focus=True):
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

    @dataclass
    class Moved(ListMessage):
        """The cursor is on another row."""

        index: int

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor came to rest matters."""
            return isinstance(message, RowList.Moved) and message.source is self.source

    @dataclass
    class Opened(ListMessage):
        """The row under the cursor is to be opened."""

        index: int

    @dataclass
    class Touched(ListMessage):
        """The user moved the cursor or scrolled."""

    @dataclass
    class FollowingChanged(ListMessage):
        """The list began or ceased to keep to its newest row."""

    @dataclass
    class Grown(ListMessage):
        """The list shows what was read last."""

        def can_replace(self, message: Message) -> bool:
            """One of them is enough."""
            return isinstance(message, RowList.Grown) and message.source is self.source

    @dataclass
    class Failed(ListMessage):
        """A window could not be read."""

        problem: str

    @dataclass
    class Placements(ListMessage):
        """The columns have other widths."""

        placed: tuple[Placed, ...]

    def __init__(self, columns: tuple[Column, ...], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.columns = columns
        self.total = 0
        """Rows there are."""
        self.empty_hint = ""
        """What is said while there are none; no peer text."""
        self.placed: tuple[Placed, ...] = ()
        self._coming = 0
        """Rows there will be when the next window is in."""
        self._rows: dict[int, T] = {}
        self._strips: dict[int, Strip] = {}
        self._painter = Painter()
        self._goal: int | None = None
        """Where the cursor is to go once that row is read."""
        self._epoch = 0
        """Grows when the list shows something else; what was read for an older epoch is dropped."""
        self._is_stale = False
        self._is_ours = False
        self._wake = asyncio.Event()

    # What a subclass gives

    async def fetch(self, first: int, count: int) -> Sequence[T]:
        """Rows from position ``first`` (from 0) on, at most ``count``."""
        raise NotImplementedError

    def cells(self, index: int, row: T) -> Mapping[str, Cell]:
        """The cells of a row by column key."""
        raise NotImplementedError

    # What the owner tells

    def grow(self, total: int) -> None:
        """There are ``total`` rows now, and those that are shown may have changed."""
        self._coming = total
        self._is_stale = True
        self._wake.set()

    def start_over(self, total: int, *, cursor: int = -1, is_following: bool = False) -> None:
        """Show something else: nothing that was read before is kept."""
        self._epoch += 1
        self.set_reactive(RowList.cursor, cursor)
        self.is_following = is_following
        self.grow(total)

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown."""
        return not self._wake.is_set() and not self._is_stale

    def row(self, index: int) -> T | None:
        """A row, when it is at hand."""
        return self._rows.get(index)

    # Reading

    def on_mount(self) -> None:
        """Begin to read."""
        self.run_worker(self._feed(), group="rows", exit_on_error=True)

    async def _feed(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._read()
            except Closed:
                self._is_stale = False
            except WsInspectError as error:
                self._is_stale = False
                self.post_message(self.Failed(self, str(error)))

    async def _read(self) -> None:
        epoch, total = self._epoch, self._coming
        first, count = self._window(total)
        rows = await self.fetch(first, count) if count > 0 else ()
        if epoch != self._epoch:
            self._wake.set()
            return
        self._is_stale = self._coming != total
        self._rows = {first + at: row for at, row in enumerate(rows)}
        self._strips.clear()
        self._show(total)
        self.post_message(self.Grown(self))

    def _window(self, total: int) -> tuple[int, int]:
        """First row and how many to read: what will be visible, and a margin."""
        height = max(1, self.size.height)
        top = max(0, total - height) if self.is_following else min(self.scroll_offset.y, max(0, total - height))
        if self.cursor >= 0 and not self._rows and not self.is_following:
            top = max(0, min(self.cursor - height // 2, total - height))
        margin = max(self.MARGIN, height)
        first = max(0, top - margin)
        return first, min(total, top + height + margin) - first

    def _show(self, total: int) -> None:
        self.total = total
        self._is_ours = True
        try:
            if self.virtual_size.height != total:
                self.virtual_size = Size(0, total)
            if self.cursor >= total:
                self.cursor = total - 1
            if self.is_following and total:
                self.cursor = total - 1
                self._scroll_y(total)
            elif self._goal is not None and self._goal < total:
                self.move_to(self._goal)
            elif self.cursor < 0 and total:
                self.cursor = 0
            self.reveal()
        finally:
            self._is_ours = False
        self.refresh()
        self.call_after_refresh(self._move_thumb)

    # Scrolling

    def watch_show_vertical_scrollbar(self) -> None:
        """Textual moves the thumb only while the scrollbar is shown already."""
        self._move_thumb()

    def _move_thumb(self) -> None:
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self.scroll_y

    def reveal(self) -> None:
        """Scroll as little as it takes to see the cursor's row, if the list moved away from it by itself."""
        height = self.size.height
        if self.cursor < 0 or height <= 0:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            self._scroll_y(self.cursor)
        elif self.cursor >= top + height:
            self._scroll_y(self.cursor - height + 1)

    def _scroll_y(self, y: int) -> None:
        was, self._is_ours = self._is_ours, True
        try:
            self.scroll_to(y=y, animate=False, force=True)
        finally:
            self._is_ours = was

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what came into view; scrolling by hand ends or resumes following."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) == round(new_value):
            return
        # From where there is nothing to see any more, the layout moved it: the list became higher.
        if not self._is_ours and old_value <= self.max_scroll_y:
            self._by_hand()
        top = self.scroll_offset.y
        bottom = min(top + self.size.height, self.total)
        if any(index not in self._rows for index in (top, bottom - 1) if 0 <= index < self.total):
            self.grow(self._coming)

    def _by_hand(self) -> None:
        """The user scrolled."""
        self.post_message(self.Touched(self))

    def on_resize(self) -> None:
        """Place the columns anew, and keep the cursor's row in sight."""
        self._place()
        self._is_ours = True
        try:
            if self.is_following:
                self._scroll_y(self.total)
            self.reveal()
        finally:
            self._is_ours = False
        self.call_after_refresh(self._move_thumb)
        self.grow(self._coming)

    def _place(self) -> None:
        placed = place(self.columns, max(1, self.scrollable_content_region.width))
        if placed != self.placed:
            self.placed = placed
            self._strips.clear()
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

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        if not self.total:
            width = self.scrollable_content_region.width
            return self._painter.hint(self.empty_hint, y, width, self._base(0))
        index = self.scroll_offset.y + y
        strip = self._strips.get(index)
        if strip is None:
            strip = self._strips[index] = self._draw(index)
        return strip

    def _draw(self, index: int) -> Strip:
        width = self.scrollable_content_region.width
        row = self._rows.get(index) if index < self.total else None
        base = self._base(index)
        if row is None:
            return Strip.blank(width, base)
        is_chosen = index == self.cursor and self.has_focus
        return self._painter.strip(line(self.placed, self.cells(index, row)), width, base, is_plain=is_chosen)

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

    def move_to(self, index: int) -> None:
        """Put the cursor on a row and bring it into sight; on one that is not read yet as soon as it is."""
        self._goal = index if index >= self.total else None
        if self.total:
            self.cursor = max(0, min(index, self.total - 1))
            self.reveal()

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._hold()
        # Not beyond the last: the cursor would go on by itself when the next row comes.
        self.move_to(min(self.cursor + rows, self.total - 1))

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self._hold()
        step = pages * max(1, self.size.height - 1)
        self._scroll_y(self.scroll_offset.y + step)
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
            self.grow(self._coming)

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
