"""A line of text that is asked for until it will do: what is wrong with it is said below the field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from wsinspect.errors import WsInspectError
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.screens.ask import Ask


class AskUntil(Ask):
    """Asks for a line and tries to do what it is for; gives it once that worked, None when the user went back."""

    def __init__(
        self, title: Content, attempt: Callable[[str], Awaitable[object]], said: str = "", *, hint: str = ""
    ) -> None:
        """Ask.

        Args:
            title: what is asked for.
            attempt: does it; its WsInspectError is shown, and the field stays.
            said: what stands in the field at first; visible text.
            hint: what the keys do, no peer text.
        """
        super().__init__(title, said, hint=hint)
        self._attempt = attempt

    @on(Input.Submitted)
    def _try(self, event: Input.Submitted) -> None:
        event.stop()
        event.prevent_default()  # or Ask would take the line as it is
        self.run_worker(self._do(event.value), group="attempt", exclusive=True)

    async def _do(self, value: str) -> None:
        try:
            await self._attempt(value)
        except Closed:
            return
        except WsInspectError as error:
            if self.is_current:
                self.query_one(Static).update(Content.styled(safe.line(str(error)), Tone.BAD))
            return
        if self.is_current:
            self.dismiss(value)
