"""``wsinspect sessions`` as a user meets it: data on stdout, words on stderr, and nothing deleted unasked."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

import pytest

from tests.cli import golden
from tests.cli.recorder import Recorder
from tests.cli.test_main import run
from tests.session.conftest import START_NS
from tests.session.file import shelf
from tests.session.file.shelf import Shelf
from tests.terminal import Terminal
from wsinspect.session.recording.writer import SessionWriter

HOUR_NS = 3600 * 10**9


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder of sessions, still missing."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "wsinspect" / "sessions"


@pytest.fixture
def three(library: Path) -> Path:
    """A library of three: recorded in 2023, an hour ago, and now."""
    library.mkdir(parents=True)
    shelf.saved(library / "old.wsi", 1011, 1000)
    os.utime(library / "old.wsi", ns=(START_NS, START_NS))
    now = time.time_ns()
    writer = SessionWriter(library / "recent.wsi", {"started_ns": str(now - 2 * HOUR_NS)}, reserve=0)
    writer.stop(now - HOUR_NS)
    os.utime(library / "recent.wsi", ns=(now - HOUR_NS, now - HOUR_NS))
    return library


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", sorted(path.name for path in golden.FOLDER.iterdir()))
def test_it_says_what_it_said_before(name: str) -> None:
    assert golden.made()[name] == (golden.FOLDER / name).read_text("utf-8")


def test_no_session_at_all(library: Path) -> None:
    done = run("sessions")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"no session in {library}; each run of wsinspect proxy or wsinspect demo is saved there" in done.stderr
    assert not library.exists()


def test_the_list_is_data_and_the_rest_is_said_beside_it(three: Path) -> None:
    done = run("sessions")
    assert done.returncode == 0
    heads, *lines = done.stdout.splitlines()
    assert heads.split() == ["NAME", "STARTED", "LENGTH", "CONN", "MSGS", "SIZE", "CLOSES", "SOURCE,", "NOTE"]
    assert [line.split()[0] for line in lines] == ["recent", "old"]
    assert "1011×1 1000×1" in lines[1]
    assert "proxy a → b" in lines[1]
    assert f"wsinspect: 2 sessions, {_size(three)} in {three}" in done.stderr


def _size(folder: Path) -> str:
    from wsinspect import text

    return text.size(sum(path.stat().st_size for path in folder.iterdir()))


def test_as_json_each_session_is_a_line(three: Path) -> None:
    (three / "text.wsi").write_text("no session")
    done = run("sessions", "--json")
    found = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert [found[name]["kind"] for name in ("recent.wsi", "old.wsi", "text.wsi")] == ["saved", "saved", "foreign"]
    old = found["old.wsi"]
    assert (old["path"], old["closes"]) == (str(three / "old.wsi"), {"1011": 1, "1000": 1})
    assert (old["started"], old["duration"], old["messages"]) == ("2023-11-14T22:13:20.000000Z", 90.0, 2)


def test_a_session_is_renamed_and_noted_by_its_name(three: Path) -> None:
    done = run("sessions", "rename", "old", "the first")
    assert (done.returncode, done.stdout) == (0, "")
    assert str(three / "the first.wsi") in done.stderr
    assert run("sessions", "note", "the first.wsi", "keep \x1b[2J this").returncode == 0
    assert r"keep \x1b[2J this · proxy a → b" in run("sessions").stdout
    assert "no note any more" in run("sessions", "note", "the first", "").stderr
    assert "keep" not in run("sessions").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["rename", "missing", "x"], 2, "there is no session missing"),
        (["rename", "old", "recent"], 2, "recent.wsi exists already"),
        (["rename", "old", "a/b"], 2, "cannot hold a slash"),
        (["rename", "old"], 2, "Missing argument"),
        (["rename", "text.wsi", "x"], 2, "it is not a session"),
        (["note", "text.wsi", "x"], 2, "only a session can hold a note"),
        (["note", "old", "x" * 501], 2, "501 characters"),
        (["delete"], 2, "Missing argument"),
        (["delete", "old", "missing", "-y"], 2, "there is no session missing"),
        (["delete", "old"], 2, "add --yes"),
        (["prune"], 2, "nothing says what may go"),
        (["prune", "--older-than", "1d"], 2, "add --yes"),
        (["prune", "--older-than", "soon"], 2, "write it like 30d"),
        (["prune", "--older-than", "30"], 2, "write it like 30d"),
        (["prune", "--keep-size", "much"], 2, "write it like 2GB"),
        (["--json", "prune"], 2, "--json is for the list"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_a_mistake_is_explained_and_changes_nothing(three: Path, arguments: list[str], status: int, says: str) -> None:
    (three / "text.wsi").write_text("no session")
    done = run("sessions", *arguments)
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert names(three) == ["old.wsi", "recent.wsi", "text.wsi"]


def test_a_session_is_deleted_and_what_cannot_be_is_said(three: Path, tmp_path: Path) -> None:
    (three / "text.wsi").write_text("no session")
    elsewhere = shelf.saved(tmp_path / "elsewhere.wsi", 1000)
    done = run("sessions", "delete", "-y", "text", "old", elsewhere)
    assert done.returncode == 1
    assert "text.wsi: it is not a session (it is left as it is)" in done.stderr
    assert "deleted 2 sessions" in done.stderr
    assert names(three) == ["recent.wsi", "text.wsi"]
    assert not elsewhere.exists()


def test_what_is_being_recorded_is_not_deleted(library: Path) -> None:
    library.mkdir(parents=True)
    writer = SessionWriter(library / "live.wsi", {}, reserve=0)
    for command in (["delete", "live"], ["prune", "--keep-size", "0"]):
        done = run("sessions", *command, "--yes")
        assert "live.wsi is being recorded" in done.stderr or "nothing to delete" in done.stderr
    writer.stop(1)
    assert names(library) == ["live.wsi"]


def test_pruning_shows_first_what_would_go(three: Path) -> None:
    done = run("sessions", "prune", "--older-than", "30d", "--dry-run")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["NAME", "old"]
    assert "1 session, " in done.stderr
    assert "of 2 sessions, " in done.stderr
    assert "would be deleted" in done.stderr
    assert names(three) == ["old.wsi", "recent.wsi"]
    done = run("sessions", "prune", "--older-than", "30d", "--yes")
    assert "deleted 1 session" in done.stderr
    assert names(three) == ["recent.wsi"]
    done = run("sessions", "prune", "--older-than", "30d", "--keep-size", "1GB", "--yes")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing to delete among 1 session" in done.stderr
    assert run("sessions", "prune", "--keep-size", "1kB", "-y").returncode == 0
    assert names(three) == []


@pytest.mark.parametrize(("answer", "left"), [("y\n", ["recent.wsi"]), ("n\n", ["old.wsi", "recent.wsi"])])
def test_on_a_terminal_pruning_asks(three: Path, answer: str, left: list[str]) -> None:
    with Terminal(["wsinspect", "sessions", "prune", "--older-than", "30d"], size=(80, 40)) as terminal:
        terminal.read_until(b"Delete 1 session, ")
        assert names(three) == ["old.wsi", "recent.wsi"]
        terminal.type(answer)
        assert terminal.wait() == (0 if answer == "y\n" else 1)
    assert names(three) == left


def test_a_damaged_file_and_a_name_that_acts_do_no_harm(three: Path) -> None:
    shelf.damaged(three / "\x1b]0;owned\x07.wsi")
    db = sqlite3.connect(shelf.saved(three / "odd.wsi", 1000))
    db.execute("UPDATE capture SET value = ? WHERE key = 'source'", ("\x1b[2J",))
    db.commit()
    db.close()
    done = run("sessions")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    done = run("sessions", "rename", "\x1b]0;owned\x07", "x")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr


def test_a_run_records_into_the_library(library: Path) -> None:
    demo = Recorder()
    demo.await_line("■ 1014")
    assert demo.stop() == 0
    (name,) = names(library)
    assert name.startswith("demo-")
    (one,) = map(json.loads, run("sessions", "--json").stdout.splitlines())
    assert one["kind"] == "saved"
    assert one["closes"]["1011"] >= 1
    assert one["closes"]["1014"] >= 1
    assert sum(one["closes"].values()) == one["connections"]


def test_a_thousand_sessions_are_listed(library: Path) -> None:
    library.mkdir(parents=True)
    live = Shelf(library / "0.wsi")
    live.connect(1011)
    content = live.stop().read_bytes()
    for number in range(1, 1000):
        (library / f"{number}.wsi").write_bytes(content)
    assert len(run("sessions", "--json").stdout.splitlines()) == 1000
