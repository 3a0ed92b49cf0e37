"""The folder of sessions as the shelf's thread looks at it.

What was read of a file is kept until the file changes, so that a look at a thousand files costs a look at the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from wsinspect import codes
from wsinspect.decode.outcome import end_counts
from wsinspect.session.file import tending
from wsinspect.session.file.describing import describe
from wsinspect.session.file.library import Shelved, find, shelved
from wsinspect.session.file.saved import Kind, SavedSession
from wsinspect.ui.start.session_line import SessionLine


class Folder:
    """What is in it, and what is done to it; used by one thread."""

    def __init__(self, path: Path, now_ns: Callable[[], int]) -> None:
        self._path = path
        self._now_ns = now_ns
        self._known: dict[Path, tuple[Shelved, SessionLine]] = {}
        codes.topics()

    def look(self) -> Sequence[Shelved]:
        """As ``Shelf.look``."""
        found = shelved(self._path)
        there = {one.path for one in found}
        self._known = {path: known for path, known in self._known.items() if path in there}
        return found

    def line(self, one: Shelved) -> SessionLine:
        """What a file holds."""
        known = self._known.get(one.path)
        # A recorder that dies changes nothing in its file: whether one is there is looked at each time.
        if known is not None and known[0] == one and known[1].session.kind is not Kind.RECORDING:
            return known[1]
        session = self.describe(one.path)
        line = SessionLine(session, end_counts(session.ends))
        self._known[one.path] = one, line
        return line

    def describe(self, path: Path) -> SavedSession:
        """What a file is at this moment."""
        return describe(path, self._now_ns())

    def find(self, given: str) -> Path:
        """As ``Shelf.find``."""
        return find(str(Path(given).expanduser()), self._path)

    def rename(self, path: Path, name: str) -> Path:
        """As ``tending.rename``."""
        return tending.rename(path, name, self._now_ns())

    def set_note(self, path: Path, note: str) -> str:
        """As ``tending.set_note``."""
        self._known.pop(path, None)  # its time of change stays
        return tending.set_note(path, note, self._now_ns())

    def delete(self, path: Path) -> None:
        """As ``tending.delete``."""
        tending.delete(path, self._now_ns())
