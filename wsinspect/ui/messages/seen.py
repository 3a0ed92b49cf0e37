"""Values of a filter's keys that were seen on screen, offered to whoever types. Pure; the values are peer text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from wsinspect.filters import printed
from wsinspect.filters.expression import Json, Order
from wsinspect.model import Connection, Row, RowKind
from wsinspect.wire.close import parse_close

MOST = 200
"""Values of one key that are offered at most."""

LONGEST = 60
"""Characters beyond which no value is offered."""


def seen(rows: Iterable[Row], connections: Iterable[Connection]) -> dict[str, tuple[str, ...]]:
    """What could stand behind each key, by what is at hand; the latest first."""
    newest = list(rows)[::-1]
    there = list(connections)
    return {
        "conn": _few(str(one.id) for one in there),
        "path": _few(one.path for one in there),
        "code": _few(_codes(newest, there)),
        "violation": _few(broken.rule for row in newest for broken in row.violations),
        "json": _few(value for row in newest for value in _members(row)),
    }


def _few(values: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in values:
        # What cannot be typed, or is drawn as something else, is no help to anybody.
        if value and len(value) <= LONGEST and value.isprintable():
            found[value] = None
        if len(found) == MOST:
            break
    return tuple(found)


def _codes(rows: Iterable[Row], connections: Iterable[Connection]) -> Iterator[str]:
    for row in rows:
        if row.kind is RowKind.CLOSE and (code := parse_close(row.head, row.size).code) is not None:
            yield str(code)
    for one in connections:
        for close in (one.client_close, one.server_close):
            if close is not None and close.code is not None:
                yield str(close.code)


def _members(row: Row) -> Iterator[str]:
    """The plain members of a message that is a JSON object, as paths with and without their values."""
    content = whole_json(row)
    if not isinstance(content, Mapping):
        return
    for name, value in content.items():
        yield printed(Json((str(name),))).removeprefix(_JSON)
        if isinstance(value, str):
            yield printed(Json((str(name),), Order.EQUAL, value)).removeprefix(_JSON)


_JSON = "json:"


def whole_json(row: Row) -> object:
    """What a message says that is JSON and that the row carries whole; None for any other."""
    size = row.size if row.inflated_size is None else row.inflated_size
    if row.kind is not RowKind.TEXT or len(row.head) != size or row.head[:1] not in (b"{", b"["):
        return None
    try:
        found: object = json.loads(row.head)
    except (ValueError, RecursionError):
        return None
    return found
