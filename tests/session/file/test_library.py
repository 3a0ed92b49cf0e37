"""The folder of sessions: its order, what a name means, and which sessions pruning chooses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.file import shelf
from wsinspect.errors import EnvironmentProblem, UsageError
from wsinspect.session.file.library import find, shelved, to_prune
from wsinspect.session.file.saved import Kind, SavedSession

DAY = 86_400 * 10**9
NOW = 1_000 * DAY


def test_the_one_written_to_last_comes_first(tmp_path: Path) -> None:
    for name, at in (("b.wsi", 20), ("a.wsi", 20), ("old.wsi", 10), ("live.wsi", 5)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, ns=(at, at))
    log = tmp_path / "live.wsi-wal"
    log.write_bytes(b"yyy")
    os.utime(log, ns=(30, 30))
    found = shelved(tmp_path)
    assert [one.path.name for one in found] == ["live.wsi", "a.wsi", "b.wsi", "old.wsi"]
    assert (found[0].size, found[0].modified_ns) == (4, 30)


def test_only_session_files_are_listed(tmp_path: Path) -> None:
    for name in ("s.wsi", "s.wsi-wal", "s.wsi-shm", "notes.txt", "s.WSI.bak"):
        (tmp_path / name).touch()
    (tmp_path / "folder.wsi").mkdir()
    os.mkfifo(tmp_path / "pipe.wsi")
    (tmp_path / "dangling.wsi").symlink_to(tmp_path / "nowhere")
    assert [one.path.name for one in shelved(tmp_path)] == ["s.wsi"]


def test_no_folder_holds_no_session(tmp_path: Path) -> None:
    assert shelved(tmp_path / "missing") == []
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentProblem, match="cannot read the folder"):
        shelved(tmp_path / "file")


def test_a_session_is_named_as_it_is_listed_or_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, here = tmp_path / "library", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    first = shelf.saved(folder / "first.wsi", 1000)
    other = shelf.saved(here / "other.wsi", 1000)
    assert find("first.wsi", folder) == find("first", folder) == find(str(first), folder) == first
    assert find("other.wsi", folder) == Path("other.wsi")
    assert find("./other.wsi", folder).samefile(other)
    for wrong in ("other", "missing", "../library/first", ""):
        with pytest.raises(UsageError, match="there is no session"):
            find(wrong, folder)


def session(name: str, days: float, size: int = 100, kind: Kind = Kind.SAVED) -> SavedSession:
    """One that ended so many days ago; of one that tells no end, the file is so old."""
    at = NOW - int(days * DAY)
    if kind.is_session:
        return SavedSession(Path(name), kind, size, NOW, ended_ns=at)
    return SavedSession(Path(name), kind, size, at)


def chosen(sessions: list[SavedSession], **limits: int) -> list[str]:
    return [one.name for one in to_prune(sessions, NOW, **limits)]


def test_by_age_what_ended_longer_ago_goes_the_oldest_first() -> None:
    sessions = [session("a", 1), session("b", 31), session("c", 30), session("d", 300)]
    assert chosen(sessions, older_than_ns=30 * DAY) == ["d", "b"]


def test_by_size_the_oldest_go_until_the_rest_fits() -> None:
    sessions = [session("a", 1, 500), session("b", 2, 400), session("c", 3, 300), session("d", 4, 1)]
    assert chosen(sessions, keep_bytes=1201) == []
    assert chosen(sessions, keep_bytes=1200) == ["d"]
    assert chosen(sessions, keep_bytes=899) == ["d", "c", "b"]
    assert chosen(sessions, keep_bytes=0) == ["d", "c", "b", "a"]


def test_by_both_what_either_says_goes() -> None:
    sessions = [session("a", 1, 500), session("b", 2, 400), session("c", 40, 300)]
    assert chosen(sessions, older_than_ns=30 * DAY, keep_bytes=800) == ["c", "b"]
    assert chosen(sessions, older_than_ns=30 * DAY, keep_bytes=900) == ["c"]


def test_what_is_recorded_or_not_ours_stays() -> None:
    kinds = (Kind.RECORDING, Kind.FOREIGN, Kind.UNREADABLE, Kind.GONE)
    sessions = [session(kind.value, 300, kind=kind) for kind in kinds]
    assert chosen(sessions, older_than_ns=0, keep_bytes=0) == []
    fresh = [session("newer", 0, kind=Kind.NEWER), session("damaged", 0, kind=Kind.DAMAGED)]
    assert chosen(fresh, keep_bytes=0) == []
    old = [session("newer", 1, kind=Kind.NEWER), session("damaged", 2, kind=Kind.DAMAGED)]
    assert chosen(old, keep_bytes=0) == ["damaged", "newer"]


_SESSIONS = st.lists(
    st.builds(session, st.uuids().map(str), st.integers(0, 100), st.integers(0, 1000), st.sampled_from(Kind)),
    max_size=20,
)


@given(_SESSIONS, st.none() | st.integers(0, 100), st.none() | st.integers(0, 10_000))
def test_no_more_goes_than_was_asked_for(sessions: list[SavedSession], days: int | None, keep: int | None) -> None:
    older = None if days is None else days * DAY
    going = to_prune(sessions, NOW, older_than_ns=older, keep_bytes=keep)
    staying = [one for one in sessions if one not in going]
    left = sum(one.size for one in staying if one.kind.is_ours)
    assert [one.age_from_ns for one in going] == sorted(one.age_from_ns for one in going)
    for one in staying:
        if one.kind in (Kind.SAVED, Kind.BROKEN_OFF):
            assert older is None or NOW - one.age_from_ns <= older
            assert keep is None or left <= keep
    if going and keep is not None and (older is None or NOW - going[-1].age_from_ns <= older):
        assert left + going[-1].size > keep
