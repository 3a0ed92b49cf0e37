"""Timers that cut: limits on silence and on age, of gateways, servers and the network between."""

from __future__ import annotations

from wsinspect import text
from wsinspect.codes.reasons import Subject, subject
from wsinspect.diagnosis.ages import SHORTEST_NS, at_age, ended, is_apart, is_near
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import (
    MS,
    S,
    alike,
    before_close,
    idle_ns,
    open_ns,
    prompt_trigger,
    quote,
    server_name,
    trigger,
    unanswered_ping,
)
from wsinspect.diagnosis.gateways import Limit, LimitKind, Seen, gateways, limits
from wsinspect.diagnosis.rules.transport import end_of
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, POSSIBLE, STRONG, Rule, others_named, say
from wsinspect.diagnosis.software import products_at
from wsinspect.model import CloseStory, Ending, Finding, Row, RowKind, Side

COMMON_IDLE_S = (55, 60, 300, 600, 3600)
"""Silences, in seconds, after which products cut by default, by their source or documentation."""

REPORTED_IDLE_S = (100, 230, 240, 350, 400)
"""The same, by report only."""

COMMON_AGES_S = (7200, 14400, 86400)
"""Ages, in seconds, at which products cut by default, by their source or documentation."""

REPORTED_AGES_S = (300, 3600)
"""The same, by report only."""


def is_about(duration_ns: int, seconds: tuple[int, ...]) -> bool:
    """Whether a duration is one of these, give or take a second."""
    return any(abs(duration_ns - one * S) <= S for one in seconds)


def is_whole(duration_ns: int, early_ns: int = 40 * MS) -> bool:
    """Whether a duration is so near to whole seconds that somebody configured it.

    Args:
        duration_ns: the duration.
        early_ns: how much too early the timer may be.
    """
    over = duration_ns % S
    return duration_ns >= SHORTEST_NS and (over <= 40 * MS or over >= S - early_ns)


def silence_of(story: CloseStory) -> int:
    """How long a sibling had been silent when it ended, in nanoseconds, as its totals tell."""
    connection = story.connection
    seen = [connection.to_server.last_ns, connection.to_client.last_ns, connection.upgraded_ns or 0]
    return max(0, story.at_ns - max(seen))


def _apart(evidence: Evidence, other: CloseStory) -> bool:
    """Whether a sibling ended at another time."""
    return evidence.story is not None and is_apart(other.at_ns, evidence.story.at_ns)


def same_silence(evidence: Evidence) -> tuple[int, ...]:
    """Siblings that ended alike, at another time, after a silence as long."""
    if not evidence.is_cut:
        return _same_wait(evidence)
    idle = idle_ns(evidence)
    return tuple(
        other.connection.id
        for other in alike(evidence)
        if _apart(evidence, other) and silence_of(other) >= SHORTEST_NS and is_near(silence_of(other), idle)
    )


def _same_wait(evidence: Evidence) -> tuple[int, ...]:
    """The same for a close frame, which hides in a sibling's totals when the last message came; few were looked up."""
    story, last = evidence.story, trigger(evidence)
    if story is None or last is None or story.at_ns - last.at_ns < SHORTEST_NS:
        return ()
    ended = {other.connection.id: other for other in alike(evidence) if _apart(evidence, other)}
    return tuple(
        number
        for number, row in evidence.messages
        if number in ended
        and row.side is last.side
        and is_near(ended[number].at_ns - row.at_ns, story.at_ns - last.at_ns)
    )


def same_age(evidence: Evidence) -> tuple[int, ...]:
    """Siblings that ended alike, at another time and at the same age."""
    if evidence.story is None:
        return ()
    others = [end for other in alike(evidence) if (end := ended(other)) is not None]
    return tuple(end.connection for end in at_age(open_ns(evidence), evidence.story.at_ns, others))


def _match(evidence: Evidence, kind: LimitKind, duration_ns: int) -> Limit | None:
    """The limit in sight whose default is this duration; a verified one before others."""
    return next((one for one in limits(evidence, kind) if one.seconds and is_near(duration_ns, one.seconds * S)), None)


def _setting(evidence: Evidence, kind: LimitKind) -> str:
    """The setting of the only verified limit in sight, whatever its value here; empty when there are several."""
    found = [limit.setting for limit in limits(evidence, kind) if limit.is_verified]
    return found[0] if len(found) == 1 else ""


def _is_whole_for(evidence: Evidence, seen: Seen, idle: int) -> bool:
    """Whether a silence is a whole number of seconds, as exactly as this gateway's timer is."""
    found = [limit for limit in limits(evidence, LimitKind.IDLE) if seen.key and limit.product == seen.key]
    return bool(found) and seen.is_verified and found[0].is_verified and is_whole(idle, max(40, found[0].early_ms) * MS)


def idle_timeout(evidence: Evidence) -> Finding | None:
    """No close frame, after a silence that is a timer's: by a known default, by siblings, or a whole number."""
    closer, idle = evidence.closer, idle_ns(evidence)
    if closer is None or not evidence.is_cut or idle < SHORTEST_NS:
        return None
    if unanswered_ping(evidence, closer) is not None:
        return None
    match = _match(evidence, LimitKind.IDLE, idle) if closer is Side.SERVER else None
    others, before = same_silence(evidence), gateways(evidence) if closer is Side.SERVER else ()
    strengths = [
        (STRONG if match.is_verified else POSSIBLE) if match is not None else None,
        STRONG if others else None,
        LIKELY if is_about(idle, COMMON_IDLE_S) or any(_is_whole_for(evidence, one, idle) for one in before) else None,
        POSSIBLE if idle >= 20 * S else None,
    ]
    strength = max((one for one in strengths if one is not None), default=None)
    if strength is None:
        return None
    who = before[0].name if len(before) == 1 else match.service if match else ""
    where = who or ("a gateway or the server" if closer is Side.SERVER else "the client, or the way to it")
    said = f"nothing was sent for {text.duration(idle)}, then TCP ended without a close frame"
    same = f"; the same silence ended {others_named(others)}" if others else ""
    shown = f"; {before[0].grounds}" if len(before) == 1 else ""
    return say(
        evidence,
        "idle-timeout",
        strength,
        f"an idle timeout after {text.duration(idle)}: {where}",
        said + same + shown,
        rows=tuple(_edge(evidence)),
        others=others,
        do="send a ping more often than that, or raise the timeout",
        setting=match.setting if match else _setting(evidence, LimitKind.IDLE) if before else "",
    )


def _edge(evidence: Evidence) -> list[Row]:
    """The last frame before the silence."""
    return [next(iter(before_close(evidence)))] if any(True for _ in before_close(evidence)) else []


def idle_close(evidence: Evidence) -> Finding | None:
    """A close frame that says, or by its sender's habit means, that nothing came for too long."""
    story, idle = evidence.story, idle_ns(evidence)
    if story is None or not story.is_wire or evidence.closer is None:
        return None
    if subject(evidence.reason) is Subject.IDLE:
        return say(
            evidence,
            "idle-close",
            CERTAIN,
            f"the {evidence.closer.label} closed because nothing came for too long",
            f"reason {quote(evidence.reason)}, {text.duration(idle)} after the last frame",
            rows=tuple(_edge(evidence)),
            do="send a ping or a heartbeat more often than that",
            setting=_setting(evidence, LimitKind.IDLE),
        )
    if evidence.closer is not Side.SERVER or idle < SHORTEST_NS:
        return None
    match = _match(evidence, LimitKind.IDLE, idle_ns(evidence, Side.CLIENT))
    habit = _idle_habit(evidence)
    others = same_silence(evidence)
    is_default = match is not None and story.code in (1000, 1001) and not story.reason
    is_shared = len(others) >= 2 and story.code in (1000, 1001, 1002, 1008, 1011) and not prompt_trigger(evidence)
    if not (habit or is_default or is_shared):
        return None
    same = f"; the same silence ended {others_named(others)}" if others else ""
    return say(
        evidence,
        "idle-close",
        LIKELY,
        f"the server closed after {text.duration(idle)} of silence: its idle timeout",
        (habit or f"code {story.code} without a message before it") + same,
        rows=tuple(_edge(evidence)),
        others=others,
        do="send a heartbeat more often than that",
        setting=match.setting if match is not None else "",
    )


def _idle_habit(evidence: Evidence) -> str:
    """Servers that answer a minute of silence with a code which says something else."""
    if not is_near(idle_ns(evidence, Side.CLIENT), 60 * S) or evidence.reason:
        return ""
    is_phoenix = evidence.connection.path.partition("?")[0].endswith("/websocket")
    if evidence.code == 1000 and ("cowboy" in server_name(evidence) or is_phoenix):
        return "Cowboy closes with 1000 and no reason after 60 s without a frame of the client"
    if evidence.code == 1002 and is_phoenix:
        return "Phoenix on Bandit closes with 1002 after 60 s of silence"
    return ""


def lifetime_limit(evidence: Evidence) -> Finding | None:
    """Ended at an age that is a limit's, while traffic was flowing."""
    story, age = evidence.story, open_ns(evidence)
    if story is None or evidence.closer is not Side.SERVER or age < SHORTEST_NS or evidence.code == 1012:
        return None
    if idle_ns(evidence) > age // 4 or _explains_itself(evidence):
        return None
    match, others = _match(evidence, LimitKind.LIFETIME, age), same_age(evidence)
    strengths = [
        (STRONG if match.is_verified else POSSIBLE) if match is not None else None,
        STRONG if len(others) >= 2 else LIKELY if others and is_whole(age) else None,
        LIKELY if is_about(age, COMMON_AGES_S) else POSSIBLE if is_about(age, REPORTED_AGES_S) else None,
    ]
    strength = max((one for one in strengths if one is not None), default=None)
    if strength is None:
        return None
    same = f"; {others_named(others)} ended at the same age" if others else ""
    who = (match.service or _name(evidence, match)) if match else "the server or a gateway"
    return say(
        evidence,
        "lifetime-limit",
        strength,
        f"an age limit cut it after {text.duration(age)}: {who}",
        f"messages were flowing until {text.duration(idle_ns(evidence))} before{same}",
        others=others,
        do="reconnect before the limit, or raise it",
        setting=match.setting if match else _setting(evidence, LimitKind.LIFETIME),
    )


def _name(evidence: Evidence, limit: Limit) -> str:
    return next((one.name for one in products_at(evidence, Side.SERVER) if one.key == limit.product), limit.product)


def _explains_itself(evidence: Evidence) -> bool:
    """Whether the close speaks for something else than age."""
    story = evidence.story
    if story is None or evidence.is_cut:
        return False
    return story.code not in (1000, 1001, 1005, 1006, 1011, 3008) and not 4000 <= story.code < 5000


def forgotten_flow(evidence: Evidence) -> Finding | None:
    """An RST as the answer to the first frame after a long silence: something on the way forgot the connection."""
    story = evidence.story
    if story is None or not evidence.is_cut or evidence.closer is None:
        return None
    end = end_of(evidence, evidence.closer)
    rows = list(before_close(evidence))
    if end is None or end.how is not Ending.RST or not rows or rows[0].side is not evidence.closer.other:
        return None
    earlier = rows[1].at_ns if len(rows) > 1 else (evidence.connection.upgraded_ns or 0)
    silence = rows[0].at_ns - earlier
    if silence < 30 * S or story.at_ns - rows[0].at_ns > 2 * S:
        return None
    return say(
        evidence,
        "flow-forgotten",
        POSSIBLE,
        f"a box on the way forgot it during {text.duration(silence)} of silence",
        f"the first frame after it (row {rows[0].number}) got an RST; a NAT, firewall or load balancer does so",
        rows=(rows[0],),
        do="ping every 20 to 30 s",
    )


def pings_one_way(evidence: Evidence) -> Finding | None:
    """Pings kept flowing, and a timer cut all the same: it may count messages, or one direction, only."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or open_ns(evidence) < SHORTEST_NS:
        return None
    if evidence.code == 1000:
        return None  # who closes on purpose counts nothing
    rows = list(before_close(evidence))
    pings = [row for row in rows if row.kind is RowKind.PING]
    data_ns = next((row.at_ns for row in rows if row.kind in (RowKind.TEXT, RowKind.BINARY)), None)
    silence = story.at_ns - (data_ns if data_ns is not None else evidence.connection.upgraded_ns or story.at_ns)
    if len(pings) < 2 or idle_ns(evidence) * 2 > silence or silence < 5 * S:
        return None
    is_timer = any(is_near(silence, seconds * S) for seconds in (*COMMON_IDLE_S, *REPORTED_IDLE_S, 30))
    if not is_timer:
        return None
    return say(
        evidence,
        "pings-not-counted",
        POSSIBLE,
        "an idle timeout that does not count pings cut it",
        f"no message for {text.duration(silence)}, and {len(pings)} pings in that time did not keep it open",
        rows=(pings[0],),
        do="send a message of the application instead of a ping (AWS API Gateway reportedly counts messages only)",
    )


RULES: tuple[Rule, ...] = (idle_timeout, idle_close, lifetime_limit, forgotten_flow, pings_one_way)
