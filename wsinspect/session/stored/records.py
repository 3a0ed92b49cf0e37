"""Values as the tables hold them: connections and events."""

from __future__ import annotations

import json
from typing import Any

from wsinspect.model import Connection, EndedBy, Ending, Event, EventKind, LegEnd, SeenClose, Traffic

_PLAIN = (
    *("id", "source", "client", "server", "url", "path", "opened_ns", "subprotocol", "extensions"),
    *("upgraded_ns", "closed_ns", "status", "status_by_us", "failure", "rows"),
)
_TRAFFIC = slice(15, 20), slice(20, 25)
_CLOSES = slice(25, 29), slice(29, 33)
_ENDS = slice(33, 37), slice(37, 41)
_LAST = (
    *("rtt_ns", "pings_unanswered", "first_violation", "violation_row", "violation_ns"),
    *("dialled_ns", "responded_ns", "since_ns", "last_ns"),
)


def connection_from(values: tuple[Any, ...]) -> Connection:
    """A record of the ``connection`` table, columns in the schema's order."""
    facts: dict[str, Any] = dict(zip(_PLAIN, values[:15], strict=True)) | dict(zip(_LAST, values[41:], strict=True))
    facts["status_by_us"] = bool(facts["status_by_us"])
    to_server, to_client = (Traffic(*values[part]) for part in _TRAFFIC)
    client_close, server_close = (_close(values[part]) for part in _CLOSES)
    client_end, server_end = (_end(values[part]) for part in _ENDS)
    return Connection(
        **facts,
        to_server=to_server,
        to_client=to_client,
        client_close=client_close,
        server_close=server_close,
        client_end=client_end,
        server_end=server_end,
    )


def _close(values: tuple[Any, ...]) -> SeenClose | None:
    return None if values[0] is None else SeenClose(*values)


def _end(values: tuple[Any, ...]) -> LegEnd | None:
    return None if values[0] is None else LegEnd(Ending(values[0]), values[1], EndedBy(values[2]), values[3])


def event_from(kind: str, data: str) -> Event:
    """An event as its columns ``kind`` and ``data`` say it.

    Raises:
        ValueError: they say nothing of the kind.
    """
    facts = json.loads(data)
    if not isinstance(facts, dict):
        raise ValueError("an event's data is not an object")
    plain = {str(key): value for key, value in facts.items() if value is None or isinstance(value, str | int | float)}
    return Event(EventKind(kind), plain)
