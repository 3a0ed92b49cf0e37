"""The report before it is copied: its text in each format, how much it tells, and what is masked in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from wsinspect import config, text
from wsinspect.codes import Topic
from wsinspect.errors import WsInspectError
from wsinspect.report.build import Report, build
from wsinspect.report.formats import Format, render
from wsinspect.report.material import DEFAULT_MESSAGES, Capture
from wsinspect.session.reporting import report_on, report_on_all
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.forms import Page, TextPage
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.line_view import LineView
from wsinspect.ui.widgets.redaction_list import RedactionList
from wsinspect.ui.widgets.tab_bar import Tab, TabBar

if TYPE_CHECKING:
    from wsinspect.session.reader import Reader
    from wsinspect.ui.app import WsInspectApp

STEPS = (0, 3, 6, 12, 25, 50, 100, 200)
"""Numbers of last messages to choose from."""

NAMES = {Format.MARKDOWN: "Markdown", Format.JIRA: "Jira", Format.TEXT: "Text", Format.JSON: "JSON"}
FORMATS = tuple(NAMES)


class ReportScreen(Screen[None]):
    """The report on one connection, or on the session."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.REPORT)
    AUTO_FOCUS = "LineView"

    def __init__(self, bridge: Bridge, connection: int, other: Topic | None = None) -> None:
        """Preview a report.

        Args:
            bridge: the session.
            connection: which connection it is about.
            other: the code that is compared with the one that closed; None takes the closest related one.
        """
        super().__init__()
        self._bridge = bridge
        self._connection = connection
        self._other = other
        self._is_whole = False
        self._messages = DEFAULT_MESSAGES
        self._form = Format.MARKDOWN
        self._off: set[str] = set()
        self._gathered: tuple[object, Capture] | None = None
        """What the report is made from, and what was asked for."""
        self._report: Report | None = None
        self._text = ""
        self._width = 0
        self._is_drawn = False
        self._afterwards: Callable[[], None] | None = None
        """What was asked for before the report was there."""
        # Kept, not looked up: a read may come back when the screen is being left and its widgets are gone.
        self._about = Static(markup=False, id="facts")
        self._tabs = TabBar()
        self._lines = LineView(id="page")
        self._masked = Static(markup=False, id="masked")
        self._secrets = RedactionList()

    def compose(self) -> ComposeResult:
        """Facts, formats, the text, what is masked."""
        yield self._about
        yield self._tabs
        yield self._lines
        yield self._masked
        yield self._secrets
        yield KeysLine()

    def on_mount(self) -> None:
        """Make the report."""
        self._tabs.tabs = tuple(
            Tab(form.value, str(at + 1), (Piece(NAMES[form], ""),)) for at, form in enumerate(FORMATS)
        )
        self._make(keeps_place=False)

    @property
    def is_settled(self) -> bool:
        """Whether what was asked for last is shown."""
        return self._is_drawn

    @property
    def text(self) -> str:
        """The report as it would be copied now."""
        return self._text

    def _make(self, *, keeps_place: bool = True) -> None:
        self._is_drawn = False
        self.run_worker(self._draw(keeps_place), group="report", exclusive=True, exit_on_error=True)

    async def _draw(self, keeps_place: bool) -> None:
        try:
            self._report, self._text = await self._made()
        except Closed:
            return
        except WsInspectError as error:
            # Nothing stands there that could be copied without what the user wants masked.
            self._report, self._text, self._afterwards = None, "", None
            self._lines.show(TextPage([], 1))
            self._about.update(Content.styled(f" {text.visible(str(error))}", Tone.BAD))
            self.refresh_bindings()
            self._is_drawn = True
            return
        self._secrets.show(self._report.redactions)
        self._width = width = self._room
        self._lines.show(await asyncio.to_thread(_page, self._text, width), keeps_place=keeps_place)
        self._tabs.active = self._form.value
        self._about.update(self._facts())
        self._masked.update(_masked(self._report))
        self.refresh_bindings()
        self._is_drawn = True
        afterwards, self._afterwards = self._afterwards, None
        if afterwards is not None:
            afterwards()

    async def _made(self) -> tuple[Report, str]:
        asked = (self._is_whole, self._messages)
        number, other, (is_whole, messages) = self._connection, self._other, asked

        def gather(reader: SessionReader) -> Capture:
            session = cast("Reader", reader)
            if is_whole:
                return report_on_all(session, messages=messages)
            return report_on(session, number, messages=messages, other=other)

        if self._gathered is None or self._gathered[0] != asked:
            self._gathered = (asked, await self._bridge.call(gather))
        pictures = self._app.pictures_of(None if is_whole else number)
        return await asyncio.to_thread(_written, self._gathered[1], frozenset(self._off), pictures, self._form)

    @property
    def _app(self) -> WsInspectApp:
        return cast("WsInspectApp", self.app)

    def _facts(self) -> Content:
        about = "the session" if self._is_whole else f"connection #{self._connection}"
        lines = self._text.count("\n")
        size = text.size(len(self._text.encode("utf-8", "surrogatepass")))
        return Content.assemble(
            (f" Report on {about}", Tone.STRONG),
            ("  ·  ", Tone.DIM),
            f"last {self._messages} messages",
            ("  ·  ", Tone.DIM),
            (f"{lines:,} lines, {size}", Tone.DIM),
        )

    @property
    def _room(self) -> int:
        return max(1, self._lines.scrollable_content_region.width)

    def on_resize(self) -> None:
        """Text is cut to the new width."""
        if self._report is not None and self._room != self._width:
            self._make()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing."""
        if action in ("copy", "write"):
            return self._report is not None or not self._is_drawn
        if action == "messages":
            return STEPS[-1 if parameters == (1,) else 0] != self._messages
        return True

    def action_leave(self) -> None:
        """Back to the main screen."""
        self.dismiss()

    def action_form(self, name: str) -> None:
        """Write it in another format."""
        self._form = Format(name)
        self._make(keeps_place=False)

    def action_next_form(self) -> None:
        """The next format, round and round."""
        self.action_form(FORMATS[(FORMATS.index(self._form) + 1) % len(FORMATS)].value)

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        self.action_form(event.panel)

    def action_messages(self, by: int) -> None:
        """Show more of the last messages, or fewer."""
        at = STEPS.index(self._messages) + by
        if 0 <= at < len(STEPS):
            self._messages = STEPS[at]
            self._make()

    def action_whole(self) -> None:
        """On all connections, or on the chosen one again."""
        self._is_whole = not self._is_whole
        self._make(keeps_place=False)

    @on(RedactionList.Switched)
    def _switched(self, event: RedactionList.Switched) -> None:
        self._off ^= {event.redaction.key}
        self._make()

    def action_copy(self) -> None:
        """Copy the text that stands here."""
        self._when_drawn(lambda: self._app.copy_text(self._text, self._form.suffix))

    def action_write(self) -> None:
        """Write the text that stands here to a file."""
        self._when_drawn(lambda: self._app.save_text(self._text, self._form.suffix))

    def _when_drawn(self, do: Callable[[], None]) -> None:
        """Do this with the report that was asked for last, not with the one before it."""
        if not self._is_drawn:
            self._afterwards = do
        elif self._report is not None:
            do()


def _written(capture: Capture, off: frozenset[str], pictures: Sequence[str], form: Format) -> tuple[Report, str]:
    report = build(capture, patterns=config.load().patterns, off=off, pictures=pictures)
    return report, render(report, form)


def _page(said: str, width: int) -> Page:
    lines = text.block(said).rstrip("\n").split("\n")
    return TextPage([part for line in lines for part in _broken(line, width)], width)


def _broken(line: str, width: int) -> Iterator[str]:
    """A long line in parts that end at a blank, where there is one."""
    while text.cells(line) > width:
        at = room = 0
        while (room := room + text.cells(line[at])) <= width:
            at += 1
        blank = line.rfind(" ", at // 2, at + 1)
        end = blank + 1 if blank > 0 else max(1, at)
        yield line[:end].rstrip(" ")
        line = line[end:]
    yield line


def _masked(report: Report) -> Content:
    """How many secrets are masked, over the list of them."""
    shown = len(report.redactions) - report.masked
    parts: list[Content | str | tuple[str, str]] = [
        (f" {report.masked} secret{'s' * (report.masked != 1)} masked", Tone.STRONG)
    ]
    if shown:
        parts.append((f"  ·  {shown} shown", Tone.BAD_STRONG))
    if report.redactions:
        parts += [("  ·  ", Tone.DIM), ("Tab", Tone.KEY), " goes there, ", ("space", Tone.KEY), " masks or shows one"]
    return Content.assemble(*parts)
