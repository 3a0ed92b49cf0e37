"""The one way to the clipboard, which never claims a copy that did not happen.

Where wsinspect runs on another machine (ssh), the user's clipboard is behind the terminal: OSC 52 reaches it, but
gives no answer. Here, pyperclip's copy is read back before it counts. What nothing takes goes into a file. tmux is
asked by its own command, since by default it drops the OSC 52 of the programs inside it.

Sources: xterm control sequences, "OSC 52"; tmux(1), load-buffer -w, set-clipboard, allow-passthrough.
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from wsinspect import text as shown
from wsinspect.errors import EnvironmentProblem
from wsinspect.paths import reports_folder

OSC52_LIMIT = 74_994
"""Bytes of text: more than 100,000 characters of base64 are dropped by some terminals (hterm, older xterm)."""

SCREEN_CHUNK = 512
"""Characters in one device control string: GNU screen takes 768 at most."""

TIMEOUT_S = 5.0
"""Seconds that a clipboard program may take."""

_REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


class Method(StrEnum):
    """What was done with the text."""

    CLIPBOARD = "clipboard"
    """It is in the clipboard: it was read back."""
    TERMINAL = "terminal"
    """It was sent to the terminal, which does not say whether it took it."""
    TMUX = "tmux"
    """It is in tmux's buffer, and tmux was asked to send it to its terminal."""
    BUFFER = "buffer"
    """It is in tmux's buffer only: tmux is set not to use the terminal's clipboard."""
    FILE = "file"
    """No clipboard took it; it was written to a file."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a text that was to be copied."""

    method: Method
    size: int
    """Bytes."""
    path: Path | None = None
    """The file, for FILE."""
    is_large: bool = False
    """Whether it was too large for the terminal's clipboard."""

    def sentence(self, otherwise: str = "press w") -> str:
        """Exactly what was done, for the user.

        Args:
            otherwise: what to do when the terminal did not take it.
        """
        match self.method:
            case Method.CLIPBOARD:
                return f"copied, {shown.size(self.size)}"
            case Method.TERMINAL:
                return f"sent to the terminal; if paste is empty {otherwise}"
            case Method.TMUX:
                return f"in tmux's buffer and sent to the terminal; if paste is empty {otherwise}"
            case Method.BUFFER:
                return "in tmux's buffer (prefix ] pastes it); tmux is set not to use the terminal's clipboard"
        why = (
            f"too large for the terminal's clipboard ({shown.size(self.size)})"
            if self.is_large
            else "no clipboard here"
        )
        return f"{why}: written to {shown.visible(str(self.path))}"


def copy(
    text: str,
    *,
    suffix: str = ".txt",
    send: Callable[[str], object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Copied:
    """Copy a text by the best way there is here. May take TIMEOUT_S for each way; not for an event loop.

    Args:
        text: what to copy.
        suffix: of the file's name, when it comes to a file.
        send: writes a control sequence to the terminal; None writes to the controlling terminal. A program that
            draws on the terminal gives its own.
        environ: the environment; None takes this process's.

    Raises:
        EnvironmentProblem: nothing took it and no file could be written.
    """
    here = os.environ if environ is None else environ
    data = text.encode("utf-8", "surrogatepass")
    ways = [_system, _terminal]
    if _is_remote(here):
        ways.reverse()
    for way in ways:
        method = way(data, here, send or _send)
        if method is not None:
            return Copied(method, len(data))
    return Copied(Method.FILE, len(data), save(text, suffix), is_large=len(data) > OSC52_LIMIT)


def save(text: str, suffix: str = ".txt", folder: Path | None = None) -> Path:
    """Write a text to a new file that only its owner can read.

    Args:
        text: what to write.
        suffix: of its name, such as ``.md``.
        folder: where; None takes wsinspect's folder of reports.

    Raises:
        EnvironmentProblem: it cannot be written.
    """
    folder = reports_folder() if folder is None else folder
    stem = time.strftime("report-%Y-%m-%d-%H%M%S")
    for name in _names(stem, suffix):
        try:
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise EnvironmentProblem(f"cannot write {folder / name}: {error.strerror}", "give a file with -o") from None
        return folder / name
    raise AssertionError("names do not end")


def _names(stem: str, suffix: str) -> Iterator[str]:
    yield stem + suffix
    number = 2
    while True:
        yield f"{stem}-{number}{suffix}"
        number += 1


def _is_remote(environ: Mapping[str, str]) -> bool:
    """Whether the user's clipboard is on another machine than this process."""
    if environ.get("TMUX"):
        # A pane keeps the environment of the day it was opened; the session knows who is attached now.
        said = _tmux(("show-environment", "SSH_CONNECTION"), environ)
        if said is not None and said.strip():
            return not said.startswith(b"-")
    return any(environ.get(name) for name in _REMOTE)


def _terminal(data: bytes, environ: Mapping[str, str], send: Callable[[str], object]) -> Method | None:
    """The clipboard of the terminal, by OSC 52."""
    if len(data) > OSC52_LIMIT:
        return None
    if environ.get("TMUX"):
        method = _tmux_buffer(data, environ)
        if method is not None:
            return method
    if environ.get("TERM", "dumb") in ("dumb", "linux"):
        return None
    try:
        send(sequence(data, environ))
    except OSError:
        return None
    return Method.TERMINAL


def sequence(data: bytes, environ: Mapping[str, str]) -> str:
    """OSC 52 for the terminal around this process, wrapped where a multiplexer would keep it."""
    plain = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("STY"):
        chunks = (plain[at : at + SCREEN_CHUNK] for at in range(0, len(plain), SCREEN_CHUNK))
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    if environ.get("TMUX") or environ.get("TERM", "").startswith("tmux"):
        # tmux takes the first when set-clipboard is on, and passes the second on when allow-passthrough is.
        return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return plain


def _send(control: str) -> None:
    """Write to the controlling terminal, wherever standard output goes."""
    descriptor = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY)
    with open(descriptor, "w", encoding="ascii") as terminal:
        terminal.write(control)


def _tmux_buffer(data: bytes, environ: Mapping[str, str]) -> Method | None:
    """Fill tmux's buffer and let tmux tell its terminal, which it does even where it drops a program's own OSC 52."""
    if (_tmux(("show-options", "-s", "-v", "set-clipboard"), environ) or b"").strip() == b"off":
        return Method.BUFFER if _tmux(("load-buffer", "-"), environ, data) is not None else None
    return Method.TMUX if _tmux(("load-buffer", "-w", "-"), environ, data) is not None else None


def _tmux(command: tuple[str, ...], environ: Mapping[str, str], data: bytes = b"") -> bytes | None:
    """What tmux answers; None when it is not there, too old for the command, or fails."""
    return _run(["tmux", *command], environ, data)


def _system(data: bytes, environ: Mapping[str, str], _: Callable[[str], object]) -> Method | None:
    """The clipboard of this machine, if it holds the text afterwards."""
    # A process of its own: what it starts to keep the clipboard (xclip) must not hold our output open or wait for us.
    answer = _run([sys.executable, "-P", "-m", "wsinspect.clipboard"], environ, data)
    return Method.CLIPBOARD if answer is not None else None


def _run(command: list[str], environ: Mapping[str, str], data: bytes) -> bytes | None:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if command[0] == "tmux" else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except OSError:
        return None
    try:
        answer, _ = process.communicate(data, TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None
    return (answer or b"") if process.returncode == 0 else None


def _copy_and_read_back() -> int:
    """The child's work: 0 when the clipboard holds standard input."""
    import pyperclip

    text = sys.stdin.buffer.read().decode("utf-8", "backslashreplace")
    copy_text, paste = pyperclip.determine_clipboard()
    if getattr(copy_text, "__name__", "") == "copy_qt":
        return 1  # what a Qt program has copied is gone when it ends
    copy_text(text)
    return 0 if _same_lines(paste()) == _same_lines(text) else 1


def _same_lines(text: str) -> str:
    """The text as clipboards that know lines may give it back."""
    return text.replace("\r\n", "\n").rstrip("\n")


if __name__ == "__main__":
    sys.exit(_copy_and_read_back())
