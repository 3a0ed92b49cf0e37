"""The only way from the start screen to the folder of sessions: every look runs in one worker thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from wsinspect.session.file.library import Shelved
from wsinspect.session.file.saved import SavedSession
from wsinspect.ui.closed import Closed
from wsinspect.ui.start.session_line import SessionLine

if TYPE_CHECKING:
    from wsinspect.ui.start.folder import Folder

T = TypeVar("T")


class Shelf:
    """The folder, behind one worker thread."""

    def __init__(self, folder: Path, now_ns: Callable[[], int]) -> None:
        self.folder = folder
        self.now_ns = now_ns
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="library")
        self._opened: Folder | None = None
        self._is_closed = False
        self.in_flight = 0
        """Calls that were made and are not answered yet."""

    async def look(self) -> Sequence[Shelved]:
        """The files there are, the one written to last first.

        Raises:
            EnvironmentProblem: the folder cannot be read.
        """
        return await self._in_thread(lambda folder: folder.look())

    async def lines(self, wanted: Sequence[Shelved]) -> Sequence[SessionLine]:
        """What these files hold."""
        return await self._in_thread(lambda folder: [folder.line(one) for one in wanted])

    async def describe(self, path: Path) -> SavedSession:
        """What a file is at this moment."""
        return await self._in_thread(lambda folder: folder.describe(path))

    async def find(self, given: str) -> Path:
        """The file that a user means by a path or a name.

        Raises:
            UsageError: there is none.
        """
        return await self._in_thread(lambda folder: folder.find(given))

    async def rename(self, path: Path, name: str) -> Path:
        """Rename a session; raises as ``tending.rename``."""
        return await self._in_thread(lambda folder: folder.rename(path, name))

    async def set_note(self, path: Path, note: str) -> str:
        """Keep a note in a session; raises as ``tending.set_note``."""
        return await self._in_thread(lambda folder: folder.set_note(path, note))

    async def delete(self, path: Path) -> None:
        """Delete a session; raises as ``tending.delete``."""
        await self._in_thread(lambda folder: folder.delete(path))

    async def _in_thread(self, ask: Callable[[Folder], T]) -> T:
        if self._is_closed:
            raise Closed
        self.in_flight += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: ask(self._folder()))
        finally:
            self.in_flight -= 1

    def _folder(self) -> Folder:
        if self._opened is None:
            # Whatever reads sessions takes long to load: the screen is there before.
            from wsinspect.ui.start.folder import Folder

            self._opened = Folder(self.folder, self.now_ns)
        return self._opened

    def close(self) -> None:
        """Take no more calls; what was asked before is answered. Safe to call twice."""
        self._is_closed = True
        self._executor.shutdown(wait=False)
