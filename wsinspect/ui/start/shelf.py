"""The only way from the start screen to the folder of sessions: every look runs in one worker thread.

What was read of a file is kept until the file changes, so that a look at a thousand files costs a look at the folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from wsinspect import codes
from wsinspect.decode.outcome import EndCount, end_counts
from wsinspect.session.file import tending
from wsinspect.session.file.library import Shelved, find, shelved
from wsinspect.session.file.saved import Kind, SavedSession, describe
from wsinspect.ui.closed import Closed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session and what its line needs beside it."""

    session: SavedSession
    ends: tuple[EndCount, ...]
    """How its connections ended, the worst first."""


class Shelf:
    """The folder, behind one worker thread."""

    def __init__(self, folder: Path, now_ns: Callable[[], int]) -> None:
        self.folder = folder
        self.now_ns = now_ns
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="library")
        self._known: dict[Path, tuple[Shelved, SessionLine]] = {}
        self._is_closed = False
        self.in_flight = 0
        """Calls that were made and are not answered yet."""

    async def look(self) -> Sequence[Shelved]:
        """The files there are, the one written to last first.

        Raises:
            EnvironmentProblem: the folder cannot be read.
        """
        return await self._in_thread(self._look)

    def _look(self) -> Sequence[Shelved]:
        codes.topics()
        found = shelved(self.folder)
        there = {one.path for one in found}
        self._known = {path: known for path, known in self._known.items() if path in there}
        return found

    async def lines(self, wanted: Sequence[Shelved]) -> Sequence[SessionLine]:
        """What these files hold."""
        return await self._in_thread(lambda: [self._line(one) for one in wanted])

    def _line(self, one: Shelved) -> SessionLine:
        known = self._known.get(one.path)
        # A recorder that dies changes nothing in its file: whether one is there is looked at each time.
        if known is not None and known[0] == one and known[1].session.kind is not Kind.RECORDING:
            return known[1]
        session = describe(one.path, self.now_ns())
        line = SessionLine(session, end_counts(session.ends))
        self._known[one.path] = one, line
        return line

    async def describe(self, path: Path) -> SavedSession:
        """What a file is at this moment."""
        return await self._in_thread(lambda: describe(path, self.now_ns()))

    async def find(self, given: str) -> Path:
        """The file that a user means by a path or a name.

        Raises:
            UsageError: there is none.
        """
        return await self._in_thread(lambda: find(str(Path(given).expanduser()), self.folder))

    async def rename(self, path: Path, name: str) -> Path:
        """Rename a session; raises as ``tending.rename``."""
        return await self._in_thread(lambda: tending.rename(path, name, self.now_ns()))

    async def set_note(self, path: Path, note: str) -> str:
        """Keep a note in a session; raises as ``tending.set_note``."""

        def keep() -> str:
            self._known.pop(path, None)  # its time of change stays
            return tending.set_note(path, note, self.now_ns())

        return await self._in_thread(keep)

    async def delete(self, path: Path) -> None:
        """Delete a session; raises as ``tending.delete``."""
        await self._in_thread(lambda: tending.delete(path, self.now_ns()))

    async def _in_thread(self, ask: Callable[[], T]) -> T:
        if self._is_closed:
            raise Closed
        self.in_flight += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, ask)
        finally:
            self.in_flight -= 1

    def close(self) -> None:
        """Take no more calls; what was asked before is answered. Safe to call twice."""
        self._is_closed = True
        self._executor.shutdown(wait=False)
