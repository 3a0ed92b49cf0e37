"""The app that opens a session file and shows it, live or saved.

A live session's capture belongs to the caller. Quitting lets go of the file first and then calls ``on_quit``, because
the capture can only make one whole file of it when nobody reads it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.segment import Segment
from rich.text import Text
from textual import on
from textual._compositor import LayoutUpdate
from textual.app import SystemCommand
from textual.content import Content
from textual.screen import Screen

from wsinspect import clipboard, codes, config, text
from wsinspect.errors import DamagedSessionError, WsInspectError
from wsinspect.ui.actions import Scope
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.picture import svg
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.session_state import Setting
from wsinspect.ui.shell import Shell
from wsinspect.ui.two_sides import TwoSides, place_of, spot


class WsInspectApp(Shell[None]):
    """One session on screen."""

    HELP_SCOPES = tuple(scope for scope in Scope if scope not in (Scope.MENU, Scope.START, Scope.SESSIONS))

    def __init__(
        self,
        path: Path,
        *,
        source: str = "",
        is_live: bool = False,
        urls: Sequence[str] = (),
        notices: Sequence[str] = (),
        on_quit: Callable[[], Awaitable[None]] | None = None,
        begins_newest: bool = False,
        ends_on_damage: bool = False,
        plays: bool = False,
        theme: str = "",
        merging: TwoSides | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        open_reader: Callable[[Path], SessionReader] | None = None,
        habits_path: Callable[[], Path] | None = None,
    ) -> None:
        """Show a session.

        Args:
            path: the session file.
            source: what is captured, in words; empty: what the file says.
            is_live: whether a capture that belongs to the caller is writing the file.
            urls: what to point a client at, shown while there is none.
            notices: what the user should know from the start.
            on_quit: called after the file is let go of and before the app ends; stops the capture.
            begins_newest: begin with the newest messages of all connections.
            ends_on_damage: end where the file turns out to be damaged, so that the caller can do something about it.
            plays: begin by playing the session.
            theme: name of the theme to begin in; dark by default.
            merging: merges the session anew, where it was merged of two files.
            now_ns: the wall clock, nanoseconds since the epoch.
            monotonic_ns: a clock that only goes forward, nanoseconds.
            open_reader: how a session is opened; the session's own reader by default.
            habits_path: where it is kept what is hidden; None: nothing is remembered. May raise EnvironmentProblem.
        """
        super().__init__(theme=theme)
        self.problem: WsInspectError | None = None
        """Why the app ended by itself; None when it did not."""
        self.copied_as = ""
        """What was chosen last in the menu that copies a message."""
        self._pictures: list[tuple[int | None, str]] = []
        """The pictures taken so far: of which connection, and the file's name."""
        self._open_reader = open_reader or _open
        self.bridge = self._bridge_to(path)
        self._ends_on_damage = ends_on_damage
        self._setting = Setting(
            source=source,
            is_live=is_live,
            urls=tuple(urls),
            notices=tuple(notices),
            now_ns=now_ns,
            begins_newest=begins_newest,
            plays=plays,
            merging=merging,
            monotonic_ns=monotonic_ns,
            habits_path=habits_path,
        )
        self._on_quit = on_quit
        self._is_leaving = False
        self._main: MainScreen | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without room for the panels nothing is opened above them but the question before quitting."""
        is_bare = self._main is not None and self.screen is self._main and self._main.is_too_small
        return not (is_bare and action in ("help", "command_palette"))

    # Begin and end

    async def on_mount(self) -> None:
        """Open the session and show it."""
        try:
            await self.bridge.open()
        except WsInspectError as error:
            self.problem = error
            self.exit(return_code=error.exit_code, message=Text(f"wsinspect: {text.visible(str(error))}"))
            return
        await self.bridge.call(lambda _reader: codes.topics())
        self._main = MainScreen(self.bridge, self._setting)
        await self.push_screen(self._main)
        self.heed_signals()

    async def on_unmount(self) -> None:
        """Whatever way the app ends, the file is let go of."""
        await self.bridge.close()

    async def leave(self) -> None:
        """Let go of the file, stop the capture, end."""
        if self._is_leaving:
            return
        self._is_leaving = True
        await self.bridge.close()
        if self._on_quit is not None:
            self.notify("stopping the capture", markup=False)
            await self._on_quit()
        self.exit()

    def _bridge_to(self, path: Path) -> Bridge:
        return Bridge(lambda: self._open_reader(path), self._met_damage)

    @on(MainScreen.Merged)
    async def _show_merged(self, event: MainScreen.Merged) -> None:
        """Show the session that was merged anew, where the other one was looked at."""
        old, new = self.bridge, self._bridge_to(event.shown.path)
        try:
            was = await old.call(lambda reader: spot(reader, event.looking))
            await new.open()
            place = await new.call(lambda reader: place_of(reader, was))
        except Closed:
            return
        except WsInspectError as error:
            self.complain(error)
            return
        notices = tuple(event.shown.notices)
        self._setting = replace(self._setting, notices=notices, begins_newest=False, plays=False, begins_at=place)
        self.bridge, self._main = new, MainScreen(new, self._setting)
        await self.switch_screen(self._main)
        await old.close()

    def _met_damage(self, error: DamagedSessionError) -> None:
        """The file is damaged where somebody looked; one that is being recorded is followed all the same."""
        if self._ends_on_damage and not (self._main is not None and self._main.is_recording):
            self.problem = error
            self.exit(return_code=error.exit_code)

    def capture_ended(self) -> None:
        """Tell the user that the capture ended, unless quitting has ended it."""
        if self._main is not None and not self._is_leaving:
            self._setting = replace(self._setting, is_live=False)
            self._main.capture_ended()

    def action_leave_app(self) -> None:
        """Quit; on a live capture with open connections only after a question, since it cuts them."""
        cut = self._main.open_connections if self._main is not None and self._setting.is_live else 0
        if not cut:
            self.end()
            return
        what = (
            "1 connection is open: quitting cuts it."
            if cut == 1
            else f"{cut} connections are open: quitting cuts them."
        )
        self.push_screen(Confirm(Content(what), "Quit", "Stay"), self._answered)

    def _answered(self, agreed: bool | None) -> None:
        if agreed:
            self.end()

    # Pictures

    def pictures_of(self, connection: int | None) -> tuple[str, ...]:
        """Names of the pictures taken while this connection was chosen; of all of them for None."""
        return tuple(name for number, name in self._pictures if connection in (None, number))

    async def action_picture(self) -> None:
        """Write the screen as an SVG without secrets, and say where it is."""
        chosen = self._main.chosen_id if self._main is not None else None
        # What is on screen now: the rest happens in a thread.
        update = self.screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        if isinstance(update, LayoutUpdate):
            drawn = [[piece for strip in line for piece in strip] for line in update.strips]
            self.run_worker(self._take_picture(drawn, self.size.width, chosen), group="copy")

    async def _take_picture(self, drawn: Sequence[Sequence[Segment]], width: int, chosen: int | None) -> None:
        def take() -> Path:
            patterns = config.load().patterns
            return clipboard.save(svg(drawn, width, patterns), ".svg")

        try:
            path = await asyncio.to_thread(take)
        except WsInspectError as error:
            self.complain(error)
            return
        self._pictures.append((chosen, path.name))
        self.notify(f"picture written to {text.visible(str(path))}", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What works on this screen now, and the picture."""
        yield from super().get_system_commands(screen)
        yield SystemCommand(
            "Picture for the ticket",
            "the screen as an SVG file, secrets masked; the next report names it",
            lambda: self.run_action_later("app.picture", self),
        )


def _open(path: Path) -> SessionReader:
    from wsinspect.session.reader import Reader

    return Reader(path)
