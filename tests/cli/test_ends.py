"""Every way to end the screen: in order, the terminal as it was, the session whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits import LIMIT_S
from tests.terminal import Terminal
from wsinspect.session.reader import Reader

pytestmark = pytest.mark.integration

LEFT_FULL_SCREEN = b"\x1b[?1049l"
CURSOR_SHOWN = b"\x1b[?25h"
MOUSE_OFF = b"\x1b[?1000l"


def start(path: Path) -> Terminal:
    """The demo on a terminal, with traffic on the screen."""
    terminal = Terminal(["wsinspect", "demo", "-o", str(path)])
    terminal.read_until(b"/feed")
    return terminal


def assert_whole(path: Path) -> None:
    """The file holds traffic, was closed in order, and lies alone."""
    reader = Reader(path)
    info = reader.info()
    reader.close()
    assert info.stopped_ns is not None
    assert info.rows > 0
    assert [name.name for name in path.parent.iterdir()] == [path.name]


def press_q(terminal: Terminal) -> None:
    terminal.type("q")
    terminal.read_until(b"quitting cuts")
    terminal.type("y")


def press_ctrl_c(terminal: Terminal) -> None:
    terminal.type("\x03")
    terminal.read_until(b"quitting cuts")
    terminal.type("y")


def terminate(terminal: Terminal) -> None:
    terminal.signal(signal.SIGTERM)


@pytest.mark.parametrize("end", [press_q, press_ctrl_c, terminate])
def test_the_terminal_is_as_it_was(end: Callable[[Terminal], None], tmp_path: Path) -> None:
    path = tmp_path / "demo.wsi"
    with start(path) as terminal:
        end(terminal)
        assert terminal.wait() == 0
        for restored in (LEFT_FULL_SCREEN, CURSOR_SHOWN, MOUSE_OFF):
            assert restored in terminal.written
        after = terminal.written.rpartition(LEFT_FULL_SCREEN)[2]
        assert b"saved " in after
        assert str(path).encode() in after
        assert b"Traceback" not in after
    assert_whole(path)


def test_a_closed_terminal_ends_it_too(tmp_path: Path) -> None:
    path = tmp_path / "demo.wsi"
    with start(path) as terminal:
        terminal.hang_up()
        terminal.wait()
    assert_whole(path)


def test_a_killed_screen_leaves_a_capture_that_ends_in_order(tmp_path: Path) -> None:
    path = tmp_path / "demo.wsi"
    with start(path) as terminal:
        terminal.signal(signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
    while any(name.name.endswith("-wal") for name in path.parent.iterdir()):
        os.sched_yield()
    assert_whole(path)


def test_a_stopped_screen_does_not_stop_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "demo.wsi"
    with start(path) as terminal:
        terminal.signal(signal.SIGSTOP)
        reader = Reader(path)
        before = reader.info().rows
        while reader.info().rows < before + 20:
            os.sched_yield()
        reader.close()
        terminal.signal(signal.SIGCONT)
        terminal.signal(signal.SIGTERM)
        terminal.wait()
    assert_whole(path)


def test_a_killed_capture_is_said_and_what_it_recorded_stays(tmp_path: Path) -> None:
    path = tmp_path / "demo.wsi"
    with start(path) as terminal:
        os.kill(capture_of(terminal.pid), signal.SIGKILL)
        terminal.read_until(b"has ended by itself")
        terminal.type("q")
        assert terminal.wait() == 0
        assert b"Traceback" not in terminal.written
    reader = Reader(path)
    assert reader.info().rows > 0
    reader.close()


def test_without_a_screen_a_killed_capture_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "demo.wsi"
    command = [sys.executable, "-m", "wsinspect", "demo", "--headless", "-o", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        while b"/feed" not in running.stdout.readline():
            pass
        os.kill(capture_of(running.pid), signal.SIGKILL)
        _, said = running.communicate(timeout=LIMIT_S)
        assert running.returncode == 1
    assert b"has ended by itself" in said
    assert b"open with" in said
    assert b"Traceback" not in said


def capture_of(parent: int) -> int:
    """The capture process of a screen."""
    for line in subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines():
        pid, ppid, *command = line.split()
        if ppid == str(parent) and command[-1] == "wsinspect.capture":
            return int(pid)
    raise AssertionError("there is no capture process")
