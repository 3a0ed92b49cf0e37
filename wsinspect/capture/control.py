"""The capture process's line to its parent: JSON lines in on stdin, JSON lines out on stdout.

A parent that does not read must never stop traffic, so an answer that does not fit into the pipe is dropped; one that
is gone (end of file on stdin) means an orderly stop.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from typing import Any

_READ_BYTES = 65536


class Control:
    """Reads commands in a thread, for a pipe or terminal cannot be awaited alike everywhere, and writes answers.

    Args:
        loop: the running loop.
        commands: file descriptor to read from.
        answers: file descriptor to write to; made non-blocking.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, commands: int = 0, answers: int = 1) -> None:
        self._loop = loop
        self._commands = commands
        self._answers = answers
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        os.set_blocking(answers, False)
        # A daemon, reading the bare descriptor: it may sit in read() when the process ends.
        threading.Thread(target=self._read, name="control", daemon=True).start()

    async def next(self) -> dict[str, Any] | None:
        """The next command; None when the parent is gone."""
        return await self._queue.get()

    def answer(self, values: dict[str, object]) -> None:
        """Tell the parent, if there is room in the pipe."""
        line = json.dumps(values, ensure_ascii=True).encode("ascii") + b"\n"
        try:
            os.write(self._answers, line)
        except OSError:  # full, or nobody reads any more
            return

    def _read(self) -> None:
        left = b""
        try:
            while data := os.read(self._commands, _READ_BYTES):
                *lines, left = (left + data).split(b"\n")
                for line in lines:
                    self._put(_parse(line))
            self._put(None)
        except (OSError, RuntimeError):  # stdin is closed, or the loop is
            return

    def _put(self, command: dict[str, Any] | None) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, command)


def _parse(line: bytes) -> dict[str, Any]:
    """A command; what is none is an empty one."""
    try:
        values = json.loads(line)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}
