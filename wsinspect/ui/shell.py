"""What every app of wsinspect has: its looks, the safety net for what is drawn, the clipboard, help, an orderly end."""

from __future__ import annotations

import asyncio
import signal
from asyncio import get_running_loop
from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import events
from textual.app import App, SystemCommand
from textual.filter import ANSIToTruecolor, LineFilter
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import WorkerFailed

from wsinspect import clipboard, text
from wsinspect.errors import WsInspectError
from wsinspect.ui.actions import Scope, bindings, by_id
from wsinspect.ui.crash import write_crash_file
from wsinspect.ui.drawing.safe import SafeFilter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import DARK, LIGHT, tone_defaults
from wsinspect.ui.terminal import outlive_terminal

R = TypeVar("R")


class Shell(App[R]):
    """An app that gives an ``R`` when it ends; a subclass says what it shows and how it is left."""

    TITLE = "wsinspect"
    BINDINGS = bindings(Scope.APP)
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True

    CSS = beside(__file__)

    HELP_SCOPES: ClassVar[tuple[Scope, ...]] = tuple(Scope)
    """What the help shows the keys of, in this order."""

    def __init__(self, *, theme: str = "") -> None:
        """Begin in a theme: the name of one of ours, dark by default."""
        outlive_terminal()
        super().__init__()
        self.is_told_to_end = False
        """Whether the system or a closing terminal ended it, not the user."""
        self._safe_filter = SafeFilter()
        # Before anything is styled: it would all be styled again.
        for one in (DARK, LIGHT):
            self.register_theme(one)
        self.theme = theme or DARK.name

    # Looks and safety

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The tones, for themes that are not ours."""
        return tone_defaults(self.current_theme.dark)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Whatever Textual filters, and after it what must never reach a terminal.

        Only one is left out, which takes its time on every line: nothing here is drawn in the 16 colours of terminals,
        and text that is dim the terminal dims itself.
        """
        theirs = [one for one in super().get_line_filters() if not isinstance(one, ANSIToTruecolor)]
        return [*theirs, self._safe_filter]

    def _handle_exception(self, error: Exception) -> None:
        """End with one plain sentence; Textual's own way would print the locals, payloads and all."""
        try:
            if self._exception is None:
                self._exception = error
                self._exception_event.set()
                # Textual wraps what went wrong in a worker, and leaves out where it did.
                cause = error.error if isinstance(error, WorkerFailed) else error
                path = write_crash_file(cause)
                where = f"; the details are in {path}" if path else ""
                said = f"wsinspect: an error nobody expected ({type(cause).__name__}){where}"
                self._exit_renderables.append(Text(said))
        finally:
            # Whatever goes wrong with the telling: an app that nobody tells to end would stand still for ever.
            self._return_code = 1
            self._close_messages_no_wait()

    # Begin and end

    def heed_signals(self) -> None:
        """From now on end in order, without a question, when the system or a closing terminal asks to."""
        loop = get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._told_to_end)

    def _told_to_end(self) -> None:
        self.is_told_to_end = True
        self.end()

    def end(self) -> None:
        """Leave without a question."""
        self.run_worker(self.leave(), group="leave", exit_on_error=True)

    async def leave(self) -> None:
        """End; a subclass lets go of what it holds before."""
        self.exit()

    def action_leave_app(self) -> None:
        """Quit; a subclass asks first where something would be lost."""
        self.end()

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
            self.complain(error)
            return
        self.notify(done.sentence(otherwise), markup=False)

    def save_text(self, saved: str, suffix: str) -> None:
        """Write a text to a new file beside the reports, and say where it is."""
        self.run_worker(self._save(saved, suffix), group="copy")

    async def _save(self, saved: str, suffix: str) -> None:
        try:
            path = await asyncio.to_thread(clipboard.save, saved, suffix)
        except WsInspectError as error:
            self.complain(error)
            return
        self.notify(f"written to {text.visible(str(path))}", markup=False)

    def complain(self, error: WsInspectError) -> None:
        """Say what went wrong."""
        self.notify(text.visible(str(error)), severity="error", markup=False)

    def _send_to_terminal(self, control: str) -> None:
        """Write a control sequence of our own between two frames of the screen; called in a thread."""
        driver = self._driver
        if driver is not None:
            self.call_from_thread(driver.write, control)

    def on_key(self, event: events.Key) -> None:
        """What was typed before a field had the focus, and is looked at when it has it, is written there.

        A field keeps what it is sent itself: such a key came to the widget before it.
        """
        if event.is_printable and isinstance(self.focused, Input):
            event.prevent_default()
            self.focused.post_message(events.Key(event.key, event.character))

    def action_help(self) -> None:
        """Show all keys."""
        # It knows the filter's language too, which takes long to load.
        from wsinspect.ui.screens.help import Help

        self.push_screen(Help(self.HELP_SCOPES))

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

    def run_action_later(self, action: str, at: object) -> None:
        """Run a widget's action after the palette is gone."""
        self.call_later(self.run_action, action, at)
