"""Where on the track something stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.model import Moment, MomentKind
from wsinspect.replay.track import FINE, Spot, Track

BEGIN, END = 1000, 7000


def test_what_stands_first_and_last_is_in_the_first_and_last_cell() -> None:
    track = Track.of(BEGIN, END, [(BEGIN, False), (END, True)])
    assert track.drawn(10) == (Spot.CLOSE, *[Spot.NOTHING] * 8, Spot.FAILURE)


def test_of_several_in_a_cell_the_gravest_is_shown() -> None:
    moments = [Moment(2000, MomentKind.MARK, 1), Moment(2001, MomentKind.EVENT, 0)]
    assert Track.of(BEGIN, END, [(2000, False)], moments).drawn(6)[1] is Spot.MARK
    assert Track.of(BEGIN, END, [(2000, True)], moments).drawn(6)[1] is Spot.FAILURE


def test_what_lies_outside_stands_at_the_edge() -> None:
    assert Track.of(BEGIN, END, [(0, True)]).drawn(4)[0] is Spot.FAILURE
    assert Track.of(BEGIN, END, [(1 << 62, True)]).drawn(4)[3] is Spot.FAILURE


def test_a_session_of_no_time_has_a_track() -> None:
    track = Track.of(BEGIN, BEGIN, [(BEGIN, True)])
    assert track.drawn(3)[0] is Spot.FAILURE
    assert track.time_of(2, 3) == BEGIN
    assert track.cell_of(BEGIN, 3) == 0


@pytest.mark.parametrize(("cell", "at_ns"), [(0, BEGIN), (3, 3000), (9, END)])
def test_a_cell_stands_for_a_moment(cell: int, at_ns: int) -> None:
    assert Track(BEGIN, END).time_of(cell, 10) == at_ns


@given(st.integers(1, 2 * FINE), st.integers(BEGIN, END))
def test_whatever_the_width_nothing_is_left_out(width: int, at_ns: int) -> None:
    drawn = Track.of(BEGIN, END, [(at_ns, True)]).drawn(width)
    assert len(drawn) == width
    assert Spot.FAILURE in drawn
