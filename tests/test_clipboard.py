"""The clipboard for real: an X server's, tmux's buffer, the terminal, none at all. Never a claim that is not true."""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.limits import LIMIT_S
from wsinspect import clipboard
from wsinspect.clipboard import OSC52_LIMIT, Method, copy, save, sequence
from wsinspect.errors import EnvironmentProblem

TEXT = "## report\n\n`«token-1»` 漢字 |\\ \"quoted\" 'twice'\n"
PLAIN = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "TERM": "xterm-256color",
    "PYTHONPATH": os.pathsep.join(sys.path),
}


@pytest.fixture(autouse=True)
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.setattr(clipboard, "reports_folder", lambda: folder)
    return folder


def sent_text(control: str) -> str:
    """What a terminal would put into its clipboard."""
    match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", control)
    assert match is not None
    return base64.b64decode(match[1]).decode()


def no_terminal(_: str) -> None:
    raise OSError(errno.ENXIO, "no terminal")


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


@pytest.fixture
def display() -> Iterator[str]:
    """An X server without a screen."""
    need("Xvfb", "xclip")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "64x64x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with open(read) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def xclip(display: str) -> str:
    command = ["xclip", "-selection", "clipboard", "-o"]
    return subprocess.run(
        command, env=PLAIN | {"DISPLAY": display}, check=True, capture_output=True, timeout=LIMIT_S
    ).stdout.decode()


@pytest.mark.integration
def test_the_clipboard_of_this_machine(display: str) -> None:
    copied = copy(TEXT, environ=PLAIN | {"DISPLAY": display}, send=no_terminal)
    assert copied.method is Method.CLIPBOARD
    assert copied.sentence() == f"copied, {len(TEXT.encode())} B"
    assert xclip(display) == TEXT


@pytest.mark.integration
def test_a_text_larger_than_the_terminal_takes(display: str) -> None:
    text = "line\n" * 100_000
    assert copy(text, environ=PLAIN | {"DISPLAY": display, "SSH_TTY": "/dev/pts/0"}).method is Method.CLIPBOARD
    assert xclip(display) == text


@pytest.mark.integration
def test_what_keeps_the_clipboard_does_not_hold_our_output(display: str) -> None:
    code = f"from wsinspect.clipboard import copy; print(copy({TEXT!r}).method.value)"
    environ = PLAIN | {"DISPLAY": display}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE, check=True, timeout=LIMIT_S
    )
    assert done.stdout == b"clipboard\n"  # communicate() ends only when nobody holds the pipe
    assert xclip(display) == TEXT


@pytest.mark.integration
def test_a_display_that_nobody_serves_is_no_clipboard() -> None:
    """xclip then fails, which pyperclip does not say."""
    need("xclip")
    sent: list[str] = []
    copied = copy(TEXT, environ=PLAIN | {"DISPLAY": ":4321"}, send=sent.append)
    assert copied.method is Method.TERMINAL
    assert sent_text(sent[0]) == TEXT


@pytest.mark.integration
def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "xclip"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(clipboard, "TIMEOUT_S", 1.0)
    environ = PLAIN | {"DISPLAY": ":0", "PATH": f"{tmp_path}:{PLAIN['PATH']}"}
    began = time.monotonic()
    assert copy(TEXT, environ=environ, send=no_terminal).method is Method.FILE
    assert time.monotonic() - began < 15


def test_over_ssh_the_terminal_comes_first() -> None:
    sent: list[str] = []
    copied = copy(TEXT, environ=PLAIN | {"SSH_CONNECTION": "a b c d"}, send=sent.append)
    assert copied.method is Method.TERMINAL
    assert sent_text("".join(sent)) == TEXT
    assert copied.sentence() == "sent to the terminal; if paste is empty press w"
    assert copied.sentence("use -o FILE") == "sent to the terminal; if paste is empty use -o FILE"


def test_none_at_all(reports: Path) -> None:
    copied = copy(TEXT, environ=PLAIN, send=no_terminal, suffix=".md")
    assert copied.method is Method.FILE
    assert copied.path is not None
    assert copied.path.parent == reports
    assert copied.path.suffix == ".md"
    assert copied.path.read_text("utf-8") == TEXT
    assert stat.S_IMODE(copied.path.stat().st_mode) == 0o600
    assert copied.sentence() == f"no clipboard here: written to {copied.path}"


@pytest.mark.parametrize("term", ["dumb", "linux"])
def test_a_terminal_without_a_clipboard_is_sent_nothing(term: str) -> None:
    sent: list[str] = []
    assert copy(TEXT, environ=PLAIN | {"TERM": term, "SSH_TTY": "x"}, send=sent.append).method is Method.FILE
    assert sent == []


def test_too_large_for_the_terminal() -> None:
    sent: list[str] = []
    environ = PLAIN | {"SSH_TTY": "x"}
    assert copy("a" * OSC52_LIMIT, environ=environ, send=sent.append).method is Method.TERMINAL
    assert len(sent[0]) <= 100_000
    copied = copy("é" * (OSC52_LIMIT // 2 + 1), environ=environ, send=sent.append)
    assert copied.method is Method.FILE
    assert copied.sentence() == f"too large for the terminal's clipboard (75.0 kB): written to {copied.path}"
    assert len(sent) == 1


def test_nothing_takes_it_and_no_file_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "reports_folder", lambda: Path("/nonexistent"))
    with pytest.raises(EnvironmentProblem, match="cannot write /nonexistent/report-"):
        copy(TEXT, environ=PLAIN, send=no_terminal)


def test_files_do_not_overwrite_each_other(reports: Path) -> None:
    paths = {save("one", ".md"), save("two", ".md"), save("three", ".md")}
    assert sorted(path.read_text() for path in paths) == ["one", "three", "two"]


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    assert save("a\ud800b").read_text("utf-8") == "a\\ud800b"


def test_screen_gets_it_in_pieces_that_it_takes() -> None:
    control = sequence(b"x" * 3000, PLAIN | {"STY": "1.pts", "TERM": "screen"})
    pieces = re.findall(r"\x1bP([^\x1b]*|\x1b[^\\][^\x1b]*)\x1b\\", control)
    assert all(len(piece) <= 512 for piece in pieces)
    assert sent_text("".join(pieces)) == "x" * 3000


def test_inside_tmux_it_is_sent_plain_and_passed_through() -> None:
    control = sequence(b"abc", PLAIN | {"TERM": "tmux-256color"})
    plain, wrapped = control.split("\x1bPtmux;")
    assert sent_text(plain) == "abc"
    assert sent_text(wrapped.removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == "abc"


class Tmux:
    """A tmux server of our own, in a terminal of our own."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "tmux"
        self._environ = {**PLAIN, "SHELL": "/bin/sh", "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.terminal, inner = pty.openpty()
        self.client = subprocess.Popen(
            ["tmux", "-S", str(self._socket), "-f", "/dev/null", "new-session", "-x", "80", "-y", "24", "sleep 600"],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=self._environ,
            start_new_session=True,
        )
        os.close(inner)
        self.written = b""
        self.until(lambda: self.run("list-clients").strip() != "")

    def run(self, *command: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *command],
            env=self._environ,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        return done.stdout.decode()

    def until(self, is_so: object) -> None:
        """Read what tmux draws until something holds."""
        deadline = time.monotonic() + LIMIT_S
        while not (is_so() if callable(is_so) else is_so):
            assert time.monotonic() < deadline, self.written
            if select.select([self.terminal], [], [], 0.05)[0]:
                self.written += os.read(self.terminal, 65536)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a pane."""
        place = self.run("display-message", "-p", "#{socket_path},#{pid},#{session_id}").strip().replace("$", "")
        return {**PLAIN, "TMUX": place, "TMUX_PANE": "%0", "TERM": "tmux-256color"}

    def stop(self) -> None:
        self.run("kill-server")
        with contextlib.suppress(OSError):
            while os.read(self.terminal, 65536):
                pass
        self.client.wait(20)
        os.close(self.terminal)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    need("tmux")
    server = Tmux(tmp_path)
    yield server
    server.stop()


@pytest.mark.integration
@pytest.mark.parametrize("setting", ["external", "on"])
def test_tmux_holds_it_and_sends_it_to_its_terminal(tmux: Tmux, setting: str) -> None:
    tmux.run("set-option", "-s", "set-clipboard", setting)
    copied = copy(TEXT, environ={**tmux.environ, "SSH_CONNECTION": "a b c d"}, send=no_terminal)
    assert copied.method is Method.TMUX
    assert copied.sentence() == "in tmux's buffer and sent to the terminal; if paste is empty press w"
    assert tmux.run("show-buffer") == TEXT
    expected = base64.b64encode(TEXT.encode())
    tmux.until(lambda: expected in tmux.written)
    assert re.search(rb"\x1b\]52;c?;" + re.escape(expected), tmux.written)


@pytest.mark.integration
def test_tmux_that_may_not_use_the_clipboard(tmux: Tmux) -> None:
    tmux.run("set-option", "-s", "set-clipboard", "off")
    copied = copy(TEXT, environ={**tmux.environ, "SSH_CONNECTION": "a b c d"}, send=no_terminal)
    assert copied.method is Method.BUFFER
    assert "in tmux's buffer (prefix ] pastes it)" in copied.sentence()
    assert tmux.run("show-buffer") == TEXT


@pytest.mark.integration
def test_who_is_attached_counts_and_not_who_opened_the_pane(tmux: Tmux, display: str) -> None:
    tmux.run("set-environment", "-r", "SSH_CONNECTION")
    here = copy(TEXT, environ={**tmux.environ, "SSH_CONNECTION": "old", "DISPLAY": display}, send=no_terminal)
    assert here.method is Method.CLIPBOARD
    tmux.run("set-environment", "SSH_CONNECTION", "a b c d")
    away = copy(TEXT, environ={**tmux.environ, "DISPLAY": display}, send=no_terminal)
    assert away.method is Method.TMUX


@pytest.mark.integration
def test_a_program_inside_tmux_can_send_it_by_itself(tmux: Tmux) -> None:
    """What is sent where tmux's own command is missing: tmux understands it when set-clipboard is on."""
    need("tmux")
    tmux.run("set-option", "-s", "set-clipboard", "on")
    path = Path(tmux.environ["TMUX"].split(",")[0]).parent / "control"
    path.write_bytes(sequence(TEXT.encode(), tmux.environ).encode())
    tmux.run("respawn-pane", "-k", f"cat {path}; sleep 600")
    tmux.until(lambda: tmux.run("show-buffer") == TEXT)


@pytest.mark.integration
def test_without_tmux_at_hand_the_terminal_is_written_to() -> None:
    sent: list[str] = []
    environ = {**PLAIN, "TMUX": "/nonexistent,1,0", "TERM": "tmux-256color", "SSH_TTY": "x"}
    assert copy(TEXT, environ=environ, send=sent.append).method is Method.TERMINAL
    assert "\x1bPtmux;" in sent[0]


@pytest.mark.integration
def test_the_controlling_terminal_is_written_to_wherever_output_goes(tmp_path: Path) -> None:
    """Over ssh without tmux: a shell whose terminal is ours, its standard output a file."""
    code = f"from wsinspect.clipboard import copy; print(copy({TEXT!r}).sentence())"
    child, terminal = pty.fork()
    if not child:  # pragma: no cover
        os.environ.clear()
        os.environ.update(PLAIN, SSH_TTY="/dev/pts/9")
        descriptor = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, 1)
        os.execv(sys.executable, [sys.executable, "-c", code])
    written = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            written += piece
    os.waitpid(child, 0)
    os.close(terminal)
    assert (tmp_path / "out").read_text() == "sent to the terminal; if paste is empty press w\n"
    assert sent_text(written.decode()) == TEXT
