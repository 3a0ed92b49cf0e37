"""Connections in another order than they came: sorted by SQLite, so that a hundred thousand of them take one call."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence

from wsinspect.model import Connection, Order, SortBy
from wsinspect.session.reading.horizon import NEVER
from wsinspect.session.reading.store import Store

_CLOSE = (
    "CASE WHEN status IS NOT NULL AND status <> 101 THEN 100000 + status "
    "WHEN client_close_row < coalesce(server_close_row, 1 << 62) THEN coalesce(client_close_code, 1005) "
    "WHEN server_close_row IS NOT NULL THEN coalesce(server_close_code, 1005) "
    "WHEN closed_ns IS NOT NULL THEN 1006 END"
)

_KEYS: dict[SortBy, tuple[str, ...]] = {
    SortBy.NUMBER: (),
    SortBy.STATE: ("upgraded_ns IS NULL AND closed_ns IS NOT NULL", "closed_ns IS NOT NULL", "upgraded_ns IS NULL"),
    SortBy.PATH: ("path COLLATE NOCASE",),
    SortBy.CLIENT: ("client",),
    SortBy.SUBPROTOCOL: ("nullif(subprotocol, '') COLLATE NOCASE",),
    SortBy.AGE: ("coalesce(closed_ns, :now) - opened_ns",),
    SortBy.TO_SERVER: ("to_server_messages", "to_server_bytes"),
    SortBy.TO_CLIENT: ("to_client_messages", "to_client_bytes"),
    SortBy.LATEST: ("max(to_server_last_ns, to_client_last_ns, opened_ns)",),
    SortBy.ROUND_TRIP: ("rtt_ns",),
    SortBy.CLOSE: (_CLOSE,),
}
"""What is sorted by, the first first; what is equal in all of it stays in the order it came."""


_COLUMNS = (
    *("id", "path", "client", "subprotocol", "opened_ns", "upgraded_ns", "closed_ns", "status", "rtt_ns"),
    *("to_server_messages", "to_server_bytes", "to_server_last_ns"),
    *("to_client_messages", "to_client_bytes", "to_client_last_ns"),
    *("client_close_row", "client_close_code", "server_close_row", "server_close_code"),
)
"""What the keys above are made from."""

_KNOWN = (
    f"(SELECT {', '.join(_COLUMNS)} FROM connection WHERE last_ns <= :until "
    f"UNION ALL SELECT {', '.join(f'value ->> {at}' for at in range(len(_COLUMNS)))} FROM json_each(:changing))"
)
"""The connections as of the horizon: records that were complete by then, and what is known of the others."""


def ordered(store: Store, order: Order, now_ns: int, kept: int, only: Sequence[int] | None = None) -> Sequence[int]:
    """The numbers of the connections in an order.

    Args:
        store: the session.
        order: which; what has nothing to sort by comes last, either way round.
        now_ns: the time that ages of open connections are taken at.
        kept: a connection that is listed though it is closed; 0 for none.
        only: the connections that are listed; None for all.
    """
    turn = "DESC" if order.is_descending else "ASC"
    terms = [f"({term}) {turn} NULLS LAST" for term in _KEYS[order.by]]
    wanted = ["(closed_ns IS NULL OR id = :kept)"] if order.hides_closed else []
    values: dict[str, int | str] = {"now": now_ns, "kept": kept}
    if only is not None:
        wanted.append("id IN (SELECT value FROM json_each(:only))")
        values["only"] = json.dumps(list(only))
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    source = "connection"
    if store.until_ns != NEVER:
        source = _KNOWN
        values |= {"until": store.until_ns, "changing": json.dumps([_values(one) for one in store.changing()])}
    sql = f"SELECT id FROM {source} {where} ORDER BY {', '.join([*terms, f'id {turn}'])}"
    return array("q", (number for (number,) in store.query(sql, **values)))


def _values(connection: Connection) -> list[int | str | None]:
    """What stands in _COLUMNS."""
    to_server, to_client = connection.to_server, connection.to_client
    client, server = connection.client_close, connection.server_close
    return [
        *(connection.id, connection.path, connection.client, connection.subprotocol, connection.opened_ns),
        *(connection.upgraded_ns, connection.closed_ns, connection.status, connection.rtt_ns),
        *(to_server.messages, to_server.wire_bytes, to_server.last_ns),
        *(to_client.messages, to_client.wire_bytes, to_client.last_ns),
        *(None if client is None else client.row, None if client is None else client.code),
        *(None if server is None else server.row, None if server is None else server.code),
    ]
