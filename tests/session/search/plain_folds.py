"""Folding by going through all rows each time, to compare the search with."""

from __future__ import annotations

from wsinspect.decode.heartbeats import LOOK_BACK, sameness
from wsinspect.model import Row, RowKind
from wsinspect.session.search.folded import Fold, FoldedRows
from wsinspect.session.search.openings import NO_END
from wsinspect.session.search.row_search import Search

Hits = list[tuple[int, Row]]


class PlainFolds:
    """Folding by going through all rows each time."""

    def __init__(self) -> None:
        self.openings: list[tuple[int, int]] = []
        self.last = 0

    def not_folded(self, hits: Hits) -> list[int]:
        """Positions of hits that repeat nothing."""
        return [place for at, (place, row) in enumerate(hits) if not repeats(row, hits[max(0, at - LOOK_BACK) : at])]

    def look(self, hits: Hits, last: int) -> None:
        """New rows up to a position were looked at."""
        new = [place for place in self.not_folded(hits) if place > self.last]
        if new and self.last:
            self.openings = [(first, new[0] if end == NO_END else end) for first, end in self.openings]
        self.last = last

    def shown(self, hits: Hits) -> list[int]:
        """Positions of hits that have a row of their own."""
        kept = self.not_folded(hits)
        return [place for place, _ in hits if place in kept or self.opening(place)]

    def opening(self, place: int) -> tuple[int, int] | None:
        """The expanded run that holds a position."""
        return next((one for one in self.openings if one[0] <= place < one[1]), None)

    def folds(self, hits: Hits) -> list[Fold]:
        """What is folded into each row that is shown."""
        shown, found = self.shown(hits), []
        for at, place in enumerate(shown):
            end = shown[at + 1] if at + 1 < len(shown) else NO_END
            folded = [row for other, row in hits if place < other < end]
            opening = self.opening(place)
            found.append(Fold(len(folded), folded[-1].at_ns if folded else 0, opening[0] if opening else 0))
        return found

    def expand(self, hits: Hits, place: int) -> None:
        """Show what is folded into a row."""
        shown = self.shown(hits)
        at = shown.index(place)
        if self.folds(hits)[at].rows:
            first, end = place, shown[at + 1] if at + 1 < len(shown) else NO_END
            touching = [one for one in self.openings if one[0] < end and first < one[1]]
            self.openings = [one for one in self.openings if one not in touching]
            self.openings.append((min([first, *(a for a, _ in touching)]), max([end, *(b for _, b in touching)])))

    def collapse(self, place: int) -> None:
        """Fold it again."""
        self.openings = [one for one in self.openings if not one[0] <= place < one[1]]


def repeats(row: Row, before: Hits) -> bool:
    """Whether a row is folded away behind the hits just before it."""
    same = sameness(row)
    if same is None or row.mark is not None:
        return False
    compared = before[-1:] if row.kind in (RowKind.PING, RowKind.PONG) else before
    return any((other.connection, sameness(other)) == (row.connection, same) for _, other in compared)


def region(search: Search) -> tuple[int, int]:
    """Between which positions a search has looked."""
    found = search._rows
    assert isinstance(found, FoldedRows)
    return found._all.first, found._all.last


def check(search: Search, plain: PlainFolds, hits: Hits) -> None:
    """A search shows what the plain look does."""
    shown = plain.shown(hits)
    assert search.positions(0, 10_000) == shown
    assert search.folds(0, 10_000) == plain.folds(hits)
    for first in (0, len(shown) // 2):
        assert search.folds(first, 2) == plain.folds(hits)[first : first + 2]
        assert search.rows(first, 2) == [dict(hits)[place] for place in shown[first : first + 2]]
    for place, _ in hits[:: len(hits) // 7 + 1]:
        assert search.hits_before(place) == sum(one < place for one in shown)
