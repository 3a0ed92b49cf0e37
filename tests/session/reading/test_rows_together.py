"""Rows made together are the rows made one by one, and any window of them is a window."""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from tests.wire.strategies import ALIKE, STREAMS, chunked
from wsinspect.model import HEAD_BYTES, EventKind, Row, RowKind, Side
from wsinspect.session.reader import Reader
from wsinspect.session.reading.content import ContentReader
from wsinspect.session.reading.listing import connection_of, numbered
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.session.stored.found import FoundRow, FoundRows, FoundRun
from wsinspect.wire.builder import build_close, build_frame
from wsinspect.wire.deflate import KEPT_BYTES
from wsinspect.wire.rows import RowScanner
from wsinspect.wire.runs import Run

KEYS = [bytes([number, 7, 255 - number, 129]) for number in range(100)]


def one_by_one(reader: Reader) -> list[Row]:
    """All rows of connection 1, each by itself."""
    with reader._reading() as store:
        about = connection_of(store, 1)
        assert about is not None
        content = ContentReader(store, about)
        return [
            content.row(segment, number, row) if isinstance(row, FoundRow) else row
            for segment in store.segments_from(1, 1)
            for number, row in numbered(store, segment)
        ]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.data(),
    streams=st.tuples(STREAMS | ALIKE, STREAMS | ALIKE),
    extensions=st.sampled_from(["", "permessage-deflate"]),
)
def test_together_or_one_by_one(data: st.DataObject, streams: tuple[bytes, bytes], extensions: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = SessionWriter(Path(folder) / "s.wsi", {}, reserve=0)
        session = Session(Path(folder) / "s.wsi", writer, Recorder(writer))
        recording = session.open(extensions=extensions)
        steps = [(side, piece) for side in Side for piece in data.draw(chunked(streams[side][:6000]))]
        for number, (side, piece) in enumerate(data.draw(st.permutations(steps))):
            recording.read(side, piece, START_NS + number)
            if data.draw(st.integers(0, 5)) == 0:
                recording.event(EventKind.NOTE, START_NS + number, text="here")
            if data.draw(st.integers(0, 5)) == 0:
                session.recorder.flush()
        reader = session.read()
        try:
            expected = one_by_one(reader)
            assert reader.rows(1, 1, 10_000) == expected
            first, count = data.draw(st.integers(1, len(expected) + 2)), data.draw(st.integers(0, 100))
            assert reader.rows(1, first, count) == expected[first - 1 : first - 1 + count]
            assert reader.all_rows(1, 10_000) == expected
            assert reader.all_rows(first, count) == expected[first - 1 : first - 1 + count]
        finally:
            reader.close()


@pytest.mark.parametrize("mask", [False, True])
def test_content_that_is_not_plain(session: Session, mask: bool) -> None:
    """Among equal frames: text that is no UTF-8, text that is no ASCII, and a long text cut inside a character."""
    texts = [b"ascii", "grün\n".encode(), b"\xff\xfe\xfd\xfc!", b"5 ok!", "日x".encode(), b"\xf0\x9f\x98x."] * 10
    long = ["é".encode() * 40_000, b"e" * 79_999 + b"\xff"]
    stream = b"".join(
        build_frame(1, text, mask=KEYS[number] if mask else None)
        for number, text in enumerate([*(text[:5].ljust(5) for text in texts), *long])
    )
    recording = session.open()
    side = Side.CLIENT if mask else Side.SERVER
    recording.read(side, stream, START_NS)
    reader = session.read()
    rows = reader.rows(1, 1, 100)
    assert rows == one_by_one(reader)
    assert [bool(row.violations) for row in rows[:6]] == [False, False, True, False, False, True]
    assert [row.head[:5] for row in rows[:6]] == [text[:5].ljust(5) for text in texts[:6]]
    assert [bool(row.violations) for row in rows[-2:]] == [False, False]
    assert {row.kind for row in rows} == {RowKind.TEXT}
    assert all(type(row) is Row and len(row) == len(Row._fields) for row in rows)
    reader.close()


def deflated(text: bytes) -> bytes:
    """A compressed text message that builds on none before."""
    machine = zlib.compressobj(wbits=-15)
    return build_frame(1, (machine.compress(text) + machine.flush(zlib.Z_SYNC_FLUSH))[:-4], rsv=4)


GOOD = [deflated(text) for text in (b"ascii", "grün".encode(), b"\xff\xfe", b"long " * 300, b"")]


@pytest.mark.parametrize("odd", [[], [build_frame(1, b"\xff" * 9, rsv=4)], [deflated(bytes(KEPT_BYTES + 1))]])
def test_compressed_messages(session: Session, odd: list[bytes]) -> None:
    """Whole ones, one that cannot be inflated, one that is too long to be kept."""
    recording = session.open(extensions="permessage-deflate; server_no_context_takeover")
    recording.read(Side.SERVER, b"".join([*GOOD, *odd, *GOOD]), START_NS)
    reader = session.read()
    rows = reader.rows(1, 1, 100)
    assert rows == one_by_one(reader) == reader.all_rows(1, 100)
    assert [row.inflated_size for row in rows[:5]] == [5, 5, 2, 1500, 0]
    assert [row.head for row in rows[:4]] == [b"ascii", "grün".encode(), b"\xff\xfe", (b"long " * 300)[:HEAD_BYTES]]
    assert [bool(row.violations) for row in rows[:5]] == [False, False, True, False, False]
    if odd:
        assert rows[5].problem or rows[5].inflated_size == KEPT_BYTES + 1
    reader.close()


def test_all_rows_take_turns_by_time(session: Session) -> None:
    """Runs of two connections, an event among them, in windows of every size."""
    first, second = session.open(), session.open()
    for step in range(4):
        for number, recording in enumerate((first, second)):
            recording.read(Side.SERVER, build_frame(2, b"%d" % step) * 20, START_NS + 10 * step + number)
    session.recorder.event(EventKind.NOTE, START_NS + 15, text="here")
    reader = session.read()
    rows = reader.all_rows(1, 1000)
    assert [row.at_ns for row in rows] == sorted(row.at_ns for row in rows)
    assert [row for row in rows if row.connection == 1] == reader.rows(1, 1, 1000)
    assert [row for row in rows if row.connection == 2] == reader.rows(2, 1, 1000)
    assert len(rows) == 161 == reader.info().rows
    for begin in range(1, 163):
        assert reader.all_rows(begin, 25) == rows[begin - 1 : begin + 24]
    reader.close()


def test_data_behind_a_close_breaks_a_rule_in_each_row(session: Session) -> None:
    recording = session.open()
    many = build_frame(2, b"a") * 20
    recording.read(Side.SERVER, many + build_close(1000) + many, START_NS)
    reader = session.read()
    rows = reader.rows(1, 1, 100)
    assert rows == one_by_one(reader)
    assert [len(row.violations) for row in rows] == [0] * 21 + [1] * 20
    reader.close()


def test_what_all_frames_break_each_row_says(session: Session) -> None:
    recording = session.open()
    recording.read(Side.CLIENT, build_frame(2, b"a") * 20, START_NS)
    reader = session.read()
    rows = reader.rows(1, 1, 100)
    assert rows == one_by_one(reader)
    assert {tuple(violation.rule for violation in row.violations) for row in rows} == {("mask-missing",)}
    reader.close()


def test_rows_by_place() -> None:
    stream = build_frame(1, b"a") * 5 + build_frame(9) + build_frame(2, b"b") * 3 + build_frame(2, b"cd") * 2
    found = FoundRows()
    for item in RowScanner().scan(stream):
        found.add(FoundRun(Side.SERVER, item, 7) if isinstance(item, Run) else FoundRow(Side.SERVER, item, 7, 7))
    rows = list(found)
    assert len(found.parts) < len(found) == len(rows) == 11
    assert [row.scanned for row in rows] == RowScanner().feed(stream)
    assert [found[place] for place in range(-11, 11)] == rows + rows
    for begin in range(12):
        for end in range(12):
            assert list(found[begin:end]) == rows[begin:end]
    assert list(found[::2]) == rows[::2]
    with pytest.raises(IndexError):
        found[11]
    with pytest.raises(IndexError):
        found[-12]
