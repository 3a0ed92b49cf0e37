"""What lies before and behind a moment: the next row, the next close, event or mark, the silence around it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fixtures.session import MS, START_NS, S, build
from tests.session.steps import FLUSH, STEPS, Recorded, Step
from wsinspect.model import MomentKind
from wsinspect.session.reader import Reader

CLOSE, EVENT, MARK = MomentKind.CLOSE, MomentKind.EVENT, MomentKind.MARK


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_steps_lead_through_all_rows_and_back(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        session = Recorded.begin(Path(folder) / "s.wsi")
        for at, step in enumerate(steps, 1):
            if not isinstance(step, str):
                session.do(step, START_NS + 1000 * at)
            elif step == FLUSH:
                session.commit()
        session.stop()
        reader = Reader(session.path)
        try:
            for connection in (None, *range(1, reader.info().connections + 1)):
                rows = reader.all_rows(1, 1000) if connection is None else reader.rows(connection, 1, 1000)
                times = sorted({row.at_ns for row in rows})
                reader.as_of(START_NS)  # the horizon is nothing to it
                assert list(_forward(reader, connection)) == times
                assert list(_back(reader, connection)) == times[::-1]
                reader.as_of(None)
        finally:
            reader.close()


def _forward(reader: Reader, connection: int | None) -> Iterator[int]:
    at = 0
    while (found := reader.ahead.row_after(at, connection)) is not None:
        yield (at := found)


def _back(reader: Reader, connection: int | None) -> Iterator[int]:
    at = START_NS + S
    while (found := reader.ahead.row_before(at, connection)) is not None:
        yield found
        at = found - 1


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A session with every kind of close."""
    found = Reader(build(tmp_path_factory.mktemp("ahead") / "s.wsi"))
    yield found
    found.close()


def test_closes_are_found_one_after_the_other(reader: Reader) -> None:
    ends = sorted((one.closed_ns, one.id) for one in reader.connections(1, 100) if one.closed_ns is not None)
    assert len(ends) > 10
    at, found = 0, []
    while (moment := reader.ahead.moment_after(at)) is not None:
        assert moment.kind is CLOSE
        found.append((moment.at_ns, moment.connection))
        at = moment.at_ns
    assert found == ends
    back = reader.ahead.moment_before(ends[-1][0])
    assert back is not None
    assert (back.at_ns, back.connection) == ends[-2]


def test_marks_and_events_are_moments_too(tmp_path: Path) -> None:
    reader = Reader(build(tmp_path / "s.wsi"))
    first = reader.rows(1, 3, 1)[0]
    reader.mark(first, "look")
    found = reader.ahead.moment_after(START_NS)
    assert found is not None
    assert (found.at_ns, found.kind, found.connection) == (first.at_ns, MARK, 1)
    assert [one.kind for one in reader.ahead.marked_moments(0)] == [MARK]
    reader.close()


def test_a_note_of_the_session_is_a_moment(tmp_path: Path) -> None:
    session = Recorded.begin(tmp_path / "s.wsi")
    session.do((-1, ("slept",)), START_NS + 5)
    session.do((0, ("dialled",)), START_NS + 9)
    session.stop()
    reader = Reader(session.path)
    assert [(one.at_ns, one.kind, one.connection) for one in reader.ahead.marked_moments(0)] == [
        (START_NS + 5, EVENT, 0)
    ]
    reader.close()


def test_the_span_is_that_of_all_there_is(reader: Reader) -> None:
    span = reader.ahead.span()
    assert span is not None
    reader.as_of(span[0] - 1)
    assert reader.info().connections == 0
    reader.as_of(span[0])
    assert reader.info().connections == 1
    reader.as_of(None)
    rows, connections = reader.info().rows, reader.connections(1, 100)
    reader.as_of(span[1])
    assert reader.info().rows == rows
    assert reader.connections(1, 100) == connections
    reader.as_of(None)


def test_an_empty_session_has_no_span(tmp_path: Path) -> None:
    session = Recorded.begin(tmp_path / "s.wsi")
    session.stop()
    reader = Reader(session.path)
    assert reader.ahead.span() is None
    assert reader.ahead.row_after(0, None) is None
    assert reader.ahead.row_before(START_NS, None) is None
    assert reader.ahead.moment_after(0) is None
    assert reader.ahead.quiet(START_NS) is None
    reader.close()


def test_silence_lies_between_two_commits(tmp_path: Path) -> None:
    session = Recorded.begin(tmp_path / "s.wsi")
    session.do((0, ("dialled",)), START_NS)
    session.do((0, ("dialled",)), START_NS + MS)
    session.commit()
    session.do((0, ("forwarded",)), START_NS + 60 * S)
    session.stop()
    reader = Reader(session.path)
    assert reader.ahead.quiet(START_NS) is None
    assert reader.ahead.quiet(START_NS + S) == (START_NS + MS, START_NS + 60 * S)
    assert reader.ahead.quiet(START_NS + 60 * S) is None
    reader.close()
