"""The real app in a real pseudo-terminal, and every byte it writes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence

RUN = """
import sys
from pathlib import Path
from wsinspect.ui.app import WsInspectApp
app = WsInspectApp(Path(sys.argv[1]), is_live="live" in sys.argv)
app.run()
sys.exit(app.return_code or 0)
"""

PATIENCE_S = 30.0

_ESCAPE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b[PX^_](?P<string>[^\x1b]*)\x1b\\"
    rb"|\x1b[ -/]*[0-~]"
)


class Terminal:
    """A program under a pty."""

    def __init__(self, arguments: Sequence[str], *, size: tuple[int, int] = (140, 44), script: str = RUN) -> None:
        self.output = b""
        """Everything it wrote."""
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": os.getcwd()}
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-c", script, *arguments], environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def read_until(self, wanted: bytes) -> None:
        """Read until it has written this, from here on."""
        begin = len(self.output)
        deadline = time.monotonic() + PATIENCE_S
        while wanted not in self.output[begin:]:
            assert time.monotonic() < deadline, f"never saw {wanted!r}"
            self._read(0.05)

    def read_until_quiet(self, quiet_s: float = 0.15) -> None:
        """Read until it has not written anything for a while."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read(quiet_s):
            assert time.monotonic() < deadline, "it never stops writing"

    def _read(self, patience_s: float) -> bool:
        if not select.select([self._fd], [], [], patience_s)[0]:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            # Linux says so when the program is gone.
            return False
        self.output += data
        return bool(data)

    def press(self, keys: bytes) -> None:
        """Type, and read what comes of it."""
        os.write(self._fd, keys)
        self.read_until_quiet()

    def kill(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Wait for its end; its exit status."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self._read(0.05)
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                while self._read(0.05):
                    pass
                os.close(self._fd)
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError("it does not end")

    @property
    def strings(self) -> list[bytes]:
        """What it told the terminal in OSC, DCS, SOS, PM and APC sequences."""
        found = (match["osc"] or match["string"] for match in _ESCAPE.finditer(self.output))
        return [one for one in found if one is not None]

    @property
    def text(self) -> bytes:
        """What it wrote without the escape sequences."""
        return _ESCAPE.sub(b"", self.output)
