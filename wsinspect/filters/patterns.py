"""Regular expressions over messages of a peer, which must never hold anybody up.

A pattern that backtracks without end cannot be stopped inside Python's own ``re``: it holds the interpreter until it
is done. The ``regex`` package takes a time limit and lets other threads work meanwhile; its patterns are ``re``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import prod

import regex

SEARCHED_BYTES = 64 << 10
"""How much of a message a pattern is searched in."""

TIME_LIMIT_S = 0.1
"""How long a pattern may take on one message, in seconds."""

LINE_LIMIT_S = 0.01
"""How long it may take on one line that is drawn, in seconds."""

REPEATS_LIMIT = 100_000
"""Nested counts such as ``(a{100}){100}`` may come to this many in all: they are written out in memory."""

_GROUP_COUNT = re.compile(r"[)}]\??\{(\d*)", re.ASCII)
_ANY_COUNT = re.compile(r"\{(\d*)", re.ASCII)


class PatternProblem(Exception):
    """A pattern that cannot be used; ``at`` is the position in the pattern, when that is known."""

    def __init__(self, message: str, at: int | None) -> None:
        super().__init__(message)
        self.at = at


class TooSlow(Exception):
    """A pattern took longer than TIME_LIMIT_S on one message."""


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> regex.Pattern[str]:
    """The pattern, ready to use.

    Raises:
        PatternProblem: it is no pattern, or one that takes too much memory.
    """
    nested = prod(max(1, int(count or 1)) for count in _GROUP_COUNT.findall(pattern))
    if nested * max((int(count or 1) for count in _ANY_COUNT.findall(pattern)), default=1) > REPEATS_LIMIT:
        raise PatternProblem("counts that come to less in all", None)
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise PatternProblem(f"a regular expression ({error.msg})", error.pos) from None
    except (RecursionError, MemoryError, OverflowError, ValueError):
        raise PatternProblem("a simpler regular expression", None) from None


def check(pattern: str) -> None:
    """Whether a pattern can be used.

    Raises:
        PatternProblem: it cannot.
    """
    _compiled(pattern)


def search(pattern: str, content: bytes) -> bool:
    """Whether a pattern is found in the first SEARCHED_BYTES of a message, taken as UTF-8.

    Raises:
        TooSlow: it took too long to find out.
    """
    shown = content[:SEARCHED_BYTES].decode("utf-8", "replace")
    try:
        return _compiled(pattern).search(shown, timeout=TIME_LIMIT_S, concurrent=True) is not None
    except (TimeoutError, MemoryError) as error:
        raise TooSlow from error


def spans(pattern: str, shown: str, seconds: float = TIME_LIMIT_S) -> Iterator[tuple[int, int]]:
    """Where in a text a pattern is found: its first character, and the one behind it.

    Args:
        pattern: the pattern.
        shown: the text.
        seconds: when to give up; the finds until then are told.
    """
    try:
        for match in _compiled(pattern).finditer(shown, timeout=seconds, concurrent=True):
            begin, end = match.span()
            if begin < end:
                yield begin, end
    except (TimeoutError, MemoryError):
        return
