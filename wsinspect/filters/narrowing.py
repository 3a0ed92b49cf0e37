"""What can be told of many messages at once, so that most of them are never looked at one by one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from wsinspect import codes
from wsinspect.filters import jsonpath
from wsinspect.filters.expression import All, Either, Expression, Json, Not, Term, Text

Decide = Callable[[Term], bool | None]
"""Whether a term holds for all messages at hand (True), for none (False), or that has to be looked at (None)."""

_PARTS = ("Mn", "Mc", "Me", "Lm")


class Needle(NamedTuple):
    """Bytes without which a term cannot hold."""

    data: bytes
    is_folded: bool
    """Whether they are looked for in lower case."""


def narrow(expression: Expression, decide: Decide) -> Expression | bool:
    """What is left of an expression where some of its terms are decided."""
    match expression:
        case Not(part):
            left = narrow(part, decide)
            return not left if isinstance(left, bool) else Not(left)
        case All(parts) | Either(parts):
            ends = isinstance(expression, Either)
            remaining: list[Expression] = []
            for part in parts:
                left = narrow(part, decide)
                if left is ends:
                    return ends
                if not isinstance(left, bool):
                    remaining.append(left)
            if len(remaining) < 2:
                return remaining[0] if remaining else not ends
            return Either(tuple(remaining)) if ends else All(tuple(remaining))
        case _:
            decided = decide(expression)
            return expression if decided is None else decided


def required_word(expression: Expression) -> Needle | None:
    """Bytes that every message holds that the expression takes, if there are any and a word says so."""
    words = expression.parts if isinstance(expression, All) else (expression,)
    needles = [word_needle(word.text) for word in words if isinstance(word, Text)]
    return max((needle for needle in needles if needle), key=lambda needle: len(needle.data), default=None)


def needles(term: Term) -> tuple[list[Needle], bool]:
    r"""The bytes without which a term cannot hold, and whether a ``\`` may stand for them."""
    if isinstance(term, Text):
        needle = word_needle(term.text)
        return ([needle] if needle else []), False
    if isinstance(term, Json):
        return [Needle(data, is_folded=False) for data in jsonpath.needles(term)], True
    return [], False


@lru_cache(maxsize=64)
def word_needle(text: str) -> Needle | None:
    """The longest run of a word whose bytes must stand in every message that has the word; None when there is none.

    Of a word with letters beyond A to Z only what has no case counts: many letters become several others when case is
    taken from them, A to Z among them.
    """
    if text.isascii():
        folded = text.lower()
        return Needle(folded.encode(), is_folded=folded != text.upper())
    runs = "".join(one if has_no_case(one) else "\0" for one in text.casefold()).split("\0")
    longest = max(runs, key=lambda run: len(run.encode("utf-8", "surrogatepass")))
    return Needle(longest.encode("utf-8", "surrogatepass"), is_folded=False) if longest else None


def has_no_case(character: str) -> bool:
    """Whether a character is only ever written as itself: no other becomes it when case is taken from it."""
    if character.isascii():
        return not character.isalpha() and character != "\0"
    is_caseless = character == character.upper() == character.lower() == character.casefold()
    # Marks and modifiers are what is left of some letters; U+FFFD stands for any bytes that are not UTF-8.
    return is_caseless and unicodedata.category(character) not in _PARTS and character != "\ufffd"


def may_be_close_label(text: str) -> bool:
    """Whether a word may stand in the line of a close frame without standing in its reason alone."""
    folded = text.lower()
    if folded.startswith(" ") or "  " in folded:
        return True
    rest = folded.lstrip("0123456789")
    return any(rest in name for name in _close_names())


@lru_cache(maxsize=1)
def _close_names() -> frozenset[str]:
    """All names of close codes, as they stand behind a code."""
    return frozenset(f" {codes.name(code)}  ".lower() for code in (*range(5001), 65535))
