"""What a connection had come to when a segment began, and how its rows and reads add to that.

Kept with every segment, so that a connection as of any time is one record and the rows of one segment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wsinspect.model import Connection, Side, Traffic
from wsinspect.session.stored.batch import READ, SERVER_BIT, TOTALS
from wsinspect.session.stored.segments import Segment


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of one connection at one moment."""

    rows: int
    traffic: tuple[Traffic, Traffic]
    """By Side."""
    rtt_ns: int | None
    pings_unanswered: int

    @classmethod
    def of(cls, connection: Connection) -> Totals:
        """Those of a connection's record."""
        traffic = connection.to_server, connection.to_client
        return cls(connection.rows, traffic, connection.rtt_ns, connection.pings_unanswered)


def totals_before(first_row: int, at: tuple[int, int], packed: bytes) -> Totals:
    """What stood when a segment began.

    Args:
        first_row: of the segment.
        at: where its bytes begin in each stream, by Side.
        packed: its column ``totals``.

    Raises:
        struct.error: they are not totals.
    """
    numbers = TOTALS.unpack(packed)
    client, server = (
        Traffic(messages, controls, begin, largest, last_ns)
        for (messages, controls, largest, last_ns), begin in zip((numbers[:4], numbers[4:8]), at, strict=True)
    )
    rtt_ns, unanswered = numbers[8:]
    return Totals(first_row - 1, (client, server), None if rtt_ns < 0 else rtt_ns, unanswered)


def totals_within(segment: Segment, until_ns: int) -> Totals:
    """What stood at a time within a segment, given with only the rows until then.

    Pings are those of its beginning: they change by the round trip of one commit at most.
    """
    before = totals_before(segment.first_row, segment.at, segment.totals)
    client, server = (_grown(before.traffic[side], segment, side, until_ns) for side in Side)
    return replace(before, rows=segment.first_row + segment.rows - 1, traffic=(client, server))


def _grown(traffic: Traffic, segment: Segment, side: Side, until_ns: int) -> Traffic:
    mine = [row.scanned for row in segment.found if row.side is side]
    messages = [row.size for row in mine if not row.first & 0x08]
    wire_bytes, last_ns = traffic.wire_bytes, traffic.last_ns
    for length, delta in READ.iter_unpack(segment.reads):
        if segment.first_ns + delta > until_ns:
            break
        if bool(length & SERVER_BIT) == (side is Side.SERVER):
            wire_bytes += length & ~SERVER_BIT
            last_ns = segment.first_ns + delta
    return Traffic(
        traffic.messages + len(messages),
        traffic.controls + len(mine) - len(messages),
        wire_bytes,
        max(traffic.largest, *messages) if messages else traffic.largest,
        last_ns,
    )


def pack_totals(
    client: tuple[int, int, int, int], server: tuple[int, int, int, int], rtt_ns: int | None, unanswered: int
) -> bytes:
    """The column ``totals`` of a segment that begins now.

    Args:
        client: of its stream: messages, control frames, the largest message, when the last byte came.
        server: the same.
        rtt_ns: the latest round trip.
        unanswered: pings without an answer.
    """
    return TOTALS.pack(*client, *server, -1 if rtt_ns is None else rtt_ns, unanswered)
