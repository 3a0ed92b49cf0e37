"""A session written anew: the whole equals the original, a part is a whole session of its own."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fixtures.session import START_NS as FIXTURE_NS
from tests.fixtures.session import S, build, build_hostile
from tests.limits import LIMIT_S
from tests.session.conftest import START_NS, Session
from tests.session.deflating import Deflater
from tests.session.recording.sinks import Slack
from tests.session.rescue.damaging import read_all
from wsinspect.errors import UsageError
from wsinspect.model import Connection, Ending, EventKind, Row, RowKind, Side, State
from wsinspect.session.copying.export import Exported, export
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.source import Source
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame

TABLES = ("connection", "handshake", "batch", "segment", "event", "mark")


def exported(path: Path, out: Path, portion: Portion | None = None) -> Exported:
    """Write a part of a session, or all of it."""
    with closing(Source(path)) as source:
        return export(source, out, portion or Portion())


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a session holds."""
    with closing(sqlite3.connect(path)) as db:
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


def rows_of(path: Path, connection: int) -> list[Row]:
    """The rows of one connection."""
    with closing(Reader(path)) as reader:
        return reader.rows(connection, 1, 10_000)


@pytest.mark.parametrize("made", [build, build_hostile])
def test_the_whole_is_equal_in_every_table(made: Callable[[Path], Path], tmp_path: Path) -> None:
    path, out = made(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    with closing(Reader(path)) as reader:
        for number in (1, 3):
            reader.mark(reader.rows(number, 2, 1)[0], f"marked {number}")
    done = exported(path, out)
    assert tables(out) == tables(path)
    with closing(Reader(path)) as reader, closing(Reader(out)) as other:
        assert other.all_rows(1, 10_000) == reader.all_rows(1, 10_000)
        assert done.rows == reader.info().rows == other.info().rows
        assert other.info().stopped_ns == reader.info().stopped_ns
    assert sorted(os.listdir(tmp_path)) == ["out.wsi", "s.wsi"]


_FRAMES = st.builds(
    lambda opcode, payload, fin, rsv: build_frame(opcode, payload, fin=fin, rsv=rsv),
    st.sampled_from([0, 1, 2, 5, 8, 9, 10]),
    st.binary(max_size=200),
    st.booleans(),
    st.sampled_from([0, 4]),
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2), st.sampled_from(list(Side)), st.lists(_FRAMES, max_size=3).map(b"".join)),
        st.tuples(st.integers(0, 2), st.sampled_from(["event", "flush", "skip", "resume", "end", "session", "http"])),
    ),
    max_size=50,
)


def _play(path: Path, steps: list[tuple[object, ...]], extensions: str) -> None:
    writer = SessionWriter(path, {"source": "test", "version": "0", "started_ns": str(START_NS)}, reserve=0)
    sink = Slack(writer)
    session = Session(path, writer, Recorder(sink))
    peers = [session.open(extensions=extensions, at_ns=START_NS + number) for number in range(3)]
    now = START_NS + 10
    for which, what, *data in steps:
        now += 7
        peer = peers[int(str(which))]
        if isinstance(what, Side) and isinstance(data[0], bytes):
            # Cut inside frames, so that rows reach over segments.
            middle = len(data[0]) // 3
            peer.read(what, data[0][:middle], now)
            if middle % 2:
                session.recorder.flush()
            peer.read(what, data[0][middle:], now + 3)
        elif what == "event":
            peer.event(EventKind.NOTE, now, Side.CLIENT, text="here")
        elif what == "flush":
            session.recorder.flush()
        elif what == "skip":
            sink.has_caught_up = False
            session.recorder.skip()
        elif what == "resume":
            sink.has_caught_up = True
        elif what == "session":
            session.recorder.event(EventKind.SLEEP, now, seconds=3.5)
        elif what == "http":
            session.recorder.http_request("GET / 200", now)
        else:
            peer.ended(Side.SERVER, Ending.FIN, now)
    sink.has_caught_up = True
    peers[0].closed(now + 9)
    session.recorder.flush()
    assert writer.stop(now + 10) == ""


_CLOSED_UNSEEN: list[tuple[object, ...]] = [
    (0, "skip"),
    (0, Side.CLIENT, build_frame(8, b"")),
    (0, "resume"),
    (0, Side.CLIENT, build_frame(0, b"", mask=b"abcd") + build_frame(8, b"\x03\xe8", mask=b"abcd")),
]
"""A close frame goes by unrecorded; what comes behind it is judged by it, and it is the first."""


def _known(connection: Connection | None, steps: list[tuple[object, ...]]) -> Connection | None:
    """The connection; where traffic went unrecorded no row can be named that broke a rule in it."""
    if connection is None or all("skip" not in step for step in steps):
        return connection
    return replace(connection, violation_row=None)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS, extensions=st.sampled_from(["", "permessage-deflate"]))
@example(steps=_CLOSED_UNSEEN, extensions="")
def test_any_session_comes_out_row_by_row(steps: list[tuple[object, ...]], extensions: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "s.wsi", Path(folder) / "out.wsi"
        _play(path, steps, extensions)
        exported(path, out)
        with closing(Reader(path)) as reader, closing(Reader(out)) as other:
            assert other.all_rows(1, 10_000) == reader.all_rows(1, 10_000)
            assert other.info().rows == reader.info().rows
            assert other.info().http_requests == reader.info().http_requests
            for number in range(1, 4):
                assert other.rows(number, 1, 10_000) == reader.rows(number, 1, 10_000)
                assert _known(other.connection(number), steps) == _known(reader.connection(number), steps)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS, since=st.integers(0, 400), length=st.integers(0, 400), which=st.sets(st.integers(1, 3)))
def test_any_part_is_a_whole_session(steps: list[tuple[object, ...]], since: int, length: int, which: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "s.wsi", Path(folder) / "out.wsi"
        _play(path, steps, "permessage-deflate")
        portion = Portion(frozenset(which) or None, START_NS + since, START_NS + since + length)
        try:
            done = exported(path, out, portion)
        except UsageError:
            return
        read_all(out)
        with closing(Reader(path)) as reader, closing(Reader(out)) as other:
            for old, new in done.connections.items():
                known = {(row.side, row.at): row for row in reader.rows(old, 1, 10_000) if row.event is None}
                for row in other.rows(new, 1, 10_000):
                    if row.event is None:
                        was = known[row.side, row.at]
                        assert (row.head, row.at_ns, row.size, row.inflated_size, row.frames) == (
                            *(was.head, was.at_ns, was.size, was.inflated_size, was.frames),
                        )
                        assert START_NS + since <= row.at_ns <= START_NS + since + length


def test_some_connections_are_numbered_anew_and_that_is_said(tmp_path: Path) -> None:
    path, out = build(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    done = exported(path, out, Portion(frozenset({4, 7})))
    assert done.connections == {4: 1, 7: 2}
    for old, new in done.connections.items():
        assert [row.head for row in rows_of(out, new)] == [row.head for row in rows_of(path, old)]
    with closing(Reader(out)) as reader:
        last = reader.all_rows(reader.info().rows, 1)[0]
    assert last.event is not None
    assert last.event.data["text"] == "exported from s.wsi: its connection #4 is #1, #7 is #2 here"
    read_all(out)


def test_a_part_ends_with_its_last_row_and_says_so_there(tmp_path: Path) -> None:
    path, out = build(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    exported(path, out, Portion(frozenset({4})))
    with closing(Reader(out)) as reader:
        before, last = reader.all_rows(reader.info().rows - 1, 2)
    assert last.event is not None
    assert last.event.kind is EventKind.NOTE
    assert last.at_ns == before.at_ns == rows_of(path, 4)[-1].at_ns


def test_what_is_recorded_meanwhile_is_not_missed(session: Session, tmp_path: Path) -> None:
    stored = threading.Semaphore(0)
    session.writer._on_progress = stored.release
    recordings: list[Recording] = []

    def record(at_ns: int) -> None:
        for recording in recordings:
            recording.read(Side.SERVER, build_frame(1, b"tick"), at_ns)
        session.recorder.flush()
        assert stored.acquire(timeout=LIMIT_S)

    for number in range(3):
        recordings.append(session.open(at_ns=START_NS + number))
        record(START_NS + number)
    with closing(Source(session.path)) as source:
        more = iter(range(100, 10_000))
        done = export(source, tmp_path / "out.wsi", Portion(), on_progress=lambda _: record(START_NS + next(more)))
    assert done.rows == 3 + 2 + 1
    for number in (1, 2, 3):
        rows = rows_of(tmp_path / "out.wsi", number)
        assert [(row.kind, row.head) for row in rows] == [(RowKind.TEXT, b"tick")] * (4 - number)


def test_a_stretch_of_time_has_the_connections_of_that_time(tmp_path: Path) -> None:
    path, out = build(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    portion = Portion(from_ns=FIXTURE_NS + 20 * S, to_ns=FIXTURE_NS + 40 * S)
    done = exported(path, out, portion)
    with closing(Reader(path)) as reader, closing(Reader(out)) as other:
        for old, new in done.connections.items():
            was, now = reader.connection(old), other.connection(new)
            assert was is not None
            assert now is not None
            assert (now.path, now.opened_ns) == (was.path, was.opened_ns)
            assert was.opened_ns <= FIXTURE_NS + 40 * S
            assert was.closed_ns is None or was.closed_ns >= FIXTURE_NS + 20 * S
            if was.closed_ns is None or was.closed_ns > FIXTURE_NS + 40 * S:
                assert now.state is not State.CLOSED
        feed = rows_of(out, 1)
        assert feed[0].event is not None
        assert feed[0].event.kind is EventKind.GAP
        assert feed[0].event.data["why"] == "it came before the part that was exported"
        rows = reader.rows(1, 1, 10_000)
        assert [row.head for row in feed[1:]] == [
            row.head for row in rows if FIXTURE_NS + 20 * S <= row.at_ns <= FIXTURE_NS + 40 * S
        ]
        client = other.connection(1)
        assert client is not None
        assert client.to_client.wire_bytes == sum(
            row.wire_length for row in feed if row.side is Side.SERVER and row.size
        )
    read_all(out)


def test_what_is_compressed_can_be_read_though_what_it_builds_on_is_left_out(session: Session, tmp_path: Path) -> None:
    recording = session.open(extensions="permessage-deflate")
    deflater = Deflater()
    for number in range(40):
        frame = deflater.frame(b"the same over and over, but for %d" % number)
        recording.read(Side.SERVER, frame[:9], START_NS + 2 * number)
        recording.read(Side.SERVER, frame[9:], START_NS + 2 * number + 1)
        if number % 7 == 0:
            session.recorder.flush()
    session.read().close()
    # Begins inside a message: that one is left out.
    exported(session.path, tmp_path / "out.wsi", Portion(from_ns=START_NS + 41))
    rows = rows_of(tmp_path / "out.wsi", 1)
    assert [row.head for row in rows[1:]] == [
        b"the same over and over, but for %d" % number for number in range(21, 40)
    ]
    assert not [row for row in rows if row.problem]


def test_a_session_that_is_being_recorded_is_taken_as_far_as_it_goes(session: Session, tmp_path: Path) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b"so far"), START_NS + 1)
    session.recorder.flush()
    while not session.writer.is_idle:
        os.sched_yield()
    exported(session.path, tmp_path / "out.wsi")
    recording.read(Side.SERVER, build_frame(1, b"later"), START_NS + 2)
    session.read().close()
    assert [row.head for row in rows_of(tmp_path / "out.wsi", 1)] == [b"so far"]
    with closing(Reader(tmp_path / "out.wsi")) as reader:
        assert reader.info().stopped_ns == reader.info().last_ns


def test_marks_go_with_their_rows(tmp_path: Path) -> None:
    path, out = build(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    with closing(Reader(path)) as reader:
        rows = reader.rows(1, 1, 10_000)
        for row in (rows[1], rows[300]):
            reader.mark(row, row.head.decode())
    exported(path, out, Portion(from_ns=rows[200].at_ns))
    marked = [row for row in rows_of(out, 1) if row.mark is not None]
    assert [(row.mark, row.head) for row in marked] == [(rows[300].head.decode(), rows[300].head)]


def test_it_is_never_written_over_itself_or_another(tmp_path: Path) -> None:
    path, other = build(tmp_path / "s.wsi"), tmp_path / "other.wsi"
    other.write_text("keep me")
    with pytest.raises(UsageError, match="exists already"):
        exported(path, other)
    with closing(Source(path)) as source, pytest.raises(UsageError, match="is the session itself"):
        export(source, tmp_path / "." / "s.wsi", Portion(), replace=True)
    assert other.read_text() == "keep me"
    with closing(Source(path)) as source:
        export(source, other, Portion(), replace=True)
    assert tables(other) == tables(path)


@pytest.mark.parametrize(
    ("portion", "says"),
    [
        (Portion(frozenset({99})), "there is no connection 99"),
        (Portion(from_ns=FIXTURE_NS + 900 * S), "nothing was recorded in that time"),
        (Portion(to_ns=FIXTURE_NS - S), "nothing was recorded in that time"),
    ],
)
def test_a_part_with_nothing_in_it_is_no_file(portion: Portion, says: str, tmp_path: Path) -> None:
    path = build(tmp_path / "s.wsi")
    with pytest.raises(UsageError, match=says):
        exported(path, tmp_path / "out.wsi", portion)
    assert os.listdir(tmp_path) == ["s.wsi"]
