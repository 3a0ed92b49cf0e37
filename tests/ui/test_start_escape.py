"""Whatever files are called and say of themselves: the start screen in a real terminal never passes it on as it is."""

from __future__ import annotations

from pathlib import Path

from tests.terminal import Terminal
from tests.ui.library import stock_hostile
from tests.ui.test_escape import assert_clean


def press(terminal: Terminal, *keys: str) -> None:
    for key in keys:
        terminal.type(key)
        terminal.read_until_quiet(0.15)


def test_nothing_of_a_file_reaches_the_terminal(tmp_path: Path) -> None:
    folder = stock_hostile(tmp_path / "wsinspect" / "sessions")
    with Terminal(["wsinspect"], size=(140, 44), environment={"XDG_DATA_HOME": str(tmp_path)}) as terminal:
        terminal.read_until(b"Saved sessions")
        terminal.read_until_quiet()
        for _ in folder.iterdir():
            press(terminal, "r", "\x1b", "n", "\x1b", "x", "n", "j")
        # The last one is damaged: why it does not open is said.
        press(terminal, "\r", "?", "\x1b", "\x10", "\x1b", "d", "q")
        assert terminal.wait() == 0
        assert_clean(terminal)
        shown = terminal.text.decode()
        for seen in ("[@click=app.quit]x[/]", r"\x1b]0;owned\x1b", r"\u009b31mred", r"a\u202eb\u2066c"):
            assert seen in shown
