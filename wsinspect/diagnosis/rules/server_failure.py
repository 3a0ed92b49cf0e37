"""The server's own code failed: on a message, at once, or for a reason that is only in its log."""

from __future__ import annotations

from itertools import pairwise

from wsinspect import text
from wsinspect.diagnosis.evidence import Evidence, is_data
from wsinspect.diagnosis.facts import (
    MS,
    PROMPT_NS,
    S,
    alike,
    before_close,
    first_broken,
    idle_ns,
    open_ns,
    prompt_trigger,
    quote,
    said_in,
    unanswered_ping,
)
from wsinspect.diagnosis.rules.keepalive import says_ping_timeout
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, POSSIBLE, STRONG, Rule, fitting, others_named, quoted, say
from wsinspect.diagnosis.software import emission, is_one_of, software_at
from wsinspect.model import Finding, Row, RowKind, Side

_DROPPING = ("uvicorn", "aiohttp", "tornado")
"""Servers that end TCP without a close frame when a handler raises (measured)."""

_AT_ONCE_NS = S
_WORK_NS = 30 * S
"""How long a handler may work on a message that it fails on in the end."""

_LOG = "find the stack trace in the server's log at that second"


def same_message(evidence: Evidence, row: Row) -> tuple[int, ...]:
    """Siblings that closed alike after the same message of the same side."""
    closed = {story.connection.id for story in alike(evidence)}
    return tuple(
        number
        for number, other in evidence.messages
        if number in closed and other.side is row.side and other.head == row.head and other.size == row.size
    )


def _after(evidence: Evidence, row: Row, others: tuple[int, ...]) -> str:
    before = 0 if evidence.story is None else evidence.story.at_ns - row.at_ns
    said = f"it closed {text.duration(before)} after message {row.number}, {said_in(row, 40)}"
    if others:
        return f"{said}; the same message came before the close of {others_named(others)}"
    return f"{said}; it had answered those before" if pending(evidence) is row else said


def pending(evidence: Evidence) -> Row | None:
    """The client's last message, when the server had answered those before it and was still silent on this one."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER:
        return None
    talk = [row for row in before_close(evidence) if is_data(row)]
    last = next(iter(talk), None)
    if last is None or last.side is not Side.CLIENT or story.at_ns - last.at_ns > _WORK_NS:
        return None
    asked = [row for row in talk if row.side is Side.CLIENT]
    answered = sum(later.side is Side.SERVER and row.side is Side.CLIENT for later, row in pairwise(talk))
    return last if answered >= 1 and answered >= len(asked) - 1 else None


def handler_failed(evidence: Evidence) -> Finding | None:
    """1011 right after a message, or while one was being worked on: that message crashed the handler."""
    prompt = prompt_trigger(evidence)
    row = prompt or pending(evidence)
    if evidence.code != 1011 or evidence.closer is not Side.SERVER or row is None:
        return None
    if says_ping_timeout(evidence.reason):
        return None
    others = same_message(evidence, row)
    failed = f"the server's handler failed on message {row.number}"
    return say(
        evidence,
        "handler-failed",
        CERTAIN if others else STRONG if prompt is not None else LIKELY,
        quoted(f"{failed}: ", evidence.reason) if evidence.reason else failed,
        _after(evidence, row, others),
        rows=(row,),
        others=others,
        do=f"{_LOG}, and send this message again to prove it",
    )


def _also_at_once(evidence: Evidence) -> tuple[int, ...]:
    """Siblings that ended so too, each at its own time: what ends together has another cause."""
    ended_ns = evidence.story.at_ns if evidence.story is not None else 0
    return tuple(
        story.connection.id
        for story in alike(evidence)
        if story.connection.to_client.messages == 0
        and story.connection.upgraded_ns is not None
        and story.at_ns - story.connection.upgraded_ns <= _AT_ONCE_NS
        and abs(story.at_ns - ended_ns) > PROMPT_NS
    )


def failed_unprompted(evidence: Evidence) -> Finding | None:
    """1011 with no message just before it."""
    if evidence.code != 1011 or evidence.closer is not Side.SERVER or handler_failed(evidence) is not None:
        return None
    if says_ping_timeout(evidence.reason):
        return None
    if open_ns(evidence) <= _AT_ONCE_NS:
        cause, because = "the server's handler failed as soon as the connection was open", "no message came before"
    elif is_one_of(evidence, Side.SERVER, "hypercorn") and not evidence.reason:
        cause = "the application returned without closing, or Hypercorn stops"
        because = "Hypercorn says 1011 for both; no message came before it"
    elif evidence.reason:
        cause, because = quoted("the server failed: ", evidence.reason), "the reason of its 1011"
    else:
        cause = "the server failed by itself, not on a message"
        because = f"nothing had come from the client for {text.duration(idle_ns(evidence, Side.CLIENT))}"
    return say(evidence, "server-failed", LIKELY, cause, because, do=_LOG)


def dropped_on_message(evidence: Evidence) -> Finding | None:
    """No close frame, right after a message: several servers end so when a handler raises."""
    worked_on = pending(evidence)
    row = prompt_trigger(evidence) or worked_on
    if not evidence.is_cut or evidence.closer is not Side.SERVER or row is None:
        return None
    if first_broken(evidence, Side.CLIENT) is not None or unanswered_ping(evidence, Side.SERVER) is not None:
        return None
    others = same_message(evidence, row)
    if not others and not _is_unanswered(evidence, row):
        return None
    server = software_at(evidence, Side.SERVER)
    is_known = is_one_of(evidence, Side.SERVER, *_DROPPING)
    is_telling = (is_known or worked_on is not None) and not _is_chatty(evidence, row)
    strength = STRONG if others else LIKELY if is_telling else POSSIBLE
    habit = f"; {server.name} ends TCP without a close frame then" if server is not None and is_known else ""
    return say(
        evidence,
        "handler-dropped",
        strength,
        f"the server's handler failed on message {row.number}, or ended after it",
        _after(evidence, row, others) + habit,
        rows=(row,),
        others=others,
        do=f"{_LOG}; send this message again to prove it",
    )


_CHAT = 5
"""Messages that show how often a client sends."""


def _is_chatty(evidence: Evidence, row: Row) -> bool:
    """Whether the client sends so often that any end would come soon after some message."""
    sent = [one.at_ns for one in before_close(evidence) if one.side is row.side and is_data(one)][: 4 * _CHAT]
    if evidence.story is None or len(sent) < _CHAT:
        return False
    gaps = sorted(later - earlier for later, earlier in pairwise(sent))
    return evidence.story.at_ns - row.at_ns <= 3 * gaps[len(gaps) // 2]


def _is_unanswered(evidence: Evidence, row: Row) -> bool:
    return not any(one.side is Side.SERVER and one.number > row.number for one in before_close(evidence))


def empty_close_on_message(evidence: Evidence) -> Finding | None:
    """Granian closes without a code when the application fails or returns."""
    row = prompt_trigger(evidence)
    story = evidence.story
    if story is None or story.code != 1005 or evidence.closer is not Side.SERVER:
        return None
    if not is_one_of(evidence, Side.SERVER, "granian"):
        return None
    return say(
        evidence,
        "application-ended",
        LIKELY,
        "the application behind Granian failed or returned",
        "Granian then closes without a code; "
        + (_after(evidence, row, ()) if row is not None else "an empty close frame from the server"),
        rows=(row,),
        do=_LOG,
    )


def ended_at_once(evidence: Evidence) -> Finding | None:
    """The upgrade succeeded, nothing was ever sent, and the server's side ended within a second."""
    if not evidence.is_cut or evidence.closer is not Side.SERVER or open_ns(evidence) > _AT_ONCE_NS:
        return None
    if any(row.kind is not RowKind.EVENT for row in evidence.all_rows):
        return None
    others = _also_at_once(evidence)
    if not others and open_ns(evidence) > PROMPT_NS:
        return None  # a kill can come as early as that
    is_known = is_one_of(evidence, Side.SERVER, *_DROPPING)
    same = f", as on {others_named(others)}" if others else ""
    return say(
        evidence,
        "handler-ended-at-once",
        STRONG if others else LIKELY if is_known else POSSIBLE,
        "the server's handler returned or raised right after the 101",
        f"no frame came, and TCP ended {text.duration(open_ns(evidence))} after the 101{same}",
        others=others,
        do=_LOG,
    )


def known_reason(evidence: Evidence) -> Finding | None:
    """The reason is, word for word, one that a known product gives."""
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None or not story.reason or not story.is_wire:
        return None
    known = emission(evidence)
    if known is None or not known.reasons or "*" in known.reasons:
        return None
    return say(
        evidence,
        "known-reason",
        LIKELY,
        fitting(f"{known.software}: {known.why}", f"{known.software} gives this reason in one known case"),
        f"the {closer.label}'s reason {quote(evidence.reason)} is what {known.software} says when {known.why}",
        setting=f"{known.setting} ({known.software})" if known.setting else "",
    )


def handler_returned(evidence: Evidence) -> Finding | None:
    """1000 from the server: closed on purpose, or the handler came to its end."""
    if evidence.code != 1000 or evidence.closer is not Side.SERVER or says_ping_timeout(evidence.reason):
        return None
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "code 1000, close handshake as it should be"
    return say(
        evidence,
        "server-done",
        LIKELY,
        "the server closed on purpose, or its handler returned",
        said,
        do="if that came too early, see why the server's handler ended" if open_ns(evidence) < 100 * MS else "",
        is_alarm=False,
    )


RULES: tuple[Rule, ...] = (
    handler_failed,
    dropped_on_message,
    ended_at_once,
    failed_unprompted,
    empty_close_on_message,
    known_reason,
    handler_returned,
)
