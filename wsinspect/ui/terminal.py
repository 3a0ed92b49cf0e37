"""The terminal as Textual writes to it, made to outlive the terminal itself.

Textual writes from a thread of its own, which an error ends; the app would then wait for ever for that thread to take
what it wants to say last. A terminal that was closed gives such an error on every write.
"""

from __future__ import annotations

import sys
from typing import TextIO


class OutlivingTerminal:
    """Passes writing on to the terminal for as long as there is one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_gone = False

    def write(self, data: str) -> int:
        """Write; without effect once the terminal is gone."""
        if not self.is_gone:
            try:
                self._stream.write(data)
            except OSError:
                self.is_gone = True
        return len(data)

    def flush(self) -> None:
        """Hand what was written to the terminal."""
        if not self.is_gone:
            try:
                self._stream.flush()
            except OSError:
                self.is_gone = True

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def outlive_terminal() -> None:
    """Let Textual, which writes to the process's first stderr, write through OutlivingTerminal."""
    if sys.__stderr__ is not None and not isinstance(sys.__stderr__, OutlivingTerminal):
        sys.__stderr__ = OutlivingTerminal(sys.__stderr__)  # type: ignore[assignment, misc]  # a stream in all it needs
