"""What somebody who knows other programs' filters may have meant, told where a filter takes nothing."""

from __future__ import annotations

from wsinspect.filters.expression import Expression, Text, terms

_BOTH = "side by side means both"
_NEGATED = "-term negates"
_EITHER = "write or"

FOREIGN = {
    "and": _BOTH,
    "&&": _BOTH,
    "&": _BOTH,
    "not": _NEGATED,
    "!": _NEGATED,
    "||": _EITHER,
    "|": _EITHER,
}
"""Operators elsewhere, words here, in any case: how to say it here."""


def advice(expression: Expression | None) -> str:
    """How to say it here, where a word looks like an operator of other languages; empty where none does."""
    for term in terms(expression) if expression else ():
        if isinstance(term, Text):
            word = "!" if term.text.startswith("!") else term.text
            meant = FOREIGN.get(word.lower())
            if meant:
                # Short: all of it is to be seen in a list of 80 columns.
                return f"{word} is a word here; {meant}"
    return ""
