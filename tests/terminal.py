"""A real terminal for tests: runs a program on a pseudo-terminal and keeps every byte it writes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from tests.limits import LIMIT_S

_ESCAPE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b[PX^_](?P<string>[^\x1b]*)\x1b\\"
    rb"|\x1b[ -/]*[0-~]"
)


def _own_terminal() -> None:
    """In the program's process, before it begins: Ctrl-C ends it, also where the tests run with that ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A Python module as a program on a terminal of its own, as the leader of its session."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        size: tuple[int, int] = (120, 40),
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Start it.

        Args:
            arguments: the module and its arguments.
            size: columns and lines of the terminal.
            environment: what is added to the environment of the test.
            pass_fds: what else it has open.
        """
        self.written = b""
        """All that the program wrote so far."""
        self._master, slave = pty.openpty()
        # Before it starts: a program asks once, at its beginning.
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        # What counts is this terminal, not the one the tests run in.
        theirs = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        ours = {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**theirs, **ours, "TEXTUAL_ANIMATIONS": "none", **(environment or {})},
            start_new_session=True,
            preexec_fn=_own_terminal,
            pass_fds=pass_fds,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        if self._master >= 0:
            os.close(self._master)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    @property
    def strings(self) -> list[bytes]:
        """What it told the terminal in OSC, DCS, SOS, PM and APC sequences."""
        found = (match["osc"] or match["string"] for match in _ESCAPE.finditer(self.written))
        return [one for one in found if one is not None]

    @property
    def text(self) -> bytes:
        """What it wrote without the escape sequences."""
        return _ESCAPE.sub(b"", self.written)

    def read_until(self, mark: bytes) -> None:
        """Read until the program has written ``mark`` anywhere."""
        deadline = time.monotonic() + LIMIT_S
        while mark not in self.written:
            assert time.monotonic() < deadline, f"{mark!r} never came:\n{self.written[-2000:]!r}"
            self.read(0.1)

    def read_until_quiet(self, quiet_s: float = 0.3) -> None:
        """Read until the program has not written anything for a while."""
        deadline = time.monotonic() + LIMIT_S
        size = -1
        while size != len(self.written):
            assert time.monotonic() < deadline, "it never stops writing"
            size = len(self.written)
            self.read(quiet_s)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        self._process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._master)
        self._master = -1

    def wait(self) -> int:
        """Wait for the end of the program, reading on; returns its exit status, negative for a signal."""
        deadline = time.monotonic() + LIMIT_S
        while (status := self._process.poll()) is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.written[-2000:]!r}"
            self.read(0.05)
        while self.read(0):
            pass
        return status

    def read(self, seconds: float, *others: int) -> bool:
        """Read what comes within some time, or until one of ``others`` can be read; whether anything came."""
        terminal = [self._master] if self._master >= 0 else []
        ready, _, _ = select.select([*terminal, *others], [], [], seconds)
        if self._master not in ready:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # so Linux says that the program has closed its side
            time.sleep(min(seconds, 0.02))
            return False
        self.written += data
        return bool(data)
