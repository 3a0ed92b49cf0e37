"""The label in the upper edge of Messages for kinds that are hidden: they stay so from one time to the next. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from wsinspect import text
from wsinspect.filters import Expression, printed
from wsinspect.ui.drawing import safe

ROOM = 26
"""Cells for the kinds that are named; the first is, however long it is, cut to this."""


def hidden_label(hidden: Sequence[Expression]) -> list[str]:
    """The label: as many kinds as there is room for, how many more there are, and the key that lists them."""
    if not hidden:
        return []
    kinds = [safe.line(printed(one)) for one in hidden]
    named = text.shorten(kinds[0], ROOM)
    count = 1
    while count < len(kinds) and text.cells(f"{named}, {kinds[count]}") <= ROOM:
        named = f"{named}, {kinds[count]}"
        count += 1
    more = f" and {len(kinds) - count} more" if count < len(kinds) else ""
    return [f"hidden: {named}{more} · U lists"]
