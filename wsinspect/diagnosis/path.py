"""Who closed, on which hop: the way from client to server, what each leg saw, what was passed on and who was told what.

Plain values, and their rendering as text, so that screen, report and JSON show the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wsinspect import text
from wsinspect.codes import TransportEnd
from wsinspect.codes.receivers import Received
from wsinspect.codes.receivers import told as told_clients
from wsinspect.decode.endings import WORDS
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import quote
from wsinspect.diagnosis.gateways import gateways
from wsinspect.diagnosis.software import software_at
from wsinspect.model import EndedBy, Ending, EventKind, LegEnd, RowKind, SeenClose, Side
from wsinspect.wire.close import code_violations


class HopKind(StrEnum):
    """What stands on the path."""

    CLIENT = "client"
    WSINSPECT = "wsinspect"
    GATEWAY = "gateway"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Hop:
    """One station of the path."""

    kind: HopKind
    name: str
    """Product, as far as known; empty when not. Safe to show."""
    address: str
    """``host:port`` where wsinspect knows it."""
    grounds: str = ""
    """What shows that it is there; empty for ends."""


class What(StrEnum):
    """What was seen on a leg."""

    CLOSE = "close"
    """The first close frame of the connection."""
    ECHO = "echo"
    """The other side's close frame with the same code."""
    ANSWER = "answer"
    """The other side's close frame with another code."""
    LATE = "late"
    """A close frame that came when the other side had left."""
    END = "end"
    REFUSAL = "refusal"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that was seen on one leg, in the order of time."""

    leg: Side
    """The leg it came in on: CLIENT is client - wsinspect, SERVER is wsinspect - server."""
    what: What
    said: str
    """``close 1011``, ``FIN``, ``HTTP 502``; safe to show."""
    at_ns: int
    row: int | None
    passed_on: str
    """What went out on the other leg for it; empty when nothing did."""
    by_us: bool = False
    """Whether wsinspect did it of itself."""
    is_outgoing: bool = False
    """Whether it went from wsinspect to the peer of that leg."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a program at the client's end is told."""

    who: str
    said: str


@dataclass(frozen=True, slots=True)
class Path:
    """The whole picture."""

    hops: tuple[Hop, ...]
    """From client to server."""
    sights: tuple[Sight, ...]
    verdict: str
    """Which side of wsinspect it came from, as a sentence."""
    told: tuple[Told, ...]
    """A browser first, then libraries where it was measured; empty while it is open."""
    changed: tuple[str, ...]
    """What wsinspect changed in the request on its way; frames are never changed."""


def path_of(evidence: Evidence) -> Path:
    """The path of a connection, as of now."""
    return Path(
        hops=tuple(_hops(evidence)),
        sights=tuple(sorted(_sights(evidence), key=lambda sight: sight.at_ns)),
        verdict=_verdict(evidence),
        told=tuple(_told(evidence)),
        changed=tuple(_changed(evidence)),
    )


def _hops(evidence: Evidence) -> Iterator[Hop]:
    connection = evidence.connection
    yield Hop(HopKind.CLIENT, _client_name(evidence), text.visible(connection.client))
    yield Hop(HopKind.WSINSPECT, "wsinspect", "")
    for seen in gateways(evidence):
        yield Hop(HopKind.GATEWAY, seen.name, "", seen.grounds)
    server = software_at(evidence, Side.SERVER)
    yield Hop(HopKind.SERVER, server.name if server else "", text.visible(connection.server or connection.url))


def _client_name(evidence: Evidence) -> str:
    agent = evidence.asked("user-agent")
    known = software_at(evidence, Side.CLIENT)
    return known.name if known is not None else text.shorten(text.visible(agent), 40)


def _sights(evidence: Evidence) -> Iterator[Sight]:
    connection, story = evidence.connection, evidence.story
    first = connection.first_close
    for side, close in ((Side.CLIENT, connection.client_close), (Side.SERVER, connection.server_close)):
        if close is None or first is None:
            continue
        what = What.CLOSE if side is first[0] else What.ECHO if close.code == first[1].code else What.ANSWER
        what = What.LATE if connection.late_close is not None else what
        yield Sight(side, what, _close(close), close.at_ns, close.row, _delivery(evidence, side.other, "passed on"))
    if connection.failure and story is not None:
        row = next((one for one in evidence.rows if one.event and one.event.kind is EventKind.FAILED), None)
        at_ns = row.at_ns if row is not None else story.at_ns
        said = text.shorten(text.visible(connection.failure), 80)
        yield Sight(Side.SERVER, What.FAILURE, said, at_ns, row.number if row else None, "")
    if connection.upgraded_ns is None and connection.status is not None and story is not None:
        ours = connection.status_by_us
        leg = Side.CLIENT if ours else Side.SERVER
        said = f"HTTP {connection.status}"
        yield Sight(leg, What.REFUSAL, said, _answered_ns(evidence), None, "" if ours else "passed on", ours, ours)
    yield from _end_sights(evidence)


def _answered_ns(evidence: Evidence) -> int:
    """When the upgrade was refused: as the stages of the handshake add up, but not after the first leg's end."""
    connection, timing = evidence.connection, evidence.timing
    ends = [end.at_ns for end in (connection.client_end, connection.server_end) if end is not None]
    stages = (timing.connect_ns, timing.tls_ns, timing.upgrade_ns) if timing is not None else ()
    at_ns = connection.opened_ns + sum(stage for stage in stages if stage is not None)
    return min([at_ns, *ends]) if timing is not None and timing.upgrade_ns is not None else min(ends, default=at_ns)


def _end_sights(evidence: Evidence) -> Iterator[Sight]:
    connection = evidence.connection
    for side, end in ((Side.CLIENT, connection.client_end), (Side.SERVER, connection.server_end)):
        if end is None:
            continue
        row = next(
            (
                one.number
                for one in evidence.rows
                if one.kind is RowKind.EVENT and one.event is not None and one.event.kind is EventKind.END
                if one.side is side
            ),
            None,
        )
        other = connection.server_end if side is Side.CLIENT else connection.client_end
        said = WORDS[end.how].sign + (" passed on" if end.by is EndedBy.RELAY else "")
        yield Sight(
            *(side, What.END, said, end.at_ns, row, _mirrored(end, other), end.by_us),
            is_outgoing=end.by is not EndedBy.PEER,
        )


def _mirrored(end: LegEnd, other: LegEnd | None) -> str:
    """What the end of one leg did to the other; where that is recorded as the other's end, it stands there."""
    if end.by is not EndedBy.PEER or other is None or other.by is not EndedBy.PEER or other.at_ns < end.at_ns:
        return ""
    return "RST passed on" if end.how in (Ending.RST, Ending.TIMEOUT) else "FIN passed on"


def _delivery(evidence: Evidence, to: Side, said: str) -> str:
    """Whether what was sent to a side could be given to it."""
    for row in evidence.rows:
        if row.event is not None and row.event.kind is EventKind.END and row.side is to:
            lost = row.event.data.get("undelivered")
            if isinstance(lost, int) and lost > 0:
                return f"not delivered: the {to.label} had gone"
    return said


def _close(close: SeenClose) -> str:
    code = "without a code" if close.code is None else str(close.code)
    return f"close {code}" + (f" {quote(close.reason, 50)}" if close.reason else "")


def _verdict(evidence: Evidence) -> str:
    story, connection = evidence.story, evidence.connection
    if story is None:
        return "nothing of it has ended"
    if connection.status_by_us:
        return (
            "wsinspect answered itself, since it could not reach the server"
            if connection.failure
            else "wsinspect answered itself; the server never saw the request"
        )
    if (story.by_us and connection.status is None) or (story.by_us and connection.upgraded_ns is not None):
        return "wsinspect ended both sides; neither peer closed"
    side = Side.SERVER if story.status is not None else story.sender
    if side is None:
        return "it is not known which side ended first"
    behind = [seen.name for seen in gateways(evidence)]
    if side is Side.CLIENT:
        return "it came from the client's side of wsinspect: the client, or the network to it"
    if behind:
        return f"it came from the server's side of wsinspect: the server, or {' or '.join(behind)} before it"
    return "it came from the server's side of wsinspect: the server, or a gateway that does not show itself"


def _told(evidence: Evidence) -> Iterator[Told]:
    story, connection = evidence.story, evidence.connection
    if story is None or connection.closed_ns is None:
        return
    yield Told("a browser's script", _browser(evidence))
    if connection.upgraded_ns is None or story.by_us:
        return
    close = connection.server_close
    received: Received
    if close is not None:
        received = "empty" if close.code is None else close.code
    else:
        end = connection.server_end
        received = TransportEnd("rst" if end is not None and end.how is Ending.RST else "fin")
    if story.sender is Side.SERVER:
        # What libraries tell was measured with closes that the server began.
        for entry in told_clients(received):
            yield Told(entry.name, entry.told)


def _browser(evidence: Evidence) -> str:
    """The close event. Source: WHATWG WebSockets standard; RFC 6455 section 7.1.5."""
    connection = evidence.connection
    if connection.upgraded_ns is None:
        hidden = f"; it never sees HTTP {connection.status}" if connection.status else ""
        return f"error event, then code 1006, wasClean false{hidden}"
    # Who had left when it came was not told of it.
    is_late = connection.late_close is not None
    close = connection.server_close if not is_late else None
    if close is None or (close.code is not None and code_violations(close.code)):
        return "code 1006, wasClean false, no reason"
    if close.code is None:
        return "code 1005, wasClean true, no reason"
    why = f", reason {quote(close.reason, 50)}" if close.reason else ", no reason"
    return f"code {close.code}, wasClean true{why}"


def _changed(evidence: Evidence) -> Iterator[str]:
    """Header lines and the request line that differ between what came and what was sent on."""
    if evidence.request is None or evidence.timing is None or not evidence.timing.forwarded:
        return
    came = evidence.request.raw.decode("latin-1").splitlines()
    went = evidence.timing.forwarded.decode("latin-1").splitlines()
    for line in went:
        if line and line not in came:
            yield f"sent on as: {text.shorten(text.visible(line), 100)}"
