"""What a list says of a session: right after a stop, a kill and while it is recorded; never an exception."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.conftest import START_NS
from tests.session.file import shelf
from tests.session.file.shelf import END_NS, S, Shelf
from wsinspect.clock import ALIVE_FOR_NS
from wsinspect.session.file.describing import describe
from wsinspect.session.file.saved import Kind
from wsinspect.session.file.summary import KEY, KINDS, OTHERS

LATER_NS = END_NS + 3600 * S


def test_a_saved_session_tells_what_it_holds(tmp_path: Path) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1011, 1000, None, 1011, messages=3)
    found = describe(path, LATER_NS)
    assert found.kind is Kind.SAVED
    assert (found.source, found.version, found.note, found.problem) == ("proxy a → b", "0.1.0", "", "")
    assert (found.started_ns, found.ended_ns) == (START_NS, END_NS)
    assert found.duration_ns(LATER_NS) == 90 * S
    assert (found.connections, found.messages) == (4, 12)
    assert found.ends == {"1011": 2, "1000": 1, "1006": 1}
    assert found.rows == 4 * (3 + 2) + 3
    assert found.size == path.stat().st_size


def test_a_killed_one_tells_all_that_was_committed(tmp_path: Path) -> None:
    path = shelf.killed(tmp_path / "s.wsi")
    found = describe(path, LATER_NS)
    assert found.kind is Kind.BROKEN_OFF
    assert (found.connections, found.messages) == (3, 6)
    assert found.ends == {"1011": 1, "1000": 1}
    assert found.ended_ns == START_NS + 60 * S
    assert found.size == sum(path.with_name(path.name + end).stat().st_size for end in ("", "-wal"))


def test_a_live_one_is_told_as_of_now(tmp_path: Path) -> None:
    live = Shelf(tmp_path / "s.wsi")
    live.connect(messages=5, is_open=True)
    live.commit()
    alive_ns = START_NS + 60 * S
    found = describe(live.path, alive_ns + S)
    assert found.kind is Kind.RECORDING
    assert (found.connections, found.messages, found.ends) == (1, 5, {})
    assert found.duration_ns(alive_ns + S) == 61 * S
    live.connect(1001)
    live.commit()
    assert describe(live.path, alive_ns + S).ends == {"1001": 1}
    assert describe(live.path, alive_ns + ALIVE_FOR_NS).kind is Kind.BROKEN_OFF
    live.stop()
    assert describe(live.path, alive_ns + S).kind is Kind.SAVED


def test_a_file_that_is_just_being_made_is_being_recorded(tmp_path: Path) -> None:
    path = tmp_path / "s.wsi"
    path.touch()
    now = path.stat().st_mtime_ns
    assert describe(path, now + S).kind is Kind.RECORDING
    assert describe(path, now + ALIVE_FOR_NS).kind is Kind.FOREIGN


def _text(path: Path) -> Path:
    path.write_text("no session\n" * 100)
    return path


def _other_database(path: Path) -> Path:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE capture (key, value)")
    db.close()
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("make", "kind", "says"),
    [
        (lambda path: path, Kind.GONE, "it is gone"),
        (lambda path: path / "s.wsi", Kind.GONE, "it is gone"),
        (_text, Kind.FOREIGN, "it is not a session"),
        (_other_database, Kind.FOREIGN, "it is not a session"),
        (_pipe, Kind.FOREIGN, "it is not a file"),
        (_folder, Kind.FOREIGN, "it is not a file"),
        (shelf.newer, Kind.NEWER, "a newer wsinspect wrote it"),
        (shelf.damaged, Kind.DAMAGED, "malformed"),
        (shelf.cut, Kind.DAMAGED, "it "),
        (shelf.changed, Kind.DAMAGED, "it has been changed"),
        (lambda path: shelf.told(path, "stopped_ns", "soon"), Kind.DAMAGED, "it is damaged"),
        (lambda path: shelf.told(path, "started_ns", "9" * 5000), Kind.DAMAGED, "it is damaged"),
        (lambda path: shelf.told(path, KEY, "{"), Kind.DAMAGED, "it is damaged"),
        (lambda path: shelf.told(path, KEY, "[]"), Kind.DAMAGED, "it is damaged"),
        (lambda path: shelf.told(path, KEY, '{"count": 1, "messages": 1}'), Kind.DAMAGED, "it is damaged"),
        (lambda path: shelf.told(path, KEY, '{"count":1,"messages":-1,"ends":{}}'), Kind.DAMAGED, "it is damaged"),
        (lambda path: shelf.told(path, KEY, '{"count":1,"messages":1,"ends":{"1":"x"}}'), Kind.DAMAGED, "it is dam"),
        (lambda path: shelf.told(path, KEY, '{"count":1,"messages":1,"ends":{"[x]":1}}'), Kind.DAMAGED, "it is dam"),
        (lambda path: shelf.told(path, KEY, "[" * 100_000), Kind.DAMAGED, "it is damaged"),
    ],
)
def test_what_is_no_sound_session_is_told_as_what_it_is(
    tmp_path: Path, make: Callable[[Path], Path], kind: Kind, says: str
) -> None:
    found = describe(make(tmp_path / "s.wsi"), LATER_NS)
    assert found.kind is kind
    assert found.problem.startswith("it " if kind is not Kind.NEWER else "a ")
    assert says in found.problem


def test_numbers_beyond_every_calendar_do_no_harm(tmp_path: Path) -> None:
    path = shelf.told(tmp_path / "s.wsi", "stopped_ns", "9" * 40)
    assert describe(path, LATER_NS).ended_ns == (1 << 63) - 1


def test_one_that_somebody_holds_is_told_so_without_waiting_long(tmp_path: Path) -> None:
    path = shelf.saved(tmp_path / "s.wsi", 1000)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    found = describe(path, LATER_NS)
    db.close()
    assert found.kind is Kind.UNREADABLE
    assert "locked" in found.problem


def test_looking_changes_nothing(tmp_path: Path) -> None:
    for make in (shelf.damaged, shelf.changed, shelf.newer, lambda path: shelf.saved(path, 1000)):
        path = make(tmp_path / "s.wsi")
        before = path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())
        describe(path, LATER_NS)
        assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before
        path.unlink()


def test_a_thousand_codes_are_counted_in_bounded_room(tmp_path: Path) -> None:
    path = shelf.saved(tmp_path / "s.wsi", *range(3000, 3000 + KINDS + 50), 3000)
    found = describe(path, LATER_NS)
    assert len(found.ends) == KINDS + 1
    assert found.ends["3000"] == 2
    assert found.ends[OTHERS] == 50
    assert sum(found.ends.values()) == found.connections


def test_what_is_said_of_a_connection_again_is_counted_once(tmp_path: Path) -> None:
    recorded = Shelf(tmp_path / "s.wsi")
    recorded.connect(1000)
    recorded.commit()
    connection = recorded.recorder.opened(source="relay", client="c", url="u", path="/", request=b"", at_ns=START_NS)
    recorded.commit()
    connection.closed(START_NS + 1)
    recorded.commit()
    connection.closed(START_NS + 2)
    recorded.commit()
    assert describe(recorded.stop(), LATER_NS).ends == {"1000": 1, "failed": 1}
    db = sqlite3.connect(recorded.path)
    (fact,) = db.execute("SELECT value FROM capture WHERE key = ?", (KEY,)).fetchone()
    db.close()
    assert json.loads(fact) == {"count": 2, "messages": 1, "ends": {"1000": 1, "failed": 1}}
