"""A search through a reader gives the reader's own rows: all of them, or those that a filter takes."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from tests.session.search.test_scan import _STEPS, Story
from wsinspect.errors import DamagedSessionError
from wsinspect.filters import parse
from wsinspect.filters.matcher import PatternTooSlow
from wsinspect.model import Row, Side
from wsinspect.session.reader import Reader
from wsinspect.session.search.filtered import Progress
from wsinspect.session.search.row_search import Search
from wsinspect.wire.builder import build_frame


def through(search: Search) -> Progress:
    """Look through all of it, chunk by chunk."""
    while not (progress := search.step(0.0)).is_done:
        assert progress.looked < progress.total
    return progress


def listed(reader: Reader, connection: int | None) -> list[Row]:
    return reader.rows(connection, 1, 10_000) if connection else reader.all_rows(1, 10_000)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_STEPS, st.booleans(), st.sampled_from([None, 1]), st.integers(0, 40))
def test_without_a_filter_it_gives_every_row(
    steps: list[tuple[object, ...]], deflates: bool, connection: int | None, around: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        story = Story(folder, deflates)
        reader = Reader(story.session.path)
        stack.callback(reader.close)
        search = reader.search(connection, None)
        for step in steps:
            story.do(step)
            if step == ("look",):
                search.step(0.0)
        story.session.read().close()
        for one in (search, reader.search(connection, None), reader.search(connection, None, around=around)):
            rows = listed(reader, connection)
            progress = through(one)
            assert (progress.hits, progress.looked, progress.total) == (len(rows), len(rows), len(rows))
            assert one.rows(0, 10_000) == rows
            assert one.positions(0, 10_000) == list(range(1, len(rows) + 1))
            assert [one.hits_before(at) for at in (1, 3, len(rows) + 1)] == [0, min(2, len(rows)), len(rows)]


def record(session: Session, texts: list[bytes]) -> None:
    recording = session.open()
    for at, text in enumerate(texts):
        recording.read(Side.SERVER, build_frame(1, text), START_NS + at)
        session.recorder.flush()


@pytest.mark.parametrize("connection", [None, 1])
def test_rows_come_with_their_marks(session: Session, connection: int | None) -> None:
    record(session, [b"tick", b"tock", b"tick"])
    reader = session.read()
    reader.mark(reader.rows(1, 3, 1)[0], "here")
    search = reader.search(connection, parse("tick"))
    through(search)
    assert [(row.number, row.mark) for row in search.rows(0, 10)] == [(1, None), (3, "here")]
    assert list(search.hits_between(2, 3)) == [3]
    reader.close()


@pytest.mark.parametrize("connection", [None, 1])
def test_it_sees_as_far_as_the_horizon(session: Session, connection: int | None) -> None:
    record(session, [b"tick"] * 10)
    reader = session.read()
    search = reader.search(connection, parse("tick"))
    for seen in (4, 7, 2, 10):
        reader.as_of(START_NS + seen - 1)
        through(search)
        assert search.positions(0, 100) == list(range(1, seen + 1))
    reader.as_of(None)
    assert through(search).hits == 10
    reader.close()


def test_what_cannot_be_read_is_explained(session: Session) -> None:
    record(session, [b"a" * 5000 + b"b"] * 20)
    reader = session.read()
    slow = reader.search(1, parse("re:(a|aa)+$"))
    with pytest.raises(PatternTooSlow):
        slow.step(60.0)
    reader.close()


def test_a_damaged_file_is_said_to_be_damaged(session: Session) -> None:
    record(session, [b"tick"] * 3)
    session.read().close()
    with contextlib.closing(sqlite3.connect(session.path)) as db, db:
        db.execute("UPDATE segment SET s2c_open = x'00', rows = 5 WHERE id = 3")
    reader = Reader(session.path)
    search = reader.search(None, parse("tick"))
    with pytest.raises(DamagedSessionError, match="is damaged"):
        search.step(60.0)
    reader.close()


@pytest.fixture
def many(session: Session) -> Iterator[Reader]:
    """Ten thousand messages, every hundredth a hit."""
    recording = session.open()
    for number in range(10_000):
        word = b"needle" if number % 100 == 50 else b"straw"
        recording.read(Side.SERVER, build_frame(1, b'{"seq":%d,"word":"%s"}' % (number, word)), START_NS + number)
        if number % 700 == 0:
            session.recorder.flush()
    reader = session.read()
    yield reader
    reader.close()


@pytest.mark.parametrize("connection", [1, None])
def test_newest_first_and_any_window_of_the_hits(many: Reader, connection: int | None) -> None:
    search = many.search(connection, parse("NEEDLE"))
    first = search.step(0.0)
    assert 0 < first.hits == first.older < 100
    assert not first.is_done
    assert search.positions(0, 1)[0] > 9000
    assert through(search).hits == 100
    assert search.positions(0, 200) == list(range(51, 10_000, 100))
    assert [row.number for row in search.rows(30, 3)] == [3051, 3151, 3251]
    assert search.hits_before(3051) == 30
    assert search.hits_before(3052) == 31
    assert list(search.hits_between(3000, 3200)) == [3051, 3151]
    assert search.step(0.0).older == 0


def test_a_search_in_a_connection_that_does_not_exist_finds_nothing(many: Reader) -> None:
    search = many.search(7, parse("needle"))
    assert search.step(0.0) == Progress(0, 0, 0, 0, 0)
    assert search.rows(0, 10) == []


def test_a_message_longer_than_what_is_looked_at(session: Session) -> None:
    recording = session.open()
    whole = build_frame(1, b"a" * (1 << 20) + b"behind")
    for at in range(0, len(whole), 1 << 17):
        recording.read(Side.SERVER, whole[at : at + (1 << 17)], START_NS)
    reader = session.read()
    found = {text: reader.search(1, parse(f"{text} size:>1MB")).step(60.0).hits for text in ("behind", "aaaa")}
    assert found == {"behind": 0, "aaaa": 1}
    reader.close()
