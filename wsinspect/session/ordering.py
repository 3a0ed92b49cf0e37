"""Connections in another order than they came: sorted by SQLite, so that a hundred thousand of them take one call."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from wsinspect.model import Order, SortBy
from wsinspect.session.store import Store

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


def ordered(store: Store, order: Order, now_ns: int, kept: int) -> Sequence[int]:
    """The numbers of the connections in an order.

    Args:
        store: the session.
        order: which; what has nothing to sort by comes last, either way round.
        now_ns: the time that ages of open connections are taken at.
        kept: a connection that is listed in any case; 0 for none.
    """
    turn = "DESC" if order.is_descending else "ASC"
    terms = [f"({term}) {turn} NULLS LAST" for term in _KEYS[order.by]]
    where = "WHERE closed_ns IS NULL OR id = :kept" if order.hides_closed else ""
    sql = f"SELECT id FROM connection {where} ORDER BY {', '.join([*terms, f'id {turn}'])}"
    return array("q", (number for (number,) in store.query(sql, now=now_ns, kept=kept)))
