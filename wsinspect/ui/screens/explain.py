"""Explains any code: a list with a search, and the chosen code beside the one it is most often confused with.

From a close that is explained, Enter takes the chosen code there and sets it beside the one that closed.
"""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wsinspect import codes, text
from wsinspect.codes import Topic
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.close.code_page import Scale, code_page
from wsinspect.ui.close.code_search import Listed, everything, matches
from wsinspect.ui.close.comparison import Pair, pair_of
from wsinspect.ui.close.page import code_heads
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone, severity_tone, strong
from wsinspect.ui.widgets.code_pair import CodePair
from wsinspect.ui.widgets.code_search_field import SearchField
from wsinspect.ui.widgets.keys_line import KeysLine

WIDE = 110
"""From this width on, in cells, list and comparison stand side by side."""

LIST_WIDTH = 38


class ExplainScreen(Screen["Topic | None"]):
    """A list of codes, and what the chosen one means."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.EXPLAIN)
    AUTO_FOCUS = "Input"

    def __init__(self, subject: Topic | None) -> None:
        """Explain codes.

        Args:
            subject: the code that closed a connection, beside which another may be set; None when there is none.
        """
        super().__init__()
        self._subject = subject
        self._choices: tuple[Listed, ...] = ()
        self._found: list[Listed] = []
        self.pair: Pair | None = None
        """The chosen code, and those it is compared with."""
        # Kept, not looked up: a read may come back when the screen is being left and its widgets are gone.
        self._choice = Vertical(id="choice")
        self._field = SearchField(placeholder="1011, 502, or words such as gateway", compact=True)
        self._options = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """The search and its matches; the comparison."""
        with Container(id="explain"):
            with self._choice:
                self._choice.border_title = "Explain a code"
                yield self._field
                yield self._options
            with Vertical(id="comparison"), VerticalScroll():
                yield CodePair()
        yield KeysLine()

    def on_mount(self) -> None:
        """All codes, to begin with."""
        self._options.can_focus = False
        self.run_worker(self._load(), group="choices")

    async def _load(self) -> None:
        self._choices = await asyncio.to_thread(everything)
        self._search(self._field.value)

    @property
    def is_settled(self) -> bool:
        """Whether the list is there."""
        return bool(self._choices)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._found = matches(self._choices, typed)
        self._options.clear_options()
        self._options.add_options(Option(_line(one)) for one in self._found)
        at = next((at for at, one in enumerate(self._found) if one.topic == self._subject), 0) if not typed else 0
        self._options.highlighted = at if self._found else None
        self._choice.border_subtitle = f"{len(self._found):,} of {len(self._choices):,}"

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._found):
            topic = self._found[event.option_index].topic
            if self.pair is None or self.pair.subject != topic:
                self.pair = pair_of(topic)
                self.query_one(VerticalScroll).scroll_home(animate=False)
                self._draw()

    def on_resize(self) -> None:
        """Side by side where there is room, else one above the other."""
        self.set_class(self.size.width >= WIDE, "-wide")
        self._draw()

    def _draw(self) -> None:
        pair = self.pair
        if pair is None:
            return
        # Frame and scrollbar take three cells.
        width = self.size.width - 3 - (LIST_WIDTH if self.size.width >= WIDE else 0)
        page = code_page(pair.subject, pair.other, code_heads(pair), width, Scale(is_whole=True))
        self.query_one(CodePair).show(page)
        shown = self.query_one("#comparison")
        shown.border_title = Content(codes.lookup(pair.subject).title)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing."""
        if action == "related":
            return self.pair is not None and len(self.pair.others) > 1
        if action == "take":
            return self._subject is not None and self.pair is not None and self.pair.subject != self._subject
        return True

    def action_pick(self, by: int) -> None:
        """Move among the matches while the field keeps the focus."""
        options = self._options
        if options.option_count:
            options.highlighted = max(0, min((options.highlighted or 0) + by, options.option_count - 1))

    def action_related(self, by: int) -> None:
        """Walk along the related codes."""
        if self.pair is not None:
            self.pair = self.pair.step(by)
            self._draw()

    def action_take(self) -> None:
        """Set the chosen code beside the one that closed."""
        if self.pair is not None:
            self.dismiss(self.pair.subject)


def _line(one: Listed) -> Content:
    label = f"{text.shorten(one.label, 17):<12} "
    return Content.assemble((label, strong(severity_tone(one.severity))), (one.name, Tone.PLAIN))
