"""The app: opens a session file and shows it, live or saved; owns themes, safety net, quitting and crashes.

A live session's capture belongs to the caller. Quitting lets go of the file first and then calls ``on_quit``, because
the capture can only make one whole file of it when nobody reads it.
"""

from __future__ import annotations

import asyncio
import signal
import time
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.segment import Segment
from rich.text import Text
from textual._compositor import LayoutUpdate
from textual.app import App, SystemCommand
from textual.content import Content
from textual.filter import LineFilter
from textual.screen import Screen

from wsinspect import clipboard, codes, config, text
from wsinspect.errors import WsInspectError
from wsinspect.ui.actions import Scope, bindings, by_id
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.crash import write_crash_file
from wsinspect.ui.picture import svg
from wsinspect.ui.safe import SafeFilter
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.screens.help import Help
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.session_state import Setting
from wsinspect.ui.terminal import outlive_terminal
from wsinspect.ui.theme import DARK, LIGHT, tone_defaults


class WsInspectApp(App[None]):
    """One session on screen."""

    TITLE = "wsinspect"
    BINDINGS = bindings(Scope.APP)
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True

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
        now_ns: Callable[[], int] = time.time_ns,
        open_reader: Callable[[Path], SessionReader] | None = None,
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
            now_ns: the wall clock, nanoseconds since the epoch.
            open_reader: how a session is opened; the session's own reader by default.
        """
        outlive_terminal()
        super().__init__()
        self.problem: WsInspectError | None = None
        """Why the app ended by itself; None when it did not."""
        self.copied_as = ""
        """What was chosen last in the menu that copies a message."""
        self._pictures: list[tuple[int | None, str]] = []
        """The pictures taken so far: of which connection, and the file's name."""
        self.bridge = Bridge(lambda: (open_reader or _open)(path))
        self._setting = Setting(source, is_live, tuple(urls), tuple(notices), now_ns, begins_newest)
        self._on_quit = on_quit
        self._safe_filter = SafeFilter()
        self._is_leaving = False
        self._main: MainScreen | None = None

    # Looks and safety

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The tones, for themes that are not ours."""
        return tone_defaults(self.current_theme.dark)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Whatever Textual filters, and after it what must never reach a terminal."""
        return [*super().get_line_filters(), self._safe_filter]

    def _handle_exception(self, error: Exception) -> None:
        """End with one plain sentence; Textual's own way would print the locals, payloads and all."""
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            path = write_crash_file(error)
            where = f"; the details are in {path}" if path else ""
            self._exit_renderables.append(Text(f"wsinspect: an error nobody expected ({type(error).__name__}){where}"))
        self._return_code = 1
        self._close_messages_no_wait()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without room for the panels nothing is opened above them but the question before quitting."""
        is_bare = self._main is not None and self.screen is self._main and self._main.is_too_small
        return not (is_bare and action in ("help", "command_palette"))

    # Begin and end

    async def on_mount(self) -> None:
        """Open the session and show it."""
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        try:
            await self.bridge.open()
        except WsInspectError as error:
            self.problem = error
            self.exit(return_code=error.exit_code, message=Text(f"wsinspect: {text.visible(str(error))}"))
            return
        await self.bridge.call(lambda _reader: codes.topics())
        self._main = MainScreen(self.bridge, self._setting)
        await self.push_screen(self._main)
        loop = get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._told_to_end)

    def _told_to_end(self) -> None:
        """The system or a closing terminal asks to end: in order, without a question."""
        self.run_worker(self.leave(), group="leave", exit_on_error=True)

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

    def capture_ended(self) -> None:
        """Tell the user that the capture ended, unless quitting has ended it."""
        if self._main is not None and not self._is_leaving:
            self._setting = replace(self._setting, is_live=False)
            self._main.capture_ended()

    def action_leave_app(self) -> None:
        """Quit; on a live capture with open connections only after a question, since it cuts them."""
        cut = self._main.open_connections if self._main is not None and self._setting.is_live else 0
        if not cut:
            self._told_to_end()
            return
        what = (
            "1 connection is open: quitting cuts it."
            if cut == 1
            else f"{cut} connections are open: quitting cuts them."
        )
        self.push_screen(Confirm(Content(what), "Quit", "Stay"), self._answered)

    def _answered(self, agreed: bool | None) -> None:
        if agreed:
            self._told_to_end()

    def action_copy_or_quit(self) -> None:
        """Nothing is selected here, else the screen had copied it: as quit."""
        self.action_leave_app()

    # Everywhere

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, and say exactly what was done."""
        self.copy_text(text, otherwise="select with shift held")

    def copy_text(self, copied: str, suffix: str = ".txt", otherwise: str = "press w") -> None:
        """Copy, and say exactly what was done.

        Args:
            copied: what to copy.
            suffix: of the file's name, when it comes to a file.
            otherwise: what to do when the terminal did not take it.
        """
        self.run_worker(self._copy(copied, suffix, otherwise), group="copy")

    async def _copy(self, copied: str, suffix: str, otherwise: str) -> None:
        try:
            done = await asyncio.to_thread(clipboard.copy, copied, suffix=suffix, send=self._send_to_terminal)
        except WsInspectError as error:
            self._complain(error)
            return
        self.notify(done.sentence(otherwise), markup=False)

    def save_text(self, saved: str, suffix: str) -> None:
        """Write a text to a new file beside the reports, and say where it is."""
        self.run_worker(self._save(saved, suffix), group="copy")

    async def _save(self, saved: str, suffix: str) -> None:
        try:
            path = await asyncio.to_thread(clipboard.save, saved, suffix)
        except WsInspectError as error:
            self._complain(error)
            return
        self.notify(f"written to {text.visible(str(path))}", markup=False)

    def _complain(self, error: WsInspectError) -> None:
        self.notify(text.visible(str(error)), severity="error", markup=False)

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
            self._complain(error)
            return
        self._pictures.append((chosen, path.name))
        self.notify(f"picture written to {text.visible(str(path))}", markup=False)

    def _send_to_terminal(self, control: str) -> None:
        """Write a control sequence of our own between two frames of the screen; called in a thread."""
        driver = self._driver
        if driver is not None:
            self.call_from_thread(driver.write, control)

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(Help())

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What works on this screen now, for the command palette."""
        listed: set[str] = {"palette"}
        for node, binding, enabled, _tooltip in screen.active_bindings.values():
            action = by_id(binding.id or "")
            if action is None or not enabled or action.scope in (Scope.LIST, Scope.PAGE) or action.id in listed:
                continue
            # An action on several keys stands among the bindings with each of them.
            listed.add(action.id)
            yield SystemCommand(
                f"{action.label} ({action.shown})",
                action.help,
                lambda run=binding.action, at=node: self.run_action_later(run, at),
            )
        yield SystemCommand(
            "Picture for the ticket",
            "the screen as an SVG file, secrets masked; the next report names it",
            lambda: self.run_action_later("app.picture", self),
        )

    def run_action_later(self, action: str, at: object) -> None:
        """Run a widget's action after the palette is gone."""
        self.call_later(self.run_action, action, at)


def _open(path: Path) -> SessionReader:
    from wsinspect.session.reader import Reader

    return Reader(path)
