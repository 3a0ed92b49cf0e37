"""Single observations, each with the codes it speaks for and against: what "In this capture" lists.

Those on a refused upgrade stand in ``refusal_clues``.
"""

from __future__ import annotations

from wsinspect import text
from wsinspect.diagnosis.clue import ALL_WIRE, Clue, Look
from wsinspect.diagnosis.evidence import Evidence, is_data
from wsinspect.diagnosis.facts import (
    S,
    before_close,
    first_broken,
    idle_ns,
    is_browser,
    last_message,
    prompt_trigger,
    quote,
    said_in,
    trigger,
    unanswered_ping,
)
from wsinspect.diagnosis.gateways import gateways
from wsinspect.diagnosis.refusal_clues import REFUSALS, credentials, reached, status
from wsinspect.diagnosis.rules.keepalive import says_ping_timeout
from wsinspect.diagnosis.rules.restarts import together
from wsinspect.diagnosis.rules.server_failure import same_message
from wsinspect.diagnosis.rules.sizes import SMALLEST_LIMIT, biggest_suspect
from wsinspect.diagnosis.saying import others_named, story_topic
from wsinspect.model import CloseHandshake, RowKind, Side

CONCLUSIONS = frozenset({"1005", "1006", "1015"})
BY_MESSAGE = frozenset({"1002", "1003", "1007", "1008", "1009", "1011"})
"""Codes that answer something the other side sent."""
BY_SERVICE = frozenset({"1001", "1012", "1013"})
"""Codes that speak about the whole service."""
BY_GATEWAY = frozenset({"1014", "http:502", "http:503", "http:504"})
SERVER_ONLY = frozenset({"1012", "1013", "1014"})


def wire(evidence: Evidence) -> Clue | None:
    """What the close frame said, or that there was none."""
    story = evidence.story
    first = evidence.connection.close_frame
    if story is None or story.status is not None:
        return None
    if first is None:
        if evidence.connection.upgraded_ns is None:
            return None
        late = evidence.connection.late_close
        if late is not None:
            side, close = late
            said = f"the {side.label}'s close frame came only when the {side.other.label} had ended TCP"
            return Clue(said, frozenset({"1006"}), ALL_WIRE | {"1005"}, (close.row,))
        return Clue("neither side sent a close frame", frozenset({"1006"}), ALL_WIRE | {"1005"})
    side, close = first
    if close.code is None:
        said = f"the {side.label} sent an empty close frame"
        return Clue(said, frozenset({"1005"}), ALL_WIRE | {"1006"}, (close.row,))
    said = f"the {side.label}'s close frame says {close.code}"
    code = frozenset({str(close.code)})
    return Clue(said, code, (ALL_WIRE | CONCLUSIONS) - code, (close.row,))


def reason(evidence: Evidence) -> Clue | None:
    """The reason text."""
    first = evidence.connection.close_frame
    if first is None or not first[1].reason:
        return None
    code = frozenset({str(first[1].code)})
    said = f"its reason: {quote(first[1].reason)}"
    if says_ping_timeout(evidence.reason):
        return Clue(said, frozenset({"1011", "3008"}) | code, BY_SERVICE | BY_GATEWAY - code, (first[1].row,))
    return Clue(said, code, rows=(first[1].row,))


def message_before(evidence: Evidence) -> Clue | None:
    """A message just before the close, or none."""
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None or evidence.connection.upgraded_ns is None:
        return None
    row = prompt_trigger(evidence)
    if row is not None:
        said = f"it closed {text.duration(story.at_ns - row.at_ns)} after message {row.number}, {said_in(row, 40)}"
        return Clue(said, BY_MESSAGE, BY_SERVICE, (row.number,))
    last = trigger(evidence)
    if last is None:
        said = f"the {closer.other.label} had sent no message at all"
        return Clue(said, BY_SERVICE, BY_MESSAGE - {"1008", "1011"})
    said = f"the {closer.other.label}'s last message came {text.duration(story.at_ns - last.at_ns)} before the close"
    return Clue(said, BY_SERVICE, BY_MESSAGE - {"1011"}, (last.number,))


def same_message_elsewhere(evidence: Evidence) -> Clue | None:
    """The same message ended other connections."""
    row = prompt_trigger(evidence)
    others = same_message(evidence, row) if row is not None else ()
    if row is None or not others:
        return None
    said = f"the same message came before the same close of {others_named(others)}"
    return Clue(said, BY_MESSAGE, BY_GATEWAY | BY_SERVICE, (row.number,), others)


def all_at_once(evidence: Evidence) -> Clue | None:
    """Others ended in the same moment, or lived on."""
    story = evidence.story
    if story is None or evidence.connection.upgraded_ns is None:
        return None
    others = together(evidence)
    if others:
        said = f"{others_named(others)} ended in the same second in the same way"
        return Clue(said, BY_SERVICE | {"1006"}, BY_MESSAGE, others=others)
    alive = tuple(
        other.id
        for other in evidence.siblings
        if other.upgraded_ns is not None
        and other.opened_ns < story.at_ns
        and (other.closed_ns is None or other.closed_ns > story.at_ns + 2 * S)
    )
    if not alive:
        return None
    return Clue(f"{others_named(alive)} lived on", BY_MESSAGE, frozenset({"1001", "1012"}), others=alive)


def gateway(evidence: Evidence) -> Clue | None:
    """Whether a gateway names itself in the answer."""
    if evidence.response is None or evidence.connection.status_by_us:
        return None
    seen = gateways(evidence)
    if seen:
        return Clue(f"a gateway stands before the server ({seen[0].grounds})", BY_GATEWAY)
    return Clue("no gateway names itself in the answer to the upgrade", against=BY_GATEWAY - {"http:503"})


def sender(evidence: Evidence) -> Clue | None:
    """Codes that only one side sends."""
    story = evidence.story
    if story is None or evidence.closer is not Side.CLIENT or evidence.connection.close_frame is None:
        return None
    said = "the client closed, not the server"
    return Clue(said, frozenset({"1010"}), SERVER_ONLY, (evidence.connection.close_frame[1].row,))


def browser(evidence: Evidence) -> Clue | None:
    """A browser sends 1001 by itself, and its scripts can send 1000 and 3000 to 4999 only."""
    if evidence.closer is not Side.CLIENT or not is_browser(evidence) or evidence.code is None:
        return None
    said = f"the client is a browser: {quote(evidence.asked('user-agent'), 40)}"
    return Clue(said, frozenset({"1001"}), frozenset({"1008", "1011"}))


def ping(evidence: Evidence) -> Clue | None:
    """A ping without an answer, or pings that were all answered."""
    closer = evidence.closer
    if closer is None or evidence.connection.upgraded_ns is None:
        return None
    found = unanswered_ping(evidence, closer)
    if found is not None:
        said = f"a ping of the {closer.label} had no answer for {text.duration(found.age_ns)}"
        return Clue(said, frozenset({"1011", "1006", "3008"}), BY_MESSAGE - {"1011"}, (found.row.number,))
    pongs = [row for row in before_close(evidence) if row.kind is RowKind.PONG and row.side is closer.other]
    if not pongs:
        return None
    said = f"the {closer.other.label} answered the {closer.label}'s last ping"
    return Clue(said, against=frozenset({"3008"}), rows=(pongs[0].number,))


def sizes(evidence: Evidence) -> Clue | None:
    """The largest message towards the closing side."""
    closer = evidence.closer
    if closer is None or evidence.connection.upgraded_ns is None:
        return None
    traffic = evidence.connection.to_server if closer is Side.SERVER else evidence.connection.to_client
    big = biggest_suspect(evidence)
    if big is not None and big.size >= max(traffic.largest, SMALLEST_LIMIT):
        said = f"the last message was the largest: {text.size(big.size)}"
        return Clue(said, frozenset({"1009"}), rows=(big.row,))
    if traffic.largest < SMALLEST_LIMIT:
        said = f"no message of the {closer.other.label} was larger than {text.size(traffic.largest)}"
        return Clue(said, against=frozenset({"1009"}))
    return None


def violations(evidence: Evidence) -> Clue | None:
    """Whether what the closing side received broke a rule."""
    closer = evidence.closer
    if closer is None or evidence.connection.upgraded_ns is None:
        return None
    found = first_broken(evidence, closer.other)
    if found is not None:
        is_text = found.violation.rule == "text-utf8"
        fits = frozenset({"1007" if is_text else "1002"})
        said = f"row {found.row.number} breaks a rule: {found.violation.detail}"
        return Clue(said, fits, BY_SERVICE | BY_GATEWAY, (found.row.number,))
    if evidence.connection.first_violation:
        return None
    said = f"nothing the {closer.other.label} sent breaks a rule of the protocol"
    return Clue(said, against=frozenset({"1002", "1007"}))


def data_types(evidence: Evidence) -> Clue | None:
    """Text and binary towards the closing side."""
    closer, row = evidence.closer, prompt_trigger(evidence)
    if closer is None or row is None or row.kind not in (RowKind.TEXT, RowKind.BINARY):
        return None
    kinds = {one.kind for one in before_close(evidence) if one.side is row.side and is_data(one) and one is not row}
    if kinds and row.kind not in kinds:
        said = f"message {row.number} was the first {row.kind.value} message of the {closer.other.label}"
        return Clue(said, frozenset({"1003"}), rows=(row.number,))
    if row.kind in kinds:
        said = f"{row.kind.value} messages of the {closer.other.label} had been taken before"
        return Clue(said, against=frozenset({"1003"}), rows=(row.number,))
    return None


def silence(evidence: Evidence) -> Clue | None:
    """How long nothing had come."""
    idle = idle_ns(evidence)
    if evidence.story is None or idle < 5 * S:
        return None
    said = f"nothing had been sent for {text.duration(idle)}"
    return Clue(said, frozenset({"1006", "3008", "1001", "end:fin"}), BY_MESSAGE - {"1011"})


def tcp(evidence: Evidence) -> Clue | None:
    """Which leg ended first, and how."""
    story = evidence.story
    if story is None or story.first_end is None or story.by_us or evidence.connection.upgraded_ns is None:
        return None
    connection = evidence.connection
    end = connection.client_end if story.first_end is Side.CLIENT else connection.server_end
    if end is None:
        return None
    said = f"the {story.first_end.label}'s leg ended first, with {end.how.value.replace('_', ' ').upper()}"
    row = next((one for one in evidence.rows if one.event is not None and one.side is story.first_end), None)
    ways = frozenset({"end:fin", "end:rst", "end:timeout", "end:tls_truncated", "end:tls_alert", "end:close_notify"})
    kind = f"end:{end.how.value}"
    return Clue(said, frozenset({kind}), ways - {kind}, (row.number,) if row is not None else ())


def handshake(evidence: Evidence) -> Clue | None:
    """Whether the close handshake was completed."""
    story = evidence.story
    if story is None or story.handshake is CloseHandshake.ABSENT:
        return None
    if story.handshake is CloseHandshake.COMPLETE and story.answer is not None:
        said = "the close handshake was completed"
        return Clue(said, frozenset({"1000", "1001"}), frozenset({"1006"}), (story.answer.row,))
    if story.handshake is CloseHandshake.UNANSWERED:
        return Clue("nobody answered the close frame", frozenset({"1006"}), frozenset({"1000"}))
    return None


def tls(evidence: Evidence) -> Clue | None:
    """A failed TLS handshake with the server, or a good one."""
    if evidence.failed_stage == "tls":
        said = f"TLS with the server failed: {text.shorten(text.visible(evidence.connection.failure), 60)}"
        return Clue(said, frozenset({"1015"}), ALL_WIRE | {"1006"})
    if evidence.timing is not None and evidence.timing.tls_ns is not None:
        return Clue("TLS with the server succeeded", against=frozenset({"1015"}))
    if evidence.connection.url.startswith("ws:"):
        return Clue("no TLS was spoken with the server", against=frozenset({"1015"}))
    return None


def said_last(evidence: Evidence) -> Clue | None:
    """The server's last words before its close."""
    story = evidence.story
    row = last_message(evidence, Side.SERVER)
    if story is None or row is None or evidence.closer is not Side.SERVER or story.at_ns - row.at_ns > S:
        return None
    said = f"the server's last message, {text.duration(story.at_ns - row.at_ns)} before: {said_in(row, 50)}"
    return Clue(said, frozenset({story_topic(story)}), rows=(row.number,))


LOOKS: tuple[Look, ...] = (
    *(wire, status, *REFUSALS, reached, tls, reason, sender, same_message_elsewhere, message_before, ping, violations),
    *(sizes, data_types, all_at_once, gateway, silence, browser, credentials, handshake, tcp, said_last),
)
"""In the order in which they are listed."""
