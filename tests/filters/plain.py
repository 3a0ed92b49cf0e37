"""What filters over messages and over connections have in common, said once more and plainly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from wsinspect.filters.expression import All, Either, Expression, Not, Order

COMPARISONS = st.sampled_from([one for one in Order if one is not Order.OTHER])
"""How a size or a gap may be compared."""

_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def around(terms: st.SearchStrategy[Any], leaves: int = 8) -> st.SearchStrategy[Expression]:
    """Expressions of these terms."""

    def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        several = st.lists(parts, min_size=2, max_size=4).map(tuple)
        return st.builds(Not, parts) | st.builds(All, several) | st.builds(Either, several)

    return st.recursive(terms, larger, max_leaves=leaves)


def combined(expression: Expression, takes: Callable[[Expression], bool]) -> bool:
    """What an expression takes, by what its terms take."""
    match expression:
        case Not(part):
            return not combined(part, takes)
        case All(parts):
            return False not in [combined(part, takes) for part in parts]
        case Either(parts):
            return True in [combined(part, takes) for part in parts]
    return takes(expression)


def compares(order: Order, value: float, said: float) -> bool:
    """Whether a value stands so to what a term says."""
    return _ORDERS[order](value, said)


def has_text(text: str, line: bytes) -> bool:
    """Whether a word stands in a line, in whatever case."""
    if text.isascii():
        return text.lower().encode() in line.lower()
    return text.casefold() in line.decode(errors="replace").casefold()
