"""Where what a filter looks for stands in a message, as ``matcher`` finds it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import merge
from typing import TypeAlias

from wsinspect.filters import patterns
from wsinspect.filters.expression import All, Either, Expression, Pattern, Text

Findable: TypeAlias = Text | Pattern
"""A term that says where it holds."""

Span: TypeAlias = tuple[int, int]
"""Where something begins, and what is behind it."""


def findable(expression: Expression | None) -> tuple[Findable, ...]:
    """The words, phrases and patterns that a filter looks for; what it does not want is not looked for."""
    return tuple(dict.fromkeys(_findable(expression)))


def _findable(expression: Expression | None) -> Iterator[Findable]:
    if isinstance(expression, Findable):
        yield expression
    elif isinstance(expression, All | Either):
        for part in expression.parts:
            yield from _findable(part)


def spots(wanted: tuple[Findable, ...], content: bytes) -> Iterator[Span]:
    """Where any of some terms holds, from the beginning on.

    Args:
        wanted: what is looked for: words in upper or lower case, patterns as far as there is time.
        content: what is looked through.

    Yields:
        Offset of the first byte of a find, and of the byte behind it; what one term takes no other does.
    """
    words, expressions = _apart(wanted)
    found = [_words(words, content)] if words else []
    if expressions:
        # Each byte that is not UTF-8 is one character here, and becomes that byte again.
        shown = content[: patterns.SEARCHED_BYTES].decode("utf-8", "surrogateescape")
        found += [_in_bytes(shown, patterns.spans(pattern, shown)) for pattern in expressions]
    return _one_by_one(found)


def line_spots(wanted: tuple[Findable, ...], line: str) -> Iterator[Span]:
    """The same in one line as it is shown: characters, and little time."""
    words, expressions = _apart(wanted)
    found: list[Iterator[Span]] = [(match.span() for match in _any_case(words).finditer(line))] if words else []
    found += [patterns.spans(pattern, line, patterns.LINE_LIMIT_S) for pattern in expressions]
    return _one_by_one(found)


def _apart(wanted: tuple[Findable, ...]) -> tuple[tuple[str, ...], list[str]]:
    words = tuple(term.text for term in wanted if isinstance(term, Text))
    return words, [term.pattern for term in wanted if isinstance(term, Pattern)]


def _one_by_one(found: Sequence[Iterator[Span]]) -> Iterator[Span]:
    """The finds of several, none over another: the one that begins first, of two the longer."""
    taken = 0
    for begin, end in merge(*found, key=lambda span: (span[0], -span[1])):
        if begin >= taken:
            yield begin, end
            taken = end


def _words(words: tuple[str, ...], content: bytes) -> Iterator[Span]:
    if all(map(str.isascii, words)):
        return (match.span() for match in _plain(words).finditer(content.lower()))
    shown = content.decode("utf-8", "surrogateescape")
    return _in_bytes(shown, (match.span() for match in _any_case(words).finditer(shown)))


def _in_bytes(shown: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Characters as the bytes that they were decoded from."""
    at = offset = 0
    for begin, end in spans:
        offset += _length(shown[at:begin])
        first, offset, at = offset, offset + _length(shown[begin:end]), end
        yield first, offset


def _length(shown: str) -> int:
    return len(shown.encode("utf-8", "surrogateescape"))


@lru_cache(maxsize=16)
def _plain(words: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.escape(word.lower().encode()) for word in _longest_first(words)))


@lru_cache(maxsize=16)
def _any_case(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _longest_first(words))), re.IGNORECASE)


def _longest_first(words: tuple[str, ...]) -> list[str]:
    return sorted(words, key=len, reverse=True)
