"""A recording that keeps its newest part is the tail of the same recording kept whole, in a file of bounded size."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS
from tests.session.copying.twin import Twin
from wsinspect.decode.events import event_sentence
from wsinspect.model import EventKind, Row, Side
from wsinspect.session.file.describing import describe
from wsinspect.session.reader import Reader
from wsinspect.session.recording import ring
from wsinspect.session.recording.ring import Keep
from wsinspect.timeline.scale import Scale, Span
from wsinspect.wire.builder import build_frame

S = 10**9
PAGE = 16384

_FRAMES = st.builds(
    lambda opcode, payload, fin: build_frame(opcode, payload, fin=fin),
    st.sampled_from([0, 1, 2, 9, 10]),
    st.binary(max_size=200),
    st.booleans(),
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(0, 3), st.sampled_from(list(Side)), st.binary(max_size=40) | _FRAMES),
        st.tuples(st.just("wait"), st.integers(0, 4)),
        st.tuples(st.just("close"), st.integers(0, 3)),
        st.just(("open",)),
        st.just(("flush",)),
    ),
    max_size=60,
)


def _play(twin: Twin, steps: list[tuple[object, ...]]) -> None:
    twin.open()
    for step in steps:
        twin.now += 1000
        match step:
            case ("read", int(connection), Side() as side, bytes(data)):
                if twin.is_open(connection):
                    twin.read(connection, side, data)
            case ("wait", int(seconds)):
                twin.now += seconds * S
            case ("close", int(connection)):
                twin.close(connection)
            case ("open",):
                twin.open()
            case _:
                twin.flush()


def _is_tail(whole: list[Row], kept: list[Row]) -> None:
    """Rows of a ring are the last rows of the whole, behind one row that stands for those before."""
    if not whole:
        assert kept == []
        return
    dropped = 0
    if kept and kept[0].event is not None and kept[0].event.kind is EventKind.DROPPED:
        marker, kept = kept[0], kept[1:]
        assert marker.event is not None
        dropped = int(marker.event.data["rows"] or 0)
        assert dropped > 0
    assert len(kept) == len(whole) - dropped
    for row, other in zip(kept, whole[dropped:], strict=True):
        # What began in a dropped part has lost its beginning.
        plain = row._replace(head=b"", problem="", violations=())
        assert plain == other._replace(head=b"", problem="", violations=())
        if row.problem:
            assert row.problem == other.problem or row.problem == "its beginning is not kept any more"
        else:
            assert (row.head, row.violations) == (other.head, other.violations)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS, seconds=st.integers(1, 6))
def test_a_ring_is_the_tail_of_the_whole(steps: list[tuple[object, ...]], seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        twin = Twin(Path(folder), Keep(age_ns=seconds * S))
        _play(twin, steps)
        whole, kept = twin.stop()
        try:
            assert kept.info().rows == whole.info().rows
            assert kept.connections(1, 100) == whole.connections(1, 100)
            _is_tail(whole.all_rows(1, 10_000), kept.all_rows(1, 10_000))
            for connection in whole.connections(1, 100):
                rows = kept.rows(connection.id, 1, 10_000)
                _is_tail(whole.rows(connection.id, 1, 10_000), rows)
                for number in range(1, connection.rows + 1):
                    payload = kept.payload(connection.id, number, 1 << 20)
                    other = whole.payload(connection.id, number, 1 << 20)
                    if payload is not None and payload.problem != "its beginning is not kept any more":
                        assert payload == other
                    kept.frames(connection.id, number, 100)
                story, other_story = kept.close_story(connection.id), whole.close_story(connection.id)
                assert (story is None) == (other_story is None)
                if story is not None and other_story is not None:
                    assert (story.code, story.sender, story.handshake) == (
                        other_story.code,
                        other_story.sender,
                        other_story.handshake,
                    )
                kept.findings(connection.id)
                kept.rate([connection.id], None, 8, S)
                kept.glimpses(connection.id, connection.rows + 1)
            for at in (START_NS - S, START_NS, START_NS + 3 * S, twin.now):
                kept.as_of(at)
                kept.info()
                kept.all_rows(1, 100)
                for connection in kept.connections(1, 10):
                    kept.rows(connection.id, 1, 100)
                    kept.evidence(connection.id)
        finally:
            whole.close()
            kept.close()


def _ring(folder: Path, keep: Keep) -> Twin:
    twin = Twin(folder, keep)
    twin.open()
    return twin


def _ten_seconds(twin: Twin) -> None:
    """One message a second, each in a batch of its own."""
    for number in range(10):
        twin.now += S
        twin.read(0, Side.SERVER, build_frame(1, b"%d" % number))
        twin.flush()


def test_one_row_stands_for_all_that_were_dropped(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=3 * S))
    _ten_seconds(twin)
    whole, kept = twin.stop()
    for rows in (kept.rows(1, 1, 100), kept.all_rows(1, 100), kept.rows(1, 3, 100)):
        assert [row.number for row in rows] == [6, 7, 8, 9, 10]
        marker = rows[0]
        assert marker.event is not None
        assert event_sentence(marker.event, None).endswith("were dropped to keep the last 3 s")
        assert event_sentence(marker.event, None).startswith("6 rows before ")
        assert [row.head for row in rows[1:]] == [b"6", b"7", b"8", b"9"]
    assert [row.number for row in kept.rows(1, 1, 4)] == [6]
    assert [row.number for row in kept.rows(1, 8, 100)] == [8, 9, 10]
    assert kept.payload(1, 2, 100) is None
    assert kept.frames(1, 2, 100) == []
    assert kept.info().rows == 10
    whole.close()
    kept.close()


def test_what_was_dropped_is_in_no_cell_of_a_time_axis(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=3 * S))
    _ten_seconds(twin)
    whole, kept = twin.stop()
    scale = Scale(Span(START_NS, START_NS + 12 * S), 12)
    assert sum(whole.density(1, scale)) == 10
    assert kept.density(1, scale) == (*[0] * 7, *whole.density(1, scale)[7:])
    assert sum(kept.density(1, scale)) == 4
    whole.close()
    kept.close()


def test_the_connection_of_which_nothing_is_left_stays_in_the_list(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=2 * S))
    twin.read(0, Side.SERVER, build_frame(1, b"x"))
    twin.close(0)
    twin.flush()
    twin.open()
    twin.talk(1, 6)
    whole, kept = twin.stop()
    assert kept.connections(1, 5) == whole.connections(1, 5)
    (marker,) = kept.rows(1, 1, 100)
    assert marker.number == whole.connections(1, 1)[0].rows
    assert marker.event is not None
    assert marker.event.kind is EventKind.DROPPED
    story = kept.close_story(1)
    assert story is not None
    assert (story.code, story.sender) == (1011, Side.SERVER)
    assert kept.handshake(1) is None
    assert kept.handshake(2) is not None
    assert describe(twin.paths[1], twin.now).ends == {"1011": 1}
    whole.close()
    kept.close()


def test_a_quiet_connection_that_is_open_keeps_its_handshake(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=2 * S))
    twin.read(0, Side.SERVER, build_frame(1, b"x"))
    twin.open()
    twin.talk(1, 6)
    whole, kept = twin.stop()
    assert [row.event.kind for row in kept.rows(1, 1, 5) if row.event] == [EventKind.DROPPED]
    assert kept.handshake(1) == whole.handshake(1) is not None
    whole.close()
    kept.close()


def test_a_message_that_began_in_what_was_dropped_has_lost_its_beginning(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=3 * S))
    message = build_frame(1, b"a" * 100)
    twin.read(0, Side.SERVER, message[:50])
    twin.flush()
    for _ in range(8):
        twin.now += S
        twin.read(0, Side.CLIENT, build_frame(9, b"?"))
        twin.flush()
    twin.read(0, Side.SERVER, message[50:])
    whole, kept = twin.stop()
    row = kept.rows(1, 9, 1)[0]
    assert (row.number, row.size, row.side) == (9, 100, Side.SERVER)
    assert row.problem == "its beginning is not kept any more"
    payload = kept.payload(1, 9, 1000)
    assert payload is not None
    assert (payload.problem, payload.total) == ("its beginning is not kept any more", 100)
    whole.close()
    kept.close()


def test_the_file_stays_below_its_limit(tmp_path: Path) -> None:
    limit = ring.LEAST_BYTES
    twin = Twin(tmp_path, Keep(size=limit))
    twin.open()
    chunk = build_frame(2, bytes(200_000))
    most = 0
    for _ in range(300):
        twin.now += S
        twin.read(0, Side.SERVER, chunk)
        twin.flush()
        path = twin.paths[1]
        most = max(most, sum(one.stat().st_size for one in path.parent.glob("ring.wsi*")))
    whole, kept = twin.stop()
    assert twin.paths[0].stat().st_size > 55_000_000
    assert most <= limit
    rows = kept.rows(1, 1, 1000)
    assert kept.info().rows == 300
    assert rows[0].event is not None
    assert rows[-1].number == 300
    # What fits is kept.
    assert len(rows) * 200_000 > 0.6 * limit
    whole.close()
    kept.close()


def test_a_reader_is_never_broken_while_rows_go(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=2 * S))
    reader = Reader(twin.paths[1])
    for number in range(40):
        twin.now += S // 2
        twin.read(0, Side.SERVER, build_frame(1, b"%d" % number))
        twin.flush()
        assert reader.info().rows == number + 1
        rows = reader.all_rows(1, 100)
        assert rows[-1].head == b"%d" % number
        assert reader.rows(1, number, 2)[-1].number == number + 1
        reader.payload(1, max(1, number - 3), 100)
    reader.close()
    for one in twin.stop():
        one.close()


def test_what_is_too_old_goes_without_traffic_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsinspect.session.recording.writer.BEAT_S", 0.005)
    twin = _ring(tmp_path, Keep(age_ns=5 * S))
    for number in range(3):
        twin.now += S
        twin.read(0, Side.SERVER, build_frame(1, b"%d" % number))
        twin.flush()
    reader = Reader(twin.paths[1])
    assert len(reader.rows(1, 1, 10)) == 3
    twin.now += 3600 * S
    while len(reader.rows(1, 1, 10)) == 3:
        os.sched_yield()
    # The newest batch stays, however old.
    while [row.number for row in reader.rows(1, 1, 10)] != [2, 3]:
        os.sched_yield()
    reader.close()
    for one in twin.stop():
        one.close()


def test_the_stage_at_which_a_connection_failed_stays_known(tmp_path: Path) -> None:
    twin = Twin(tmp_path, Keep(age_ns=2 * S))
    for recorder in twin.recorders:
        one = recorder.opened(source="relay", client="c", url="u", path="/", request=b"GET", at_ns=twin.now)
        one.failed("certificate verify failed", "tls", twin.now)
        one.closed(twin.now)
    twin.flush()
    twin.open()
    twin.talk(0, 6)
    whole, kept = twin.stop()
    assert [row.event.kind for row in kept.rows(1, 1, 5) if row.event] == [EventKind.DROPPED]
    story = kept.close_story(1)
    assert story is not None
    assert story == whole.close_story(1)
    assert story.code == 1015
    whole.close()
    kept.close()


def test_events_and_indices_go_with_their_batches(tmp_path: Path) -> None:
    twin = _ring(tmp_path, Keep(age_ns=2 * S))
    for _ in range(20):
        twin.now += S
        for one in twin.connections[0]:
            one.event(EventKind.NOTE, twin.now, text="here")
        twin.flush()
    for reader in twin.stop():
        reader.close()
    db = sqlite3.connect(twin.paths[1])
    counts = {
        table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("batch", "event", "segment")
    }
    assert counts["batch"] <= 4
    assert counts["event"] == counts["segment"] == counts["batch"]
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (Keep(), ""),
        (Keep(2 * 10**9), "the file under 2.0 GB"),
        (Keep(age_ns=24 * 3600 * S), "the last 24 h"),
        (Keep(age_ns=30 * 86400 * S), "the last 30 d"),
        (Keep(age_ns=5400 * S), "the last 90 min"),
        (Keep(500 * 10**6, 10 * S), "the file under 500 MB and the last 10 s"),
    ],
)
def test_what_is_kept_is_said_in_words(keep: Keep, words: str) -> None:
    assert keep.words == words
