"""What a text that is being typed comes to: a filter, or what of it is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from wsinspect.filters.expression import Expression
from wsinspect.filters.problem import FilterError

CUTS = 32
"""Places before the wrong one where a text is cut and read again, at most."""


class Reading(NamedTuple):
    """A text, and what it means as far as it means anything."""

    text: str
    valid: str
    """The text itself, or what stands before the term that is wrong."""
    expression: Expression | None
    """What that means."""
    error: FilterError | None
    """What is wrong with the text; None when nothing is."""


def reading(text: str, read: Callable[[str], Expression | None]) -> Reading:
    """What a text comes to, which depends on nothing but the text: a term that is wrong counts as if it were not there.

    Args:
        text: what was typed.
        read: what a text means; raises FilterError.
    """
    try:
        return Reading(text, text, read(text), None)
    except FilterError as error:
        problem = error
    for begun in _beginnings(text, problem.at):
        try:
            return Reading(text, begun, read(begun), problem)
        except FilterError:
            continue
    return Reading(text, "", read(""), problem)


def _beginnings(text: str, at: int) -> Iterator[str]:
    """What stands before the term with a character, and before the terms before it, the longest first."""
    cuts = [end for end in range(1, min(at, len(text)) + 1) if text[end - 1].isspace() or text[end - 1] == "("]
    for end in cuts[: -CUTS - 1 : -1]:
        yield text[:end]
