"""A damaged session is read as far as it is sound, and what is missing is said."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.session import build
from tests.session.conftest import START_NS, Session
from tests.session.deflating import Deflater
from tests.session.rescue.damaging import PAGE, damaged, read_all
from tests.session.test_file import CHILD
from wsinspect.errors import DamagedSessionError, EnvironmentProblem, SessionFileError, UsageError, WsInspectError
from wsinspect.model import Ending, EventKind, Row, Side
from wsinspect.session.file import schema
from wsinspect.session.file.placing import new_file
from wsinspect.session.reader import Reader
from wsinspect.session.rescue import soundness
from wsinspect.session.rescue.pages import Pages, read_header
from wsinspect.session.rescue.salvage import salvage
from wsinspect.session.rescue.soundness import check, lacks_log
from wsinspect.wire.builder import build_close, build_frame

ROWS = 1276
"""Rows of the session that is damaged here."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A session with every kind of close."""
    return build(tmp_path_factory.mktemp("whole") / "s.wsi").read_bytes()


def rows_of(path: Path, connection: int) -> list[Row]:
    """The rows of one connection."""
    with closing(Reader(path)) as reader:
        return reader.rows(connection, 1, 10_000)


def run_sql(path: Path, *statements: str) -> None:
    """Change a session's tables."""
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


@pytest.mark.parametrize("seed", range(40))
def test_any_damage_leaves_what_is_sound(whole: bytes, seed: int, tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.wsi", tmp_path / "out.wsi"
    bad.write_bytes(damaged(whole, seed))
    before = bad.read_bytes()
    try:
        made = salvage(bad, out)
    except SessionFileError:
        # Bits of its header were turned: it says that it is none of ours.
        header = read_header(bad)
        assert header is None or (header.application, header.version) != (schema.APPLICATION_ID, schema.USER_VERSION)
        return
    assert 0 <= made.rows <= min(made.expected, ROWS)
    assert read_all(out) >= made.rows
    assert bad.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["bad.wsi", "out.wsi"]


@pytest.mark.parametrize("seed", range(40, 60))
def test_damage_is_found_before_or_while_reading(whole: bytes, seed: int, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wsi"
    bad.write_bytes(damaged(whole, seed))
    try:
        check(bad, START_NS)
        read_all(bad)
    except SessionFileError:
        return
    except AssertionError:
        # Content that was overwritten reads as other content; that nothing gets lost by it is all there is to ask.
        assert len(bad.read_bytes()) >= len(whole)


def test_a_sound_file_is_salvaged_as_it_is(whole: bytes, tmp_path: Path) -> None:
    good, out = tmp_path / "good.wsi", tmp_path / "out.wsi"
    good.write_bytes(whole)
    check(good, START_NS)
    made = salvage(good, out)
    assert (made.rows, made.expected, made.connections, made.lost_connections) == (ROWS, ROWS, 18, 0)
    with closing(Reader(good)) as reader, closing(Reader(out)) as other:
        assert other.all_rows(1, 10_000) == reader.all_rows(1, 10_000)
        assert other.connections(1, 100) == reader.connections(1, 100)


def _feed(session: Session, messages: int, *, size: int = 40) -> None:
    """A connection with many messages that ends with a close, stored in many batches."""
    recording = session.open()
    for number in range(messages):
        data = build_frame(1, b"%06d" % number + b"." * size)
        recording.read(Side.SERVER, data[:5], START_NS + 2 * number)
        recording.read(Side.SERVER, data[5:], START_NS + 2 * number + 1)
        if number % 10 == 3:
            session.recorder.flush()
    recording.read(Side.SERVER, build_close(1011, b"boom"), START_NS + 2 * messages)
    recording.ended(Side.SERVER, Ending.FIN, START_NS + 2 * messages + 1)
    recording.ended(Side.CLIENT, Ending.FIN, START_NS + 2 * messages + 2)
    recording.closed(START_NS + 2 * messages + 2)
    session.read().close()


def test_of_a_copy_that_was_cut_off_the_beginning_is_there_and_how_it_ended(session: Session, tmp_path: Path) -> None:
    _feed(session, 3000)
    data = session.path.read_bytes()
    bad, out = tmp_path / "bad.wsi", tmp_path / "out.wsi"
    bad.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(DamagedSessionError):
        check(bad, START_NS)
    made = salvage(bad, out)
    assert 1000 < made.rows < made.expected == 3003
    rows = rows_of(out, 1)
    heads = [row.head for row in rows if row.kind.value == "text"]
    assert heads[:500] == [b"%06d" % number + b"." * 40 for number in range(500)]
    numbers = [int(head[:6]) for head in heads]
    assert numbers == sorted(set(numbers))
    assert rows[-1].event is not None
    assert "rows are missing" in str(rows[-1].event.data["text"])
    with closing(Reader(out)) as reader:
        connection = reader.connection(1)
        story = reader.close_story(1)
    assert connection is not None
    assert connection.to_client.messages == 3000
    assert story is not None
    assert (story.code, story.reason) == (1011, b"boom")


def test_a_hole_is_a_row_and_what_follows_begins_with_a_whole_message(session: Session, tmp_path: Path) -> None:
    _feed(session, 200)
    run_sql(session.path, "DELETE FROM segment WHERE id BETWEEN 5 AND 9")
    made = salvage(session.path, tmp_path / "out.wsi")
    rows = rows_of(made.path, 1)
    (gap,) = [row for row in rows if row.event is not None and row.event.kind is EventKind.GAP]
    assert gap.event is not None
    assert gap.event.data["why"] == "the file is damaged here: 50 rows are missing"
    heads = [int(row.head[:6]) for row in rows if row.kind.value == "text"]
    lost = sorted(set(range(200)) - set(heads))
    assert lost == list(range(lost[0], lost[0] + len(lost)))
    assert len(lost) in (50, 51)
    assert (made.rows, made.expected) == (203 - len(lost), 203)


def test_compressed_messages_behind_a_hole_are_still_read(session: Session, tmp_path: Path) -> None:
    recording = session.open(extensions="permessage-deflate")
    deflater = Deflater()
    for number in range(60):
        recording.read(Side.SERVER, deflater.frame(b"the same over and over, but for %d" % number), START_NS + number)
        if number % 5 == 4:
            session.recorder.flush()
    session.read().close()
    run_sql(session.path, "DELETE FROM segment WHERE id IN (3, 4)")
    made = salvage(session.path, tmp_path / "out.wsi")
    rows = rows_of(made.path, 1)
    assert rows[-1].head == b"the same over and over, but for 59"
    assert not [row.problem for row in rows if row.problem]
    assert made.rows == 50


def test_lost_events_leave_a_note(session: Session, tmp_path: Path) -> None:
    _feed(session, 20)
    run_sql(session.path, "DELETE FROM event")
    made = salvage(session.path, tmp_path / "out.wsi")
    rows = rows_of(made.path, 1)
    assert rows[-1].event is not None
    assert rows[-1].event.data == {"text": "the file is damaged here: 2 rows are missing"}
    with closing(Reader(made.path)) as reader:
        connection = reader.connection(1)
    assert connection is not None
    assert connection.server_end is not None
    assert connection.server_end.how is Ending.FIN


def test_a_connection_without_its_record_keeps_its_messages(session: Session, tmp_path: Path) -> None:
    _feed(session, 20)
    run_sql(session.path, "DELETE FROM connection", "DELETE FROM handshake", "DELETE FROM batch")
    made = salvage(session.path, tmp_path / "out.wsi")
    assert (made.connections, made.lost_connections) == (1, 1)
    with closing(Reader(made.path)) as reader:
        connection = reader.connection(1)
        assert connection is not None
        assert connection.path == "(its opening is lost)"
        assert len([row for row in reader.rows(1, 1, 100) if row.kind.value == "text"]) == 20


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE segment SET reads = x'00' WHERE id = 3",
        "UPDATE segment SET s2c = zeroblob(length(s2c)) WHERE id = 3",
        "UPDATE segment SET s2c_at = 5 WHERE id = 3",
        "UPDATE segment SET rows = 3 WHERE id = 3",
        "UPDATE segment SET first_row = 1 WHERE id = 3",
        "UPDATE event SET data = '[', row = row WHERE id = 1",
        "UPDATE event SET kind = 'nonsense' WHERE id = 1",
        "UPDATE connection SET client_end = 'nonsense'",
        "UPDATE handshake SET pieces = x'00'",
        "UPDATE capture SET value = 'soon' WHERE key = 'started_ns'",
    ],
)
def test_what_contradicts_itself_is_left_behind(session: Session, statement: str, tmp_path: Path) -> None:
    _feed(session, 100)
    run_sql(session.path, statement)
    made = salvage(session.path, tmp_path / "out.wsi")
    assert made.rows >= 80
    read_all(made.path)


def test_marks_are_kept_where_their_rows_are(session: Session, tmp_path: Path) -> None:
    _feed(session, 200)
    with closing(Reader(session.path)) as reader:
        for number in (3, 60, 150):
            reader.mark(reader.rows(1, number, 1)[0], f"note {number}")
    run_sql(session.path, "DELETE FROM segment WHERE id BETWEEN 5 AND 9")
    made = salvage(session.path, tmp_path / "out.wsi")
    marked = {row.mark: row.head[:6] for row in rows_of(made.path, 1) if row.mark is not None}
    assert marked == {"note 3": b"000002", "note 150": b"000149"}


# The write-ahead log


def test_a_killed_recording_copied_with_its_log_opens_with_all_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "killed.wsi"
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    with child, child.stdout:
        assert child.stdout.readline() == b"running\n"
        with closing(Reader(path)) as live:
            while not (shown := live.info().rows):
                os.sched_yield()
        child.send_signal(signal.SIGKILL)
    both, alone = tmp_path / "both", tmp_path / "alone"
    for folder in (both, alone):
        folder.mkdir()
        (folder / path.name).write_bytes(path.read_bytes())
    (both / f"{path.name}-wal").write_bytes(path.with_name(f"{path.name}-wal").read_bytes())
    assert not lacks_log(both / path.name)
    check(both / path.name, START_NS)
    with closing(Reader(both / path.name)) as reader:
        rows = reader.info().rows
        assert rows >= shown
        assert reader.rows(1, rows, 1)[0].head == b"%d" % rows
    # The same by reading pages, as it would be were something else wrong with the file.
    made = salvage(path, tmp_path / "out.wsi")
    assert made.rows == made.expected == rows
    # Without the log the end is missing, and that is known.
    assert lacks_log(alone / path.name)
    check(alone / path.name, START_NS)
    with closing(Reader(alone / path.name)) as reader:
        assert reader.info().rows <= rows


def test_a_log_that_is_torn_counts_up_to_its_last_whole_commit(session: Session, tmp_path: Path) -> None:
    recording = session.open()
    for number in range(5):
        recording.read(Side.SERVER, build_frame(1, b"%d" % number), START_NS + number)
        session.recorder.flush()
        while not session.writer.is_idle:
            os.sched_yield()
    copy = tmp_path / "copy.wsi"
    copy.write_bytes(session.path.read_bytes())
    log = session.path.with_name(session.path.name + "-wal").read_bytes()
    copy.with_name("copy.wsi-wal").write_bytes(log[:-1000] + b"torn")
    made = salvage(copy, tmp_path / "out.wsi")
    assert made.rows == 4
    session.read().close()


# What is no session, or not for us


@pytest.mark.parametrize("content", [b"MZ" * 50_000, b"\x0d" * 200_000, bytes(100_000), b"SQLite format 3\0"])
def test_nothing_is_made_of_what_is_no_session(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.wsi"
    path.write_bytes(content)
    with pytest.raises(SessionFileError, match="not a session file"):
        salvage(path, tmp_path / "out.wsi")
    assert os.listdir(tmp_path) == ["other.wsi"]


def test_a_newer_file_says_so(session: Session, tmp_path: Path) -> None:
    _feed(session, 5)
    run_sql(session.path, "PRAGMA user_version = 99")
    with pytest.raises(SessionFileError, match="newer wsinspect"):
        salvage(session.path, tmp_path / "out.wsi")
    with pytest.raises(SessionFileError, match="newer wsinspect"):
        check(session.path, START_NS)


def test_an_existing_file_is_not_overwritten(session: Session, tmp_path: Path) -> None:
    _feed(session, 5)
    out = tmp_path / "out.wsi"
    out.write_text("keep me")
    with pytest.raises(UsageError, match="exists already"):
        salvage(session.path, out)
    assert out.read_text() == "keep me"
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        salvage(session.path, tmp_path / "nowhere" / "out.wsi")


def _write(path: Path, text: str, *, meanwhile: str = "", fails: bool = False, replace: bool = False) -> None:
    with new_file(path, replace=replace) as made:
        made.write_text(text)
        if meanwhile:
            path.write_text(meanwhile)
        if fails:
            raise RuntimeError


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _write(tmp_path / "a", "half", fails=True)
    assert os.listdir(tmp_path) == []
    _write(tmp_path / "a", "one")
    with pytest.raises(UsageError, match="exists already"):
        _write(tmp_path / "a", "two")
    with pytest.raises(UsageError, match="exists already"):
        _write(tmp_path / "b", "two", meanwhile="came meanwhile")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "one", "b": "came meanwhile"}
    _write(tmp_path / "a", "three", replace=True)
    assert (tmp_path / "a").read_text() == "three"


def test_tables_that_are_not_ours_are_refused_and_ours_that_changed_are_damage(session: Session) -> None:
    _feed(session, 5)
    run_sql(
        session.path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'note TEXT', 'nota TEXT') WHERE name = 'mark'",
    )
    with pytest.raises(DamagedSessionError, match="not what they were"):
        Reader(session.path)
    run_sql(session.path, "CREATE TABLE other (id)")
    with pytest.raises(SessionFileError, match="has been changed") as caught:
        Reader(session.path)
    assert not isinstance(caught.value, DamagedSessionError)


def test_a_large_file_is_not_looked_through(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    _feed(session, 2000)
    data = bytearray(session.path.read_bytes())
    data[10 * PAGE : 11 * PAGE] = bytes(PAGE)
    session.path.write_bytes(data)
    with pytest.raises(DamagedSessionError):
        check(session.path, START_NS)
    monkeypatch.setattr(soundness, "CHECKED_WHOLE", 1000)
    check(session.path, START_NS)


def test_pages_are_read_as_sqlite_reads_them(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.wsi"
    path.write_bytes(whole)
    header = read_header(path)
    assert header is not None
    assert header.pages * header.page_size == len(whole)
    found: dict[int, list[tuple[object, ...]]] = {}
    with closing(Pages(path)) as pages:
        for number in range(1, pages.count + 1):
            for row in pages.rows(number):
                if row.rowid is not None:
                    found.setdefault(len(row.values), []).append((row.rowid, *row.values[1:]))
    with closing(sqlite3.connect(path)) as db:
        for table in ("segment", "connection", "event"):
            rows = db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            assert sorted(found[len(rows[0])], key=lambda row: str(row[0]).zfill(9)) == rows


def test_an_error_is_one_of_ours(tmp_path: Path) -> None:
    with pytest.raises(WsInspectError):
        salvage(tmp_path / "nowhere.wsi", tmp_path / "out.wsi")


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE segment SET first_ns = {(1 << 63) - 1} WHERE id = 3",
        "UPDATE segment SET reads = CAST(substr(reads, 1, 4) || x'ffffffffffffff7f' || substr(reads, 13) AS BLOB) "
        "WHERE id = 3",
        f"UPDATE segment SET s2c_at = {(1 << 62) + 5} WHERE id = 3",
        """UPDATE event SET data = '{"side":"client","how":"fin","by":"peer","undelivered":1e40}'""",
        """UPDATE event SET data = '{"side":"client","how":"Fin","by":"peer"}'""",
        f"UPDATE connection SET closed_ns = {(1 << 63) - 1}",
        "UPDATE handshake SET response = x'00', pieces = x'01000000ffffffffffffffff'",
    ],
)
def test_numbers_that_nothing_can_have_end_in_no_hang(session: Session, statement: str, tmp_path: Path) -> None:
    _feed(session, 100)
    run_sql(session.path, statement)
    made = salvage(session.path, tmp_path / "out.wsi")
    assert made.rows >= 80
    read_all(made.path)
