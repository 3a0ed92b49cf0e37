r"""The characters of a filter: where a word, a value or a quoted part ends, and what it says.

A bare word or value runs to the next blank, or to a ``)`` that it did not open itself, so that ``re:(a|b)`` needs no
quotes. In quotes, ``\"`` is a quote; any other backslash stands for itself, so that patterns are written as always.
Where backslashes stand before a quote, two of them make one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wsinspect.filters.problem import FilterError

KEY = re.compile(r"([A-Za-z]+):")
"""What begins a term with a key; a word that looks like it stands in quotes."""

OR = "or"

_BEFORE_QUOTE = re.compile(r'(\\*)("|\Z)')
_ESCAPED = re.compile(r'(\\+)("|\Z)')


def run_end(text: str, at: int) -> int:
    """Where the bare word or value that begins at ``at`` ends."""
    return _run_end(text, at, lambda position: position + 1)


def protected_end(text: str, at: int) -> int:
    """As ``run_end``, but what stands in quotes belongs to it, blanks and brackets too.

    Raises:
        FilterError: a quote is not closed.
    """
    return _run_end(text, at, lambda position: quoted(text, position)[1] if text[position] == '"' else position + 1)


def _run_end(text: str, at: int, step: Callable[[int], int]) -> int:
    depth = 0
    while at < len(text) and not text[at].isspace():
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if depth < 0:
                return at
        at = step(at)
    return at


def quoted(text: str, at: int) -> tuple[str, int]:
    """What the quotes that open at ``at`` hold, and where they end.

    Raises:
        FilterError: they are not closed.
    """
    end = at + 1
    while end < len(text) and text[end] != '"':
        if text[end] == "\\":
            run = len(text) - end - len(text[end:].lstrip("\\"))
            end += run
            # An odd number of backslashes takes the quote behind them into the text.
            if text[end : end + 1] == '"' and run % 2:
                end += 1
        else:
            end += 1
    if end >= len(text):
        raise FilterError('expected a closing " for the one here', at, 1)
    inside = text[at + 1 : end]
    return _ESCAPED.sub(lambda found: "\\" * (len(found[1]) // 2) + found[2], inside), end + 1


def bare_or_quoted(value: str, *, is_word: bool = False, is_always_quoted: bool = False) -> str:
    """A text as it is written in a filter, in quotes where it must be."""
    if not is_always_quoted and is_bare(value) and not (is_word and _is_special(value)):
        return value
    return '"' + _BEFORE_QUOTE.sub(lambda found: found[1] * 2 + ('\\"' if found[2] else ""), value) + '"'


def is_bare(value: str) -> bool:
    """Whether a value can stand without quotes."""
    return value != "" and '"' not in value and value[0] not in "=<>!" and run_end(f"{value})", 0) == len(value)


def _is_special(word: str) -> bool:
    """Whether a bare word would be read as something else."""
    return word[0] in "-(" or KEY.match(word) is not None or word.casefold() == OR
