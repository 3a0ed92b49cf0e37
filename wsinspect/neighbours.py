"""Numbers as runs without holes, so that what has them is read run by run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def runs(numbers: Iterable[int], most: int) -> Iterator[tuple[int, int]]:
    """The first number of each run, and how many it has.

    Args:
        numbers: in any order; a run is broken where the next one is not one more.
        most: how many a run has at most.
    """
    first = count = 0
    for number in numbers:
        if count and number == first + count and count < most:
            count += 1
            continue
        if count:
            yield first, count
        first, count = number, 1
    if count:
        yield first, count
