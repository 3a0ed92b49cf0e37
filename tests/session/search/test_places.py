"""Hits by their places: they stay the same while older hits are found, and say what the rows say."""

from __future__ import annotations

import contextlib
import tempfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from tests.session.search.test_scan import _STEPS, Story
from tests.session.search.test_search import listed
from wsinspect.filters import parse
from wsinspect.model import Side
from wsinspect.session.search.places import Places
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import TEXT


def through(places: Places) -> None:
    while not places.step(0.0).is_done:
        pass


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    _STEPS,
    st.booleans(),
    st.sampled_from([None, 1]),
    st.sampled_from(["tick", "type:text", "size:>60"]),
    st.none() | st.integers(0, 40),
)
def test_a_place_stays_that_of_its_row(
    steps: list[tuple[object, ...]], deflates: bool, connection: int | None, said: str, around: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        story = Story(folder, deflates)
        for step in steps:
            story.do(step)
        reader = story.session.read()
        stack.callback(reader.close)
        rows = listed(reader, connection)
        places = Places(reader.search(connection, parse(said), around=around))
        known: dict[int, tuple[int, int]] = {}
        while True:
            progress = places.step(0.0)
            extent = places.extent(0)
            assert extent.count == progress.hits
            found = places.window(extent.start, extent.count)
            now = {extent.start + at: (row.connection, row.number) for at, row in enumerate(found.rows)}
            assert {place: now.get(place) for place in known} == known
            assert [rows[position - 1] for position in found.positions] == found.rows
            known = now
            if progress.is_done:
                break


def record(session: Session, count: int) -> None:
    """One message a segment; each third says tick."""
    recording = session.open()
    for at in range(count):
        recording.read(Side.SERVER, build_frame(1, b"tick" if at % 3 == 0 else b"tock"), START_NS + at)
        session.recorder.flush()


def test_rows_that_are_skipped_are_no_hits(session: Session) -> None:
    record(session, 10)
    reader = session.read()
    places = Places(reader.search(1, parse("tick")))
    through(places)
    whole = places.extent(0)
    assert whole.count == 4
    behind = places.extent(4)
    assert (behind.start, behind.count) == (whole.start + 2, 2)
    assert list(places.window(behind.start, 9).positions) == [7, 10]
    reader.close()


def test_a_row_is_located_once_the_search_has_come_to_it(session: Session) -> None:
    record(session, 100)
    reader = session.read()
    places = Places(reader.search(1, parse("tick")))
    assert places.locate(50) is None
    through(places)
    start = places.extent(0).start
    hit, other = places.locate(49), places.locate(50)
    assert hit is not None
    assert other is not None
    assert (hit.place - start, hit.is_hit) == (16, True)
    assert (other.place - start, other.is_hit) == (17, False)
    reader.close()


def test_a_row_that_is_folded_away_is_located_where_it_is_folded_into(session: Session) -> None:
    recording = session.open()
    for text in (b"a", b"b", b"b", b"b", b"c"):
        recording.read(Side.SERVER, build_frame(TEXT, text), START_NS)
    reader = session.read()
    places = Places(reader.search(1, parse("-a"), folds=True))
    through(places)
    start = places.extent(0).start
    found = [places.locate(position) for position in range(1, 6)]
    assert [(one.place - start, one.is_hit) for one in found if one is not None] == [
        (0, False), (0, True), (0, False), (0, False), (1, True),
    ]  # fmt: skip
    reader.close()


@pytest.mark.parametrize("around", [None, 1, 50, 100])
def test_the_nearest_hit_on_either_side(session: Session, around: int | None) -> None:
    record(session, 100)
    reader = session.read()
    places = Places(reader.search(1, parse("tick"), around=around))

    def nearest(position: int, *, forward: bool) -> int | None:
        while not (looked := places.nearest(position, 0.0, forward=forward)).is_over:
            pass
        return looked.position

    assert nearest(1, forward=False) is None
    assert [nearest(at, forward=True) for at in (1, 3, 4, 97, 99)] == [4, 4, 7, 100, 100]
    assert [nearest(at, forward=False) for at in (100, 5, 4, 2)] == [97, 4, 1, 1]
    assert nearest(100, forward=True) is None
    reader.close()


def test_hits_among_rows_far_and_near(session: Session) -> None:
    record(session, 100)
    reader = session.read()
    places = Places(reader.search(1, parse("tick")))
    assert places.hits_among([]) == {}
    assert places.hits_among([1, 2, 3, 4]) == {1: None, 4: None}
    assert places.hits_among([2, 49, 50, 100]) == {49: None, 100: None}
    through(places)
    start = places.extent(0).start
    assert places.hits_among([1, 2, 3, 4]) == {1: start, 4: start + 1}
    assert places.hits_among([4, 6, 10]) == {4: start + 1, 10: start + 3}
    assert places.hits_among([2, 49, 50, 100]) == {49: start + 16, 100: start + 33}
    reader.close()
