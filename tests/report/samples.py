"""Connections, rows and closes as the session gives them."""

from __future__ import annotations

from dataclasses import replace

from wsinspect.model import (
    CloseHandshake,
    CloseStory,
    Connection,
    EndedBy,
    Ending,
    Event,
    EventKind,
    LastMessage,
    LegEnd,
    Row,
    RowKind,
    SeenClose,
    Side,
    Traffic,
)

START = 1_795_356_153_061_204_000
"""2026-11-22 14:02:33.061204 UTC."""
SECOND = 1_000_000_000

HOSTILE = "[/x]\x1b]52;c;aGk=\x07\x9b31m\u202e\x7f\n"
"""Terminal escapes of both kinds, a bidirectional control, DEL, a line end, and something that looks like markup."""

CRASHED = Connection(
    id=3,
    source="relay",
    client="127.0.0.1:52120",
    server="127.0.0.1:9000",
    url="ws://127.0.0.1:9000/orders",
    path="/orders",
    opened_ns=START - 22 * SECOND,
    upgraded_ns=START - 22 * SECOND + 1_000_000,
    closed_ns=START + 2_000_000,
    status=101,
    rows=9,
    to_server=Traffic(messages=2, wire_bytes=144),
    to_client=Traffic(messages=1, wire_bytes=39),
    server_close=SeenClose(6, START, 1011),
    client_close=SeenClose(7, START + 600_000, 1011),
    server_end=LegEnd(Ending.FIN, START + 1_500_000),
    client_end=LegEnd(Ending.FIN, START + 2_000_000),
    rtt_ns=1_000_000,
)
"""A handler that crashed on message 5."""

CRASH = CloseStory(
    connection=CRASHED,
    code=1011,
    is_wire=True,
    at_ns=START,
    age_ns=22 * SECOND,
    handshake=CloseHandshake.COMPLETE,
    sender=Side.SERVER,
    answer=SeenClose(7, START + 600_000, 1011),
    first_end=Side.SERVER,
    last_message=LastMessage(5, Side.CLIENT, 43_200_000),
)

REFUSED = replace(
    CRASHED,
    id=4,
    path="/gateway/reports",
    upgraded_ns=None,
    status=502,
    client_close=None,
    server_close=None,
    to_server=Traffic(),
    to_client=Traffic(),
    rtt_ns=None,
)
"""An upgrade that was answered with 502."""

REFUSAL = CloseStory(
    connection=REFUSED,
    code=1006,
    is_wire=False,
    at_ns=START,
    age_ns=SECOND,
    handshake=CloseHandshake.ABSENT,
    status=502,
    sender=Side.SERVER,
    first_end=Side.SERVER,
)

CUT = replace(
    CRASH,
    connection=replace(
        CRASHED,
        client_close=None,
        server_close=None,
        server_end=LegEnd(Ending.RST, START),
        client_end=LegEnd(Ending.RST, START, EndedBy.US),
        pings_unanswered=2,
    ),
    code=1006,
    is_wire=False,
    handshake=CloseHandshake.ABSENT,
    answer=None,
)
"""TCP ended with no close frame."""


def row(kind: RowKind, head: bytes, side: Side = Side.CLIENT, **facts: object) -> Row:
    """A row whose content is ``head``."""
    built = Row(3, 5, kind, START, START, side, wire_length=len(head) + 6, size=len(head), frames=1, head=head)
    return built._replace(**facts)  # type: ignore[arg-type]  # facts are fields of a row


def event(kind: EventKind, side: Side | None = None, **data: str | int | None) -> Row:
    """An event's row."""
    return Row(3, 8, RowKind.EVENT, START, START, side, event=Event(kind, data))
