"""``wsinspect open`` on a damaged file: the screen shows what is sound, and where it was saved."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.session import build
from tests.session.rescue.damaging import PAGE, damaged, read_all
from tests.terminal import Terminal
from wsinspect.cli import recovering
from wsinspect.cli.recovering import recovered, sound
from wsinspect.errors import DamagedSessionError, WsInspectError
from wsinspect.session.reader import Reader


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A session with every kind of close."""
    return build(tmp_path_factory.mktemp("whole") / "s.wsi").read_bytes()


def opened(path: Path) -> int:
    """What ``open`` comes to without a screen: everything is read, by way of a recovered file where it must be."""
    found = sound(path)
    try:
        return read_all(found.path)
    except (DamagedSessionError, AssertionError):
        assert found.path == path
        return read_all(recovered(path, DamagedSessionError("met while reading")).path)


@pytest.mark.parametrize("seed", range(100, 130))
def test_any_damage_ends_in_a_session_or_a_sentence(whole: bytes, seed: int, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wsi"
    bad.write_bytes(damaged(whole, seed))
    try:
        opened(bad)
    except WsInspectError:
        return


def test_a_sound_file_is_opened_itself(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "good.wsi"
    path.write_bytes(whole)
    assert sound(path).path == path
    assert sound(path).notices == ()
    assert os.listdir(tmp_path) == ["good.wsi"]


def test_the_same_damage_is_recovered_once(whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.wsi"
    path.write_bytes(whole[: 12 * PAGE])
    first = sound(path)
    assert first.path.name == "bad.recovered.wsi"
    assert "messages and events" in first.notices[0]
    assert "cut off: 196,608 of" in capsys.readouterr().err
    again = sound(path)
    assert again.path == first.path
    assert again.notices == ("this is what was recovered of bad.wsi, which is damaged",)
    path.write_bytes(whole[: 14 * PAGE])
    assert sound(path).path.name == "bad.recovered-2.wsi"


def test_in_a_folder_that_may_not_be_written_it_goes_to_the_sessions(
    whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "folder" / "bad.wsi"
    path.parent.mkdir()
    path.write_bytes(whole[: 12 * PAGE])
    monkeypatch.setattr(recovering, "is_writable", lambda _folder: False)
    assert sound(path).path.parent == tmp_path / "data" / "wsinspect" / "sessions"


def test_a_missing_log_is_said(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "copied.wsi"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("DELETE FROM capture WHERE key = 'stopped_ns'")
        db.commit()
    assert [name.name for name in tmp_path.iterdir()] == ["copied.wsi"]
    for _ in range(2):
        (said,) = sound(path).notices
        assert said.startswith("copied.wsi-wal is missing")


@pytest.mark.integration
def test_the_screen_shows_what_is_left(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.wsi"
    path.write_bytes(whole[: 14 * PAGE])
    with Terminal(["wsinspect", "open", str(path)]) as terminal:
        terminal.read_until(b"saved as")
        terminal.read_until(b"recovered from bad.wsi")
        terminal.type("q")
        assert terminal.wait() == 0
        assert b"Traceback" not in terminal.written


@pytest.mark.integration
def test_damage_that_is_met_while_looking_leads_to_what_is_left(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.wsi"
    path.write_bytes(whole)
    with closing(Reader(path)) as reader:
        rows = reader.info().rows
    with closing(sqlite3.connect(path)) as db:
        # Not among the first and the last rows of the session, and nothing that SQLite itself could know of.
        db.execute("UPDATE segment SET reads = x'00' WHERE connection = 3")
        db.commit()
    with Terminal(["wsinspect", "open", str(path)]) as terminal:
        terminal.read_until(b"/feed")
        terminal.type("a2g")
        terminal.read_until(b"saved as")
        terminal.read_until(b"recovered from bad.wsi")
        terminal.type("q")
        assert terminal.wait() == 0
        assert b"Traceback" not in terminal.written
    assert 0 < read_all(tmp_path / "bad.recovered.wsi") < rows + 10


@pytest.mark.integration
def test_without_a_session_in_it_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "movie.wsi"
    path.write_bytes(os.urandom(500_000))
    with Terminal(["wsinspect", "open", str(path)]) as terminal:
        assert terminal.wait() == 1
        assert b"is not a session file" in terminal.written
    assert os.listdir(tmp_path) == ["movie.wsi"]
