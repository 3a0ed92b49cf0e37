"""What only several connections together show: loops of reconnects, waves, timers, a token that ran out."""

from __future__ import annotations

import base64
import binascii
import json
import re
from itertools import pairwise

from wsinspect import text
from wsinspect.diagnosis.ages import SHORTEST_NS
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import MS, S, alike, idle_ns, open_ns
from wsinspect.diagnosis.gateways import gateways
from wsinspect.diagnosis.rules.timeouts import same_age
from wsinspect.diagnosis.saying import LIKELY, STRONG, Rule, others_named, say
from wsinspect.model import CloseStory, Connection, Finding, Side

LOOP = 4
"""Connections, this one included, that make a loop."""

WAVE = 8
"""Connections, this one included, that make a wave."""

_DRAINING = ("nginx", "kong", "envoy")
"""Gateways that let old workers finish for a while after a reload (documented)."""

_WAVE_NS = S
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{4,}\.([A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]*")


def _same_client(evidence: Evidence, other: Connection) -> bool:
    mine = evidence.connection
    return other.client.rpartition(":")[0] == mine.client.rpartition(":")[0] and other.path == mine.path


def reconnect_loop(evidence: Evidence) -> Finding | None:
    """A client that connects again and again, and every time it ends in the same way at the same age."""
    story = evidence.story
    if story is None or (story.by_us and not evidence.connection.status_by_us):
        return None
    if story.is_wire and story.code == 1000:
        return None
    others = [other for other in _ended_alike(evidence, story) if _same_client(evidence, other.connection)]
    loop = sorted([story, *others], key=lambda one: one.connection.opened_ns)
    # Each was opened after the one before it had ended.
    steps = [later.connection.opened_ns - one.at_ns for one, later in pairwise(loop)]
    if len(loop) < LOOP or any(step < -50 * MS for step in steps) or max(steps) > 60 * S:
        return None
    mean = sum(steps) // len(steps)
    return say(
        evidence,
        "reconnect-loop",
        STRONG,
        f"the client tries again and again: {len(loop)} times the same end",
        f"{others_named([one.connection.id for one in others])}; {text.duration(max(0, mean))} from one to the next",
        others=tuple(one.connection.id for one in others),
        do="let the client stop on an error that stays, or wait with growing delays",
        is_note=True,
    )


def _ended_alike(evidence: Evidence, story: CloseStory) -> list[CloseStory]:
    if evidence.connection.status_by_us:
        return [other for other in evidence.stories if other.connection.status_by_us and other.code == story.code]
    return alike(evidence)


def reconnect_wave(evidence: Evidence) -> Finding | None:
    """Many clients came at once, mostly after all were cut at once, and the server turned some away."""
    story, connection = evidence.story, evidence.connection
    if story is None or connection.status_by_us or (story.status or story.code) not in (1013, 503, 429):
        return None
    came = [
        other.id
        for other in evidence.siblings
        if abs(other.opened_ns - connection.opened_ns) <= _WAVE_NS and other.path == connection.path
    ]
    if len(came) + 1 < WAVE:
        return None
    cut = [
        other.connection.id
        for other in evidence.stories
        if 0 <= connection.opened_ns - other.at_ns <= 15 * S
        and other.connection.opened_ns < connection.opened_ns - 500 * MS
        and other.connection.upgraded_ns is not None
        and other.sender is Side.SERVER
    ]
    after = f" after {others_named(cut)} had ended" if len(cut) >= 2 else ""
    return say(
        evidence,
        "reconnect-wave",
        STRONG if len(cut) >= 2 else LIKELY,
        f"too many clients connected at once: {len(came) + 1} within {text.duration(2 * _WAVE_NS)}",
        f"{others_named(came)} came with it{after}",
        others=tuple(came),
        do="let clients reconnect after a random delay that grows; let the server admit them bit by bit",
    )


def shared_age(evidence: Evidence) -> Finding | None:
    """Several ended at one age, at different times: a timer, not the network."""
    others = same_age(evidence)
    if len(others) < 2 or open_ns(evidence) < SHORTEST_NS or evidence.story is None:
        return None
    return say(
        evidence,
        "same-age",
        STRONG,
        f"{len(others) + 1} connections ended at the same age, {text.duration(open_ns(evidence))}: a timer did it",
        f"{others_named(others)} ended so at other times",
        others=others,
        do="look for a limit of that length in the server and in every gateway",
        is_note=True,
    )


def token_expired(evidence: Evidence) -> Finding | None:
    """Closed at the moment when a token of the handshake ran out."""
    story = evidence.story
    if story is None or evidence.closer is not Side.SERVER or evidence.connection.upgraded_ns is None:
        return None
    for expires_s in _expiries(evidence):
        late_ns = story.at_ns - expires_s * S
        # RFC 7519 section 4.1.4 gives whole seconds; a server may allow some leeway, or look every few seconds.
        if -S <= late_ns <= 5 * S and open_ns(evidence) > 2 * S:
            return say(
                evidence,
                "token-expired",
                STRONG,
                "the token that the client connected with ran out",
                f"its exp was {text.duration(abs(late_ns))} {'before' if late_ns >= 0 else 'after'} the close",
                do="renew the token before it ends, and connect again with the new one",
            )
    return None


def _expiries(evidence: Evidence) -> list[int]:
    """The ``exp`` of every JWT in the request; the tokens themselves are never shown. Source: RFC 7519."""
    if evidence.request is None:
        return []
    found: list[int] = []
    for match in _JWT.finditer(evidence.request.raw.decode("latin-1")):
        try:
            claims = json.loads(base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)))
        except (binascii.Error, ValueError, RecursionError):
            continue
        expires = claims.get("exp") if isinstance(claims, dict) else None
        if isinstance(expires, int | float) and 0 < expires < 1 << 40:
            found.append(int(expires))
    return found


def old_worker(evidence: Evidence) -> Finding | None:
    """Connections from before a moment die in a group, while newer ones live on: an old worker is retired."""
    story, connection = evidence.story, evidence.connection
    if story is None or not evidence.is_cut or evidence.closer is not Side.SERVER:
        return None
    group = [other for other in alike(evidence) if abs(other.at_ns - story.at_ns) <= S]
    if len(group) < 2:
        return None
    youngest = max([connection.opened_ns, *(other.connection.opened_ns for other in group)])
    newer = [
        other.id
        for other in evidence.siblings
        if other.opened_ns > youngest
        and other.opened_ns < story.at_ns - S
        and other.upgraded_ns is not None
        and (other.closed_ns is None or other.closed_ns > story.at_ns + 2 * S)
    ]
    older = [
        other.id
        for other in evidence.siblings
        if other.opened_ns < youngest
        and other.upgraded_ns is not None
        and other.id not in {one.connection.id for one in group}
        and (other.closed_ns is None or other.closed_ns > story.at_ns + 2 * S)
    ]
    if len(newer) < 2 or older:
        return None
    return say(
        evidence,
        "old-worker-retired",
        STRONG if any(seen.key in _DRAINING for seen in gateways(evidence)) else LIKELY,
        "an old worker was retired after a reload; newer ones live on",
        f"{others_named([one.connection.id for one in group])} ended with it; {others_named(newer)} stayed open",
        others=(*(one.connection.id for one in group), *newer),
        do="give old workers more time to drain; let clients reconnect",
        setting="worker_shutdown_timeout (nginx; 240 s on ingress-nginx), or the drain time (Envoy)",
    )


def one_address(evidence: Evidence) -> Finding | None:
    """Of the addresses that a name stands for, only one ends connections so: look at that gateway or server."""
    here = evidence.connection.server
    if evidence.story is None or evidence.closer is not Side.SERVER or evidence.code == 1000 or not here:
        return None
    ended = alike(evidence)
    with_it = [other.connection.id for other in ended if other.connection.server == here]
    elsewhere = {other.id for other in evidence.siblings if other.server not in ("", here)}
    if len(with_it) < 2 or len(elsewhere) < 3 or any(other.connection.id in elsewhere for other in ended):
        return None
    return say(
        evidence,
        "one-address",
        LIKELY,
        f"only connections to {text.visible(here)} ended so",
        f"{others_named(with_it)} too, and none of {len(elsewhere)} to other addresses",
        others=tuple(with_it),
        do="look at the gateway or server at that address",
        is_note=True,
    )


def widely_spread(evidence: Evidence) -> Finding | None:
    """Many ended alike at all ages: no timer; the network or load."""
    story = evidence.story
    if story is None or not evidence.is_cut:
        return None
    ages = sorted(
        other.at_ns - other.connection.upgraded_ns
        for other in alike(evidence)
        if other.connection.upgraded_ns is not None and abs(other.at_ns - story.at_ns) > S
    )
    if len(ages) < 5 or ages[-1] < 3 * max(1, ages[0]) or idle_ns(evidence) > open_ns(evidence) // 2:
        return None
    if len(same_age(evidence)) >= 2:
        return None
    return say(
        evidence,
        "no-common-age",
        LIKELY,
        f"{len(ages)} others ended alike at ages from {text.duration(ages[0])} to {text.duration(ages[-1])}: no timer",
        "their ages have nothing in common",
        do="look at the network, at load, and at what the server's log says of each",
        is_note=True,
    )


RULES: tuple[Rule, ...] = (
    token_expired,
    old_worker,
    reconnect_wave,
    shared_age,
    reconnect_loop,
    one_address,
    widely_spread,
)
