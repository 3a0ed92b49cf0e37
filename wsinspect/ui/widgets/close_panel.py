"""How a connection closed, and what that means: the verdict, two codes side by side, the evidence, who closed where.

It draws what ``closing.explain`` found, made to fit by ``page.close_page``: in a given number of lines, or all of it
when it may scroll. A code that was asked for by hand is set beside the one that closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from wsinspect.codes import Topic
from wsinspect.errors import WsInspectError
from wsinspect.model import CloseStory, Connection, State
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, Pulse
from wsinspect.ui.close import verdict
from wsinspect.ui.close.closing import Explained
from wsinspect.ui.close.comparison import Pair, pair_of
from wsinspect.ui.close.page import ClosePage, close_page
from wsinspect.ui.close.teller import CloseTeller
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.widgets.code_pair import CodePair
from wsinspect.ui.widgets.fact_list import FactList
from wsinspect.ui.widgets.panel import Panel


class CloseBody(VerticalScroll, can_focus=True):
    """What scrolls inside the panel."""

    BINDINGS = bindings(Scope.CLOSE)


class ClosePanel(Panel):
    """The close of the chosen connection, explained."""

    DEFAULT_CSS = beside(__file__)

    is_brief: reactive[bool] = reactive(False, toggle_class="-brief")
    """Whether only the verdict is shown."""
    room: reactive[int | None] = reactive(None)
    """Lines there are inside the frame; None when all is shown, however long it is."""
    is_beside_all: reactive[bool] = reactive(False)
    """Whether Messages lists those of several connections: the row under its cursor may be of another one."""

    @dataclass
    class Told(Message):
        """A close is explained, anew or for the first time."""

        is_other_height: bool
        """Whether codes are shown where there were none, or the other way round."""

    @dataclass
    class Failed(Message):
        """The close could not be read."""

        problem: str

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._teller = CloseTeller(bridge)
        self._watched: int | None = None
        self.pair: Pair | None = None
        """The codes that are shown; None while there is nothing to explain."""
        self.told: Explained | None = None
        """The close that is explained."""
        self._drawn_for: tuple[object, ...] = ()

    @property
    def story(self) -> CloseStory | None:
        """How the connection closed."""
        return self.told.story if self.told is not None else None

    def compose(self) -> ComposeResult:
        """Verdict, columns and differences, evidence, path, in one scroll."""
        with CloseBody():
            yield Static(markup=False, id="verdict")
            yield Static(markup=False, id="remarks")
            yield CodePair()
            yield Static(markup=False, id="facts-head")
            yield FactList(id="facts")
            yield Static(Content.styled("Who closed, on which hop", Tone.STRONG), markup=False, id="path-head")
            yield Static(markup=False, id="path")
            yield Static(Content.styled("What is known of software", Tone.STRONG), markup=False, id="software-head")
            yield Static(markup=False, id="software")

    def on_mount(self) -> None:
        """Nothing is explained yet."""
        self.set_class(True, "-empty")

    # What is explained

    def watch_for(self, connection: Connection | None) -> None:
        """Another connection was chosen, or none: there is nothing to explain of it yet."""
        self._watched = connection.id if connection is not None else None
        self._teller.forget()
        if connection is None:
            self.show_nothing(Content("no connection is chosen"))
            return
        has_ended = connection.closed_ns is not None
        said = " has ended; reading why · " if has_ended else " is open; how it closes will be explained here · "
        path = safe.content(connection.path)
        self.show_nothing(Content.assemble(f"#{connection.id} ", path, said, ("e", Tone.KEY), " explains any code"))

    def follow(self, connection: Connection, pulse: Pulse) -> None:
        """Have the close explained, when it changed, or when others came or went and may explain it better."""
        if self.told is not None and connection.state in (State.CONNECTING, State.OPEN):
            # A session that is played went back to before the close.
            self._take_back(connection)
        if self._teller.is_due(connection, pulse):
            self._tell(connection)

    # As a decorator, so that one whose place another takes before it began leaves no coroutine that nobody awaited.
    @work(group="story", exclusive=True)
    async def _tell(self, connection: Connection) -> None:
        try:
            told = await self._teller.tell(connection)
        except WsInspectError as error:
            self.post_message(self.Failed(str(error)))
            return
        if self._watched != connection.id:
            return
        if told is None:
            if self.told is not None:
                self._take_back(connection)
            return
        had_codes = self.pair is not None
        self.show_close(told)
        self.post_message(self.Told(had_codes != (self.pair is not None)))

    def _take_back(self, connection: Connection) -> None:
        had_codes = self.pair is not None
        self.watch_for(connection)
        self.post_message(self.Told(had_codes))

    def show_nothing(self, hint: Content) -> None:
        """There is no close to explain; say so."""
        self.told = self.pair = None
        self._drawn_for = ()
        self.set_class(True, "-empty")
        self._colour()
        self.query_one("#verdict", Static).update(hint)
        self._write_title()
        self._write_note()

    def show_close(self, told: Explained) -> None:
        """Explain how a connection closed; codes chosen before stay while the close is the same."""
        was, self.told = self.told, told
        topic = told.context.topic
        is_same = was is not None and (was.story.connection.id, was.context.topic) == (told.story.connection.id, topic)
        if topic is None:
            self.pair = None
        elif self.pair is None or not is_same:
            self.pair = pair_of(topic, told.context.related)
            self.query_one(CloseBody).scroll_home(animate=False)
        self._write_title()
        self._draw()

    def set_beside(self, topic: Topic) -> None:
        """Set a code beside the one that closed."""
        if self.pair is not None:
            self.pair = self.pair.beside(topic)
            self.query_one(CloseBody).scroll_home(animate=False)
            self._draw()

    def step(self, by: int) -> None:
        """Walk along the related codes."""
        if self.pair is not None:
            self.pair = self.pair.step(by)
            self._draw()

    # Drawing

    def on_resize(self) -> None:
        """Lines are broken for the width here, not by the layout."""
        self._draw()

    def watch_room(self) -> None:
        """More or less of it fits."""
        self._draw()

    def watch_is_beside_all(self) -> None:
        """The title says whose close it is."""
        self._write_title()

    def watch_is_brief(self) -> None:
        """The keys that work differ."""
        self._draw()

    def _draw(self) -> None:
        told, pair = self.told, self.pair
        width = self.content_size.width
        if told is None or width < 1:
            return
        drawing = (told, pair, width, self.room, self.is_brief)
        if drawing == self._drawn_for:
            return
        self._drawn_for = drawing
        self.set_class(pair is None, "-empty")
        self._colour()
        self.set_class(self.room is None, "-whole")
        shown = None if self.is_brief else pair
        # What may scroll leaves a cell to the scrollbar, shown or not, so that lines never move.
        page = close_page(told, shown, width - (self.room is None), self.room)
        if self.room is not None and page.height > self.room:
            page = close_page(told, shown, width - 1, self.room)
        # A scrollbar that is not needed takes a cell, which may break one more line, which seems to need it.
        scrolls = self.room is None or page.height > self.room
        self.query_one(CloseBody).styles.overflow_y = "auto" if scrolls else "hidden"
        self._show(page)
        self._write_note()

    def _show(self, page: ClosePage) -> None:
        self.query_one("#verdict", Static).update(_joined(page.verdict))
        self._fill("#remarks", page.remarks)
        pair = self.query_one(CodePair)
        pair.display = page.codes is not None
        if page.codes is not None:
            pair.show(page.codes)
        self.query_one("#facts-head", Static).update(_facts_head(page))
        self.query_one("#facts-head").display = bool(page.facts)
        facts = self.query_one(FactList)
        self.call_after_refresh(self._keep_focus)
        facts.display = bool(page.facts)
        facts.show(page.facts)
        self.query_one("#path-head").display = bool(page.path)
        self._fill("#path", page.path)
        self.query_one("#software-head").display = bool(page.software)
        self._fill("#software", page.software)
        self.set_class(page.has_rules, "-rules")

    def _keep_focus(self) -> None:
        """The keys stay in the panel when the evidence that had them is not shown any more."""
        facts = self.query_one(FactList)
        if facts.has_focus and not facts.display:
            self.query_one(CloseBody).focus()

    def _fill(self, selector: str, lines: Sequence[Content]) -> None:
        shown = self.query_one(selector, Static)
        shown.display = bool(lines)
        shown.update(_joined(lines))

    def _write_title(self) -> None:
        if self.told is None:
            self.set_title(Content("Close"))
            return
        shown = self.told.story.connection
        whose = "Close of the chosen connection" if self.is_beside_all else "Close"
        self.set_title(Content.assemble(f"{whose} · #{shown.id} ", safe.content(shown.path)))

    def _write_note(self) -> None:
        keys: list[tuple[str, str]] = []
        if self.pair is not None and self.is_brief:
            keys = [("z", "explains it")]
        elif self.pair is not None:
            keys = [("[ ]", "related code"), ("e", "any code")]
            keys += [("z", "all of it")] if self.room is not None else [("Tab", "evidence")]
        parts: list[str | tuple[str, str]] = []
        for key, said in keys:
            parts += [*([" · "] if parts else []), (key, Tone.KEY), f" {said}"]
        self.set_note(Content.assemble(*parts))

    def _colour(self) -> None:
        """Colour the frame by how bad it was."""
        style = verdict.title(self.story)[1] if self.story is not None else ""
        self.set_class(style.endswith(Tone.BAD), "-error")
        self.set_class(style.endswith(Tone.WARN), "-warning")


def _facts_head(page: ClosePage) -> Content:
    more = f"  {page.more_facts} more with z" if page.more_facts else ""
    return Content.assemble(("In this capture", Tone.STRONG), (more, Tone.DIM))


def _joined(lines: Sequence[Content]) -> Content:
    return Content("\n").join(lines)
