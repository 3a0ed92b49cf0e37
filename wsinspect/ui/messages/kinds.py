"""The kind of a message, as the filter that takes its likes: what "hide this kind" hides. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wsinspect.filters import Expression
from wsinspect.filters.expression import Json, Order, Type
from wsinspect.filters.subject import KINDS
from wsinspect.model import Row, RowKind
from wsinspect.ui.messages.seen import LONGEST, whole_json

NAMES = ("type", "event", "op", "action", "method", "cmd", "topic", "channel", "kind", "t")
"""Members of a JSON object that say what kind of message it is, in most protocols; the first that is there counts."""

_FIRST_MEMBER = re.compile(rb'\s*\{\s*"(%b)"\s*:\s*"([ !#-\[\]-~]{1,%d})"' % ("|".join(NAMES).encode(), LONGEST))
"""The beginning of an object that names its kind first, for messages that a row does not carry whole."""


def kind_of(row: Row) -> Expression | None:
    """The filter that takes messages like this one; None where there are no others like it.

    A JSON object is like those that name the same kind; any other message is like all of its type.
    """
    content = whole_json(row)
    if isinstance(content, Mapping):
        for name in NAMES:
            value = content.get(name)
            if isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable():
                return Json((name,), Order.EQUAL, value)
            if isinstance(value, int) and not isinstance(value, bool):
                return Json((name,), Order.EQUAL, str(value))
    named = _FIRST_MEMBER.match(row.head) if row.kind is RowKind.TEXT and content is None else None
    if named is not None:
        return Json((named[1].decode(),), Order.EQUAL, named[2].decode())
    kind = KINDS.get(row.kind)
    return None if kind is None else Type(kind)
