"""The real app in a real terminal, which tells beside the terminal when it has done what a key asked for.

A terminal gives no answer to a key, and whoever waits until it is quiet for a while presses the next one too early on
a busy machine, where an Esc and the key after it become one. Run as a module this is the app.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
import time
from pathlib import Path
from types import TracebackType

from textual import events
from textual.pilot import Pilot

from tests.limits import LIMIT_S
from tests.terminal import Terminal
from tests.ui.driving import settle
from tests.ui.quiet import wait_exactly
from wsinspect.ui.app import WsInspectApp

ANSWER = struct.Struct("=I")
"""How many keys the app has done with."""


class AnsweringTerminal(Terminal):
    """A terminal with the app on a session, once the first screen is there."""

    def __init__(self, path: Path, *, size: tuple[int, int] = (140, 44)) -> None:
        self._answers, theirs = os.pipe()
        os.set_blocking(self._answers, False)
        super().__init__(["tests.ui.answering", str(path), str(theirs)], size=size, pass_fds=(theirs,))
        os.close(theirs)
        self._pressed = 0
        self._await_answer()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        os.close(self._answers)

    def press(self, *keys: str) -> None:
        """Press keys one after the other: each is done with before the next one.

        Args:
            keys: a character, the escape sequence of a key, or several characters that are typed.
        """
        for key in keys:
            self.type(key)
            self._pressed += 1 if key.startswith("\x1b") else len(key)
            self._await_answer()

    def _await_answer(self) -> None:
        """Read on until all keys are done with, or the app has ended."""
        deadline = time.monotonic() + LIMIT_S
        done = -1
        while done < self._pressed:
            assert time.monotonic() < deadline, f"{done} of {self._pressed} keys are done:\n{self.written[-2000:]!r}"
            self.read(0.1, self._answers)
            try:
                answer = os.read(self._answers, ANSWER.size)
            except BlockingIOError:
                continue
            if not answer:
                return
            (done,) = ANSWER.unpack(answer)


class AnsweringApp(WsInspectApp):
    """Counts the keys that come, and tells when it has done with them."""

    def __init__(self, path: Path, answers: int) -> None:
        super().__init__(path)
        self._answers = answers
        self._keys = 0
        self._has_come = asyncio.Event()

    def on_ready(self) -> None:
        """Begin to answer."""
        self.run_worker(self._answer(), group="answers")

    async def on_event(self, event: events.Event) -> None:
        """Count a key when it comes from the terminal."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._keys += 1
            self._has_come.set()
        await super().on_event(event)

    async def _answer(self) -> None:
        pilot = Pilot(self)
        while True:
            self._has_come.clear()
            await settle(pilot)
            if not self._has_come.is_set():
                os.write(self._answers, ANSWER.pack(self._keys))
                await self._has_come.wait()


def main(path: str, answers: str) -> int:
    """Run the app; its exit status."""
    wait_exactly()
    app = AnsweringApp(Path(path), int(answers))
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
