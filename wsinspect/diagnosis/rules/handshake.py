"""Upgrades that failed without a refusal: answers that are none, no answer at all, a 101 the client could not take."""

from __future__ import annotations

from wsinspect import text
from wsinspect.codes import HttpStatus
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import S, open_ns, quote
from wsinspect.diagnosis.rules.target import tls_broken_off, tls_expected
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, say
from wsinspect.model import EventKind, Finding, RowKind, Side
from wsinspect.wire.handshake import answer_problems


def bad_answer(evidence: Evidence) -> Finding | None:
    """A 101 that is no valid answer: a cache or a broken proxy, or home-made code."""
    connection = evidence.connection
    if connection.upgraded_ns is not None or connection.status != 101 or connection.status_by_us:
        return None
    problems = (
        answer_problems(evidence.request, evidence.response)
        if evidence.request is not None and evidence.response is not None
        else ()
    )
    if not problems:
        return None
    return say(
        evidence,
        "bad-101",
        CERTAIN,
        "the server's 101 is not a valid WebSocket answer",
        "; ".join((*reversed(problems), "RFC 6455 section 4.2.2")),
        about=HttpStatus(101),
        do="bypass caches and proxies; correct the server's handshake",
    )


def nothing_like_http(evidence: Evidence) -> Finding | None:
    """The port answered with something that is not HTTP."""
    if evidence.failed_stage != "upgrade" or evidence.response is not None or not evidence.body:
        return None
    if tls_expected(evidence) is not None:
        return None
    return say(
        evidence,
        "not-http",
        CERTAIN,
        "another protocol than HTTP lives on this port",
        f"it answered {quote(evidence.body[:40], 40)}",
        do="correct the port",
    )


def not_answered(evidence: Evidence) -> Finding | None:
    """The server took the request and ended TCP without an answer."""
    if evidence.failed_stage != "upgrade" or evidence.response is not None or evidence.body:
        return None
    story = evidence.story
    if story is None or story.by_us or evidence.closer is Side.CLIENT or tls_broken_off(evidence) is not None:
        return None
    return say(
        evidence,
        "upgrade-not-answered",
        STRONG,
        "the server ended TCP without an answer to the upgrade",
        text.visible(evidence.connection.failure),
        do="see the server's log; check that the port speaks HTTP, and whether with TLS",
    )


def client_gave_up(evidence: Evidence) -> Finding | None:
    """The client left while the upgrade was not answered."""
    story, connection = evidence.story, evidence.connection
    if story is None or story.by_us or connection.upgraded_ns is not None or connection.status is not None:
        return None
    if evidence.failed_stage not in ("", "upgrade") or evidence.closer is not Side.CLIENT:
        return None
    return say(
        evidence,
        "client-gave-up",
        STRONG if story.age_ns >= S else LIKELY,
        f"the client gave up after {text.duration(story.age_ns)} without an answer",
        "the server had the request and had not answered",
        do="see why the server, or what it waits for, is slow to accept; clients wait 10 s or less",
    )


def negotiation(evidence: Evidence) -> Finding | None:
    """The client left at once, and the 101 granted something it had not asked for, or not what it needs."""
    if not evidence.is_cut and evidence.code not in (1002, 1010):
        return None
    if evidence.closer is not Side.CLIENT or open_ns(evidence) > S:
        return None
    if any(row.kind not in (RowKind.EVENT, RowKind.CLOSE) for row in evidence.all_rows):
        return None
    notes = [
        str(row.event.data.get("text", ""))
        for row in evidence.all_rows
        if row.event is not None and row.event.kind is EventKind.NOTE and row.side is Side.SERVER
    ]
    chose = next((note for note in notes if "was not offered" in note), "")
    if chose:
        return say(
            evidence,
            "negotiation-broken",
            CERTAIN,
            f"{text.visible(chose)}",
            "the client did not accept the 101: it left at once, without a frame",
            do="let the server choose only what the client offered",
        )
    asked, got = evidence.asked("sec-websocket-protocol"), evidence.connection.subprotocol
    if asked and not got:
        return say(
            evidence,
            "subprotocol-mismatch",
            STRONG,
            "client and server share no subprotocol",
            f"the client wants {quote(asked, 40)}, the 101 names none, and it left at once" + _graphql(asked),
            do="let both speak the same subprotocol: the names must be equal",
        )
    return None


def _graphql(asked: str) -> str:
    if "graphql-ws" in asked or "graphql-transport-ws" in asked:
        return '; "graphql-ws" and "graphql-transport-ws" are two protocols'
    return ""


RULES: tuple[Rule, ...] = (bad_answer, nothing_like_http, negotiation, not_answered, client_gave_up)
