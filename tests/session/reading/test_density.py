"""Rows in each cell of a time axis: exact where a segment lasts longer than a cell, else off by less than a cell."""

from __future__ import annotations

import sqlite3
import tempfile
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from wsinspect.model import Ending, Side
from wsinspect.session.reader import Reader
from wsinspect.session.reading import density as module
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.timeline.scale import Scale, Span
from wsinspect.wire.builder import build_frame

MS = 1_000_000
S = 1_000 * MS


def scale(begin_s: float, end_s: float, cells: int) -> Scale:
    return Scale(Span(START_NS + round(begin_s * S), START_NS + round(end_s * S)), cells)


def record(session: Session, times_ns: list[int], flushes: set[int]) -> None:
    """One message at each time after the opening; a commit before those of the given positions."""
    recording = session.open()
    for at, after_ns in enumerate(times_ns):
        if at in flushes:
            session.recorder.flush()
        recording.read(Side.SERVER, build_frame(1, b"x"), START_NS + after_ns)


def test_one_message_each_second(session: Session) -> None:
    record(session, [at * S for at in range(10)], set(range(10)))
    reader = session.read()
    assert reader.density(1, scale(0, 10, 10)) == (1,) * 10
    assert reader.density(1, scale(0, 10, 5)) == (2,) * 5
    assert reader.density(1, scale(-10, 20, 3)) == (0, 10, 0)
    assert reader.density(1, scale(3, 5, 4)) == (1, 0, 1, 0)
    assert reader.density(2, scale(0, 10, 2)) == (0, 0)
    reader.close()


def test_a_segment_that_lasts_longer_than_a_cell_is_looked_into(session: Session) -> None:
    record(session, [*(at * MS for at in range(10)), 9 * S], set())
    reader = session.read()
    assert reader.density(1, scale(0, 0.01, 10)) == (1,) * 10
    assert reader.density(1, scale(0, 10, 10)) == (10, *(0,) * 8, 1)
    reader.close()


def test_events_are_rows_too(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b"x"), START_NS)
    recording.ended(Side.SERVER, Ending.FIN, START_NS + 5 * S)
    recording.ended(Side.CLIENT, Ending.FIN, START_NS + 6 * S)
    recording.closed(START_NS + 6 * S)
    reader = session.read()
    assert reader.density(1, scale(0, 7, 7)) == (1, 0, 0, 0, 0, 1, 1)
    reader.close()


def test_beyond_the_bound_rows_count_as_evenly_spread(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_AT_ROWS", 5)
    record(session, [*(at * MS for at in range(9)), 9 * S], set())
    reader = session.read()
    assert sum(reader.density(1, scale(0, 10, 10))) == 10
    assert max(reader.density(1, scale(0, 10, 10))) <= 2
    reader.close()


def test_two_connections_are_kept_apart(session: Session) -> None:
    one, other = session.open(), session.open()
    for at in range(20):
        one.read(Side.SERVER, build_frame(1, b"x"), START_NS + at * S)
        other.read(Side.SERVER, build_frame(1, b"x" * 10) * 2, START_NS + at * S + MS)
        session.recorder.flush()
    reader = session.read()
    assert reader.density(1, scale(0, 20, 4)) == (5,) * 4
    assert reader.density(2, scale(0, 20, 4)) == (10,) * 4
    reader.close()


def test_a_long_connection_costs_a_few_queries(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_HAND", 8)
    record(session, [at * S for at in range(2000)], set(range(2000)))
    reader = session.read()
    asked: list[str] = []
    query = reader._store.query

    def counted(sql: str, *values: int | str) -> list[tuple[object, ...]]:
        asked.append(sql)
        return query(sql, *values)

    monkeypatch.setattr(reader._store, "query", counted)
    assert reader.density(1, scale(0, 2000, 10)) == (200,) * 10
    assert len(asked) <= 11 + 2
    asked.clear()
    assert reader.density(1, scale(1000, 1010, 10)) == (1,) * 10
    assert len(asked) <= 11 + 2
    reader.close()


def test_as_of_a_horizon(session: Session) -> None:
    record(session, [at * S for at in range(40)], {0, 10, 20, 30})
    reader = session.read()
    reader.as_of(START_NS + 15 * S)
    assert reader.density(1, scale(0, 40, 40)) == (1,) * 16 + (0,) * 24
    assert reader.density(1, scale(0, 40, 4)) == (10, 6, 0, 0)
    assert sum(reader.density(1, scale(0, 400, 4))) == 16
    assert reader.glimpses(1, 17).rows[-1].number == 16
    reader.close()


def test_times_that_run_back_do_no_harm(session: Session) -> None:
    record(session, [at * S for at in range(40)], set(range(40)))
    session.read().close()
    db = sqlite3.connect(session.path)
    with db:
        db.execute("UPDATE segment SET since_ns = (SELECT max(since_ns) FROM segment) - since_ns WHERE id % 3 = 0")
        db.execute("UPDATE segment SET known_ns = 0 WHERE id % 2 = 0")
    db.close()
    reader = Reader(session.path)
    counts = reader.density(1, scale(0, 40, 7))
    assert len(counts) == 7
    assert min(counts) >= 0
    reader.close()


def before(times: list[int], edge: int) -> int:
    return sum(at < edge for at in times)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 20) | st.integers(0, 2000), min_size=1, max_size=80),
    st.sets(st.integers(0, 80)),
    st.integers(-100, 3000),
    st.integers(1, 3000),
    st.integers(1, 40),
    st.integers(1, 12),
)
def test_each_row_counts_within_a_cell_of_its_time(
    gaps_ms: list[int], flushes: set[int], begin_ms: int, length_ms: int, cells: int, at_hand: int
) -> None:
    times = [at * MS for at in accumulate(gaps_ms)]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "s.wsi"
        writer = SessionWriter(path, {"started_ns": "0"}, reserve=0)
        made = Session(path, writer, Recorder(writer))
        record(made, times, flushes)
        reader = made.read()
        asked = Scale(Span(START_NS + begin_ms * MS, START_NS + (begin_ms + length_ms) * MS), cells)
        counts = reader.density(1, asked)
        patch.setattr(module, "AT_HAND", at_hand)
        assert reader.density(1, asked) == counts
        reader.close()
    moments = [START_NS + at for at in times]
    first = before(moments, asked.edge(0))
    for cell, counted in enumerate(accumulate(counts), 1):
        edge = asked.edge(cell)
        # What lies before the first cell may be told one cell early too.
        assert before(moments, edge) - before(moments, asked.edge(0) + asked.cell_ns) <= counted
        assert counted <= before(moments, edge + asked.cell_ns) - first
