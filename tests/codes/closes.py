"""Connections that ended in every way, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

from wsinspect import codes
from wsinspect.codes.context import CloseContext, Remark, RemarkKind, close_context
from wsinspect.model import Connection, EndedBy, Ending, LegEnd, Row, RowKind, SeenClose, Side
from wsinspect.wire.conversation import close_story
from wsinspect.wire.handshake import parse_request, parse_response

C, S = Side.CLIENT, Side.SERVER
START = 1_000_000_000
SECOND = 1_000_000_000

OPEN = Connection(
    id=1,
    source="relay",
    client="127.0.0.1:5000",
    server="127.0.0.1:9000",
    url="ws://127.0.0.1:9000/chat",
    path="/chat",
    opened_ns=START,
    upgraded_ns=START + 1,
    status=101,
)


def closed(
    code: int | None,
    reason: str = "",
    *,
    by: Side = S,
    answer: int | str | None = "echo",
    answer_reason: str = "",
    how: Ending = Ending.FIN,
    **changes: object,
) -> Connection:
    """A connection that ended with a close frame of one side, and by default its echo."""
    first = SeenClose(3, START + SECOND, code, reason.encode())
    second = None
    if answer == "echo":
        second = SeenClose(4, START + SECOND + 1, code, reason.encode())
    elif not isinstance(answer, str):
        second = SeenClose(4, START + SECOND + 1, answer, answer_reason.encode())
    both = {by: first, by.other: second}
    return replace(cut(by, how), client_close=both[C], server_close=both[S], **changes)  # type: ignore[arg-type]  # as given


def cut(by: Side, how: Ending, *, who: EndedBy = EndedBy.PEER, **changes: object) -> Connection:
    """A connection whose TCP ended on one side first; the end was passed on to the other."""
    passed_on = EndedBy.US if who is EndedBy.US else EndedBy.RELAY
    ends = {by: LegEnd(how, START + SECOND + 2, who), by.other: LegEnd(how, START + SECOND + 3, passed_on)}
    return replace(OPEN, rows=9, closed_ns=START + SECOND + 3, client_end=ends[C], server_end=ends[S], **changes)  # type: ignore[arg-type]  # as given


def refused(status: int, **changes: object) -> Connection:
    """A connection whose upgrade was refused."""
    return replace(cut(S, Ending.FIN), upgraded_ns=None, status=status, **changes)  # type: ignore[arg-type]  # as given


def message(side: Side, text: str) -> Row:
    """A data message."""
    return Row(1, 1, RowKind.TEXT, START, START, side=side, head=text.encode())


def context(connection: Connection, *rows: Row, server: str = "", agent: str = "", via: str = "") -> CloseContext:
    """What is said of a connection, with these headers in its heads."""
    story = close_story(connection)
    assert story is not None
    request = f"GET / HTTP/1.1\r\nUser-Agent: {agent or 'app/1.0'}\r\n\r\n".encode()
    lines = [f"Server: {server}"] * bool(server) + [f"Via: {via}"] * bool(via)
    response = "\r\n".join(["HTTP/1.1 101 Switching Protocols", *lines, "", ""]).encode()
    return close_context(
        connection, story, request=parse_request(request), response=parse_response(response), first_messages=rows
    )


def remark(found: CloseContext, kind: RemarkKind) -> Remark:
    """The remark of a kind, which must be there."""
    one = found.remark(kind)
    assert one is not None, [other.text for other in found.remarks]
    return one


def first(found: CloseContext, count: int = 2) -> list[str]:
    """The keys of the first related topics."""
    return [codes.key(topic) for topic in found.related[:count]]


HELLO = message(S, '{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}')
