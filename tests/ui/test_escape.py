"""Whatever peers sent: the real app in a real terminal never passes it on as an escape, as markup or as a crash."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fixtures.session import HOSTILE
from tests.ui.terminal import Terminal

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


def walk(terminal: Terminal) -> None:
    """To every connection, every message of one, every view of it, and everything that opens above."""
    for _ in range(CONNECTIONS):
        terminal.press(b"k")
    terminal.press(b"G")
    terminal.press(b"\r")
    terminal.press(b"g")
    terminal.press(b"\r")
    for _ in range(5):
        for view in (b"1", b"2", b"3"):
            terminal.press(view)
        terminal.press(b"\x1b[C")
    terminal.press(b"\x1b")
    terminal.press(b"a")
    for keys in (b"g", b"\x1b[6~", b"\x1b[6~", b"z", b"z", b"3", b"\r", b"\r", b"?", b"\x1b", b"\x10", b"\x1b", b"d"):
        terminal.press(keys)
    evidence(terminal)
    terminal.press(b"e")
    for keys in (b"1008", b"]", b"[", b"\t", b"\t", b"\r"):
        terminal.press(keys)


def evidence(terminal: Terminal) -> None:
    """The Close panel of a few connections, whole: cause, evidence, path, software; and from a line to its rows."""
    for connection in range(3):
        terminal.press(b"1")
        for _ in range(connection + 1):
            terminal.press(b"k")
        terminal.press(b"3")
        terminal.press(b"z")
        for keys in (b"\x1b[6~", b"\x1b[6~", b"]", b"\t", b"\x1b[B", b"\x1b[B", b"\r", b"3", b"]"):
            terminal.press(keys)


def test_nothing_of_a_peer_reaches_the_terminal(hostile_file: Path) -> None:
    terminal = Terminal([str(hostile_file)])
    terminal.read_until(b"Close")
    terminal.read_until_quiet()
    walk(terminal)
    terminal.press(b"q")
    assert terminal.wait() == 0
    assert_clean(terminal)
    assert b"nobody expected" not in terminal.text
    # The texts were there, written as what they are.
    shown = terminal.text.decode()
    for seen in ("[/x]", "[@click=app.quit]x[/]", r"\x1b]52;c;ZXZpbA==\x07", r"\u009b31mred", r"a\u202eb\u2066c"):
        assert seen in shown


def test_tabs_and_light(hostile_file: Path) -> None:
    terminal = Terminal([str(hostile_file)], size=(80, 24))
    terminal.read_until(b"Close")
    for keys in (b"d", b"2", b"g", b"\r", b"\x1b", b"3", b"1", b"G", b"3", b"2", b"a"):
        terminal.press(keys)
    terminal.press(b"q")
    assert terminal.wait() == 0
    assert_clean(terminal)


def test_not_a_session(tmp_path: Path) -> None:
    path = tmp_path / "\x1b]0;owned\x07[red]file[x].wsi"
    path.write_bytes(b"not a session")
    terminal = Terminal([str(path)])
    assert terminal.wait() == 1
    assert_clean(terminal)
    assert b"[red]file[x]" in terminal.text
    assert b"Traceback" not in terminal.text
