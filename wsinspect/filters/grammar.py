"""From the text of a filter to its expression: terms, then what holds them together.

    filter = [ either ]
    either = all { "or" all }
    all    = part { part }
    part   = "-" part | "(" either ")" | term
    term   = key ":" value { "," value } | word | phrase

Each token knows where it stands, so that every error can point at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

from wsinspect.filters import keys
from wsinspect.filters.expression import All, Either, Expression, Not, Text
from wsinspect.filters.lexicon import KEY, OR, protected_end, quoted, run_end
from wsinspect.filters.problem import FilterError

LONGEST = 2000
"""Characters that a filter may have."""

DEEPEST = 40
"""How deep brackets and negations may be nested."""


class Sign(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    NOT = auto()
    OR = auto()
    TERM = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the text."""

    sign: Sign
    at: int
    end: int
    term: Expression | None = None
    """What is said of a message; one that several values are given for is an Either."""


def parse(text: str) -> Expression | None:
    """The expression that a text says; None when it says nothing.

    Raises:
        FilterError: it is no filter; with the place and what was expected there.
    """
    if len(text) > LONGEST:
        raise FilterError(f"expected at most {LONGEST:,} characters, found {len(text):,}", LONGEST, len(text) - LONGEST)
    reader = _Reader(text, tokens(text))
    return reader.filter()


def tokens(text: str) -> list[Token]:
    """The parts of a text, in order.

    Raises:
        FilterError: a part is not well formed.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at)
        found.append(token)
        at = token.end
    return found


def _token(text: str, at: int) -> Token:
    sign = {"(": Sign.OPEN, ")": Sign.CLOSE, "-": Sign.NOT}.get(text[at])
    if sign is not None:
        return Token(sign, at, at + 1)
    if text[at] == '"':
        value, end = _phrase(text, at)
        if not value:
            raise FilterError("expected some text in the quotes", at, 2)
        return Token(Sign.TERM, at, end, Text(value))
    key = KEY.match(text, at)
    if key is not None:
        return _keyed(text, at, key[1], key.end())
    end = run_end(text, at)
    word = text[at:end]
    if word.lower() == OR:
        return Token(Sign.OR, at, end)
    return Token(Sign.TERM, at, end, Text(word))


def _keyed(text: str, at: int, name: str, begin: int) -> Token:
    key = keys.KEYS.get(name.lower())
    if key is None:
        meant = "".join(f", perhaps {near}:" for near in get_close_matches(name.lower(), keys.KEYS, 1))
        # Short enough for 80 columns with the mark below the key: an empty field offers all keys.
        raise FilterError(f"'{name}:' is no key{meant}; in quotes it is text", at, begin - at)
    if key.name == "json":
        end = protected_end(text, begin)
        return Token(Sign.TERM, at, end, keys.read(key, text[begin:end], begin, is_exact=True))
    if text.startswith('"', begin):
        value, end = _phrase(text, begin)
        return Token(Sign.TERM, at, end, keys.read(key, value, begin, is_exact=False))
    end = run_end(text, begin)
    return Token(Sign.TERM, at, end, keys.read(key, text[begin:end], begin, is_exact=True))


def _phrase(text: str, at: int) -> tuple[str, int]:
    value, end = quoted(text, at)
    if end < len(text) and not text[end].isspace() and text[end] != ")":
        raise FilterError(
            f"expected a blank after the quotes, found '{text[end]}'; \\\" is a quote inside them", end, 1
        )
    return value, end


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self._end = len(text)
        self._tokens = found
        self._position = 0

    def filter(self) -> Expression | None:
        """All of the text."""
        if not self._tokens:
            return None
        whole = self._either(0)
        left = self._next()
        if left is not None:
            raise FilterError("expected a ( that this ) closes", left.at, 1)
        return whole

    def _next(self) -> Token | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _either(self, depth: int) -> Expression:
        parts = [self._all(depth)]
        while (token := self._next()) is not None and token.sign is Sign.OR:
            self._position += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self, depth: int) -> Expression:
        parts = [self._part(depth)]
        while (token := self._next()) is not None and token.sign not in (Sign.OR, Sign.CLOSE):
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _part(self, depth: int) -> Expression:
        token = self._next()
        if token is None or token.sign in (Sign.OR, Sign.CLOSE):
            raise self._missing(token)
        if depth > DEEPEST:
            raise FilterError(f"expected at most {DEEPEST} brackets and negations in each other", token.at, 1)
        self._position += 1
        if token.term is not None:
            return token.term
        return Not(self._part(depth + 1)) if token.sign is Sign.NOT else self._bracket(token, depth + 1)

    def _bracket(self, opening: Token, depth: int) -> Expression:
        inner = self._either(depth)
        closing = self._next()
        if closing is None:
            raise FilterError("expected a ) for the ( here", opening.at, 1)
        self._position += 1
        return inner

    def _missing(self, found: Token | None) -> FilterError:
        """That a term is missing before ``found``."""
        before = self._tokens[self._position - 1] if self._position else None
        after = (
            {Sign.OR: " after or", Sign.NOT: " after -", Sign.OPEN: " after ("}.get(before.sign, "") if before else ""
        )
        if found is None:
            return FilterError(f"expected something to look for{after}", self._end)
        what = "or" if found.sign is Sign.OR else ")"
        return FilterError(f"expected something to look for{after}", found.at, found.end - found.at, found=what)
