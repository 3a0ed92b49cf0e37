"""The file itself: whole after an orderly stop, sound after a kill, for its owner only, refused when it is not ours."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.conftest import START_NS, Session
from wsinspect.errors import EnvironmentProblem, SessionFileError, UsageError, WsInspectError
from wsinspect.model import Ending, Side
from wsinspect.session.file import opening
from wsinspect.session.reader import Reader
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame


def _some_traffic(session: Session, messages: int = 50) -> None:
    recording = session.open()
    for number in range(messages):
        recording.read(Side.SERVER, build_frame(1, b"message %d" % number), START_NS + number)


def test_the_file_alone_is_whole_after_a_stop_with_a_reader_attached(session: Session, tmp_path: Path) -> None:
    _some_traffic(session)
    session.recorder.flush()
    follower = Reader(session.path)
    follower.rows(1, 1, 10)
    assert session.writer.stop(START_NS) == ""
    copy = tmp_path / "elsewhere" / "copy.wsi"
    copy.parent.mkdir()
    shutil.copy(session.path, copy)
    follower.close()
    reader = Reader(copy)
    assert [row.head for row in reader.rows(1, 50, 1)] == [b"message 49"]
    reader.close()


def test_after_a_stop_nothing_lies_beside_the_file(session: Session) -> None:
    _some_traffic(session)
    session.read().close()
    assert [path.name for path in session.path.parent.iterdir()] == [session.path.name]


def test_whoever_lets_go_last_leaves_nothing_beside_the_file(session: Session) -> None:
    _some_traffic(session)
    session.recorder.flush()
    followers = [Reader(session.path), Reader(session.path)]
    for follower in followers:
        follower.rows(1, 1, 10)
    followers[0].close()
    assert session.writer.stop(START_NS) == ""
    followers[1].close()
    assert [path.name for path in session.path.parent.iterdir()] == [session.path.name]


def test_a_follower_that_goes_leaves_the_recording_alone(session: Session) -> None:
    _some_traffic(session)
    session.recorder.flush()
    for _ in range(3):
        follower = Reader(session.path)
        follower.info()
        follower.close()
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b"after"), START_NS)
    reader = session.read()
    assert [row.head for row in reader.rows(2, 1, 9)] == [b"after"]
    reader.close()


def test_looking_at_a_copy_leaves_nothing_beside_it(session: Session, tmp_path: Path) -> None:
    _some_traffic(session)
    session.recorder.flush()
    follower = Reader(session.path)
    assert session.writer.stop(START_NS) == ""
    copy = tmp_path / "elsewhere" / "copy.wsi"
    copy.parent.mkdir()
    shutil.copy(session.path, copy)
    follower.close()
    for _ in range(2):
        reader = Reader(copy)
        assert reader.info().rows == 50
        reader.close()
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_saved_session_opens_in_a_read_only_folder(session: Session) -> None:
    _some_traffic(session)
    session.read().close()
    session.path.parent.chmod(0o500)
    try:
        reader = Reader(session.path)
        assert reader.info().rows == 50
        reader.close()
    finally:
        session.path.parent.chmod(0o700)


def test_only_its_owner_may_read_it(session: Session) -> None:
    assert stat.S_IMODE(session.path.stat().st_mode) == 0o600
    session.writer.stop(START_NS)


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "precious.wsi"
    path.write_text("keep me")
    with pytest.raises(UsageError, match="exists already"):
        SessionWriter(path, {})
    assert path.read_text() == "keep me"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        SessionWriter(tmp_path / "missing" / "s.wsi", {})


def test_a_live_session_is_followed(session: Session) -> None:
    recording = session.open()
    session.recorder.flush()
    recording.read(Side.SERVER, build_frame(1, b"one"), START_NS)
    session.recorder.flush()
    _wait_until_stored(session)
    reader = Reader(session.path)
    assert reader.changed()
    assert not reader.changed()
    recording.read(Side.SERVER, build_frame(1, b"two"), START_NS + 1)
    session.recorder.flush()
    _wait_until_stored(session)
    assert reader.changed()
    assert [row.head for row in reader.rows(1, 1, 5)] == [b"one", b"two"]
    reader.close()
    session.writer.stop(START_NS)


def _wait_until_stored(session: Session) -> None:
    while session.writer._queued:
        os.sched_yield()


CHILD = """
    import sys, time
    from pathlib import Path
    from wsinspect.model import Side
    from wsinspect.session.recording.recorder import Recorder
    from wsinspect.session.recording.writer import SessionWriter
    from wsinspect.wire.builder import build_frame
    writer = SessionWriter(Path(sys.argv[1]), {}, reserve=0)
    recorder = Recorder(writer)
    recording = recorder.opened(source="relay", client="", url="", path="", request=b"", at_ns=1)
    recording.upgraded(1, subprotocol="", extensions="")
    number = 0
    while True:
        for _ in range(100):
            number += 1
            recording.read(Side.SERVER, build_frame(1, b"%d" % number), number)
        recorder.flush()
        while writer.is_behind or not writer.has_caught_up: time.sleep(0.001)
        if number == 5000: print("running", flush=True)
"""


def test_a_killed_recording_opens_with_all_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "killed.wsi"
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(path)], stdout=subprocess.PIPE, env=_environment()
    )
    assert child.stdout is not None
    with child, child.stdout:
        assert child.stdout.readline() == b"running\n"
        live = Reader(path)
        while not (shown := live.info().rows):
            os.sched_yield()
        live.close()
        child.send_signal(signal.SIGKILL)
    reader = Reader(path)
    rows = reader.info().rows
    assert rows >= shown
    last = reader.rows(1, rows, 1)[0]
    assert last.head == b"%d" % rows
    assert reader.info().stopped_ns is None
    reader.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_a_frame_of_200_mb_passes_in_bounded_memory(tmp_path: Path) -> None:
    script = """
        import resource, sys
        from pathlib import Path
        from wsinspect.model import Side
        from wsinspect.session.reader import Reader
        from wsinspect.session.recording.recorder import Recorder
        from wsinspect.session.recording.writer import SessionWriter
        path = Path(sys.argv[1])
        writer = SessionWriter(path, {}, reserve=0)
        recorder = Recorder(writer)
        recording = recorder.opened(source="relay", client="", url="", path="", request=b"", at_ns=1)
        recording.upgraded(1, subprotocol="", extensions="")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = 200_000_000
        recording.read(Side.SERVER, b"\\x82\\x7f" + size.to_bytes(8), 1)
        chunk = bytes(range(256)) * 1024
        left = size
        while left:
            recording.read(Side.SERVER, chunk[:left], 2)
            left -= len(chunk[:left])
            while not writer.has_caught_up: pass
        recorder.flush()
        assert writer.stop(3) == ""
        reader = Reader(path)
        (row,) = reader.rows(1, 1, 10)
        assert row.size == size and row.head == chunk[:512] and row.first_ns == 1, row
        payload = reader.payload(1, 1, 1 << 20)
        assert payload.data == chunk * 4 and payload.total == size and not payload.is_whole
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "big.wsi")],
        capture_output=True,
        text=True,
        env=_environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 64


def test_a_disk_nearly_full_pauses_recording_and_says_so(tmp_path: Path) -> None:
    stored: list[bool] = []
    writer = SessionWriter(tmp_path / "s.wsi", {}, reserve=1 << 62, on_progress=lambda: stored.append(True))
    recorder = Recorder(writer)
    recording = recorder.opened(source="relay", client="", url="", path="", request=b"", at_ns=1)
    recording.upgraded(1, subprotocol="", extensions="")
    recorder.flush()
    while not writer.obstacle:
        os.sched_yield()
    assert "of disk is free" in recorder.skip_reason
    recording.read(Side.SERVER, build_frame(1, b"lost"), 2)
    writer._reserve = 0
    while writer.obstacle:
        os.sched_yield()
    recording.read(Side.SERVER, build_frame(1, b"kept"), 3)
    recording.read(Side.SERVER, build_frame(1, b"kept too"), 3)
    recorder.flush()
    assert writer.stop(4) == ""
    reader = Reader(tmp_path / "s.wsi")
    rows = reader.rows(1, 1, 10)
    assert rows[0].event is not None
    assert "of disk is free" in str(rows[0].event.data["why"])
    assert rows[-1].head == b"kept too"
    reader.close()


Damage = Callable[[Path], None]


def _run_sql(*statements: str) -> Damage:
    def damage(path: Path) -> None:
        db = sqlite3.connect(path)
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()

    return damage


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(20_000)
        file.write(b"\xff" * 60_000)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"MZ" * 5000), "not a session file"),
        (_run_sql("PRAGMA application_id = 7"), "not a session file"),
        (_run_sql("PRAGMA user_version = 99"), "newer wsinspect"),
        (_run_sql("CREATE VIEW batch2 AS SELECT 1"), "has been changed"),
        (
            _run_sql("CREATE TRIGGER t AFTER INSERT ON batch BEGIN DELETE FROM batch; END"),
            "has been changed",
        ),
        (_run_sql("UPDATE segment SET reads = x'00'"), "damaged"),
        (_run_sql("UPDATE segment SET s2c_open = x'0102'"), "damaged"),
        (_run_sql("UPDATE segment SET inflated = x'0102'"), "damaged"),
        (_run_sql("UPDATE event SET data = '[' "), "damaged"),
        (_run_sql(f"UPDATE event SET data = '{'[' * 100_000}'"), "damaged"),
        (_run_sql("UPDATE event SET kind = 'nonsense'"), "damaged"),
        (_run_sql("UPDATE connection SET client_end = 'nonsense'"), "damaged"),
        (_overwrite, "damaged|cannot be read"),
    ],
)
def test_a_bad_file_is_an_error_that_says_why(session: Session, damage: Damage, says: str) -> None:
    _some_traffic(session)
    recording = session.open()
    recording.ended(Side.CLIENT, Ending.FIN, START_NS)
    session.read().close()
    damage(session.path)
    with pytest.raises(SessionFileError, match=says):
        _read_all(session.path)


def test_a_file_that_lies_about_its_rows_is_read_without_believing_it(session: Session) -> None:
    _some_traffic(session)
    session.read().close()
    _run_sql("UPDATE segment SET rows = 4000000000", "UPDATE batch SET rows = 4000000000")(session.path)
    reader = Reader(session.path)
    assert len(reader.rows(1, 1, 10_000)) <= 10_000
    reader.close()


def test_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(WsInspectError, match="does not exist"):
        Reader(tmp_path / "nowhere.wsi")
    with pytest.raises(WsInspectError, match="is a folder"):
        Reader(tmp_path)


def _read_all(path: Path) -> None:
    reader = Reader(path)
    try:
        reader.info()
        reader.connections(1, 10)
        for number in (1, 2):
            reader.rows(number, 1, 100)
            reader.close_story(number)
        reader.all_rows(1, 100)
    finally:
        reader.close()


def test_asking_whether_something_changed_never_runs_out_of_time(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The steps of a statement add up over all the times that it is asked, and some time one of them is looked at.
    monkeypatch.setattr(opening, "_STEPS_BETWEEN_CHECKS", 1)
    _some_traffic(session)
    reader = session.read()
    reader._store._deadline._until = 0.0
    assert reader.changed()
    reader._store._deadline._until = 0.0
    assert reader.info().rows > 0
    reader._store._deadline._until = 0.0
    assert not reader.changed()
    reader.close()
