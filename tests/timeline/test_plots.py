"""Shades, charts and bins."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.timeline.bins import above, bins, low_of, resampled
from wsinspect.timeline.shades import SHADES, chart, lying, shade

counts = st.integers(0, 1 << 63)


@given(counts, counts)
def test_shades_grow_with_the_count(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert SHADES.index(shade(few, many)) <= SHADES.index(shade(many, many))
    assert (shade(few, many) == SHADES[0]) == (few == 0)


def test_shades() -> None:
    assert "".join(shade(count, 1000) for count in (0, 1, 3, 10, 30, 100, 300, 1000)) == "▁▂▂▃▄▆▇█"
    assert shade(1, 1) == "▃"


@given(st.lists(counts, max_size=50), st.integers(1, 6))
def test_charts_show_every_value(values: list[int], height: int) -> None:
    lines = chart(values, height)
    assert len(lines) == height
    assert all(len(line) == len(values) for line in lines)
    for column, value in enumerate(values):
        drawn = "".join(line[column] for line in lines)
        assert (drawn.strip() != "") == (value > 0)
        # No column floats: nothing is empty below what is drawn.
        assert " " not in drawn.lstrip()
        assert value < max(values) or not value or drawn == "█" * height


def test_chart() -> None:
    assert chart([0, 1, 8, 16], 2) == ("   █", " ▁██")


@given(counts, counts, st.integers(1, 60))
def test_lying_bars_stay_in_their_width(one: int, other: int, width: int) -> None:
    value, most = sorted((one, other))
    drawn = lying(value, most, width)
    assert len(drawn) == width
    assert (drawn.strip() != "") == (value > 0)


def test_lying() -> None:
    assert lying(5, 10, 4) == "██  "
    assert lying(1, 1000, 4) == "▏   "


@given(st.lists(counts, min_size=1, max_size=200))
def test_bins_hold_every_value_once(values: list[int]) -> None:
    found = bins(values)
    assert sum(one.count for one in found) == len(values)
    assert found[0].low <= min(values)
    assert max(values) < above(found[-1].low)
    assert all(above(one.low) == other.low for one, other in pairwise(found))
    for one in found:
        assert one.count == sum(one.low <= value < above(one.low) for value in values)


def test_bins() -> None:
    assert [low_of(value) for value in (0, 1, 4, 9, 10, 49, 99, 125, 65_536)] == [0, 1, 2, 5, 10, 20, 50, 100, 50_000]
    assert bins([]) == ()


@given(st.lists(counts, max_size=100), st.integers(1, 40))
def test_resampling_loses_nothing(values: list[int], width: int) -> None:
    sums = resampled(values, width)
    assert sum(sums) == sum(values)
    assert len(sums) == min(len(values), width)
