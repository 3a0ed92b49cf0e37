"""Pings without an answer: the other side was not reachable, or not able to answer."""

from __future__ import annotations

from wsinspect import text
from wsinspect.codes.reasons import Subject, subject
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import MS, before_close, idle_ns, quote, unanswered_ping
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, POSSIBLE, STRONG, Rule, say
from wsinspect.diagnosis.software import setting_of
from wsinspect.model import EventKind, Finding, RowKind, Side

_PATIENCE_NS = 400 * MS
"""The shortest wait for a pong that is taken for a timeout."""


_STUCK_BYTES = 64 << 10
"""Undelivered bytes that are more than what is always on its way."""


def _advice(side: Side) -> str:
    if side is Side.CLIENT:
        return "see what kept the client from answering: a blocked event loop, a sleeping tab or laptop, no reading"
    return "see what kept the server from answering: a blocking call in its handler, load, a proxy that drops pings"


def says_ping_timeout(reason: str) -> bool:
    """Whether a close reason is one that libraries give for a missing pong."""
    return subject(reason) is Subject.KEEPALIVE


def keepalive_timeout(evidence: Evidence) -> Finding | None:
    """The close says that a pong was missing."""
    closer = evidence.closer
    if closer is None or evidence.story is None or not evidence.story.is_wire:
        return None
    if not says_ping_timeout(evidence.reason):
        return None
    ping = unanswered_ping(evidence, closer)
    silent = closer.other
    because = f"reason {quote(evidence.reason)}"
    if ping is not None:
        because = (
            f"its ping (row {ping.row.number}) was without an answer for {text.duration(ping.age_ns)}, "
            f"and nothing else came from the {silent.label} for {text.duration(idle_ns(evidence, silent))}"
        )
    return say(
        evidence,
        "keepalive-timeout",
        STRONG if ping is None else CERTAIN,
        f"the {silent.label} did not answer the {closer.label}'s ping in time",
        because,
        rows=(ping.row if ping else None,),
        do=_advice(silent),
        setting=setting_of(evidence, evidence.code or 1011),
    )


def keepalive_drop(evidence: Evidence) -> Finding | None:
    """No close frame, but the side that left had been waiting for a pong."""
    closer = evidence.closer
    if closer is None or not evidence.is_cut:
        return None
    ping = unanswered_ping(evidence, closer)
    if ping is None or ping.age_ns < _PATIENCE_NS:
        return None
    since = [row for row in before_close(evidence) if row.number > ping.row.number]
    if any(row.side is closer.other for row in since):
        return None  # it was alive
    silent = closer.other
    return say(
        evidence,
        "keepalive-drop",
        STRONG if len([row for row in since if row.kind is RowKind.PING]) else LIKELY,
        f"the {closer.label} gave up on a ping that the {silent.label} had not answered",
        f"the ping (row {ping.row.number}) was {text.duration(ping.age_ns)} old, and nothing came after it",
        rows=(ping.row,),
        do=_advice(silent),
        setting=setting_of(evidence, 1006, about=Subject.KEEPALIVE),
    )


def engine_io_timeout(evidence: Evidence) -> Finding | None:
    """Engine.IO's own ping (text ``2``) had no answer (``3``), and the server closed without a code."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or (story.is_wire and story.code != 1000):
        return None
    # Source: Engine.IO protocol 4: the server's first packet is 0{"sid":...}, then it sends 2 and awaits 3.
    hello = next((row for row in evidence.first_rows if row.side is Side.SERVER and row.kind is RowKind.TEXT), None)
    if hello is None or not hello.head.startswith(b'0{"sid"'):
        return None
    for row in before_close(evidence):
        if row.kind is not RowKind.TEXT:
            continue
        if row.side is Side.CLIENT and row.head == b"3":
            return None
        if row.side is Side.SERVER and row.head == b"2":
            waited = story.at_ns - row.at_ns
            if waited < _PATIENCE_NS:
                return None
            return say(
                evidence,
                "engine-io-timeout",
                STRONG,
                "the client did not answer the Engine.IO ping in time",
                f'packet "2" (row {row.number}) had no "3" after it for {text.duration(waited)}',
                rows=(row,),
                do="see what blocks the client; with several servers check that sessions are sticky",
                setting="pingInterval and pingTimeout (Socket.IO, 25 s and 20 s)",
            )
    return None


def slow_consumer(evidence: Evidence) -> Finding | None:
    """Much data was stuck before a side that did not read, and nothing moved for a while before the end."""
    story = evidence.story
    if story is None or evidence.closer is None or evidence.connection.upgraded_ns is None:
        return None
    if not evidence.is_cut and evidence.code in (1000, 1001, 1012):
        return None
    for side in Side:
        stuck, stall = undelivered(evidence, side), _stall(evidence, side.other)
        if stuck < _STUCK_BYTES or stall < _PATIENCE_NS or idle_ns(evidence, side) < _PATIENCE_NS:
            continue
        ping = unanswered_ping(evidence, side.other)
        waited = f"; a ping (row {ping.row.number}) waited behind it" if ping is not None else ""
        return say(
            evidence,
            "slow-consumer",
            CERTAIN if evidence.closer is side.other else STRONG,
            f"the {side.label} had stopped reading: {text.size(stuck)} for it were stuck",
            f"nothing moved towards it for {text.duration(stall)}, and nothing came from it{waited}",
            rows=(ping.row if ping else None,),
            do=f"let the {side.label} read faster, or send it less: drop or merge old updates",
        )
    return None


def _stall(evidence: Evidence, sender: Side) -> int:
    """How long a side's data had not moved before the end, in nanoseconds; what was let go at the end is no move."""
    story = evidence.story
    if story is None:
        return 0
    moved = [row.at_ns for row in before_close(evidence) if row.side is sender and story.at_ns - row.at_ns > 50 * MS]
    return story.at_ns - max(moved) if moved else 0


def undelivered(evidence: Evidence, to: Side) -> int:
    """Bytes meant for a side that could not be given to it when its leg ended."""
    total = 0
    for row in evidence.rows:
        if row.event is not None and row.event.kind is EventKind.END and row.side is to:
            lost = row.event.data.get("undelivered")
            total += lost if isinstance(lost, int) and lost > 0 else 0
    return total


def pong_behind_bulk(evidence: Evidence) -> Finding | None:
    """The silent side had been receiving a lot: its pong may have waited behind the data."""
    closer = evidence.closer
    if closer is None:
        return None
    ping = unanswered_ping(evidence, closer)
    if ping is None or ping.age_ns < _PATIENCE_NS:
        return None
    sent = sum(row.wire_length for row in before_close(evidence) if row.side is closer and row.kind is not RowKind.PING)
    if sent < 256 << 10:
        return None
    return say(
        evidence,
        "pong-behind-bulk",
        POSSIBLE,
        f"the pong may have waited behind the {text.size(sent)} that the {closer.label} sent before",
        f"much data was on its way to the {closer.other.label} when the ping was sent",
        rows=(ping.row,),
        do="send smaller messages, or wait longer for the pong",
        is_note=True,
    )


RULES: tuple[Rule, ...] = (slow_consumer, keepalive_timeout, engine_io_timeout, keepalive_drop, pong_behind_bulk)
