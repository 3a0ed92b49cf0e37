"""By which column the list of connections is sorted, and what a click or a choice makes of it. Pure."""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from wsinspect.model import Order, SortBy

COLUMNS: dict[str, SortBy] = {
    "id": SortBy.NUMBER,
    "state": SortBy.STATE,
    "path": SortBy.PATH,
    "client": SortBy.CLIENT,
    "subprotocol": SortBy.SUBPROTOCOL,
    "age": SortBy.AGE,
    "sent": SortBy.TO_SERVER,
    "up": SortBy.TO_SERVER,
    "got": SortBy.TO_CLIENT,
    "down": SortBy.TO_CLIENT,
    "rate": SortBy.LATEST,
    "rtt": SortBy.ROUND_TRIP,
    "close": SortBy.CLOSE,
}
"""What each column of the list is sorted by."""

LABELS: dict[SortBy, str] = {
    SortBy.NUMBER: "number, as they came",
    SortBy.STATE: "state: open, closed, never opened",
    SortBy.PATH: "path",
    SortBy.CLIENT: "client's address",
    SortBy.SUBPROTOCOL: "subprotocol",
    SortBy.AGE: "age",
    SortBy.TO_SERVER: "messages to server ▲",
    SortBy.TO_CLIENT: "messages to client ▼",
    SortBy.LATEST: "latest traffic",
    SortBy.ROUND_TRIP: "round trip",
    SortBy.CLOSE: "close code",
}

_LARGEST_FIRST = {SortBy.AGE, SortBy.TO_SERVER, SortBy.TO_CLIENT, SortBy.LATEST, SortBy.ROUND_TRIP}


def sorted_by(order: Order, by: SortBy) -> Order:
    """The order after a column was chosen; choosing it again turns it round."""
    if order.by is by:
        return replace(order, is_descending=not order.is_descending)
    return replace(order, by=by, is_descending=by in _LARGEST_FIRST)


def mark(order: Order, column: str) -> str:
    """What stands behind the title of a column: which way it is sorted; empty where it is not."""
    if order.by is SortBy.NUMBER and not order.is_descending:
        return ""
    return ("↓" if order.is_descending else "↑") if COLUMNS.get(column) is order.by else ""


def nearest(ids: Sequence[int], wanted: Sequence[int], was_at: int, order: Order) -> int:
    """Where the cursor goes in a list, or -1 where that is empty.

    Args:
        ids: what is listed.
        wanted: the numbers of those that it should be on, the first of them best.
        was_at: its position before.
        order: what it is sorted by. By number it goes to the first of ``wanted``, or to the number nearest to that;
            else to any of ``wanted``, or it stays at its position.
    """
    if order.by is SortBy.NUMBER:
        return _nearest_number(ids, wanted[0], is_descending=order.is_descending)
    for one in wanted:
        if one in ids:
            return ids.index(one)
    return min(max(0, was_at), len(ids) - 1)


def _nearest_number(ids: Sequence[int], number: int, *, is_descending: bool) -> int:
    key = operator.neg if is_descending else operator.pos
    at = bisect_left(ids, key(number), key=key)
    beside = (one for one in (at - 1, at) if 0 <= one < len(ids))
    return min(beside, key=lambda one: abs(ids[one] - number), default=-1)
