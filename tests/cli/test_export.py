"""``wsinspect export``: what it writes, what it says, what it refuses."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.session import build
from tests.session.conftest import START_NS, Session
from wsinspect.model import Side
from wsinspect.session.reader import Reader
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with every kind of close."""
    return build(tmp_path_factory.mktemp("session") / "orders.wsi")


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    return wsinspect("export", *arguments, **environment)


def wsinspect(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Any command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "wsinspect", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TZ": "UTC", **environment},
        check=False,
    )


def test_all_of_it_and_a_warning(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wsi"
    done = run(session, out)
    assert done.returncode == 0, done.stderr
    assert "1,276 messages and events of 18 connections" in done.stderr
    assert "everything as it was sent, secrets too" in done.stderr
    assert done.stdout == ""
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.wsi"]


def test_some_connections_and_a_stretch_of_time(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wsi"
    assert run(session, out, "--connection", "1", "--connection", "3", "--from", "14:01:20").returncode == 0
    with closing(Reader(out)) as reader:
        assert [connection.path for connection in reader.connections(1, 9)] == ["/feed", "/chat?room=7"]
    done = run(session, out, "--from", "+20s", "--to", "2026-11-22T14:01:40Z", "--force")
    assert done.returncode == 0, done.stderr
    with closing(Reader(out)) as reader:
        assert reader.info().connections > 2


def test_how_long_is_counted_from_where_it_begins(session: Path, tmp_path: Path) -> None:
    done = [
        run(session, tmp_path / name, "--from", "14:01:20", "--to", to)
        for name, to in [("a.wsi", "+10s"), ("b.wsi", "14:01:30")]
    ]
    counts = [one.stderr.split("written ")[1].splitlines()[0].split(": ", 1)[1] for one in done]
    assert counts[0] == counts[1]
    assert not counts[0].startswith("0 ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["out.har"], "files that end with '.har' (there is .wsi"),
        (["out"], "files that end with 'nothing'"),
        (["out.wsi", "--connection", "99"], "there is no connection 99"),
        (["out.wsi", "--from", "soon"], "soon is no time"),
        (
            ["out.wsi", "--from", "+20s", "--to", "14:01:20"],
            "--from is later than --to: 2026-11-22 14:01:30.204 and 2026-11-22 14:01:20.000",
        ),
        (["out.wsi", "--from", "+1h"], "nothing was recorded in that time"),
        (["there.wsi"], "exists already"),
    ],
)
def test_what_cannot_be_done_is_said(session: Path, arguments: list[str], says: str, tmp_path: Path) -> None:
    (tmp_path / "there.wsi").write_text("keep me")
    done = run(session, tmp_path / arguments[0], *arguments[1:])
    assert done.returncode == 2
    assert says in done.stderr
    assert os.listdir(tmp_path) == ["there.wsi"]
    assert (tmp_path / "there.wsi").read_text() == "keep me"


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with secrets."""
    path = tmp_path_factory.mktemp("telling") / "s.wsi"
    writer = SessionWriter(path, {"source": "proxy", "version": "0", "started_ns": str(START_NS)}, reserve=0)
    session = Session(path, writer, Recorder(writer))
    for number in range(2):
        recording = session.open(at_ns=START_NS + number)
        recording.read(Side.CLIENT, build_frame(1, b'{"password":"hunter-22-long"}', mask=b"abcd"), START_NS + 5)
        recording.read(Side.SERVER, build_frame(1, b"is hunter-22-long ORD-123456"), START_NS + 6)
    session.read().close()
    return path


def test_secrets_are_masked_and_counted(telling: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wsi"
    done = run(telling, out, "--redact", XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "1 secret is masked: 1 × password; in 4 places" in done.stderr
    assert f"what no rule knows for a secret is in {out} as it was sent" in done.stderr
    assert "everything as it was sent" not in done.stderr
    assert b"hunter" not in out.read_bytes()
    again = run(out, tmp_path / "again.wsi")
    assert "secrets were masked when it was exported" in again.stderr
    assert "everything as it was sent" not in again.stderr
    told = wsinspect("report", out, "--format", "text").stdout
    assert "In the session file itself secrets were masked" in " ".join(told.split())


def test_a_part_of_it_by_rules_of_the_user(telling: Path, tmp_path: Path) -> None:
    (tmp_path / "wsinspect").mkdir()
    (tmp_path / "wsinspect" / "config.toml").write_text("[[redact]]\nname = 'order'\npattern = 'ORD-([0-9]{6})'\n")
    out = tmp_path / "out.wsi"
    done = run(telling, out, "--redact", "--connection", "2", XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "2 secrets are masked: 1 × password, 1 × order; in 3 places" in done.stderr
    with closing(Reader(out)) as reader:
        assert reader.info().connections == 1
        assert [row.head for row in reader.rows(1, 1, 9)] == [
            b'{"password":"password-1-xxx"}',
            b"is password-1-xxx ORD-xxxxxx",
        ]


def test_that_nothing_was_found_is_said(tmp_path: Path) -> None:
    path, out = tmp_path / "s.wsi", tmp_path / "out.wsi"
    writer = SessionWriter(path, {"source": "proxy", "version": "0", "started_ns": str(START_NS)}, reserve=0)
    session = Session(path, writer, Recorder(writer))
    session.open().read(Side.SERVER, build_frame(1, b"hello"), START_NS + 5)
    session.read().close()
    done = run(path, out, "--redact", XDG_CONFIG_HOME=str(tmp_path))
    assert f"no secret was found\nwsinspect: what no rule knows for a secret is in {out} as it was" in done.stderr
    (tmp_path / "wsinspect").mkdir()
    (tmp_path / "wsinspect" / "config.toml").write_text("[[redact]]\nname = 'order'\n")
    done = run(path, out, "--redact", "--force", XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 2
    assert "config.toml, line 1: pattern must be a regular expression" in done.stderr
    done = run(path, out, "--redact", XDG_CONFIG_HOME=str(tmp_path / "none"))
    assert done.returncode == 2
    assert "exists already" in done.stderr
