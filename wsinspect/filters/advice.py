"""What somebody who knows other programs' filters may have meant, told where a filter takes nothing."""

from __future__ import annotations

from wsinspect.filters.expression import Expression, Text, terms

FOREIGN = frozenset({"and", "not", "&&", "||", "&", "|", "!"})
"""Operators elsewhere, words here."""


def advice(expression: Expression | None) -> str:
    """How to say it here, where words look like operators of other languages; empty where none does."""
    words = [term.text.lower() for term in terms(expression) if isinstance(term, Text)] if expression else []
    if not any(word in FOREIGN or word.startswith("!") for word in words):
        return ""
    return "- in front of a term negates it, terms side by side are and; all else is a word"
