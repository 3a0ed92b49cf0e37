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
from wsinspect.session.reader import Reader


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with every kind of close."""
    return build(tmp_path_factory.mktemp("session") / "orders.wsi")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "wsinspect", "export", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TZ": "UTC"},
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


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["out.har"], "files that end with '.har' (there is .wsi"),
        (["out"], "files that end with 'nothing'"),
        (["out.wsi", "--connection", "99"], "there is no connection 99"),
        (["out.wsi", "--from", "soon"], "soon is no time"),
        (["out.wsi", "--from", "+20s", "--to", "+10s"], "--from is later than --to"),
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
