"""Rows and hits that are kept, so that a search does not read its list anew with every step."""

from __future__ import annotations

from collections.abc import Sequence

from wsinspect.model import Row, RowKind
from wsinspect.session.search.hit_index import HitIndex, Stretch
from wsinspect.session.search.kept_hits import KeptHits, numbered
from wsinspect.session.search.kept_rows import KEPT_ROWS, KeptRows


class Builder:
    """Makes rows, up to a last one, and keeps what it was asked for."""

    def __init__(self, last: int = 1 << 40) -> None:
        self.asked: list[int] = []
        self.last = last

    def build(self, positions: Sequence[int]) -> list[Row]:
        self.asked += positions
        return [Row(1, position, RowKind.TEXT, position, 0) for position in positions if position <= self.last]


def at(kept: KeptRows, positions: Sequence[int], begin: int = 1) -> list[int]:
    return [row.number for row in kept.at(positions, begin)]


def test_a_row_is_built_once_while_it_is_in_the_window() -> None:
    builder = Builder()
    kept = KeptRows(builder.build)
    assert at(kept, [10, 20, 30]) == [10, 20, 30]
    assert at(kept, [5, 10, 20, 25, 30]) == [5, 10, 20, 25, 30]
    assert builder.asked == [10, 20, 30, 5, 25]


def test_all_are_built_again_when_the_oldest_are_gone() -> None:
    builder = Builder()
    kept = KeptRows(builder.build)
    at(kept, [10, 20])
    assert at(kept, [10, 20], begin=7) == [10, 20]
    assert builder.asked == [10, 20, 10, 20]


def test_rows_that_are_not_there_are_left_out() -> None:
    kept = KeptRows(Builder(last=20).build)
    assert at(kept, [10, 20]) == [10, 20]
    assert at(kept, [10, 20, 30]) == [10, 20]
    assert at(kept, [30]) == []


def test_of_very_many_rows_only_the_latest_are_kept() -> None:
    builder = Builder()
    kept = KeptRows(builder.build)
    many = range(1, 2 * KEPT_ROWS + 1)
    assert at(kept, many) == list(many)
    builder.asked.clear()
    at(kept, many[-KEPT_ROWS:])
    assert builder.asked == []
    at(kept, [1])
    assert builder.asked == [1]


def test_rare_hits_of_a_window_are_found_once() -> None:
    index, asked = HitIndex(1_000_001), list[Stretch]()
    for first in range(1_000_000 - 4999, 0, -5000):
        index.add_older(first, 1, 5000)

    def find(stretch: Stretch) -> list[int]:
        asked.append(stretch)
        return [stretch.first]

    kept = KeptHits(find)
    window = numbered(index, kept, 0, 150)
    assert window == list(range(1, 150 * 5000, 5000))
    assert len(asked) == 150
    assert numbered(index, kept, 0, 150) == window
    assert len(asked) == 150
