"""What ``wsinspect explain`` says about services and software, as sections below a comparison."""

from __future__ import annotations

from collections.abc import Iterator

from wsinspect import codes
from wsinspect.cli.columns import Section
from wsinspect.codes.details import details
from wsinspect.codes.emitters import Emission
from wsinspect.codes.vendors import known

AMBIGUOUS = 3000
"""From here on a number may mean something else in every service."""


def services(topic: codes.Topic) -> Iterator[Section]:
    """Which services use a number that has no meaning of its own."""
    if isinstance(topic, int) and topic >= AMBIGUOUS:
        users = [f"{codes.key(user.topic)} {user.name}: {user.meaning}" for user in known().users(topic)]
        yield f"Services that use {topic}", users


def software(comparison: codes.Comparison) -> Iterator[Section]:
    """Who sends it, who refuses it, and what programs are told."""
    for entry in (comparison.a, comparison.b):
        about = details(entry.topic, is_wire=entry.is_wire)
        sends = (
            "ends so" if isinstance(entry.topic, codes.TransportEnd) or entry.key == "1006" else f"sends {entry.label}"
        )
        senders = []
        for match in about.senders:
            reasons = " or ".join(f"'{reason}'" for reason in match.emission.reasons if reason != "*")
            setting = f" (setting: {match.emission.setting})" if match.emission.setting else ""
            said = f" Reason: {reasons}." if reasons else ""
            senders.append(f"{match.emission.software}: {match.emission.why}{setting}.{said}")
        yield f"Software that {sends}", senders
        yield (
            f"Software that refuses {entry.label}",
            [f"{one.name}: answers {one.answers}." if one.answers else f"{one.name}." for one in about.refusing],
        )
        yield (
            f"What programs are told of {entry.label}",
            [
                f"{one.name} {one.version}: {one.told}." + (f" It answers {one.answered}." if one.answered else "")
                for one in about.told
            ],
        )
