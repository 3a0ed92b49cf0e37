"""Whatever peers sent: the real app in a real terminal never passes it on as an escape, as markup or as a crash."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fixtures.session import HOSTILE
from tests.terminal import Terminal
from tests.ui.answering import AnsweringTerminal

POINTER_SHAPE = re.compile(rb"22;[a-z-]*")
"""Textual's own: the shape of the mouse pointer."""

BIDI_AND_INVISIBLE = (
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)

CONNECTIONS = len(HOSTILE) + 3


def assert_clean(terminal: Terminal) -> None:
    """Only Textual's own sequences, and between them nothing that acts."""
    assert [one for one in terminal.strings if not POINTER_SHAPE.fullmatch(one)] == []
    text = terminal.text
    controls = set(re.findall(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text))
    assert controls == set()
    shown = text.decode("utf-8")
    assert not re.search(r"[\x80-\x9f]", shown)
    assert not set(shown) & set(BIDI_AND_INVISIBLE)


def walk(terminal: AnsweringTerminal) -> None:
    """To every connection, every message of one, every view of it, and everything that opens above."""
    terminal.press(*["k"] * CONNECTIONS, "G", "\r", "g", "\r")
    for _ in range(5):
        terminal.press("1", "2", "3", "\x1b[C")
    terminal.press("\x1b", "a", "g", "\x1b[6~", "\x1b[6~", "z", "z", "3", "\r", "\r", "?", "\x1b", "\x10", "\x1b", "d")
    evidence(terminal)
    terminal.press("t", "k", "k", "+", "+", "2", "\x1b[D", "0", "t")
    terminal.press("e", "1008", "]", "[", "\t", "\t", "\r")


def evidence(terminal: AnsweringTerminal) -> None:
    """The Close panel of a few connections, whole: cause, evidence, path, software; and from a line to its rows."""
    for connection in range(3):
        terminal.press("1", *["k"] * (connection + 1), "3", "z")
        terminal.press("\x1b[6~", "\x1b[6~", "]", "\t", "\x1b[B", "\x1b[B", "\r", "3", "]")


def test_nothing_of_a_peer_reaches_the_terminal(hostile_file: Path) -> None:
    with AnsweringTerminal(hostile_file) as terminal:
        walk(terminal)
        terminal.press("q")
        assert terminal.wait() == 0
        assert_clean(terminal)
        assert b"nobody expected" not in terminal.text
        # The texts were there, written as what they are.
        shown = terminal.text.decode()
        for seen in ("[/x]", "[@click=app.quit]x[/]", r"\x1b]52;c;ZXZpbA==\x07", r"\u009b31mred", r"a\u202eb\u2066c"):
            assert seen in shown


def test_tabs_and_light(hostile_file: Path) -> None:
    with AnsweringTerminal(hostile_file, size=(80, 24)) as terminal:
        terminal.press("d", "2", "g", "\r", "\x1b", "3", "1", "G", "3", "2", "a", "q")
        assert terminal.wait() == 0
        assert_clean(terminal)


def test_not_a_session(tmp_path: Path) -> None:
    path = tmp_path / "\x1b]0;owned\x07[red]file[x].wsi"
    path.write_bytes(b"not a session")
    with AnsweringTerminal(path) as terminal:
        assert terminal.wait() == 1
        assert_clean(terminal)
        # Wherever a long path makes the line break.
        assert b"[red]file[x]" in terminal.text.replace(b"\r\n", b"")
        assert b"Traceback" not in terminal.text
