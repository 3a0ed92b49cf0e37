"""All keys, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from wsinspect.filters.help import plain, plain_limits, plain_on_connections
from wsinspect.ui.actions import Scope, bindings, of_scope
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone


class Help(ModalScreen[None]):
    """The keys by where they work."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.HELP)

    def __init__(self, scopes: Iterable[Scope]) -> None:
        """Show the keys of these scopes."""
        super().__init__()
        self._scopes = tuple(scopes)

    def compose(self) -> ComposeResult:
        """One part per scope."""
        with VerticalScroll() as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "Esc goes back"
            yield Static(_keys(self._scopes), markup=False)
            if Scope.FILTER in self._scopes:
                yield Static(_filters(), markup=False)


def _filters() -> Content:
    """The language of filters, as the README explains it."""
    forms = [Content.assemble((f"  {form:<23}", Tone.KEY), f" {meaning}") for form, meaning in plain()]
    notes = [Content(said) for said in (plain_limits(), plain_on_connections())]
    return Content("\n").join([Content(""), Content.styled("Filters", Tone.STRONG), *forms, Content(""), *notes])


def _keys(scopes: Iterable[Scope]) -> Content:
    lines: list[Content] = []
    for scope in scopes:
        if lines:
            lines.append(Content(""))
        lines.append(Content.styled(scope.value, Tone.STRONG))
        lines += [Content.assemble((f"  {one.shown:<8}", Tone.KEY), one.help) for one in of_scope(scope)]
    lines += [
        Content(""),
        Content.styled("Mouse", Tone.STRONG),
        Content("  click a row to choose it, again to open it; click tabs, keys below and the badge above;"),
        Content("  the wheel scrolls; drag over text in Close to select it, ^c copies it"),
    ]
    return Content("\n").join(lines)
