"""``wsinspect report``: what it picks, prints, writes and copies; errors; what it never loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fixtures.session import BINARY, C_TO_S, MS, S_TO_C, TEXT, Live, Peer, S, build
from wsinspect import clipboard, config
from wsinspect.cli.main import main
from wsinspect.cli.report import report
from wsinspect.clipboard import Copied, Method
from wsinspect.config import ConfigError
from wsinspect.errors import EnvironmentProblem, SessionFileError, UsageError


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("session") / "all.wsi")


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    live = Live(tmp_path_factory.mktemp("session") / "secret.wsi")
    peer = Peer(live.script, 0, "/login?token=abcd-1234-efgh").upgrade()
    peer.frame(C_TO_S, 5 * MS, TEXT, b'{"user":"ana","password":"correct-horse"}')
    peer.close(S_TO_C, 9 * MS, 1008, "not correct-horse").ends(S, S_TO_C)
    live.script.play()
    live.stop()
    return live.path


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "config_folder", lambda: tmp_path)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(report, list(map(str, arguments)))


@pytest.mark.parametrize("form", ["markdown", "jira", "text", "json"])
@pytest.mark.parametrize("before", [b"", b"\x01\x00\xff"], ids=["text", "bytes"])
def test_a_secret_in_bytes_is_told_of_in_no_form(tmp_path: Path, form: str, before: bytes) -> None:
    live = Live(tmp_path / "bytes.wsi")
    peer = Peer(live.script, 0, "/feed").upgrade()
    # A close right behind it makes it evidence.
    peer.frame(C_TO_S, 100 * MS, BINARY, before + b"password=hunter2x")
    peer.close(S_TO_C, 140 * MS, 1011).ends(S, S_TO_C)
    live.script.play()
    live.stop()
    said = run(live.path, "--format", form).stdout
    assert "message 1" in said
    for leaked in (b"hunter", b"hunt", b"unter2"):
        assert leaked.decode() not in said
        assert leaked.hex(" ") not in said


def test_what_failed_is_told_without_being_asked_for(recorded: Path) -> None:
    done = run(recorded)
    assert done.exit_code == 0
    assert done.stdout.startswith("## ")
    assert " WebSocket connections, " in done.stdout.splitlines()[0]
    assert done.stderr == ""


def test_one_connection(secret: Path, recorded: Path) -> None:
    assert run(secret).stdout == run(secret, "--connection", "1").stdout
    said = run(recorded, "--connection", "5", "--connection", "2").stdout
    assert said.index("connection 2") > said.index("Request and answer")


@pytest.mark.parametrize(
    ("form", "first"), [("markdown", "## W"), ("jira", "h2. W"), ("text", "WebS"), ("json", "{\n")]
)
def test_formats(form: str, first: str, secret: Path) -> None:
    said = run(secret, "--format", form).stdout
    assert said.startswith(first)
    assert said.endswith("\n")
    assert not said.endswith("\n\n")
    if form == "json":
        assert json.loads(said)["connections"][0]["number"] == 1


def test_the_number_of_messages(secret: Path) -> None:
    assert "▲ client  text" in run(secret).stdout
    none = json.loads(run(secret, "--messages", "0", "--format", "json").stdout)
    assert all(row["type"] not in ("text", "binary") for row in none["connections"][0]["messages"][1:])


def test_what_is_masked_is_said_on_standard_error(secret: Path) -> None:
    done = run(secret)
    assert "correct-horse" not in done.output
    assert "abcd-1234-efgh" not in done.output
    token, password = done.stderr.splitlines()
    assert token.startswith("wsinspect: masked «token-1»: a field called token; in URL, path, ")
    assert password.startswith("wsinspect: masked «password-1»: a field called password; in close reason, ")
    assert password.endswith("message 1")


@pytest.mark.parametrize("name", ["password-1", "«password-1»"])
def test_a_secret_can_be_shown(name: str, secret: Path) -> None:
    done = run(secret, "--unmask", name)
    assert '"password":"correct-horse"' in done.stdout
    assert "abcd-1234-efgh" not in done.output
    assert "wsinspect: shown «password-1»: a field called password" in done.stderr


def test_what_is_not_masked_cannot_be_shown(secret: Path) -> None:
    error = run(secret, "--unmask", "cookie-\x1b1").exception
    assert isinstance(error, UsageError)
    assert str(error) == "nothing is masked as cookie-\\x1b1 (masked here: token-1, password-1)"


def test_patterns_of_the_configuration(secret: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[[redact]]\nname = 'person'\npattern = '\\bana\\b'\n")
    assert '"user":"«person-1»"' in run(secret).stdout
    (tmp_path / "config.toml").write_text("[[redact]]\n\nname = 'person'\npattern = '('\n")
    error = run(secret).exception
    assert isinstance(error, ConfigError)
    assert str(error).startswith(f"{tmp_path / 'config.toml'}, line 4: pattern is no regular expression")


def test_a_file(secret: Path, tmp_path: Path) -> None:
    path = tmp_path / "ticket.md"
    done = run(secret, "-o", path)
    assert done.stdout == ""
    assert done.stderr.endswith(f"wsinspect: written to {path}\n")
    assert path.read_text("utf-8") == run(secret).stdout


def test_a_file_that_cannot_be_written(secret: Path) -> None:
    error = run(secret, "-o", "/nonexistent/x.md").exception
    assert isinstance(error, EnvironmentProblem)
    assert "cannot write /nonexistent/x.md: No such file or directory" in str(error)


def test_a_copy_says_what_was_done(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[str, str]] = []

    def copy(text: str, *, suffix: str) -> Copied:
        taken.append((text, suffix))
        return Copied(Method.TERMINAL, len(text))

    monkeypatch.setattr("wsinspect.cli.report.copy", copy)
    done = run(secret, "--copy", "--format", "jira")
    assert done.stdout == ""
    assert done.stderr.endswith("wsinspect: sent to the terminal; if paste is empty use -o FILE\n")
    assert taken == [(run(secret, "--format", "jira").stdout, ".jira.txt")]


def test_a_copy_where_there_is_no_clipboard(secret: Path, tmp_path: Path) -> None:
    """The whole command, with nothing to copy with and no terminal."""
    environ = {"PATH": "/nonexistent", "HOME": str(tmp_path), "TERM": "dumb", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "wsinspect", "report", str(secret), "--copy"]
    done = subprocess.run(command, env=environ, capture_output=True, timeout=60, check=True, start_new_session=True)
    (path,) = (tmp_path / ".local/share/wsinspect/reports").iterdir()
    assert done.stdout == b""
    assert done.stderr.decode().endswith(f"wsinspect: no clipboard here: written to {path}\n")
    assert path.read_text("utf-8") == run(secret).stdout


def test_errors_are_sentences(recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(recorded), "--connection", "99"]) == 2
    assert capsys.readouterr().err.startswith("wsinspect: there is no connection 99 (the session holds ")
    (tmp_path / "x.wsi").write_text("no session")
    assert isinstance(run(tmp_path / "x.wsi").exception, SessionFileError)
    assert run(recorded, "--format", "html").exit_code == 2
    assert run(recorded, "--connection", "0").exit_code == 2


def test_it_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    assert "report " in capsys.readouterr().out
    main(["report", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Without --connection it is about what went wrong" in said
    assert "holds everything as it was sent" in said


def test_a_terminal_that_cannot_show_an_arrow(secret: Path) -> None:
    command = [sys.executable, "-m", "wsinspect", "report", str(secret)]
    environ = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environ, capture_output=True, timeout=60, check=True)
    assert b"\\u25b2 client" in done.stdout


SCRIPT = """
import sys
from wsinspect.cli.main import main
status = main(["report", sys.argv[1], "--format", "json"])
heavy = {"textual", "rich", "asyncio", "websockets", "pyperclip"} & set(sys.modules)
assert not heavy and not status, (heavy, status)
"""


def test_it_loads_no_screen_and_no_event_loop(recorded: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(recorded)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)


def test_nothing_of_the_clipboard_is_touched_unless_asked(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "_run", lambda *_: pytest.fail("a program was started"))
    assert run(recorded).exit_code == 0
