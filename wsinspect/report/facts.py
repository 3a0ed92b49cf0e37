"""The facts of a connection as named lines, and its timing."""

from __future__ import annotations

from collections.abc import Iterator

from wsinspect import codes, text
from wsinspect.decode.endings import WORDS
from wsinspect.model import Connection, Handshake, SeenClose, SessionInfo, Side, Traffic
from wsinspect.origin import origin_of
from wsinspect.report import heads
from wsinspect.report.document import Said, Span, own, peer
from wsinspect.report.lines import ends_in_order
from wsinspect.report.material import Material
from wsinspect.report.times import stamp, time_of_day

Fact = tuple[str, Said]


def facts(material: Material, info: SessionInfo) -> Iterator[Fact]:
    """Who, where, when, what was agreed on, how much, and how it ended."""
    connection, handshake = material.connection, material.handshake or Handshake()
    yield "Connection", (own(f"{connection.id} of {info.connections} in the session"), *_origin(connection))
    yield "URL", (peer(connection.url),)
    yield "Opened", (own(stamp(connection.opened_ns)),)
    if connection.closed_ns is not None:
        lasted = text.duration(connection.closed_ns - connection.opened_ns)
        yield "Ended", (own(f"{stamp(connection.closed_ns)}, after {lasted}"),)
    yield "Client", _station(connection.client, heads.header(handshake.request, "user-agent"))
    if origin := heads.header(handshake.request, "origin"):
        yield "Origin", (peer(origin),)
    if connection.server:
        server = heads.header(handshake.response, "server") or heads.header(handshake.response, "x-powered-by")
        via = heads.header(handshake.response, "via")
        yield "Server", (*_station(connection.server, server), *((own(", via "), peer(via)) if via else ()))
    yield "Upgrade", tuple(_upgrade(connection, handshake))
    if connection.upgraded_ns is not None:
        yield "Messages", (own(_messages(connection)),)
        if said := _pings(connection):
            yield "Pings", (own(said),)
    yield from _ending(material)


def _origin(connection: Connection) -> Iterator[Span]:
    """Where it comes from in a merged session, and which other one shows the same."""
    origin = origin_of(connection.source)
    if origin is not None:
        yield from (own(": "), peer(origin.file), own(f" #{origin.number}"))
        if origin.has_twin:
            yield from (own(", the same as "), peer(origin.twin_file), own(f" #{origin.twin}"))


def _station(address: str, software: str) -> Said:
    return (peer(address), own(", "), peer(software, 120)) if software else (peer(address),)


def _upgrade(connection: Connection, handshake: Handshake) -> Iterator[Span]:
    status = "not answered" if connection.status is None else str(connection.status)
    took = "" if handshake.upgrade_ns is None else f" in {text.duration(handshake.upgrade_ns)}"
    yield own(f"{status}{took}")
    asked = heads.header(handshake.request, "sec-websocket-protocol")
    if connection.subprotocol:
        yield from (own(", subprotocol "), peer(connection.subprotocol))
        if asked != connection.subprotocol and asked:
            yield from (own(" of "), peer(asked))
    elif asked:
        yield from (own(", no subprotocol though asked for "), peer(asked))
    if connection.extensions:
        yield from (own(", "), peer(connection.extensions))
    if connection.url.partition("://")[0].lower() in ("wss", "https"):
        yield own(", TLS" + ("" if handshake.tls_ns is None else f" in {text.duration(handshake.tls_ns)}"))


def _messages(connection: Connection) -> str:
    return f"{_traffic(connection.to_server)} to the server, {_traffic(connection.to_client)} to the client"


def _traffic(traffic: Traffic) -> str:
    return f"{traffic.messages:,} ({text.size(traffic.wire_bytes)})"


def _pings(connection: Connection) -> str:
    said = [] if connection.rtt_ns is None else [f"round trip {text.duration(connection.rtt_ns)}"]
    if connection.pings_unanswered:
        said.append(f"{connection.pings_unanswered} unanswered")
    return ", ".join(said)


def _ending(material: Material) -> Iterator[Fact]:
    connection, story = material.connection, material.story
    closes = [(Side.CLIENT, connection.client_close), (Side.SERVER, connection.server_close)]
    seen = sorted(((side, close) for side, close in closes if close is not None), key=lambda pair: pair[1].row)
    if seen:
        yield "Close frames", tuple(_frames(seen))
    if said := _ends(material):
        yield "TCP", (own(said),)
    if connection.first_violation and (story is None or not story.violations):
        where = "" if connection.violation_row is None else f" (row {connection.violation_row})"
        yield "Broken rule", (own(f"{connection.first_violation}{where}"),)


def _frames(seen: list[tuple[Side, SeenClose]]) -> Iterator[Span]:
    first = seen[0][1]
    for number, (side, close) in enumerate(seen):
        code = "no code" if close.code is None else codes.lookup(close.code).label
        when = f"{text.duration(close.at_ns - first.at_ns)} later" if number else f"at {time_of_day(close.at_ns)} UTC"
        yield own(f"{', ' * bool(number)}{code} ")
        if close.reason and number and close.reason == first.reason:
            yield own("with the same reason ")
        elif close.reason:
            yield from (peer(close.reason), own(" "))
        yield own(f"from the {side.label} {when} (row {close.row})")


def _ends(material: Material) -> str:
    connection, story = material.connection, material.story
    said: list[str] = []
    last_ns = 0
    for side, end in ends_in_order(connection, story.first_end if story is not None else None):
        by = " by wsinspect" if end.by_us else ""
        later = (
            f" {text.duration(end.at_ns - last_ns)} later" if said else " first" * (connection.closed_ns is not None)
        )
        said.append(f"{WORDS[end.how].name} of the {side.label}{by}{later}")
        last_ns = end.at_ns
    return ", ".join(said)


def timing(material: Material) -> Iterator[tuple[str, str]]:
    """Steps of the connection's life and how long each took."""
    connection, handshake, story = material.connection, material.handshake, material.story
    if handshake is not None:
        steps = (
            ("connecting to the server, name resolution included", handshake.connect_ns),
            ("TLS with the server", handshake.tls_ns),
            ("the server's answer to the upgrade", handshake.upgrade_ns),
        )
        yield from ((name, text.duration(took)) for name, took in steps if took is not None)
    if connection.upgraded_ns is not None:
        yield "from the request to the 101", text.duration(connection.upgraded_ns - connection.opened_ns)
    if story is None:
        return
    if connection.upgraded_ns is not None:
        yield "from the 101 to the close", text.duration(max(0, story.at_ns - connection.upgraded_ns))
    if story.last_message is not None:
        yield f"from message {story.last_message.row} to the close", text.duration(story.last_message.before_ns)
    if story.answer is not None:
        yield "until the close was answered", text.duration(story.answer.at_ns - story.at_ns)
    if connection.closed_ns is not None:
        yield "until both TCP connections were over", text.duration(max(0, connection.closed_ns - story.at_ns))
    if connection.rtt_ns is not None:
        yield "round trip of the last ping", text.duration(connection.rtt_ns)
