"""The app behind ``wsinspect`` without a command: the start screen, which gives what the user chooses to its caller."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from textual import on

from wsinspect.ui.actions import Scope
from wsinspect.ui.screens.start import StartScreen
from wsinspect.ui.shell import Shell
from wsinspect.ui.start.choices import Back, Choice
from wsinspect.ui.start.shelf import Shelf


class StartApp(Shell[Choice]):
    """Gives a Choice when the user made one; None when the user quit."""

    HELP_SCOPES = (
        *(Scope.MENU, Scope.SESSIONS, Scope.START, Scope.LIST),
        *(Scope.ASK, Scope.QUESTION, Scope.EXPLAIN, Scope.HELP, Scope.APP),
    )

    def __init__(self, folder: Path, back: Back | None = None, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        """Show the start screen.

        Args:
            folder: where the sessions are.
            back: what the user comes back from; None at first.
            now_ns: the wall clock, nanoseconds since the epoch.
        """
        self._back = back or Back()
        super().__init__(theme=self._back.theme)
        self.shelf = Shelf(folder, now_ns)
        self._start: StartScreen | None = None

    async def on_mount(self) -> None:
        """Show the screen."""
        self._start = StartScreen(self.shelf, self._back)
        await self.push_screen(self._start)
        self.heed_signals()

    def on_unmount(self) -> None:
        """Whatever way the app ends, nothing is read any more."""
        self.shelf.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without room nothing is opened above the screen."""
        is_bare = self._start is not None and self.screen is self._start and self._start.is_too_small
        return not (is_bare and action in ("help", "command_palette"))

    @on(StartScreen.Chosen)
    def _chosen(self, event: StartScreen.Chosen) -> None:
        self.exit(event.choice)

    @on(StartScreen.CopyWanted)
    def _copy_wanted(self, event: StartScreen.CopyWanted) -> None:
        self.copy_text(event.text, otherwise="select it below with shift held")
