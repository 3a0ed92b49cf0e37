"""Runs of numbers without holes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.neighbours import runs


@given(st.lists(st.integers(1, 60), unique=True), st.integers(1, 9))
def test_they_hold_every_number_once_in_order(numbers: list[int], most: int) -> None:
    found = list(runs(numbers, most))
    assert [one for first, count in found for one in range(first, first + count)] == numbers
    assert all(0 < count <= most for _, count in found)


def test_they_are_as_long_as_they_can_be() -> None:
    assert list(runs([1, 2, 3, 7, 8, 10], 9)) == [(1, 3), (7, 2), (10, 1)]
    assert list(runs([1, 2, 3, 4, 5], 2)) == [(1, 2), (3, 2), (5, 1)]
    assert list(runs([], 9)) == []
