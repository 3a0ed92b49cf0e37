"""The kinds of messages that are hidden, in a small menu."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from wsinspect.filters import Expression, printed
from wsinspect.ui.drawing import safe
from wsinspect.ui.screens.menu import Menu


class HiddenMenu(Menu):
    """The line behind the last kind stands for all of them."""

    def __init__(self, hidden: Sequence[Expression]) -> None:
        lines = [safe.content(printed(one)) for one in hidden]
        super().__init__(
            Content("Hidden kinds of messages"),
            [*lines, Content("all of them")],
            hint="Enter shows it again · Esc goes back",
        )
