"""Where the words of a filter stand in a message, as ``matcher.finder`` finds them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache


def spots(words: tuple[str, ...], content: bytes) -> Iterator[tuple[int, int]]:
    """Where any of some words stands, in upper or lower case, from the beginning on.

    Args:
        words: what is looked for.
        content: what is looked through.

    Yields:
        Offset of the first byte of a word, and of the byte behind it; what one word takes no other does.
    """
    if not words:
        return
    if all(map(str.isascii, words)):
        for found in _plain(words).finditer(content.lower()):
            yield found.span()
        return
    # Each byte that is not UTF-8 is one character here, and becomes that byte again.
    shown = content.decode("utf-8", "surrogateescape")
    at = begin = 0
    for match in _folded(words).finditer(shown):
        begin += _length(shown[at : match.start()])
        end = begin + _length(match[0])
        yield begin, end
        at, begin = match.end(), end


def _length(shown: str) -> int:
    return len(shown.encode("utf-8", "surrogateescape"))


@lru_cache(maxsize=16)
def _plain(words: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.escape(word.lower().encode()) for word in _longest_first(words)))


@lru_cache(maxsize=16)
def _folded(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _longest_first(words))), re.IGNORECASE)


def _longest_first(words: tuple[str, ...]) -> list[str]:
    return sorted(words, key=len, reverse=True)
