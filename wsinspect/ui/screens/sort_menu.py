"""What the list of connections is sorted by, in a small menu."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wsinspect.model import Order, SortBy
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.sorting import LABELS
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone


class SortMenu(ModalScreen[SortBy | None]):
    """Gives what is chosen; the one that is sorted by now stands for turning the order round."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.SORT)
    AUTO_FOCUS = "OptionList"

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical() as box:
            box.border_title = Content("Sort connections by")
            box.border_subtitle = Content("Enter sorts · again turns it round")
            yield OptionList(*map(self._option, SortBy), markup=False, compact=True)

    def on_mount(self) -> None:
        """Begin with what is sorted by now."""
        self.query_one(OptionList).highlighted = list(SortBy).index(self._order.by)

    def _option(self, by: SortBy) -> Option:
        is_now = by is self._order.by
        arrow = ("↓" if self._order.is_descending else "↑") if is_now else " "
        return Option(Content.assemble((f"{arrow} ", Tone.KEY), LABELS[by]))

    def action_choose(self, by: int) -> None:
        """To another line."""
        options = self.query_one(OptionList)
        options.highlighted = ((options.highlighted or 0) + by) % len(SortBy)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(list(SortBy)[event.option_index])
