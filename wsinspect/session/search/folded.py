"""The hits of a filter in a list, those that repeat what was said just before folded into the row before them.

A hit is folded away that says the same as one of the LOOK_BACK hits before it in the list: a heartbeat and its answer
take turns. A ping or pong is compared with the hit before it only, since both say the same, and what stands between
them would seem to have been repeated.

What is told holds for the hits found so far: when older ones are found, the oldest that were known may turn out to
repeat them. Kept are two counts for each stretch of rows, of all hits and of those that are shown; what is folded is
found again for a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wsinspect.decode.heartbeats import LOOK_BACK
from wsinspect.filters import Matcher
from wsinspect.model import RowKind
from wsinspect.session.search.filtered import FilteredRows, Progress
from wsinspect.session.search.hit_index import HitIndex, Stretch
from wsinspect.session.search.kept_hits import KeptHits, drop_before, number_at, numbered
from wsinspect.session.search.likeness import Likeness, likeness
from wsinspect.session.search.openings import NO_END, Openings
from wsinspect.session.search.spans import Chunk, MarkedRow, Said, Span


class Fold(NamedTuple):
    """What is folded into a row that is shown."""

    rows: int
    """Rows folded into it, itself not counted: all hits between it and the next row that is shown."""
    last_ns: int
    """When the last of them came; 0 where there is none."""
    opened_at: int
    """Where rows that were folded are shown one by one: the position of the row that they were folded into, which is
    this one or stands before it; 0 elsewhere."""


NO_FOLD = Fold(0, 0, 0)


class FoldedRows(FilteredRows):
    """The hits that are shown; hits are numbered among them."""

    def __init__(self, span: Span, matcher: Matcher, around: int | None = None) -> None:
        """Begin a search, as ``FilteredRows`` does."""
        super().__init__(span, matcher, around)
        self._all = HitIndex(self._index.first)
        self._kept_of_all = KeptHits(self._all_in)
        self._openings = Openings()
        self._oldest: list[tuple[int, Likeness]] = []
        """The first LOOK_BACK hits known, shown or not, and what they say."""
        self._newest: list[Likeness] = []
        """What the last LOOK_BACK of them say."""
        self._marks: frozenset[MarkedRow] = frozenset()
        self._marked: set[int] = set()
        """The positions of marked rows, of those looked through."""

    def step(self, seconds: float) -> Progress:
        """Look through some more rows, as ``FilteredRows`` does."""
        self._take_marks()
        return super().step(seconds)

    def folds(self, first: int, count: int) -> list[Fold]:
        """What is folded into the hits ``first`` (0 is the oldest known) to ``first + count - 1``."""
        shown = self.positions(first, count)
        following = self.positions(max(0, first) + len(shown), 1)
        ends = [self._number(place) for place in [*shown, *following][1:]]
        if shown and not following:
            ends.append(self._all.count)
        counts = [end - self._number(place) - 1 for place, end in zip(shown, ends, strict=True)]
        lasts = [self._place(end - 1) for end, folded in zip(ends, counts, strict=True) if folded > 0]
        times = iter([row.at_ns for row in self._span.rows(lasts)])
        opened = [self._openings.at(place) for place in shown]
        return [
            Fold(folded, next(times, 0) if folded > 0 else 0, opening.first if opening else 0)
            for folded, opening in zip(counts, opened, strict=True)
        ]

    def folded_from(self, position: int) -> int:
        """How many of the hits from a position on are folded into others, of those found so far."""
        return self._all.count - self._number(position) - (self.count - self.hits_before(position))

    def expand(self, position: int) -> int:
        """Show the rows one by one that are folded into the row at a position, also those that will be.

        Returns:
            How many more hits there are now.
        """
        hit = self.hits_before(position + 1) - 1
        found = self.positions(hit, 2) if hit >= 0 else []
        if not found or self.folds(hit, 1)[0].rows == 0:
            return 0
        end = found[1] if len(found) > 1 else NO_END
        self._openings.add(found[0], end)
        return self._recount(found[0], end, are_shown=True)

    def collapse(self, position: int) -> int:
        """Fold the rows again among which a position is.

        Returns:
            How many fewer hits there are now.
        """
        opening = self._openings.at(position)
        if opening is None:
            return 0
        self._openings.remove(opening)
        return -self._recount(opening.first, opening.end, are_shown=False)

    def _recount(self, first: int, end: int, *, are_shown: bool) -> int:
        """Count anew what is shown of the rows from one on to another that is not one of them; returns how many more.

        Args:
            first: a row that is shown.
            end: the next that was not folded into it.
            are_shown: whether the rows between them are.
        """
        before = self._index.count
        special = sorted(self._marked.union(place for place, _ in self._oldest))

        def hits_in(stretch: Stretch) -> int:
            is_between = first < stretch.first and stretch.last < end
            if not is_between or (not are_shown and any(stretch.first <= one <= stretch.last for one in special)):
                return len(self._hits_in(stretch))
            inner = self._all.stretch_at(stretch.first) if are_shown else None
            return inner.hits if inner is not None else 0

        self._index.recount(first, min(end, self._index.last), hits_in)
        self._kept.clear()
        return self._index.count - before

    def _add_newer(self, chunk: Chunk) -> None:
        said = self._look_at(chunk)
        kept = self._not_folded(said, self._newest)
        if kept:
            self._openings.close(kept[0])
        self._all.add_newer(chunk.last, len(said.positions), chunk.weight)
        self._index.add_newer(chunk.last, len(self._shown(said, kept)), chunk.weight)
        self._newest = [*self._newest, *said.likenesses[-LOOK_BACK:]][-LOOK_BACK:]
        self._oldest = [*self._oldest, *_first(said)][:LOOK_BACK]

    def _add_older(self, chunk: Chunk) -> None:
        said = self._look_at(chunk)
        self._all.add_older(chunk.first, len(said.positions), chunk.weight)
        self._index.add_older(chunk.first, len(self._not_folded(said, [])), chunk.weight)
        if not said.positions:
            return
        before, alone = said.likenesses[-LOOK_BACK:], list[Likeness]()
        for place, like in self._oldest:
            is_known = like is not None and place not in self._marked and self._openings.at(place) is None
            if is_known and not _repeats(like, alone) and _repeats(like, [*before, *alone]):
                self._index.recount(place, place, lambda stretch: stretch.hits - 1)
            alone.append(like)
        self._oldest = [*_first(said), *self._oldest][:LOOK_BACK]
        self._newest = [*before, *self._newest][-LOOK_BACK:] if len(self._newest) < LOOK_BACK else self._newest

    def _end_older(self) -> None:
        super()._end_older()
        self._all.add_older(1, 0, 0)

    def _drop_before(self, begin: int) -> None:
        drop_before(self._all, begin, self._all_in)
        self._openings.drop_before(begin)
        self._marked = {place for place in self._marked if place >= begin}
        places = numbered(self._all, self._kept_of_all, 0, LOOK_BACK)
        self._oldest = list(zip(places, self._likenesses(places), strict=False))
        self._newest = self._newest[-self._all.count :] if self._all.count else []
        drop_before(self._index, begin, self._hits_in)
        # What they repeated may be gone.
        for place in places:
            self._index.recount(place, place, lambda stretch: len(self._hits_in(stretch)))
        self._kept.clear()

    def _take_marks(self) -> None:
        """Rows that were marked since are shown, and those that are not marked any more may be folded."""
        marks = self._span.marks()
        changed, self._marks = marks ^ self._marks, marks
        if self._index.first > self._index.last:
            return
        for one in changed:
            chunk = self._span.chunk_of(one)
            for place in self._span.places(chunk, frozenset([one])) if chunk is not None else ():
                if self._index.first <= place <= self._index.last:
                    (self._marked.add if one in marks else self._marked.discard)(place)
                    self._index.recount(place, place, lambda stretch: len(self._hits_in(stretch)))
                    self._kept.clear()

    def _look_at(self, chunk: Chunk) -> Said:
        """What the hits of a chunk say that was not looked at before."""
        if self._marks:
            self._marked.update(self._span.places(chunk, self._marks))
        return self._span.said(chunk)

    def _hits_in(self, stretch: Stretch) -> Sequence[int]:
        """The hits of a stretch that are shown."""
        known = self._all.stretch_at(stretch.first)
        ahead = known.before if known is not None else 0
        places = numbered(self._all, self._kept_of_all, ahead - LOOK_BACK, LOOK_BACK) if ahead > 0 else []
        before = self._likenesses(places)
        shown: list[int] = []
        for chunk in self._span.between(stretch.first, stretch.last):
            said = self._span.said(chunk)
            shown += self._shown(said, self._not_folded(said, before))
            before = [*before, *said.likenesses[-LOOK_BACK:]][-LOOK_BACK:]
        return [place for place in shown if stretch.first <= place <= stretch.last]

    def _all_in(self, stretch: Stretch) -> Sequence[int]:
        return self._span.hits(stretch.first, stretch.last)

    def _not_folded(self, said: Said, before: Sequence[Likeness]) -> list[int]:
        """Those of some hits that repeat nothing, or are marked.

        Args:
            said: hits that follow each other.
            before: what the LOOK_BACK hits before them say, or as many as there are.
        """
        return _unfolded(said, before, self._marked)

    def _shown(self, said: Said, kept: list[int]) -> list[int]:
        """Those of some hits that are shown, where ``kept`` repeat nothing."""
        opened = self._openings.among(said.positions)
        return sorted({*kept, *opened}) if opened else kept

    def _likenesses(self, places: list[int]) -> list[Likeness]:
        return [likeness(row) for row in self._span.rows(places)]

    def _number(self, place: int) -> int:
        """The number of the hit at a position among all hits."""
        return number_at(self._all, self._kept_of_all, place)

    def _place(self, number: int) -> int:
        """The position of one of all hits."""
        return next(iter(numbered(self._all, self._kept_of_all, number, 1)), 0)


def _first(said: Said) -> list[tuple[int, Likeness]]:
    return list(zip(said.positions[:LOOK_BACK], said.likenesses[:LOOK_BACK], strict=False))


def _unfolded(said: Said, before: Sequence[Likeness], marked: set[int]) -> list[int]:
    """Those of some hits that repeat nothing, or are marked."""
    told = said.likenesses
    last = [None, *before][-1]
    second = [None, None, *before][-2]
    ahead = zip(said.positions, told, [last, *told], [second, last, *told], strict=False)
    return [
        place
        for place, like, one, two in ahead
        if like is None or (like != one and (like != two or like[0][1] is RowKind.PING)) or place in marked
    ]


def _repeats(like: Likeness, before: Sequence[Likeness]) -> bool:
    """Whether a hit says the same as one of the LOOK_BACK before it that it is compared with."""
    if like is None:
        return False
    return like in before[-1:] if like[0][1] is RowKind.PING else like in before[-LOOK_BACK:]
