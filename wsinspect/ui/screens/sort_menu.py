"""What the list of connections is sorted by, in a small menu."""

from __future__ import annotations

from textual.content import Content

from wsinspect.model import Order, SortBy
from wsinspect.ui.connections.sorting import LABELS
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.screens.menu import Menu

CHOICES = tuple(SortBy)
"""What each line of the menu stands for."""


class SortMenu(Menu):
    """What is sorted by now stands for turning the order round."""

    def __init__(self, order: Order) -> None:
        super().__init__(
            Content("Sort connections by"),
            [_line(by, order) for by in CHOICES],
            hint="Enter sorts · again turns it round",
            at=CHOICES.index(order.by),
        )


def _line(by: SortBy, order: Order) -> Content:
    is_now = by is order.by
    arrow = ("↓" if order.is_descending else "↑") if is_now else " "
    return Content.assemble((f"{arrow} ", Tone.KEY), LABELS[by])
