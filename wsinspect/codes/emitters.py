"""Which software sends exactly this code and reason, why, and which setting changes it.

One data file per product: software/websockets.toml. A reason in a file is the text as it is sent, with ``*`` for what
varies; without reasons the product sends none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.entry import Sender
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import HttpStatus, Topic, from_key
from wsinspect.model import Ending, Side


@dataclass(frozen=True, slots=True)
class Emission:
    """One way in which a product ends a connection."""

    software: str
    """Name of the product."""
    topic: Topic
    """What it sends; 1005 is an empty close, 1006 an end without a close frame."""
    sender: Sender
    reasons: tuple[str, ...]
    """The texts it gives, ``*`` for what varies; empty when it gives none."""
    why: str
    """When it does so: a clause of at most 90 characters."""
    setting: str
    """The settings that change it; empty when none is known."""
    end: Ending | None
    """How its TCP ends then, when that was seen."""
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An emission that fits what was seen."""

    emission: Emission
    is_telling: bool
    """Whether the reason text names it, not the code alone."""


def senders(
    topic: Topic, reason: str | None = None, *, side: Side | None = None, end: Ending | None = None
) -> tuple[Match, ...]:
    """Known software that sends exactly this, the most telling first; only the telling ones if there are any.

    Args:
        topic: the code on the wire, 1005 or 1006 as conclusions, or an HTTP status.
        reason: the close reason as text; None when it is not known, so that any will do.
        side: who sent it, when that is known.
        end: how the sender's TCP ended, when that is known.
    """
    matches = []
    for emission in emissions():
        if emission.topic != topic or not _may_send(emission.sender, side):
            continue
        if end is not None and emission.end not in (None, end):
            continue
        weight = _weight(emission, reason)
        if weight is not None:
            matches.append((-weight, Match(emission, weight > 0)))
    best = [match for _, match in sorted(matches, key=lambda pair: pair[0])]
    return tuple([match for match in best if match.is_telling] or best)


@cache
def emissions() -> tuple[Emission, ...]:
    """Everything known, by product."""
    files = sorted((DATA / "software").glob("*.toml"))
    return tuple(emission for path in files for emission in load_software(path))


def load_software(path: Path) -> tuple[Emission, ...]:
    """Read the file of one product.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key.
    """
    table = Table.read(path)
    name, source = table.text("name"), table.text("source")
    found = []
    for part in table.tables("close"):
        found.append(
            Emission(
                software=name,
                topic=_topic(part),
                sender=part.choice("by", Sender),
                reasons=part.texts("reasons"),
                why=part.text("why"),
                setting=part.text("setting") if "setting" in part else "",
                end=part.choice("end", Ending) if "end" in part else None,
                source=source,
                is_verified=part.boolean("verified", True),
            )
        )
        part.done()
    table.done()
    return tuple(found)


def _topic(part: Table) -> Topic:
    value = part.scalar("topic")
    try:
        topic = from_key(str(value))
    except ValueError as error:
        raise part.problem(str(error)) from error
    if not isinstance(topic, (int, HttpStatus)):
        raise part.problem("topic must be a close code or an HTTP status")
    return topic


def _may_send(sender: Sender, side: Side | None) -> bool:
    """Whether a product that sends as ``sender`` can stand on this side; gateways stand on both."""
    if side is None or sender in (Sender.EITHER, Sender.GATEWAY):
        return True
    return sender is (Sender.CLIENT if side is Side.CLIENT else Sender.SERVER)


def _weight(emission: Emission, reason: str | None) -> int | None:
    """How much the reason speaks for an emission: its literal characters; None when it does not fit."""
    if reason is None:
        return 0
    if not emission.reasons:
        return None if reason else 0
    fitting = [pattern for pattern in emission.reasons if reason and _fits(pattern, reason)]
    return max((len(pattern.replace("*", "")) for pattern in fitting), default=None)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
