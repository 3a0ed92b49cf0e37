"""Messages that were too big for the other side, whether it said so or just left."""

from __future__ import annotations

import re
from typing import NamedTuple

from wsinspect import text
from wsinspect.codes.reasons import Subject
from wsinspect.diagnosis.evidence import Evidence, is_data
from wsinspect.diagnosis.facts import PROMPT_NS, arriving, before_close, quote, trigger
from wsinspect.diagnosis.saying import CERTAIN, LIKELY, STRONG, Rule, say
from wsinspect.diagnosis.software import setting_of
from wsinspect.model import Finding, Side

_LIMITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"exceeds limit of ([0-9,]+)",
        r"limited at ([0-9,]+)",
        r"max frame length of ([0-9,]+)",
        r"max size is ([0-9,]+)",
        r"max message size of ([0-9,]+)",
        r"buffer size: \[([0-9,]+)\]",
        r"maximum size \(([0-9,]+) bytes\)",
        r"max allowed size, [0-9,]+ > ([0-9,]+)",
    )
)
"""How libraries name their limit in the reason of a 1009: websockets, wsproto, coder, Netty, Ktor, Undertow, Tomcat,
picows."""

SMALLEST_LIMIT = 4096
"""The smallest default of any product that is known, in bytes."""

_DROPPING = 16 << 10
"""The smallest default limit of a library that drops the connection instead of saying 1009 (uWebSockets)."""


class Big(NamedTuple):
    """The message that the closing side had before it when it closed."""

    row: int
    size: int
    """Payload bytes as carried on the wire; 0 when they are not known."""
    inflated: int | None
    is_whole: bool


def biggest_suspect(evidence: Evidence) -> Big | None:
    """The message that was arriving at the close, else the last one before it."""
    cut = arriving(evidence)
    if cut is not None and cut.size:
        return Big(cut.row, cut.size, None, False)
    row = trigger(evidence)
    return None if row is None else Big(row.number, row.size, row.inflated_size, True)


def named_limit(reason: str) -> int | None:
    """The limit in bytes that a close reason names."""
    for pattern in _LIMITS:
        found = pattern.search(reason)
        if found is not None:
            digits = found[1].replace(",", "")
            return int(digits) if digits and len(digits) < 19 else None
    return None


def too_big(evidence: Evidence) -> Finding | None:
    """1009: the close says that it is about size."""
    closer = evidence.closer
    if evidence.code != 1009 or closer is None or too_big_inflated(evidence) is not None:
        return None
    big, limit = biggest_suspect(evidence), named_limit(evidence.reason)
    cause = f"a message of the {closer.other.label} was larger than the {closer.label} accepts"
    if big is not None and big.size and limit is not None:
        cause = f"the {closer.other.label} sent {text.size(big.size)}; the {closer.label} takes {text.size(limit)}"
    elif big is not None and big.size:
        cause = f"the {closer.other.label} sent {text.size(big.size)}, more than the {closer.label} accepts"
    return say(
        evidence,
        "too-big",
        CERTAIN,
        cause,
        _why(evidence, big),
        rows=(big.row if big else None,),
        do=f"raise the limit of the {closer.label}, or send smaller messages",
        setting=setting_of(evidence, 1009),
    )


def _why(evidence: Evidence, big: Big | None) -> str:
    if evidence.reason:
        return f"reason {quote(evidence.reason)}"
    closer = evidence.closer
    if big is None or closer is None:
        return "code 1009 has no other meaning"
    taken = [row.size for row in before_close(evidence) if row.side is closer.other and is_data(row)]
    accepted = max((size for size in taken if size < big.size), default=0)
    return f"{text.size(accepted)} was the most it took before" if accepted else "code 1009 has no other meaning"


def too_big_inflated(evidence: Evidence) -> Finding | None:
    """1009 on a message that is small on the wire: what counts is its size after inflating."""
    big = biggest_suspect(evidence)
    closer = evidence.closer
    if evidence.code != 1009 or big is None or closer is None or big.inflated is None:
        return None
    limit = named_limit(evidence.reason)
    if big.inflated < 2 * big.size or (limit is not None and big.size > limit):
        return None
    return say(
        evidence,
        "too-big-inflated",
        # On the wire it is smaller than any limit there is, or than the one that was named.
        CERTAIN if big.size < SMALLEST_LIMIT or (limit is not None and big.inflated > limit) else STRONG,
        f"the {closer.other.label}'s message is too big once inflated: {text.size(big.inflated)}",
        f"{text.size(big.size)} on the wire; {_why(evidence, big)}",
        rows=(big.row,),
        do=f"send smaller messages, or raise the limit of the {closer.label}; compression does not help",
        setting=setting_of(evidence, 1009),
    )


def dropped_on_big(evidence: Evidence) -> Finding | None:
    """No close frame, and the largest message of the connection came just before: some libraries only drop."""
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None or not evidence.is_cut:
        return None
    big = biggest_suspect(evidence)
    if big is None or big.size <= _DROPPING:
        return None
    traffic = evidence.connection.to_server if closer is Side.SERVER else evidence.connection.to_client
    row = trigger(evidence)
    if big.is_whole and (row is None or story.at_ns - row.at_ns > PROMPT_NS or big.size < traffic.largest):
        return None
    earlier = [row.size for row in before_close(evidence) if row.side is closer.other and is_data(row)]
    if sum(size >= big.size for size in earlier) > big.is_whole:
        return None  # one as large was accepted before
    return say(
        evidence,
        "dropped-on-big-message",
        LIKELY,
        f"the {closer.label} dropped TCP on the largest message, {text.size(big.size)}",
        "no message as large came before it; some libraries end TCP instead of closing with 1009",
        rows=(big.row,),
        do=f"send the same with a smaller message; if that works, raise the size limit of the {closer.label}",
        setting=setting_of(evidence, 1006, about=Subject.SIZE),
    )


RULES: tuple[Rule, ...] = (too_big_inflated, too_big, dropped_on_big)
