"""Sizes counted in bins that grow by 1, 2, 5: a histogram over any range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values are at least ``low`` and below the next bin's."""

    low: int
    count: int


def low_of(value: int) -> int:
    """Where the bin of a value begins: 0, 1, 2, 5, 10, 20, 50 ..."""
    if value <= 0:
        return 0
    power = _power(value)
    return next(unit * power for unit in (5, 2, 1) if value >= unit * power)


def above(low: int) -> int:
    """Where the next bin begins."""
    if low == 0:
        return 1
    power = _power(low)
    return {1: 2, 2: 5, 5: 10}[low // power] * power


def _power(value: int) -> int:
    """The highest power of ten that is not above."""
    return int("1" + "0" * (len(str(value)) - 1))


def bins(values: Iterable[int]) -> tuple[Bin, ...]:
    """The bins from the smallest to the largest value, empty ones between them included."""
    counts = Counter(map(low_of, values))
    if not counts:
        return ()
    found: list[Bin] = []
    low, last = min(counts), max(counts)
    while low <= last:
        found.append(Bin(low, counts[low]))
        low = above(low)
    return tuple(found)


def resampled(counts: tuple[int, ...] | list[int], width: int) -> tuple[int, ...]:
    """Counts in fewer columns, neighbours added up; as they are where they fit."""
    if len(counts) <= width or width <= 0:
        return tuple(counts)
    sums = [0] * width
    for index, count in enumerate(counts):
        sums[index * width // len(counts)] += count
    return tuple(sums)
