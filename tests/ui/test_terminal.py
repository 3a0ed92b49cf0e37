"""How the app leaves a real terminal: restored, with one plain sentence when something was wrong."""

from __future__ import annotations

import re
import signal
import stat
from pathlib import Path

import pytest

from tests.ui.terminal import Terminal

ALTERNATE_OFF = b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
MOUSE_OFF = b"\x1b[?1000l"

CRASHING = """
import sys
from pathlib import Path
from wsinspect.ui.app import WsInspectApp

class Crashing(WsInspectApp):
    def action_toggle_theme(self):
        secret_local = "token-in-a-local"
        raise RuntimeError("went\\x1b]0;owned\\x07wrong[/x]")

app = Crashing(Path(sys.argv[1]))
app.run()
sys.exit(app.return_code)
"""


def assert_restored(terminal: Terminal) -> None:
    """The alternate screen is left, the cursor is back, the mouse is free."""
    for wanted in (ALTERNATE_OFF, CURSOR_ON, MOUSE_OFF):
        assert wanted in terminal.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_in_order(session_file: Path, number: signal.Signals) -> None:
    terminal = Terminal([str(session_file)])
    terminal.read_until(b"Connections")
    terminal.read_until_quiet()
    terminal.kill(number)
    assert terminal.wait() == 0
    assert_restored(terminal)


@pytest.mark.parametrize("keys", [b"q", b"\x03", b"\x11"], ids=["q", "ctrl+c", "ctrl+q"])
def test_keys_end_it(session_file: Path, keys: bytes) -> None:
    terminal = Terminal([str(session_file)])
    terminal.read_until(b"Connections")
    terminal.read_until_quiet()
    terminal.press(keys)
    assert terminal.wait() == 0
    assert_restored(terminal)


def test_a_crash_says_one_sentence_and_keeps_secrets(
    session_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    terminal = Terminal([str(session_file)], script=CRASHING)
    terminal.read_until(b"Connections")
    terminal.read_until_quiet()
    terminal.press(b"d")
    assert terminal.wait() == 1
    assert_restored(terminal)
    after = terminal.output.rpartition(ALTERNATE_OFF)[2]
    assert b"an error nobody expected (RuntimeError)" in after
    assert b"Traceback" not in after
    (path,) = tmp_path.glob("wsinspect-crash-*.txt")
    said = path.read_text()
    assert re.search(r"RuntimeError: went\\x1b\]0;owned\\x07wrong\[/x\]", said)
    assert "action_toggle_theme" in said
    assert "token-in-a-local" not in said.replace('secret_local = "token-in-a-local"', "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
