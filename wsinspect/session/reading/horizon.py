"""What of a record had been known at a time: the pure half of reading a session as of then.

A time here is a horizon: what happened at it is known, what came later is not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from wsinspect.model import Connection, EventKind, Handshake, LegEnd, SeenClose, Side
from wsinspect.session.stored.batch import READ, EventRecord
from wsinspect.session.stored.segments import Segment
from wsinspect.session.stored.totals import Totals

NEVER = (1 << 63) - 1
"""The horizon of somebody who sees everything: later than any time in a file."""


def segment_until(segment: Segment, events: Sequence[EventRecord], until_ns: int) -> Segment:
    """The segment with the rows that had come by then; its bytes stay, since those of later rows are not asked for.

    Args:
        segment: one that had begun by then.
        events: all its events, in the order of their rows.
        until_ns: the horizon.
    """
    until_ns = clock_of(segment, until_ns)
    known = bisect_right(segment.found, until_ns, key=lambda row: row.at_ns)
    first_unknown = segment.first_row + known
    for event in events:
        if event.at_ns > until_ns:
            first_unknown = min(first_unknown, event.row)
            break
        if event.row > first_unknown:
            break
        first_unknown += 1
    rows = min(segment.rows, first_unknown - segment.first_row)
    told = sum(event.row < first_unknown for event in events)
    return segment._replace(rows=rows, found=segment.found[: max(0, rows - told)])


def clock_of(segment: Segment, until_ns: int) -> int:
    """What the clock said at a horizon within a segment: the same, unless it had gone back before that segment."""
    return until_ns - segment.since_ns + segment.first_ns


def connection_until(
    connection: Connection, totals: Totals, events: Sequence[EventRecord], until_ns: int
) -> Connection:
    """A connection as it stood then.

    Args:
        connection: its record, of any later time.
        totals: what it had come to.
        events: those events until then that say how its legs ended and why there was no answer, in order.
        until_ns: the horizon.
    """

    def known(at_ns: int | None) -> bool:
        return at_ns is not None and at_ns <= until_ns

    is_upgraded, is_answered = known(connection.upgraded_ns), known(connection.responded_ns)
    is_broken = known(connection.violation_ns)
    failures = [str(record.event.data.get("problem", "")) for record in _of(events, EventKind.FAILED)]
    return replace(
        connection,
        server=connection.server if known(connection.dialled_ns) else "",
        subprotocol=connection.subprotocol if is_upgraded else "",
        extensions=connection.extensions if is_upgraded else "",
        upgraded_ns=connection.upgraded_ns if is_upgraded else None,
        closed_ns=connection.closed_ns if known(connection.closed_ns) else None,
        status=connection.status if is_answered else None,
        status_by_us=connection.status_by_us and is_answered,
        failure=failures[-1] if failures else "",
        rows=totals.rows,
        to_server=totals.traffic[Side.CLIENT],
        to_client=totals.traffic[Side.SERVER],
        client_close=_close(connection.client_close, until_ns),
        server_close=_close(connection.server_close, until_ns),
        client_end=_end(connection.client_end, Side.CLIENT, events, until_ns),
        server_end=_end(connection.server_end, Side.SERVER, events, until_ns),
        rtt_ns=totals.rtt_ns,
        pings_unanswered=totals.pings_unanswered,
        first_violation=connection.first_violation if is_broken else "",
        violation_row=connection.violation_row if is_broken else None,
        violation_ns=connection.violation_ns if is_broken else None,
        dialled_ns=connection.dialled_ns if known(connection.dialled_ns) else None,
        responded_ns=connection.responded_ns if is_answered else None,
        last_ns=min(connection.last_ns, until_ns),
    )


def _close(close: SeenClose | None, until_ns: int) -> SeenClose | None:
    return close if close is not None and close.at_ns <= until_ns else None


def _end(end: LegEnd | None, leg: Side, events: Sequence[EventRecord], until_ns: int) -> LegEnd | None:
    if end is None or end.at_ns > until_ns:
        return None
    told = [record.event.data for record in _of(events, EventKind.END)]
    undelivered = [facts.get("undelivered") for facts in told if facts.get("side") == leg.label]
    return replace(end, undelivered=max((count for count in undelivered if isinstance(count, int)), default=0))


def _of(events: Sequence[EventRecord], kind: EventKind) -> list[EventRecord]:
    return [record for record in events if record.event.kind is kind]


def handshake_until(
    handshake: Handshake, connection: Connection, forwarded_ns: int | None, pieces: bytes, until_ns: int
) -> Handshake:
    """A handshake as far as it had come then.

    Args:
        handshake: its record, of any later time.
        connection: the connection, as of then.
        forwarded_ns: when the request was sent on.
        pieces: READ records of the answer.
        until_ns: the horizon.

    Raises:
        struct.error: pieces are not such records.
    """
    answered = sum(length for length, delta in READ.iter_unpack(pieces) if connection.opened_ns + delta <= until_ns)
    is_dialled, is_answered = connection.dialled_ns is not None, connection.responded_ns is not None
    return Handshake(
        request=handshake.request,
        forwarded=handshake.forwarded if forwarded_ns is not None and forwarded_ns <= until_ns else b"",
        response=handshake.response[:answered],
        response_by_us=handshake.response_by_us and is_answered,
        connect_ns=handshake.connect_ns if is_dialled else None,
        tls_ns=handshake.tls_ns if is_dialled else None,
        upgrade_ns=handshake.upgrade_ns if is_answered else None,
    )
