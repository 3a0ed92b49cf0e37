"""Where what is looked for stands on a page of a message. Pure.

It is found in the bytes that were sent, so that each view of a message has the same hits with the same numbers,
whatever it makes of the bytes: text is escaped and cut to a width, JSON is laid out anew.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from types import MappingProxyType
from typing import NamedTuple

from wsinspect import text
from wsinspect.filters.spots import Findable, line_spots, spots
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone

MOST = 10_000
"""Hits of a message that are marked."""


class Span(NamedTuple):
    """A hit, or the part of it that stands in one line."""

    begin: int
    """Its first character."""
    end: int
    """The character behind it."""
    hit: int
    """Which hit, from 0."""


Spans = Mapping[int, Sequence[Span]]
"""By line."""

NOWHERE: Spans = MappingProxyType({})


class Hits:
    """The hits of a page."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        firsts: dict[int, int] = {}
        for line in sorted(spans):
            for span in spans[line]:
                firsts.setdefault(span.hit, line)
        self.numbers = tuple(sorted(firsts))
        """Which hits the page shows: a view may show nothing of one."""
        self.lines = tuple(firsts[hit] for hit in self.numbers)
        """The line in which each of those begins."""


def found(wanted: tuple[Findable, ...], data: bytes) -> list[tuple[int, int]]:
    """The bytes of each hit, the first MOST of them: where it begins, and what is behind it."""
    return list(islice(spots(wanted, data), MOST))


def decoded(data: bytes, places: Sequence[tuple[int, int]]) -> tuple[str, list[Span]]:
    r"""UTF-8 with each byte that is none as ``\xNN``, and the characters of each hit in it."""
    if not places:
        return data.decode("utf-8", "backslashreplace"), []
    # Hits begin and end with a character, so that nothing else comes of what lies between them by itself.
    edges = [0, *(edge for place in places for edge in place), len(data)]
    parts = [data[begin:end].decode("utf-8", "backslashreplace") for begin, end in pairwise(edges)]
    ends = list(accumulate(map(len, parts)))
    return "".join(parts), [Span(ends[2 * hit], ends[2 * hit + 1], hit) for hit in range(len(places))]


def by_line(lines: Sequence[str], spans: Sequence[Span]) -> Spans:
    """The hits of a text in its lines.

    Args:
        lines: the text, cut at its line feeds.
        spans: the hits in the whole, in their order.
    """
    return _laid(lines, spans, [len(line) + 1 for line in lines], lambda _line, at: at)


def by_json_line(lines: Sequence[str], shown: str, spans: Sequence[Span]) -> Spans:
    """The hits of a JSON text in the lines that it was laid out in: what is no blank stands in both in the same order.

    Args:
        lines: the text laid out.
        shown: the text.
        spans: the hits in it, in their order.
    """
    solid: list[Span] = []
    at = count = 0
    for span in spans:
        count += _solid(shown[at : span.begin])
        begin, at = count, span.begin
        count += _solid(shown[at : span.end])
        solid.append(Span(begin, count, span.hit))
        at = span.end
    return _laid(lines, solid, [_solid(line) for line in lines], _solid_at)


def _solid(shown: str) -> int:
    """How many characters are no blanks."""
    return sum(map(len, shown.split()))


def _solid_at(line: str, count: int) -> int:
    """Where the character stands in a line that has so many before it that are no blanks; behind all: the end."""
    places = _solid_places(line)
    return places[count] if count < len(places) else len(line)


@lru_cache(maxsize=1)
def _solid_places(line: str) -> array[int]:
    return array("I", (at for at, character in enumerate(line) if not character.isspace()))


def _laid(lines: Sequence[str], spans: Sequence[Span], sizes: Sequence[int], place: Callable[[str, int], int]) -> Spans:
    """Hits by line.

    Args:
        lines: the lines.
        spans: the hits as places in the whole, in their order.
        sizes: how many places each line takes.
        place: which character of a line stands at a place in it.
    """
    laid: dict[int, list[Span]] = {}
    line = begin = 0
    for span in spans:
        while line < len(lines) - 1 and begin + sizes[line] <= span.begin:
            begin += sizes[line]
            line += 1
        there, start = line, begin
        while True:
            shown, first, last = lines[there], max(0, span.begin - start), min(span.end - start, sizes[there])
            end = place(shown, last - 1) + 1 if last > first else place(shown, first)
            laid.setdefault(there, []).append(Span(place(shown, first), min(end, len(shown)), span.hit))
            start += sizes[there]
            there += 1
            if start >= span.end or there == len(lines):
                break
    return laid


def visible(lines: Sequence[str], spans: Spans) -> Spans:
    """The hits of some lines as they stand once everything in those that is not seen is written as an escape."""
    return {at: list(_shifted(lines[at], there)) for at, there in spans.items()}


_CONTEXT = text.MAX_MARKS + 1
"""Characters before one that decide whether it is written as an escape."""


def _shifted(line: str, spans: Sequence[Span]) -> Iterator[Span]:
    at = shown = 0
    for span in spans:
        edges = []
        for edge in span[:2]:
            before = max(0, at - _CONTEXT)
            shown += len(text.visible(line[before:edge])) - len(text.visible(line[before:at]))
            edges.append(shown)
            at = edge
        yield Span(edges[0], edges[1], span.hit)


def cut(spans: Sequence[Span], lengths: Iterable[int]) -> Iterator[tuple[int, Span]]:
    """The hits of a line that was cut into parts of these lengths: the number of the part, and the hit in it."""
    begin = at = 0
    for part, length in enumerate(lengths):
        end = begin + length
        while at < len(spans) and spans[at].begin < end:
            span = spans[at]
            first, last = max(span.begin, begin), min(span.end, end)
            if first < last:
                yield part, Span(first - begin, last - begin, span.hit)
            if span.end > end:
                break
            at += 1
        begin = end


def in_pieces(lines: Sequence[Sequence[Piece]], wanted: tuple[Findable, ...]) -> Hits:
    """The hits of lines that are made out already."""
    spans: dict[int, list[Span]] = {}
    number = 0
    for at, line in enumerate(lines):
        for begin, end in line_spots(wanted, "".join(piece.text for piece in line)):
            spans.setdefault(at, []).append(Span(begin, end, number))
            number += 1
    return Hits(spans)


def drawn(pieces: Sequence[Piece], spans: Sequence[Span], here: int) -> Sequence[Piece]:
    """A line with its hits marked.

    Args:
        pieces: the line.
        spans: the hits in it, in their order.
        here: the hit that the reader is at.
    """
    if not spans:
        return pieces
    marked: list[Piece] = []
    begin = 0
    for shown, tone in pieces:
        end, at = begin + len(shown), 0
        for span in spans:
            first, last = max(span.begin - begin, at), min(span.end - begin, len(shown))
            if first < last:
                marked += [
                    Piece(shown[at:first], tone),
                    Piece(shown[first:last], Tone.FOUND_HERE if span.hit == here else Tone.FOUND),
                ]
                at = last
        marked.append(Piece(shown[at:], tone))
        begin = end
    return [piece for piece in marked if piece.text]
