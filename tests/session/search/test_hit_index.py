"""Hits are found by their number, whatever was looked through in which order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wsinspect.session.search.hit_index import HitIndex, Stretch

_STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(1, 5), st.integers(0, 3), st.sampled_from([1, 1000, 5000])), max_size=40
)


@settings(deadline=None)
@given(_STEPS, st.integers(1, 100))
def test_every_hit_is_in_the_stretch_that_its_number_gives(
    steps: list[tuple[bool, int, int, int]], origin: int
) -> None:
    index = HitIndex(origin)
    holding: dict[int, int] = {}
    for is_older, rows, hits, weight in steps:
        if is_older:
            first = index.first - rows
            index.add_older(first, hits, weight)
            holding[first] = hits
        else:
            first = index.last + 1
            index.add_newer(first + rows - 1, hits, weight)
            holding[first] = hits
    assert index.count == sum(holding.values())
    number = 0
    for first in sorted(holding):
        stretch = index.stretch_at(first)
        assert stretch is not None
        assert stretch.first <= first <= stretch.last
        for _ in range(holding[first]):
            assert index.stretch_of(number) == stretch
            assert stretch.before <= number < stretch.before + stretch.hits
            number += 1
    assert index.stretch_at(index.first - 1) is None
    assert index.stretch_at(index.last + 1) is None


def test_small_neighbours_are_put_together() -> None:
    index = HitIndex(1)
    for row in range(1, 10_001):
        index.add_newer(row, row % 2, 1)
    assert index.stretch_of(0) == Stretch(1, 4096, 0, 2048)
    assert index.stretch_of(4999) == Stretch(8193, 10_000, 4096, 904)
