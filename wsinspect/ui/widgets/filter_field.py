"""Where a filter is typed: what it means is applied at once, what could follow is offered, what is wrong is shown.

Closed it takes no room. What it filters is its owner's business: it posts what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.highlighter import Highlighter
from rich.text import Text as RichText
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from wsinspect import text
from wsinspect.filters import Expression, FilterError
from wsinspect.filters.completion import Choice, Completion, complete
from wsinspect.filters.grammar import LONGEST
from wsinspect.filters.reading import Reading, reading
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone

CHOICES = 40
"""Ways to go on that are offered at most."""

Seen = Mapping[str, Sequence[str]]
"""Values of keys seen in the session; peer text."""


class FilterField(Vertical):
    """A line of text, what is said of it, and the ways to go on."""

    DEFAULT_CSS = beside(__file__)
    BINDINGS = bindings(Scope.FILTER)

    @dataclass
    class Typed(Message):
        """The text means something else now: what is wrong in it counts as if it were not there."""

        field: FilterField
        expression: Expression | None

        @property
        def control(self) -> FilterField:
            """The field."""
            return self.field

    @dataclass
    class Left(Message):
        """The user is done."""

        field: FilterField
        is_kept: bool
        """Whether what was typed counts from now on, be it nothing; else what counted before."""

        @property
        def control(self) -> FilterField:
            """The field."""
            return self.field

    def __init__(
        self,
        back: Widget,
        read: Callable[[str], Expression | None],
        seen: Callable[[], Seen],
        *,
        without: str = "",
    ) -> None:
        """A closed field.

        Args:
            back: what has the focus when the user is done.
            read: what a text means; raises FilterError.
            seen: values that may follow a key, asked for when the field is opened.
            without: a key that means nothing here and is not offered, with its colon.
        """
        super().__init__()
        self._back = back
        self._read = read
        self._ask_seen = seen
        self._without = without
        self._seen: Seen = {}
        self._known = Reading("", "", None, None)
        """What was made of the text when it was looked at last."""
        self._completion = Completion(0)
        self._said = Content("")
        self._label = Static(markup=False)
        self._input = Input(max_length=LONGEST, compact=True, highlighter=_Wrong(self), select_on_focus=False)
        self._line = Static(markup=False, id="said")
        self._choices = OptionList(markup=False, compact=True)
        self.display = False

    def compose(self) -> ComposeResult:
        """Label and text; what is said; the ways to go on lie over what is below."""
        with Horizontal():
            yield self._label
            yield self._input
        yield self._line
        self._choices.can_focus = False
        yield self._choices

    @property
    def is_open(self) -> bool:
        """Whether somebody types."""
        return bool(self.display)

    @property
    def _reading(self) -> Reading:
        if self._known.text != self._input.value:
            self._known = reading(self._input.value, self._read)
        return self._known

    @property
    def error(self) -> FilterError | None:
        """What is wrong with the text; None when nothing is."""
        return self._reading.error

    def open(self, label: str, said: str) -> None:
        """Let a filter be typed.

        Args:
            label: what it does, in a word.
            said: the text to begin with, a filter; what is typed replaces it, unless the cursor is moved first.
        """
        self._label.update(Content.styled(f" {label} ", Tone.KEY))
        self._seen = self._ask_seen()
        self.display = True
        self._input.value = said
        self._input.select_all()
        # At once: what is typed right behind the key is meant for here, and never a command.
        self.screen.set_focus(self._input)
        self._show_text()

    def close(self) -> None:
        """Take no room any more."""
        self.display = False

    def say(self, said: Content) -> None:
        """What the filter comes to; shown while nothing is wrong with it."""
        if self._said != said:  # asked four times a second, and each time a layout
            self._said = said
            self._say()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        # Keys may be ahead: only where typing comes to rest is anything searched for or shown.
        if not self.is_open or event.value != self._input.value:
            return
        self.post_message(self.Typed(self, self.expression))
        self._show_text()

    def _show_text(self) -> None:
        self._offer(complete(self._input.value, self._input.cursor_position, self._seen))
        self._say()

    def _offer(self, completion: Completion) -> None:
        # All keys are offered before anything is typed, not after each blank: they would lie over what was found.
        is_begun = completion.start < self._input.cursor_position or not self._input.value.strip()
        offered = [one for one in completion.choices if is_begun and self._is_taken(one.insert)]
        choices = tuple(offered[:CHOICES])
        self._completion = Completion(completion.start, choices)
        self._choices.clear_options()
        self._choices.add_options(Option(_shown(choice)) for choice in choices)
        self._choices.highlighted = None
        self._choices.display = bool(choices)

    def _is_taken(self, insert: str) -> bool:
        """Whether what is offered means something here."""
        if insert.endswith(":"):
            return insert != self._without
        try:
            self._read(insert)
        except FilterError:
            return False
        return True

    def _say(self) -> None:
        error = self.error
        self._line.update(self._pointed(error) if error is not None else Content(" ") + self._said)

    def _pointed(self, error: FilterError) -> Content:
        """The error, with a mark below the character that it is about where there is room for both."""
        # Only what the user typed is quoted in it, and that may have been pasted.
        said, brief = safe.line(str(error)), safe.line(error.brief)
        at = text.cells(self._input.value[: error.at]) - self._input.scroll_offset.x
        at = self._label.outer_size.width + max(0, at)
        room = self.size.width - at - 2
        # What was found stands right above the mark.
        said = said if text.cells(said) <= room else brief
        if text.cells(said) <= room:
            return Content.assemble(" " * at, ("▲ ", Tone.BAD_STRONG), (said, Tone.BAD))
        if text.cells(said) + 2 <= at:
            return Content.assemble((f"{said} ".rjust(at), Tone.BAD), ("▲", Tone.BAD_STRONG))
        return Content.styled(f" {said}", Tone.BAD)

    def action_keep(self) -> None:
        """Keep the filter, or take what is chosen among the ways to go on, once all is there that was typed before."""
        self._input.call_later(self._keep)

    def _keep(self) -> None:
        if not self.is_open:
            return
        if self._choices.highlighted is not None:
            self.action_complete()
        elif self.error is None:
            self._leave(is_kept=True)

    def action_cancel(self) -> None:
        """Go back to how it was before anything was typed."""
        self._leave(is_kept=False)

    def _leave(self, *, is_kept: bool, takes_focus: bool = True) -> None:
        self.close()
        if takes_focus:
            # At once: the next key is meant for the list.
            self.screen.set_focus(self._back)
        self.post_message(self.Left(self, is_kept))

    @property
    def value(self) -> str:
        """The text."""
        return self._input.value

    @property
    def expression(self) -> Expression | None:
        """What it means, without what is wrong in it."""
        return self._reading.expression

    @property
    def valid(self) -> str:
        """What of the text is a filter: what it takes is listed."""
        return self._reading.valid

    def action_complete(self) -> None:
        """Write the chosen way to go on into the text."""
        choices = self._completion.choices
        if choices:
            self._insert(choices[self._choices.highlighted or 0])

    def _insert(self, choice: Choice) -> None:
        field = self._input
        before, after = field.value[: self._completion.start], field.value[field.cursor_position :]
        blank = "" if choice.insert.endswith(":") or after.startswith(" ") else " "
        field.value = before + choice.insert + blank + after
        field.cursor_position = len(before + choice.insert + blank)

    def action_pick(self, by: int) -> None:
        """Choose among the ways to go on; above the first is none."""
        count = self._choices.option_count
        if not count:
            return
        at = -1 if self._choices.highlighted is None else self._choices.highlighted
        at = max(-1, min(at + by, count - 1))
        self._choices.highlighted = None if at < 0 else at

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._insert(self._completion.choices[event.option_index])
        self._input.focus()

    def on_descendant_blur(self) -> None:
        """Whoever clicks elsewhere is done, and keeps what of the text is a filter: what it takes is listed."""
        self.call_after_refresh(self._check_focus)

    def _check_focus(self) -> None:
        focused: Widget | None = self.screen.focused
        if self.is_open and self.app.screen is self.screen and (focused is None or self not in focused.ancestors):
            self._leave(is_kept=True, takes_focus=False)


class _Wrong(Highlighter):
    """Draws the characters that are wrong."""

    def __init__(self, field: FilterField) -> None:
        self._field = field

    def highlight(self, text: RichText) -> None:
        """Only style is added."""
        error = self._field.error
        if error is not None and error.length:
            text.stylize("bold underline", error.at, error.at + error.length)


def _shown(choice: Choice) -> Content:
    return Content.assemble((f"{safe.line(choice.insert):<22} ", Tone.KEY), (choice.meaning, Tone.DIM))
