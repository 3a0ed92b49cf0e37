"""A panel whose list can be filtered: the field over it, and what is kept of it as a label in the upper edge."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from enum import StrEnum

from textual import on
from textual.content import Content
from textual.widget import Widget

from wsinspect.filters import Expression
from wsinspect.ui import safe
from wsinspect.ui.theme import Tone
from wsinspect.ui.widgets.filter_field import FilterField, Seen
from wsinspect.ui.widgets.panel import Panel

EDGE_CELLS = 4
"""Cells of the upper edge between the corners that are not the title's: a line and a blank on both sides of it."""

LEAST_HEAD = 16
"""Cells that the head keeps, however long the labels behind it are."""


class Purpose(StrEnum):
    """What a typed filter is for."""

    FILTER = "filter"
    """Only what it takes is listed."""
    FIND = "find"
    """What it takes is marked; nothing is hidden."""


class FilteredPanel(Panel):
    """A list with a field over it."""

    def __init__(
        self,
        rows: Widget,
        read: Callable[[str], Expression | None],
        seen: Callable[[], Seen],
        *,
        id: str,  # noqa: A002
        without: str = "",
    ) -> None:
        """Around a list.

        Args:
            rows: the list; it has the focus when the field is closed.
            read: what a text means; raises FilterError.
            seen: values that may follow a key.
            id: of the widget.
            without: a key of the language that means nothing here, with its colon.
        """
        super().__init__(id=id)
        self.field = FilterField(read, seen, without=without)
        """Where a filter is typed."""
        self._listing = rows
        self._typed_for = Purpose.FILTER
        self._kept = dict.fromkeys(Purpose, "")
        self._head = Content("")

    @abstractmethod
    def apply(self, expression: Expression | None, purpose: Purpose) -> None:
        """List or mark what a filter takes; None: everything, nothing."""

    def open_field(self, purpose: Purpose) -> None:
        """Let a filter be typed; it begins with the one that is kept."""
        self._typed_for = purpose
        self.field.open(purpose.value, self._kept[purpose])

    def drop(self) -> bool:
        """Let go of what was found last, then of the filter; False where there is neither."""
        for purpose in (Purpose.FIND, Purpose.FILTER):
            if self._kept[purpose]:
                self.forget(purpose)
                return True
        return False

    def forget(self, purpose: Purpose) -> None:
        """Let go of one of them."""
        self._kept[purpose] = ""
        self.apply(None, purpose)
        self._draw_head()

    @on(FilterField.Typed)
    def _typed(self, event: FilterField.Typed) -> None:
        event.stop()
        self.apply(event.expression, self._typed_for)

    @on(FilterField.Left)
    def _left(self, event: FilterField.Left) -> None:
        event.stop()
        self._kept[self._typed_for] = self.field.value.strip() if event.is_kept else ""
        if not event.is_kept:
            self.apply(None, self._typed_for)
        self._draw_head()
        if event.takes_focus:
            self._listing.focus()

    def set_head(self, head: Content) -> None:
        """Write this into the upper edge, before the labels of what is kept."""
        self._head = head
        self._draw_head()

    def labels(self) -> list[str]:
        """What stands in the upper edge as labels: what is kept."""
        return [f"{purpose}: {safe.line(said)}" for purpose, said in self._kept.items() if said]

    def on_resize(self) -> None:
        """The upper edge has other room."""
        self._draw_head()

    def _draw_head(self) -> None:
        """A head that is too long for the edge is cut, so that the labels stay in sight: they say what is hidden."""
        labels = Content("").join([Content.assemble(" ", (f" {label} ", Tone.LABEL)) for label in self.labels()])
        room = max(LEAST_HEAD, self.size.width - EDGE_CELLS - labels.cell_length)
        head = self._head.truncate(room, ellipsis=True) if self.size.width and labels else self._head
        self.set_title(head + labels)
