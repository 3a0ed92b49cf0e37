"""A real terminal for tests: runs a program on a pseudo-terminal and keeps every byte it writes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from types import TracebackType

LIMIT_S = 30.0
"""How long anything may take."""


class Terminal:
    """A program on a terminal of its own, as the leader of its session."""

    def __init__(self, arguments: Sequence[str], *, columns: int = 120, rows: int = 40) -> None:
        self.written = b""
        """All that the program wrote so far."""
        self.status: int | None = None
        """Exit status, negative for a signal; None while it runs."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TERM": "xterm-256color",
            "TEXTUAL_ANIMATIONS": "none",
        }
        self.pid, self._master = pty.fork()
        if not self.pid:
            os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self._master >= 0:
            os.close(self._master)

    def read_until(self, mark: bytes) -> None:
        """Read until the program has written ``mark`` anywhere."""
        deadline = time.monotonic() + LIMIT_S
        while mark not in self.written:
            assert time.monotonic() < deadline, f"{mark!r} never came:\n{self.written[-2000:]!r}"
            self._read(0.1)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._master)
        self._master = -1

    def wait(self) -> int:
        """Wait for the end of the program, reading on; returns its exit status."""
        deadline = time.monotonic() + LIMIT_S
        while self.status is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.written[-2000:]!r}"
            if self._master >= 0:
                self._read(0.05)
            else:
                time.sleep(0.05)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
        if self._master >= 0:
            self._read(0)
        return self.status

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            try:
                self.written += os.read(self._master, 1 << 16)
            except OSError:  # the program has closed its side
                time.sleep(0.02)
