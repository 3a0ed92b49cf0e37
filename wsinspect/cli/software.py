"""What ``wsinspect explain`` says about services and software, as sections below a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wsinspect import codes
from wsinspect.codes.vendors import known

if TYPE_CHECKING:
    from wsinspect.cli.columns import Section
    from wsinspect.codes.emitters import Emission
    from wsinspect.codes.receivers import Receiver, Told


def services(code: int) -> Section:
    """Which services use a number that may mean something else in each."""
    users = [f"{codes.key(user.topic)} {user.name}: {user.meaning}" for user in known().users(code)]
    return f"Services that use {code}", users


def software(comparison: codes.Comparison) -> Iterator[Section]:
    """Who sends each of the two, who refuses it, and what programs are told."""
    from wsinspect.codes.details import details  # costs as much as all else, and only --more needs it

    for entry in (comparison.a, comparison.b):
        about = details(entry.topic, is_wire=entry.is_wire)
        is_cut = isinstance(entry.topic, codes.TransportEnd) or entry.topic == 1006
        sends = "ends so" if is_cut else f"sends {entry.label}"
        yield f"Software that {sends}", [_sender(match.emission) for match in about.senders]
        yield f"Software that refuses {entry.label}", [_refusal(one) for one in about.refusing]
        yield f"What programs are told of {entry.label}", [_told(one) for one in about.told]


def _sender(emission: Emission) -> str:
    reasons = " or ".join(f"'{reason}'" for reason in emission.reasons if reason != "*")
    setting = f" Setting: {emission.setting}." if emission.setting else ""
    return f"{emission.software}: {emission.why}." + (f" Reason: {reasons}." if reasons else "") + setting


def _refusal(receiver: Receiver) -> str:
    return f"{receiver.name}: answers {receiver.answers}." if receiver.answers else f"{receiver.name}."


def _told(one: Told) -> str:
    answer = f" It answers {one.answered}." if one.answered else ""
    return f"{one.name} {one.version}: {one.told}.{answer}"
