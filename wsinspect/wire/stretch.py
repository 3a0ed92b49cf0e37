"""A stretch of a stream in which whole frames stand, and those of them around the places where a word may stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from typing import NamedTuple

import regex

from wsinspect.wire.frames import unmask
from wsinspect.wire.walk import LEAST_VEILED, Walked, unmasked, veiled, walk

LEAST_BY_PATTERN, MOST_BY_PATTERN = 5, 64
"""Bytes of words that a pattern finds in any case faster than a copy in lower case is made and looked through.

For shorter ones it passes over too little at once; of longer ones it looks at too much, again and again, where bytes
repeat.
"""

_END = itemgetter(3)


class Near(NamedTuple):
    """A row in which a word may stand."""

    start: int
    """Which of the stretch's starts it was found from."""
    place: int
    """How many rows lie between that and it."""
    frame: Walked
    """The frame that it is."""


class Stretch:
    """Bytes of one side, and the frames in them; each thing is found out when it is first asked for."""

    def __init__(self, data: bytes, starts: Sequence[int], *, may_be_masked: bool) -> None:
        """Take the bytes.

        Args:
            data: some bytes.
            starts: positions in them at which frames begin, ascending; the first of these is the first frame's.
            may_be_masked: whether any frame may have a masking key.
        """
        self.data = data
        self._starts = starts
        self._may_be_masked = may_be_masked

    @cached_property
    def _frames(self) -> list[Walked]:
        return walk(self.data, self._starts[0], len(self.data))

    @cached_property
    def rows(self) -> list[Walked]:
        """The whole frames that end a row each."""
        return _ending_rows(self._frames)

    @cached_property
    def plain(self) -> bytes:
        """The bytes, with the payloads of whole frames unmasked."""
        return unmasked(self.data, self._frames) if self._may_be_masked else self.data

    @cached_property
    def _folded(self) -> bytes:
        """The same with A to Z in lower case."""
        return self.plain.lower()

    @cached_property
    def _veiled(self) -> bytes:
        return veiled(self.data)

    def may_hold(self, word: bytes, *, is_folded: bool) -> bool:
        """Whether a word may stand in any of the frames: never a no where it does.

        Args:
            word: its bytes.
            is_folded: whether it is in lower case, and upper and lower case of A to Z do not count.
        """
        return self._finder(word, is_folded=is_folded)(self._starts[0]) >= 0

    def around(self, word: bytes, *, is_folded: bool) -> Iterator[Near]:
        """All rows in which a word may stand, as for ``may_hold``; frames are walked from the start before."""
        find = self._finder(word, is_folded=is_folded)
        starts, size = self._starts, len(self.data)
        start, at, passed, rows, is_all = -1, 0, 0, list[Walked](), False
        hit = find(starts[0])
        while hit >= 0:
            if not is_all:
                nearest = bisect_right(starts, hit) - 1
                if nearest != start:
                    start, at, passed = nearest, starts[nearest], 0
                rows = _ending_rows(walk(self.data, at, size, hit))
                if not rows or rows[-1][3] <= hit:
                    # It stands in a fragment that leaves its message open, or in no whole frame. There may be many of
                    # those: all that is left is walked once.
                    rows, is_all = _ending_rows(walk(self.data, at, size)), True
            index = bisect_right(rows, hit, key=_END)
            if index == len(rows):
                return
            yield Near(start, passed + index, rows[index])
            hit = find(rows[index][3])
            if not is_all:
                at, passed = rows[index][3], passed + index + 1

    def _finder(self, word: bytes, *, is_folded: bool) -> Callable[[int], int]:
        """Tells the first position from another one on at which a word may stand; -1 where there is none."""
        if self._may_be_masked and len(word) >= LEAST_VEILED:
            return partial(self._veiled.find, veiled(word))
        if not is_folded:
            return partial(self.plain.find, word)
        if LEAST_BY_PATTERN <= len(word) <= MOST_BY_PATTERN:
            search, plain = _in_any_case(word).search, self.plain
            return lambda start: -1 if (match := search(plain, start)) is None else match.start()
        return partial(self._folded.find, word)

    def payload(self, frame: Walked) -> bytes:
        """What one whole frame carries, unmasked."""
        _, second, start, end = frame
        payload = self.data[start:end]
        return unmask(self.data[start - 4 : start], payload) if second >= 0x80 else payload


def _ending_rows(frames: list[Walked]) -> list[Walked]:
    """Those that end a row each: a fragment that leaves its message open does not."""
    return [frame for frame in frames if frame[0] & 0x88]


@lru_cache(maxsize=8)
def _in_any_case(word: bytes) -> regex.Pattern[bytes]:
    return regex.compile(regex.escape(word), regex.IGNORECASE)
