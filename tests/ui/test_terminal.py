"""How the app leaves a real terminal: restored, with one plain sentence when something was wrong."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.ui.answering import AnsweringTerminal

ALTERNATE_OFF = b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
MOUSE_OFF = b"\x1b[?1000l"


def assert_restored(terminal: Terminal) -> None:
    """The alternate screen is left, the cursor is back, the mouse is free."""
    for wanted in (ALTERNATE_OFF, CURSOR_ON, MOUSE_OFF):
        assert wanted in terminal.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_in_order(session_file: Path, number: signal.Signals) -> None:
    with AnsweringTerminal(session_file) as terminal:
        terminal.signal(number)
        assert terminal.wait() == 0
        assert_restored(terminal)


@pytest.mark.parametrize("key", ["q", "\x03", "\x11"], ids=["q", "ctrl+c", "ctrl+q"])
def test_keys_end_it(session_file: Path, key: str) -> None:
    with AnsweringTerminal(session_file) as terminal:
        terminal.press(key)
        assert terminal.wait() == 0
        assert_restored(terminal)


def test_a_crash_says_one_sentence_and_keeps_secrets(session_file: Path, tmp_path: Path) -> None:
    with Terminal(["tests.ui.crashing", str(session_file)], environment={"TMPDIR": str(tmp_path)}) as terminal:
        assert terminal.wait() == 1
        assert_restored(terminal)
        after = terminal.written.rpartition(ALTERNATE_OFF)[2]
        assert b"an error nobody expected (RuntimeError)" in after
        assert b"Traceback" not in terminal.written
        assert b"hunter2" not in terminal.written
    (path,) = tmp_path.glob("wsinspect-crash-*.txt")
    said = path.read_text()
    assert r"RuntimeError: went\x1b]0;owned\x07wrong[/x]" in said
    assert "crashing.py" in said
    assert "hunter2" not in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
