"""Asks for any code: a number, or words of its name; the matches stand below while the user types."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wsinspect import codes
from wsinspect.codes import Topic
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.code_search import matches
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone, severity_tone, strong


class CodePicker(ModalScreen["Topic | None"]):
    """A field and the codes that match it."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.PICKER)
    AUTO_FOCUS = "Input"

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Topic] = []

    def compose(self) -> ComposeResult:
        """The field over its matches."""
        with Vertical() as box:
            box.border_title = "Explain a code"
            box.border_subtitle = "Enter explains · Esc goes back"
            yield Input(placeholder="1011, 502, or words such as gateway", compact=True)
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """All codes, to begin with."""
        self.query_one(OptionList).can_focus = False
        self._search("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._found = matches(typed)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(topic)) for topic in self._found)
        if self._found:
            options.highlighted = 0

    def action_pick(self, by: int) -> None:
        """Move among the matches while the field keeps the focus."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = max(0, min((options.highlighted or 0) + by, options.option_count - 1))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._take(self.query_one(OptionList).highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index)

    def _take(self, index: int | None) -> None:
        if index is not None and index < len(self._found):
            self.dismiss(self._found[index])


def _line(topic: Topic) -> Content:
    entry = codes.lookup(topic)
    return Content.assemble((f"{entry.label:<10}", strong(severity_tone(entry.severity))), (entry.name, Tone.PLAIN))
