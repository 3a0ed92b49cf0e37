"""A headless demo that is ended when it has recorded enough: played to its end it takes a minute."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.limits import LIMIT_S


class Recorder:
    """``wsinspect demo --headless`` in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wsinspect", "demo", "--headless", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            text=True,
        )

    def await_line(self, said: str = "") -> None:
        """Return once a line that holds this was printed."""
        assert self.process.stdout is not None
        assert any(said in line for line in self.process.stdout), f"it never printed {said}"

    def stop(self) -> int:
        """End it in order; returns its exit status."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode
