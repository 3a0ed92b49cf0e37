"""What may have been meant by a filter that takes nothing: told where it does."""

from __future__ import annotations

from itertools import pairwise

from wsinspect.filters.expression import Code, Expression, Json, Order, Pattern, Size, Term, Text, terms
from wsinspect.wire.close import ABNORMAL, NO_STATUS, TLS_FAILED

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

CONCLUDED = (NO_STATUS, ABNORMAL, TLS_FAILED)
"""Codes that no close frame may carry. RFC 6455 section 7.4.1."""

COMPARING = tuple("<>=")


def advice(expression: Expression | None) -> str:
    """What may have been meant; empty where nothing comes to mind. Short: a list of 80 columns shows all of it."""
    asked = tuple(terms(expression)) if expression else ()
    for before, term in pairwise((None, *asked)):
        if isinstance(term, Code) and term.order is Order.EQUAL and term.code in CONCLUDED:
            return f"{term.code} is never sent; Connections finds it as a conclusion"
        if isinstance(term, Text):
            said = _of_word(term.text, before)
            if said:
                return said
    return ""


def _of_word(text: str, before: Term | None) -> str:
    """What may have been meant by a word behind another term."""
    word = "!" if text.startswith("!") else text
    meant = FOREIGN.get(word.lower())
    if meant:
        return f"{word} is a word here; {meant}"
    if isinstance(before, Pattern):
        return "a blank ends the pattern behind re: unless it stands in quotes"
    if (isinstance(before, Json) and text[:1] in COMPARING) or (isinstance(before, Size) and text.isalpha()):
        return f"{text} is a word here; write it without a blank before it"
    return ""
