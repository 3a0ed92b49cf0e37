"""The server as a whole goes away: it stops, restarts, is replaced or dies, with all its connections."""

from __future__ import annotations

from wsinspect import text
from wsinspect.codes.reasons import Subject, subject
from wsinspect.diagnosis.ages import SHORTEST_NS, is_near
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import S, alike, idle_ns, prompt_trigger, quote
from wsinspect.diagnosis.gateways import gateways
from wsinspect.diagnosis.rules.timeouts import silence_of
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, others_named, say
from wsinspect.diagnosis.software import emission, setting_of
from wsinspect.model import CloseStory, Finding, Side

TOGETHER_NS = S
"""Ends within this time of each other are one event."""

_DOWN_NS = 30 * S
"""How soon after an end a refused dial shows that the server was gone."""


def together(evidence: Evidence) -> tuple[int, ...]:
    """Siblings that ended alike in the same moment."""
    story = evidence.story
    if story is None:
        return ()
    return tuple(other.connection.id for other in alike(evidence) if abs(other.at_ns - story.at_ns) <= TOGETHER_NS)


def refused_after(evidence: Evidence) -> tuple[int, ...]:
    """Siblings that could not reach the server soon after this one ended."""
    story = evidence.story
    if story is None:
        return ()
    return tuple(
        other.id
        for other in evidence.siblings
        if other.status_by_us and "refused" in other.failure and 0 <= other.opened_ns - story.at_ns <= _DOWN_NS
    )


def is_each_its_own_timer(evidence: Evidence, others: tuple[int, ...]) -> bool:
    """Whether these ended together by chance: each after the same silence or age, at times as far apart as that."""
    story, upgraded_ns = evidence.story, evidence.connection.upgraded_ns
    if story is None or upgraded_ns is None:
        return False
    group = [other for other in evidence.stories if other.connection.id in others]
    ends = [story.at_ns, *(other.at_ns for other in group)]
    silences = [idle_ns(evidence), *map(silence_of, group)]
    ages = [story.at_ns - upgraded_ns, *(other.at_ns - (other.connection.upgraded_ns or 0) for other in group)]
    spread = max(ends) - min(ends)
    return any(
        min(lasted) >= SHORTEST_NS and max(lasted) - min(lasted) < spread // 4 and is_near(max(lasted), min(lasted))
        for lasted in (silences, ages)
    )


def survivors(evidence: Evidence) -> tuple[int, ...]:
    """Siblings that were open when this one ended, and for two seconds after."""
    story = evidence.story
    if story is None:
        return ()
    return tuple(
        other.id
        for other in evidence.siblings
        if other.upgraded_ns is not None
        and other.upgraded_ns < story.at_ns
        and (other.closed_ns is None or other.closed_ns > story.at_ns + 2 * S)
    )


def _crowd(story: CloseStory | None, others: tuple[int, ...]) -> str:
    return f"{others_named(others)} ended the same way within {text.duration(TOGETHER_NS)}" if story and others else ""


def says_restart(evidence: Evidence) -> Finding | None:
    """1012: the service restarts."""
    if evidence.code != 1012 or evidence.closer is not Side.SERVER:
        return None
    others = together(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "code 1012 says so"
    return say(
        evidence,
        "restart",
        CERTAIN if evidence.reason or others else STRONG,
        "the server is restarting and asks its clients to come back",
        "; ".join(filter(None, (said, _crowd(evidence.story, others)))),
        others=others,
        do="reconnect after a random delay; compare with the time of your deployments",
    )


def going_away(evidence: Evidence) -> Finding | None:
    """1001 from the server: it stops, or the page of its clients is served elsewhere."""
    story = evidence.story
    if story is None or evidence.code != 1001 or evidence.closer is not Side.SERVER:
        return None
    if subject(evidence.reason) in (Subject.IDLE, Subject.KEEPALIVE, Subject.LIFETIME):
        return None
    others, down = together(evidence), refused_after(evidence)
    said = f"reason {quote(evidence.reason)}" if evidence.reason else "code 1001 says so"
    names_it = subject(evidence.reason) is Subject.RESTART
    gone = f"; the server refused {others_named(down)} afterwards" if down else ""
    return say(
        evidence,
        "server-stops",
        CERTAIN if names_it or down else STRONG if others else LIKELY,
        "the server is stopping or restarting",
        "; ".join(filter(None, (said, _crowd(story, others)))) + gone,
        others=(*others, *down),
        do="reconnect after a random delay; compare with the time of your deployments",
    )


def caddy_reloaded(evidence: Evidence) -> Finding | None:
    """1001 without a reason through Caddy: it tells both sides so when its configuration is reloaded, or it stops."""
    if evidence.code != 1001 or evidence.closer is not Side.SERVER or evidence.reason:
        return None
    seen = next((one for one in gateways(evidence) if one.key == "caddy"), None)
    if seen is None:
        return None
    return say(
        evidence,
        "caddy-reloaded",
        STRONG,
        "Caddy reloaded its configuration, or was stopped",
        f"{seen.grounds}; it then closes both sides with 1001 and no reason",
        do="compare with the time of the reload",
        setting=setting_of(evidence, 1001),
    )


def stopped_with_all(evidence: Evidence) -> Finding | None:
    """Several connections end in the same moment with a code that some servers send when they stop."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or evidence.is_cut:
        return None
    if (
        story.status is not None
        or story.code not in (1000, 1005, 1011, 1006)
        or evidence.connection.close_frame is None
    ):
        return None
    others, down = together(evidence), refused_after(evidence)
    if len(others) < 2 and not (others and down):
        return None
    if prompt_trigger(evidence) is not None or is_each_its_own_timer(evidence, others):
        return None
    known = emission(evidence)
    habit = (
        f"; {known.software} sends {story.code} then" if known is not None and known.about is Subject.RESTART else ""
    )
    return say(
        evidence,
        "all-closed-at-once",
        STRONG if down or len(others) >= 4 else LIKELY,
        "the server, or a proxy before it, stopped or restarted",
        _crowd(story, others) + habit,
        others=(*others, *down),
        do="compare with the time of your deployments",
        # A server may be done with all of them: who closes with 1000 and still takes clients says that all is well.
        is_alarm=story.code != 1000 or bool(down) or bool(habit),
    )


def process_died(evidence: Evidence) -> Finding | None:
    """TCP of several connections ends in the same moment without a close frame, or nobody listens afterwards."""
    story = evidence.story
    if story is None or not evidence.is_cut or evidence.closer is not Side.SERVER:
        return None
    others, down = together(evidence), refused_after(evidence)
    if (not others and not down) or (others and is_each_its_own_timer(evidence, others)):
        return None
    gone = f"nobody listened when {others_named(down)} tried afterwards" if down else ""
    return say(
        evidence,
        "server-died",
        STRONG if down or (len(others) >= 2 and not survivors(evidence)) else LIKELY,
        "the server's process ended: killed, crashed or stopped",
        "; ".join(filter(None, (_crowd(story, others), gone))),
        others=(*others, *down),
        do="see the process manager's log for a kill, a crash or a deployment at that second",
    )


RULES: tuple[Rule, ...] = (says_restart, process_died, caddy_reloaded, going_away, stopped_with_all)
