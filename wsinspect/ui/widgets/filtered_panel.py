"""A panel whose list can be filtered: the field over it, and what is kept of it as a label in the upper edge."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from textual import on
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from wsinspect import text
from wsinspect.filters import Expression
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.widgets.filter_field import FilterField, Seen
from wsinspect.ui.widgets.panel import Panel


class Purpose(StrEnum):
    """What a typed filter is for."""

    FILTER = "filter"
    """Only what it takes is listed."""
    FIND = "find"
    """What it takes is marked; nothing is hidden."""


class FilteredPanel(Panel):
    """A list with a field over it."""

    @dataclass
    class Clicked(Message):
        """The label of what is kept was clicked: it is to be typed anew."""

        panel: FilteredPanel
        purpose: Purpose

        @property
        def control(self) -> FilteredPanel:
            """The panel."""
            return self.panel

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
        self.field = FilterField(rows, read, seen, without=without)
        """Where a filter is typed."""
        self._typed_for = Purpose.FILTER
        self._kept = dict.fromkeys(Purpose, "")
        self._applied: dict[Purpose, Expression | None] = dict.fromkeys(Purpose)
        """What that means."""
        self._head = Content("")

    @abstractmethod
    def apply(self, expression: Expression | None, purpose: Purpose) -> None:
        """List or mark what a filter takes; None: everything, nothing."""

    def kept(self, purpose: Purpose) -> None:
        """What was typed is kept from now on: the list takes notice of it where it has something to do then."""

    def open_field(self, purpose: Purpose) -> None:
        """Let a filter be typed; it begins with the one that is kept."""
        if self.field.is_open:
            self._settle(is_kept=True)
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
        self._kept[purpose], self._applied[purpose] = "", None
        self.apply(None, purpose)
        self._draw_head()

    @on(FilterField.Typed)
    def _typed(self, event: FilterField.Typed) -> None:
        event.stop()
        self.apply(event.expression, self._typed_for)
        self._draw_head()

    @on(FilterField.Left)
    def _left(self, event: FilterField.Left) -> None:
        event.stop()
        self._settle(is_kept=event.is_kept)
        if self._kept[self._typed_for]:
            self.kept(self._typed_for)

    def _settle(self, *, is_kept: bool) -> None:
        """What was typed is kept from now on, or what was kept before it."""
        purpose = self._typed_for
        if is_kept:
            self._kept[purpose], self._applied[purpose] = self.field.valid.strip(), self.field.expression
        # Who types fast is done before the last letter was looked at.
        self.apply(self._applied[purpose], purpose)
        self._draw_head()

    def set_head(self, head: Content) -> None:
        """Write this into the upper edge, before the labels of what is kept."""
        self._head = head
        self._draw_head()

    def more_labels(self) -> list[str]:
        """What else the upper edge says behind what is kept: why rows are not listed."""
        return []

    def on_resize(self) -> None:
        """The labels are cut to the new width."""
        self._draw_head()

    def _draw_head(self) -> None:
        """A head that is too long for the edge is cut, so that the labels stay in sight: they say what is hidden."""
        applied = {purpose: said for purpose, said in self._kept.items() if said}
        if self.field.is_open and self._typed_for in applied:
            applied[self._typed_for] = self.field.valid.strip()
        kept = {purpose: safe.line(said) for purpose, said in applied.items() if said}
        more = Content("").join([Content.assemble(" ", (f" {label} ", Tone.LABEL)) for label in self.more_labels()])
        room, head = self.size.width - EDGES - more.cell_length, self._head
        if self.size.width and (kept or more):
            head = head.truncate(max(LEAST, room - len(kept) * (LEAST + LABEL_EDGES)), ellipsis=True)
        each = max(LEAST, (room - head.cell_length) // max(1, len(kept)) - LABEL_EDGES)
        labels = [_label(purpose, text.shorten(said, each - len(purpose))) for purpose, said in kept.items()]
        self.set_title(Content.assemble(head, *(part for label in labels for part in (" ", label)), more))

    # What a click on a label does, by the names that stand in the labels.

    def action_type_anew(self, purpose: str) -> None:
        """Type what is kept anew."""
        self.post_message(self.Clicked(self, Purpose(purpose)))

    def action_let_go(self, purpose: str) -> None:
        """Let go of what is kept; what is being typed for the same is thrown away."""
        one = Purpose(purpose)
        self.forget(one)
        if self.field.is_open and self._typed_for is one:
            self.field.action_cancel()


EDGES = 4
"""Cells of the upper edge that no title takes."""

LABEL_EDGES = len("  :  × ")
"""Cells of a label beside its purpose and what is kept."""

LEAST = 16
"""Cells of what is kept that a label shows, and of the head before it, however narrow the panel is."""


def _label(purpose: Purpose, said: str) -> Content:
    return Content.assemble(
        Content.styled(f" {purpose}: {said} ", Tone.LABEL).stylize(_click("type_anew", purpose)),
        Content.styled("× ", Tone.LABEL).stylize(_click("let_go", purpose)),
    )


def _click(action: str, purpose: Purpose) -> Style:
    return Style.from_meta({"@click": f"{action}('{purpose}')"})
