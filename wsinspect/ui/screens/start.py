"""The start screen: what can be started, and the sessions recorded so far.

It starts nothing itself: ``Chosen`` says what the user wants. What happens to files happens on the shelf's thread;
its errors are said where the user asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from wsinspect import __version__, text
from wsinspect.errors import UsageError, WsInspectError
from wsinspect.session.file.library import is_in_use
from wsinspect.session.file.saved import Kind, SavedSession
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.layout import LEAST_HEIGHT, LEAST_WIDTH
from wsinspect.ui.screens.ask_until import AskUntil
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.start.choices import Back, Choice, OpenFile, StartDemo, StartProxy
from wsinspect.ui.start.shelf import Shelf
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.sessions_panel import SessionsPanel
from wsinspect.ui.widgets.start_menu import StartMenu
from wsinspect.ui.widgets.too_small import TooSmall

LOOK_S = 1.0
"""Seconds between two looks at the folder."""

EMPTY = (
    "no session yet. Press p to put wsinspect in front of your own server, or t to try the demo; "
    "what is recorded is kept here"
)


class StartScreen(Screen[None]):
    """A menu over the library."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.MENU) + bindings(Scope.START)
    AUTO_FOCUS = "#session-list"

    @dataclass
    class Chosen(Message):
        """The user wants this."""

        choice: Choice

    @dataclass
    class CopyWanted(Message):
        """The user wants this text in the clipboard."""

        text: str

    def __init__(self, shelf: Shelf, back: Back) -> None:
        super().__init__()
        self._shelf = shelf
        self._back = back
        # Kept, not looked up: a look may come back when the screen is being left and its widgets are gone.
        self._panel = SessionsPanel(shelf, id="sessions")
        self._notices = NoticeLines(id="notices")
        self._too_small = TooSmall(id="too-small")
        self._problem = ""
        """Why what was chosen last could not be done."""
        self._trouble = ""
        """Why the folder cannot be read."""
        self._is_looking = False
        self._has_looked = False
        self._working: tuple[bool | None, ...] = ()

    def compose(self) -> ComposeResult:
        """A menu, the library, the keys; and what stands in for them when there is no room."""
        yield Static(_title(), markup=False, id="title")
        yield self._notices
        with Panel(id="menu") as menu:
            menu.set_title(Content("Start"))
            yield StartMenu()
        yield self._panel
        yield self._too_small
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin to look at the folder; go on where the user came from."""
        self.run_worker(self._look(self._back.path), group="look")
        self.set_interval(LOOK_S, self._look_again)
        if isinstance(self._back.choice, StartProxy) and self._back.problem:
            self._ask_for_proxy(self._back.problem)
        else:
            self._problem = self._back.problem
            self._say_trouble()

    def on_resize(self) -> None:
        """Show the panels, or say that there is no room."""
        width, height = self.size
        has_room = width >= LEAST_WIDTH and height >= LEAST_HEIGHT
        for selector in ("#title", "#menu", "#sessions", "KeysLine"):
            self.query_one(selector).display = has_room
        self._too_small.display = not has_room
        self._notices.has_room = has_room

    @property
    def is_settled(self) -> bool:
        """Whether the list shows what the folder holds."""
        return self._has_looked and self._panel.rows.is_settled

    @property
    def is_too_small(self) -> bool:
        """Whether the terminal has no room for the panels."""
        return bool(self._too_small.display)

    # The folder

    def _look_again(self) -> None:
        if not self._is_looking:
            self.run_worker(self._look(), group="look")

    async def _look(self, path: Path | None = None) -> None:
        """List what is there now; the cursor goes to ``path``, or stays with its session."""
        self._is_looking = True
        try:
            files = await self._shelf.look()
            self._trouble = ""
        except Closed:
            return
        except WsInspectError as error:
            files, self._trouble = (), str(error)
        finally:
            self._is_looking = False
        self._say_trouble()
        self._has_looked = True
        rows = self._panel.rows
        rows.empty_hint = "" if self._trouble else EMPTY
        is_live = self._is_any_live
        if files != rows.files or path is not None or is_live:
            self._panel.show(files, path)
        if is_live:
            self._panel.tell_time()

    @property
    def _is_any_live(self) -> bool:
        """Whether a session at hand is being recorded: it changes while its file does not."""
        return any(one.session.kind is Kind.RECORDING for one in self._panel.rows.at_hand)

    def _say_trouble(self) -> None:
        self._notices.said = tuple(said for said in (self._problem, self._trouble) if said)

    # Keys

    @on(RowList.Moved)
    @on(RowList.Grown)
    def _refresh_keys(self) -> None:
        names = ("open", "rename", "note", "delete", "copy_path")
        working = tuple(self.check_action(name, ()) for name in names)
        if working != self._working:
            self._working = working
            self.refresh_bindings()

    @property
    def _session(self) -> SavedSession | None:
        line = self._panel.rows.chosen
        return line.session if line is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing: without room all of it, else what the chosen session does not allow."""
        if self.is_mounted and self.is_too_small:
            return False
        session = self._session
        if action in ("rename", "delete"):
            now_ns = self._shelf.now_ns()
            return session is not None and session.kind.is_ours and not is_in_use(session, now_ns)
        if action == "note":
            return session is not None and session.kind.is_session
        if action == "copy_path":
            return session is not None
        return True

    @on(RowList.Opened)
    def _opened(self) -> None:
        if self._session is not None:
            self.run_worker(self._open(self._session.path), group="open", exclusive=True)

    async def _open(self, path: Path) -> None:
        try:
            session = await self._shelf.describe(path)
        except Closed:
            return
        if session.kind.is_session:
            self.post_message(self.Chosen(OpenFile(path)))
            return
        said = f"{safe.line(path.name)}: {safe.line(session.problem)}"
        self.notify(said, severity="error", markup=False)
        await self._look()

    def action_open_file(self) -> None:
        """Ask for a path, and open it."""

        async def attempt(value: str) -> None:
            if not value.strip():
                raise UsageError("no path is given")
            path = await self._shelf.find(value.strip())
            self.post_message(self.Chosen(OpenFile(path)))

        self.app.push_screen(AskUntil(Content("Open a file"), attempt, hint="Enter opens it · Esc goes back"))

    def action_proxy(self) -> None:
        """Ask for a target, and start the proxy."""
        self._ask_for_proxy()

    def _ask_for_proxy(self, problem: str = "") -> None:
        # It knows how addresses are written, which takes long to load.
        from wsinspect.ui.screens.proxy_form import ProxyForm

        before = self._back.choice if isinstance(self._back.choice, StartProxy) else None
        self.app.push_screen(ProxyForm(before, problem), self._take)

    def action_demo(self) -> None:
        """Start the demo."""
        self._take(StartDemo())

    def _take(self, choice: Choice | None) -> None:
        if choice is not None:
            self.post_message(self.Chosen(choice))

    def action_explain(self) -> None:
        """Explain any code."""
        # It knows all about codes, which takes long to load.
        from wsinspect.ui.screens.explain import ExplainScreen

        self.app.push_screen(ExplainScreen(None))

    # The chosen session

    def action_rename(self) -> None:
        """Ask for another name."""
        session = self._session
        if session is None:
            return

        async def attempt(value: str) -> None:
            await self._look(await self._shelf.rename(session.path, value))

        title = Content.assemble("Rename ", safe.content(session.name))
        hint = "Enter renames it, in its folder · Esc goes back"
        self.app.push_screen(AskUntil(title, attempt, safe.line(session.path.stem), hint=hint))

    def action_note(self) -> None:
        """Ask for a note."""
        session = self._session
        if session is None:
            return

        async def attempt(value: str) -> None:
            await self._shelf.set_note(session.path, value)
            await self._look(session.path)

        title = Content.assemble("Note on ", safe.content(session.name))
        hint = "Enter keeps it in the file; an empty one takes it away · Esc goes back"
        self.app.push_screen(AskUntil(title, attempt, safe.line(session.note), hint=hint))

    def action_delete(self) -> None:
        """Ask, and delete the session."""
        session = self._session
        if session is None:
            return
        what = Content.assemble(
            "Delete ",
            safe.content(session.name, Tone.STRONG),
            f", {text.size(session.size)}? Nothing brings it back.",
        )

        def answered(agreed: bool | None) -> None:
            if agreed:
                self.run_worker(self._delete(session.path), group="delete")

        self.app.push_screen(Confirm(what, "Delete", "Keep"), answered)

    async def _delete(self, path: Path) -> None:
        try:
            await self._shelf.delete(path)
        except Closed:
            return
        except WsInspectError as error:
            self.notify(safe.line(str(error)), severity="error", markup=False)
        await self._look()

    def action_copy_path(self) -> None:
        """Copy the path of the session."""
        if self._session is not None:
            self.post_message(self.CopyWanted(str(self._session.path.absolute())))


def _title() -> Content:
    return Content.assemble(
        (f" wsinspect {__version__}", Tone.STRONG),
        ("   see every WebSocket connection, every frame, and why it closed", Tone.DIM),
    )
