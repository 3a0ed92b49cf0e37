"""A scroll view that tells its own scrolling from the user's, and keeps a line in sight."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual.geometry import Size
from textual.scroll_view import ScrollView


class OwnScrolling(ScrollView):
    """Lines that the widget may scroll by itself."""

    _is_ours = False
    """Whether what scrolls now is the widget itself."""

    @contextmanager
    def scrolling(self) -> Iterator[None]:
        """What scrolls within is the widget's own doing."""
        was, self._is_ours = self._is_ours, True
        try:
            yield
        finally:
            self._is_ours = was

    def put_at(self, y: int) -> None:
        """Let line ``y`` be the topmost, or as close to the top as it can be."""
        with self.scrolling():
            self.scroll_to(y=y, animate=False, force=True)

    def keep_in_sight(self, y: int) -> None:
        """Scroll as little as it takes to see line ``y``; there is no line below 0."""
        height = self.size.height
        if y < 0 or height <= 0:
            return
        top = self.scroll_offset.y
        if y < top:
            self.put_at(y)
        elif y >= top + height:
            self.put_at(y - height + 1)

    def is_by_hand(self, was_at: float) -> bool:
        """Whether the scrolling that goes on now, from line ``was_at``, is the user's."""
        # From where there is nothing to see any more, the layout moved it: the list became higher.
        return not self._is_ours and was_at <= self.max_scroll_y

    def set_lines(self, lines: int) -> None:
        """There are so many lines now."""
        was = self.virtual_size.height
        if lines == was:
            return
        if lines > was > self.container_size.height and self.show_vertical_scrollbar:
            # Lines that come below move nothing but the thumb: to lay out the screen for them would cost as much as
            # to draw them, and Textual would draw the scrollbar once more after it.
            self.set_reactive(OwnScrolling.virtual_size, Size(0, lines))
            self.vertical_scrollbar.window_virtual_size = lines
        else:
            self.virtual_size = Size(0, lines)
            self.call_after_refresh(self.move_thumb)

    def watch_show_vertical_scrollbar(self) -> None:
        """Textual moves the thumb only while the scrollbar is shown already."""
        self.move_thumb()

    def move_thumb(self) -> None:
        """Put the scrollbar's thumb where the lines are; after a refresh, when there are more of them."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self.scroll_y
