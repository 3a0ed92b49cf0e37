"""The command line as a user meets it: what it answers, and that no mistake of theirs gives a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from wsinspect import __version__
from wsinspect.cli.main import COMMANDS
from wsinspect.session.recording.writer import SessionWriter


def run(*arguments: str | Path, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """Run wsinspect as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "wsinspect", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"},
    )


def test_version() -> None:
    done = run("--version")
    assert done.stdout == f"wsinspect {__version__}\n"


def test_without_a_command_it_says_what_there_is() -> None:
    done = run()
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"  {command} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: wsinspect {command}")


MISTAKES: list[tuple[Sequence[str], int, str]] = [
    (["nonsense"], 2, "No such command"),
    (["proxy"], 2, "Missing argument"),
    (["proxy", "127.0.0.1:9", "--headless"], 2, "scheme"),
    (["proxy", "ftp://127.0.0.1", "--headless"], 2, "ftp://"),
    (["proxy", "ws://127.0.0.1:99999", "--json"], 2, "not a valid URL"),
    (["proxy", "ws://127.0.0.1:9", "--headless", "--listen", "nowhere"], 2, "HOST:PORT"),
    (["proxy", "ws://127.0.0.1:9", "--headless", "--listen", "127.0.0.1:9"], 2, "itself listens on"),
    (["proxy", "ws://127.0.0.1:9", "--headless", "--cert", "missing.pem"], 2, "does not exist"),
    (["proxy", "ws://127.0.0.1:9", "--headless", "--cert", "{text}"], 2, "cannot use the certificate"),
    (["proxy", "ws://127.0.0.1:9", "--headless", "-o", "{missing}/s.wsi"], 1, "cannot write"),
    (["proxy", "ws://127.0.0.1:9", "--headless", "-o", "{text}"], 2, "exists already"),
    (["open"], 2, "Missing argument"),
    (["open", "{missing}"], 1, "does not exist"),
    (["open", "{folder}"], 1, "is a folder"),
    (["open", "{text}"], 1, "not a session file"),
    (["explain"], 2, ""),
    (["explain", "99999999"], 2, "0 to 65535"),
    (["explain", "nothing like it"], 2, "nearest"),
]


@pytest.mark.parametrize(("arguments", "status", "says"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_explained(arguments: Sequence[str], status: int, says: str, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("no session, no certificate\n")
    places = {"missing": str(tmp_path / "missing"), "folder": str(tmp_path), "text": str(text)}
    done = run(*(argument.format(**places) for argument in arguments))
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert text.read_text() == "no session, no certificate\n"


def test_a_port_that_was_asked_for_and_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("proxy", "ws://127.0.0.1:9", "--listen", f"127.0.0.1:{port}", "--headless", "-o", tmp_path / "s.wsi")
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["demo"], ["proxy", "ws://127.0.0.1:9"], ["open", "{session}"]])
def test_without_a_terminal_the_screen_is_refused(arguments: Sequence[str], tmp_path: Path) -> None:
    session = tmp_path / "saved.wsi"
    SessionWriter(session, {}, reserve=0).stop(1)
    done = run(*(argument.format(session=session) for argument in arguments))
    assert done.returncode == 1
    assert "terminal" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_start_screen_is_there_before_what_reads_sessions_is_loaded() -> None:
    late = ("sqlite3", "websockets", "regex", "wsinspect.capture", "wsinspect.codes", "wsinspect.filters")
    script = f"import sys, wsinspect.ui.start_app\nprint([name for name in {late!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_version_and_explain_load_no_screen() -> None:
    script = (
        "import sys\n"
        "from wsinspect.cli.main import main\n"
        "main(sys.argv[1:])\n"
        "sys.exit(any(name.split('.')[0] in ('textual', 'rich', 'websockets', 'sqlite3') for name in sys.modules))"
    )
    for arguments in (["--version"], ["explain", "1011"], ["explain", "1006", "1015", "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert done.returncode == 0, done.stderr
