"""Renaming, noting and deleting: nothing is overwritten, what is recorded is left alone, what is not ours too."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.file import shelf
from tests.session.file.shelf import END_NS, S, Shelf
from wsinspect.clock import ALIVE_FOR_NS
from wsinspect.errors import EnvironmentProblem, SessionFileError, UsageError
from wsinspect.session.file.describing import describe
from wsinspect.session.file.saved import Kind
from wsinspect.session.file.tending import LONGEST_NAME, LONGEST_NOTE, delete, rename, set_note
from wsinspect.session.reader import Reader

LATER_NS = END_NS + 3600 * S

needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["orders.wsi", "orders", " orders ", "orders.wsi "])
def test_a_session_gets_another_name_and_keeps_its_ending(tmp_path: Path, name: str) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    before = path.read_bytes()
    assert rename(path, name, LATER_NS) == tmp_path / "orders.wsi"
    assert names(tmp_path) == ["orders.wsi"]
    assert (tmp_path / "orders.wsi").read_bytes() == before


@pytest.mark.parametrize("name", ["v1.2", "14:02 köln", "s.wsi.wsi", "a*b", "x" * (LONGEST_NAME - 4)])
def test_any_visible_name_will_do(tmp_path: Path, name: str) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    rename(path, name, LATER_NS)
    assert names(tmp_path) == [name.removesuffix(".wsi") + ".wsi"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        (".wsi", "is empty"),
        ("../s2", "a slash"),
        ("/tmp/x", "a slash"),
        ("a\\b", "cannot hold"),
        ("a\0b", "cannot hold"),
        ("..", "begin with"),
        (".hidden", "begin with"),
        ("-rf", "begin with"),
        ("a\nb", "cannot be seen"),
        ("a\x1b[2Jb", "cannot be seen"),
        ("a\u202eb", "cannot be seen"),
        ("ü" * 200, "too long"),
        ("taken", "exists already"),
        ("beside", "exists already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, says: str) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    for other in ("taken.wsi", "beside.wsi-wal"):
        (tmp_path / other).write_text("precious")
    with pytest.raises(UsageError, match=says):
        rename(path, name, LATER_NS)
    assert names(tmp_path) == ["beside.wsi-wal", "s.wsi", "taken.wsi"]
    assert (tmp_path / "taken.wsi").read_text() == "precious"


def test_its_own_name_changes_nothing(tmp_path: Path) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    assert rename(path, "s", LATER_NS) == path
    assert names(tmp_path) == ["s.wsi"]


def test_where_there_are_no_hard_links_it_is_renamed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    rename(path, "other", LATER_NS)
    assert names(tmp_path) == ["other.wsi"]


def test_a_file_that_takes_the_name_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(path: Path, new: Path) -> None:
        new.write_text("precious")
        link(path, new)

    monkeypatch.setattr(os, "link", late)
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    with pytest.raises(UsageError, match="exists already"):
        rename(path, "other", LATER_NS)
    assert (tmp_path / "other.wsi").read_text() == "precious"
    assert describe(path, LATER_NS).kind is Kind.SAVED


def test_a_killed_session_is_put_into_one_file_and_goes_whole(tmp_path: Path) -> None:
    path = shelf.killed(tmp_path / "s.wsi")
    was = describe(path, LATER_NS)
    new = rename(path, "kept", LATER_NS)
    assert names(tmp_path) == ["kept.wsi"]
    now = describe(new, LATER_NS)
    assert now.kind is Kind.BROKEN_OFF
    assert (now.ends, now.messages, now.rows, now.modified_ns) == (was.ends, was.messages, was.rows, was.modified_ns)
    reader = Reader(new)
    assert [row.head for row in reader.rows(3, 1, 10)] == [b"hello"] * 3
    reader.close()


@pytest.mark.parametrize("act", [lambda path, now: rename(path, "x", now), delete], ids=["rename", "delete"])
class TestLeftAlone:
    """What must not be touched stays as it is."""

    def test_what_is_being_recorded(self, tmp_path: Path, act: Callable[[Path, int], object]) -> None:
        live = Shelf(tmp_path / "s.wsi")
        live.connect(is_open=True)
        live.commit()
        with pytest.raises(UsageError, match="is being recorded"):
            act(live.path, describe(live.path, 0).ended_ns + S)
        live.connect(1000)
        assert describe(live.stop(), LATER_NS).connections == 2
        assert names(tmp_path) == ["s.wsi"]

    def test_what_gives_no_sign_of_life_but_is_held(
        self, tmp_path: Path, act: Callable[[Path, int], object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A recorder that was suspended, as by a closed lid."""
        monkeypatch.setattr("wsinspect.session.file.tending.PATIENCE_S", 0.01)
        live = Shelf(tmp_path / "s.wsi")
        live.connect(is_open=True)
        live.commit()
        assert describe(live.path, LATER_NS).kind is Kind.BROKEN_OFF
        with pytest.raises(EnvironmentProblem, match="another program has it open"):
            act(live.path, LATER_NS)
        live.connect(1000)
        assert describe(live.stop(), LATER_NS).connections == 2
        assert names(tmp_path) == ["s.wsi"]

    @pytest.mark.parametrize("content", [b"", b"precious"])
    def test_what_is_not_ours(self, tmp_path: Path, act: Callable[[Path, int], object], content: bytes) -> None:
        path = tmp_path / "s.wsi"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"it is (empty|not a session)"):
            act(path, path.stat().st_mtime_ns + ALIVE_FOR_NS)
        assert path.read_bytes() == content

    def test_a_file_that_is_just_being_made(self, tmp_path: Path, act: Callable[[Path, int], object]) -> None:
        path = tmp_path / "s.wsi"
        path.touch()
        with pytest.raises(UsageError, match="is being recorded"):
            act(path, path.stat().st_mtime_ns + S)

    def test_what_a_newer_version_may_be_recording(self, tmp_path: Path, act: Callable[[Path, int], object]) -> None:
        path = shelf.newer(tmp_path / "s.wsi")
        with pytest.raises(UsageError, match="a moment ago"):
            act(path, path.stat().st_mtime_ns + S)
        act(path, path.stat().st_mtime_ns + ALIVE_FOR_NS)
        assert "s.wsi" not in names(tmp_path)

    def test_what_is_gone(self, tmp_path: Path, act: Callable[[Path, int], object]) -> None:
        with pytest.raises(UsageError, match="is gone"):
            act(tmp_path / "s.wsi", LATER_NS)

    @needs_rights
    def test_what_the_system_protects(self, tmp_path: Path, act: Callable[[Path, int], object]) -> None:
        path = shelf.saved(tmp_path / "s.wsi", 1011)
        tmp_path.chmod(0o500)
        try:
            with pytest.raises(EnvironmentProblem, match="permission denied"):
                act(path, LATER_NS)
        finally:
            tmp_path.chmod(0o700)
        assert names(tmp_path) == ["s.wsi"]


@pytest.mark.parametrize("make", [shelf.damaged, shelf.cut, shelf.changed, shelf.newer, shelf.killed, shelf.broken])
@pytest.mark.parametrize("ends", [(), ("-wal", "-shm"), ("-journal",)])
def test_whatever_state_it_is_in_it_is_deleted_with_all_beside_it(
    tmp_path: Path, make: Callable[[Path], Path], ends: tuple[str, ...]
) -> None:
    path = make(tmp_path / "s.wsi")
    for end in ends:
        beside = path.with_name(path.name + end)
        if not beside.exists():
            beside.write_bytes(b"rubbish")
    other = tmp_path / "s2.wsi"
    shutil.copy(path, other)
    delete(path, describe(path, 0).modified_ns + ALIVE_FOR_NS)
    assert names(tmp_path) == ["s2.wsi"]


@pytest.mark.parametrize("make", [shelf.damaged, shelf.cut])
def test_a_damaged_session_is_renamed_with_all_beside_it(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "s.wsi")
    (tmp_path / "s.wsi-journal").write_bytes(b"")
    before = path.read_bytes()
    assert rename(path, "x", path.stat().st_mtime_ns + ALIVE_FOR_NS).read_bytes() == before
    assert not (tmp_path / "s.wsi-journal").exists()


def test_a_note_is_kept_in_the_file_and_changes_nothing_else(tmp_path: Path) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    was = describe(path, LATER_NS)
    assert set_note(path, "  the login\nfails \x1b[2J ", LATER_NS) == "the login fails \x1b[2J"
    now = describe(path, LATER_NS)
    assert now.note == "the login fails \x1b[2J"
    assert (now.modified_ns, now.ends, now.kind) == (was.modified_ns, was.ends, was.kind)
    assert names(tmp_path) == ["s.wsi"]
    Reader(path).close()
    assert set_note(path, "shorter", LATER_NS) == "shorter"
    assert describe(path, LATER_NS).note == "shorter"
    assert set_note(path, " ", LATER_NS) == ""
    assert describe(path, LATER_NS).note == ""


def test_a_note_can_be_written_while_it_is_recorded(tmp_path: Path) -> None:
    live = Shelf(tmp_path / "s.wsi")
    live.connect(is_open=True)
    live.commit()
    set_note(live.path, "mine", LATER_NS)
    live.connect(1000)
    live.commit()
    assert describe(live.path, LATER_NS).note == "mine"
    found = describe(live.stop(), LATER_NS)
    assert (found.note, found.connections) == ("mine", 2)
    assert names(tmp_path) == ["s.wsi"]


def test_a_note_makes_a_killed_session_whole(tmp_path: Path) -> None:
    path = shelf.killed(tmp_path / "s.wsi")
    was = describe(path, LATER_NS)
    set_note(path, "killed", LATER_NS)
    assert names(tmp_path) == ["s.wsi"]
    now = describe(path, LATER_NS)
    assert (now.kind, now.note, now.modified_ns) == (Kind.BROKEN_OFF, "killed", was.modified_ns)


@pytest.mark.parametrize("make", [shelf.damaged, shelf.cut, shelf.changed, shelf.newer])
def test_what_is_no_sound_session_takes_no_note(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "s.wsi")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="only a session can hold a note"):
        set_note(path, "x", LATER_NS)
    assert path.read_bytes() == before


def test_a_long_note_is_refused(tmp_path: Path) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    with pytest.raises(UsageError, match="501 characters"):
        set_note(path, "x" * (LONGEST_NOTE + 1), LATER_NS)
    set_note(path, "x" * LONGEST_NOTE, LATER_NS)


def test_a_lock_that_lasts_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsinspect.session.file.opening.ANNOTATE_TIMEOUT_S", 0.01)
    path = shelf.saved(tmp_path / "s.wsi", 1011)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with pytest.raises(SessionFileError, match="locked"):
        set_note(path, "x", LATER_NS)
    db.close()
