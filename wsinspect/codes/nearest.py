"""Which related codes come first in this capture: the rules of data/related.toml over each code's own list."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from wsinspect import codes
from wsinspect.codes.emitters import senders
from wsinspect.codes.reasons import Subject, subject
from wsinspect.codes.related_rules import Facts, rules
from wsinspect.codes.topics import Topic, VendorCode
from wsinspect.codes.vendor_entry import FIRST_FREE
from wsinspect.codes.vendors import Meaning, known
from wsinspect.model import Ending, Side

_NEIGHBOURS = 2
"""Codes of the same vendor that come before the standard code it is like, and as many after it."""

_POLITE = (1000, 1005)
"""What many libraries answer whatever the code: no second opinion."""


def related(
    topic: Topic,
    *,
    sender: Side | None = None,
    reason: str | None = None,
    vendor: str = "",
    software: Collection[str] = (),
    gateway_seen: bool = False,
    end: Ending | None = None,
    answer: int | None = None,
    is_wire: bool = False,
) -> tuple[Topic, ...]:
    """What a topic is confused with, the closest in this capture first.

    Of a close code of which nothing more is known it is ``codes.related``. The order is, from first to last:

    1. the code with which the other side answered, where it differs and says something (1002 to a 1014),
    2. of a recognised vendor's code: its codes of the same kind, the standard code it is like, its nearest other codes,
    3. the codes of every rule in data/related.toml that holds. What a close is about is taken from the software known
       to send exactly this code and reason if it all agrees, else from the words of the reason,
    4. codes of vendors whose own reason text this is,
    5. the topic's own list.

    Args:
        topic: what closed the connection.
        sender: who sent the close, or whose TCP ended first.
        reason: the close reason as text, as it came; empty when none was given, None when it is not known.
        vendor: key of the service at the other end, when it is known for sure.
        software: keys of the products that show in the handshake.
        gateway_seen: whether something shows in the handshake that passes connections on.
        end: how the TCP of the side that ended first ended.
        answer: code of the other side's close frame.
        is_wire: whether the code stood in a close frame.

    Raises:
        ValueError: as codes.lookup.
    """
    entry = codes.lookup(topic)
    own = _of_vendor(topic.vendor if isinstance(topic, VendorCode) else vendor, topic, reason)
    number = topic.code if isinstance(topic, VendorCode) else topic
    is_illegal = is_wire and isinstance(number, int) and not entry.is_wire
    facts = Facts(sender, reason, None, gateway_seen, end, is_illegal)
    facts = replace(facts, about=_about(number, facts, software, is_wire=is_wire))
    found: list[Topic] = []
    if answer is not None and answer not in (number, *_POLITE):
        found.append(answer)
    if own is not None:
        found += _neighbours(own)
    for rule in rules():
        if rule.holds(number, facts):
            found += rule.first
    if isinstance(number, int) and reason and own is None:
        found += [one.topic for one in known().users(number) if one.reason and one.reason in reason]
    itself = (topic, own.topic if own is not None else None)
    return tuple(dict.fromkeys(one for one in (*found, *entry.related) if one not in itself))


def _about(topic: Topic, facts: Facts, software: Collection[str], *, is_wire: bool) -> Subject | None:
    """What a close is about: what the software that sends exactly this agrees on, else what the reason says."""
    end = facts.end if topic == 1006 else None  # how TCP ends behind a close frame says nothing about the close
    found = senders(topic, facts.reason, side=facts.sender, end=end, is_wire=is_wire)
    shown = [match for match in found if match.emission.product in software]
    named = shown or [match for match in found if match.is_telling]
    about = {match.emission.about for match in named}
    agreed = about.pop() if len(about) == 1 else None
    return agreed or (subject(facts.reason) if facts.reason else None)


def _of_vendor(vendor: str, topic: Topic, reason: str | None) -> Meaning | None:
    """What a vendor means by a topic; None when none is known."""
    if not vendor:
        return None
    if isinstance(topic, VendorCode):
        return next((one for one in known().vendor(vendor).meanings if one.topic == topic), None)
    return known().vendor(vendor).meaning(topic, reason or "") if isinstance(topic, int) else None


def _neighbours(own: Meaning) -> Iterator[Topic]:
    """The vendor's codes that are like the same standard code, that code, then its codes with the nearest numbers.

    Of a standard code that a vendor uses in its own way only the standard code that it is like.
    """
    others: list[Meaning] = []
    if own.topic.code >= FIRST_FREE:
        meanings = known().vendor(own.topic.vendor).meanings
        others = [one for one in meanings if one.topic.code >= FIRST_FREE and one != own]
        others.sort(key=lambda one: (abs(one.topic.code - own.topic.code), one.topic.code, one.topic.variant))
    alike = [one for one in others if own.like is not None and one.like == own.like][:_NEIGHBOURS]
    yield from (one.topic for one in alike)
    if own.like is not None and codes.lookup(own.like).range is None:
        yield own.like
    yield from (one.topic for one in [one for one in others if one not in alike][:_NEIGHBOURS])
