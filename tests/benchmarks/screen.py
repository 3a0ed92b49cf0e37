"""A program on a terminal that reads as fast as it writes, and notes when each picture was complete."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import pyte

from tests.benchmarks.processes import ROOT, inherited

Shown = Callable[[str], object]
"""Whether the text of a screen is what is waited for."""

PATIENCE_S = 60.0

PAGE_DOWN = b"\x1b[6~"

_SYNC_ASKED = b"\x1b[?2026$p"
_SYNC_KNOWN = b"\x1b[?2026;2$y"
PAINTED = b"\x1b[?2026l"
"""Written behind each picture by a program that was told that the terminal knows of pictures."""

_ESCAPE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-~]"
)

_PRIVATE = re.compile(rb"\x1b\[[<=>?][0-?]*[ -/]*[@-~]|\x1b\[[0-?]*[ -/]+[@-~]")
"""Sequences that draw nothing: modes, and questions about them."""


def shows(pattern: str) -> Shown:
    """Something on the screen matches."""
    return re.compile(pattern).search


def plain(data: bytes) -> bytes:
    """What was written without the escape sequences; those stand for a blank each."""
    return _ESCAPE.sub(b" ", data)


class Screen:
    """A program under a pty; a thread reads what it writes."""

    def __init__(self, arguments: Sequence[str], folder: Path, *, columns: int = 140, rows: int = 44) -> None:
        """Start it.

        Args:
            arguments: the program and what it is told.
            folder: where it finds its settings and saves its data.
            columns: width of the terminal.
            rows: height of the terminal.
        """
        self.begun = time.perf_counter()
        self._changed = threading.Condition()
        self._output = bytearray()
        self._paints: list[tuple[float, int]] = []
        self._is_over = False
        self._drawing = pyte.Screen(columns, rows)
        self._terminal = pyte.ByteStream(self._drawing)
        self._drawn = 0
        # Two variables that would be believed before the terminal.
        passed_on = {name: value for name, value in inherited().items() if name not in ("COLUMNS", "LINES")}
        environment = {
            **passed_on,
            **{f"XDG_{what}_HOME": str(folder / what) for what in ("DATA", "STATE", "CONFIG", "CACHE")},
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(arguments[0], list(arguments), environment)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_S
        while not os.waitpid(self.pid, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            time.sleep(0.02)
        self._thread.join()
        os.close(self._fd)

    def _read(self) -> None:
        """Take what comes until the program is gone."""
        while True:
            try:
                select.select([self._fd], [], [])
                data = os.read(self._fd, 1 << 18)
            except OSError:  # Linux says so when the program is gone
                data = b""
            now = time.perf_counter()
            if _SYNC_ASKED in data:
                self.press(_SYNC_KNOWN)
            with self._changed:
                begin = max(0, len(self._output) - len(PAINTED) + 1)
                self._output += data
                while (found := self._output.find(PAINTED, begin)) >= 0:
                    begin = found + len(PAINTED)
                    self._paints.append((now, begin))
                self._is_over = not data
                self._changed.notify_all()
            if not data:
                return

    @property
    def written(self) -> int:
        """Bytes that it has written so far."""
        with self._changed:
            return len(self._output)

    def since(self, place: int) -> bytes:
        """What it wrote from there on."""
        with self._changed:
            return bytes(self._output[place:])

    def pictures(self, since: int) -> list[tuple[float, bytes]]:
        """When each picture was complete, and what was written for it, from a place in the output on."""
        with self._changed:
            ends = [(at, end) for at, end in self._paints if end > since]
            found, begin = [], since
            for at, end in ends:
                found.append((at, bytes(self._output[begin:end])))
                begin = end
            return found

    def await_text(self, pattern: bytes, since: int = 0) -> float:
        """Wait until something was written, escape sequences apart, that matches; returns when, as ``perf_counter``.

        Raises:
            TimeoutError: it was not.
        """
        wanted = re.compile(pattern)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with self._changed:
                size = len(self._output)
                data = bytes(self._output[since:])
            now = time.perf_counter()
            if wanted.search(plain(data)):
                return now
            with self._changed:
                if self._is_over or time.monotonic() > deadline:
                    raise TimeoutError(f"{pattern!r} was never written:\n{plain(data)[-2000:]!r}")
                if len(self._output) == size:
                    self._changed.wait(1.0)

    def text(self) -> str:
        """What stands on the screen after the newest whole picture, line by line."""
        with self._changed:
            ends = [end for _, end in self._paints]
        return self._drawn_until(ends[-1] if ends else 0)

    def await_shown(self, is_shown: Shown, since: int = 0) -> float:
        """Wait until that stands on the screen; returns when the picture was complete, as ``perf_counter``.

        Args:
            is_shown: told the text of each picture, in turn.
            since: the place in the output behind which the picture ends.

        Raises:
            TimeoutError: it does not come.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with self._changed:
                known, is_over = len(self._paints), self._is_over
                news = [(at, end) for at, end in self._paints if end > since]
            for at, end in news:
                since = end
                if is_shown(self._drawn_until(end)):
                    return at
            if is_over or time.monotonic() > deadline:
                raise TimeoutError(f"what is waited for was never shown:\n{self.text()}")
            with self._changed:
                if len(self._paints) == known and not self._is_over:
                    self._changed.wait(1.0)

    def await_still(self, still_s: float = 0.3) -> None:
        """Wait until what stands on it has not changed for a while.

        Raises:
            TimeoutError: it goes on and on.
        """
        deadline = time.monotonic() + PATIENCE_S
        text, since = self.text(), time.monotonic()
        while time.monotonic() < since + still_s:
            time.sleep(still_s / 10)
            if (now := self.text()) != text:
                text, since = now, time.monotonic()
            if time.monotonic() > deadline:
                raise TimeoutError("the screen does not stop changing")

    def answer(self, keys: bytes, is_shown: Shown | None = None) -> float:
        """Type, and wait for the first picture behind it that answers; returns seconds from key to paint.

        Args:
            keys: what is typed.
            is_shown: what the picture must hold; None for any whose text differs from the one before the keys.

        Raises:
            TimeoutError: there is none.
        """
        before = self.text()
        place, begin = self.written, time.perf_counter()
        self.press(keys)
        return self.await_shown(is_shown or (lambda text: text != before), place) - begin

    def _drawn_until(self, end: int) -> str:
        """The text that stands on the screen when so much of the output is drawn; never less than was drawn before."""
        self._terminal.feed(_PRIVATE.sub(b"", self.since(self._drawn)[: max(0, end - self._drawn)]))
        self._drawn = max(self._drawn, end)
        return "\n".join(self._drawing.display)

    def press(self, keys: bytes) -> None:
        """Type."""
        with contextlib.suppress(OSError):  # it has ended
            os.write(self._fd, keys)


def wsinspect(*arguments: str) -> list[str]:
    """The command line of this checkout's wsinspect."""
    return [sys.executable, "-m", "wsinspect", *arguments]
