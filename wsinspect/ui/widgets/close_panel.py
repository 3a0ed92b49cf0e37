"""How a connection closed, and what that means: the verdict, two codes side by side, how they differ.

It draws a CloseStory when there is one; a code that was asked for by hand is set beside it, or alone.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from wsinspect import codes
from wsinspect.codes import Topic
from wsinspect.model import CloseStory
from wsinspect.ui import verdict
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.comparison import Pair, pair_of
from wsinspect.ui.styles import beside
from wsinspect.ui.theme import Tone, severity_tone, strong
from wsinspect.ui.widgets.code_column import CodeColumn
from wsinspect.ui.widgets.contrasts import Contrasts
from wsinspect.ui.widgets.panel import Panel


class CloseBody(VerticalScroll, can_focus=True):
    """What scrolls inside the panel."""

    BINDINGS = bindings(Scope.CLOSE)


class ClosePanel(Panel):
    """The close of the chosen connection, explained."""

    DEFAULT_CSS = beside(__file__)

    is_brief: reactive[bool] = reactive(False, toggle_class="-brief")
    """Whether only the verdict is shown."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.pair: Pair | None = None
        """The codes that are shown; None while there is nothing to explain."""
        self.story: CloseStory | None = None

    def compose(self) -> ComposeResult:
        """Verdict, columns and differences, in one scroll."""
        with CloseBody():
            yield Static(markup=False, id="verdict")
            with Horizontal(id="columns"):
                yield CodeColumn(id="code-left")
                yield CodeColumn(id="code-right")
            yield Contrasts()

    def on_mount(self) -> None:
        """Nothing is explained yet."""
        self.set_class(True, "-empty")

    def show_nothing(self, hint: Content) -> None:
        """There is no close to explain; say so."""
        self.story = self.pair = None
        self.set_class(True, "-empty")
        self.set_classes_of("error", None)
        self.query_one("#verdict", Static).update(hint)
        self.set_title(Content("Close"))
        self._write_note()

    def show_story(self, story: CloseStory, title: Content) -> None:
        """Explain how a connection closed; codes chosen before stay while the close is the same."""
        if story == self.story:
            return
        topic = verdict.topic(story)
        was = self.story
        self.story = story
        if topic is None:
            self.pair = None
        elif (
            self.pair is None or was is None or (was.connection.id, verdict.topic(was)) != (story.connection.id, topic)
        ):
            self.pair = pair_of(topic)
            self.query_one(CloseBody).scroll_home(animate=False)
        self.query_one("#verdict", Static).update(Content("\n").join(verdict.lines(story)))
        self.set_title(title)
        self._draw()

    def explain(self, topic: Topic) -> None:
        """Set a code beside the one that closed; alone when nothing closed."""
        if self.story is not None and self.pair is not None:
            self.pair = self.pair.beside(topic)
        else:
            self.pair = pair_of(topic)
            self.set_title(Content(f"Code · {codes.lookup(topic).label}"))
            self.query_one("#verdict", Static).update("")
        self.query_one(CloseBody).scroll_home(animate=False)
        self._draw()

    def step(self, by: int) -> None:
        """Walk along the related codes."""
        if self.pair is not None:
            self.pair = self.pair.step(by)
            self._draw()

    def _draw(self) -> None:
        pair = self.pair
        self.set_class(pair is None, "-empty")
        self.set_class(self.story is None, "-no-story")
        if pair is None:
            return
        left = codes.lookup(pair.subject)
        left_style = verdict.title(self.story)[1] if self.story else strong(severity_tone(left.severity))
        label = Content.styled(f" {verdict.origin(self.story)} ", Tone.LABEL) if self.story else Content("")
        self.query_one("#code-left", CodeColumn).show(left, left_style, label)
        right = self.query_one("#code-right", CodeColumn)
        right.display = pair.other is not None
        contrasts = self.query_one(Contrasts)
        if pair.other is None:
            contrasts.shown = None
        else:
            right.show(codes.lookup(pair.other), Tone.RELATED_STRONG, _walk(pair))
            contrasts.shown = (codes.compare(pair.subject, pair.other), left_style, Tone.RELATED_STRONG)
        self.set_classes_of(left.severity, self.story)
        self._write_note()

    def watch_is_brief(self) -> None:
        """The keys that work differ."""
        self._write_note()

    def _write_note(self) -> None:
        if self.pair is None:
            self.set_note(Content(""))
        elif self.is_brief:
            self.set_note(Content.assemble(("z", Tone.KEY), " explains it"))
        else:
            self.set_note(Content.assemble(("[ ]", Tone.KEY), " related code · ", ("e", Tone.KEY), " any code"))

    def set_classes_of(self, severity: codes.Severity, story: CloseStory | None) -> None:
        """Colour the frame by how bad it was."""
        is_bad = story is not None and (severity == "error" or bool(story.violations))
        self.set_class(is_bad, "-error")
        self.set_class(story is not None and severity == "warning" and not is_bad, "-warning")


def _walk(pair: Pair) -> Content:
    if pair.other == pair.picked:
        return Content.styled("chosen", Tone.DIM)
    related = [one for one in pair.others if one != pair.picked]
    at = related.index(pair.other) + 1 if pair.other in related else 0
    return Content.assemble((f"related {at} of {len(related)}  ", Tone.DIM), ("[ ]", Tone.KEY))
