"""The words of a filter where they stand in a line, so that a reader sees why the line is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from wsinspect.filters import Expression
from wsinspect.filters.expression import All, Either, Text
from wsinspect.ui.columns import Piece
from wsinspect.ui.theme import Tone


def words(expression: Expression | None) -> tuple[str, ...]:
    """The words and phrases that a filter looks for; what it does not want is not looked for."""
    return tuple(dict.fromkeys(_words(expression)))


def _words(expression: Expression | None) -> Iterator[str]:
    if isinstance(expression, Text):
        yield expression.text
    elif isinstance(expression, All | Either):
        for part in expression.parts:
            yield from _words(part)


def shown(piece: Piece, sought: tuple[str, ...]) -> tuple[Piece, ...]:
    """A piece in which some words are drawn as found, in upper or lower case."""
    if not sought:
        return (piece,)
    # A pattern with one group gives in turn what lies between its finds and what it found.
    parts = _pattern(sought).split(piece.text)
    return tuple(Piece(part, Tone.FOUND if at % 2 else piece.style) for at, part in enumerate(parts) if part)


def first(sought: tuple[str, ...], line: str) -> tuple[int, int] | None:
    """Where in a line the first of some words stands, and where it ends; None where none does."""
    match = _pattern(sought).search(line) if sought else None
    return match.span() if match is not None else None


def every(sought: tuple[str, ...], line: str) -> list[tuple[int, int]]:
    """Where in a line some words stand, each with its end."""
    return [match.span() for match in _pattern(sought).finditer(line)] if sought else []


@lru_cache(maxsize=16)
def _pattern(sought: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(sought, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)
