"""For two codes side by side: what in this capture speaks for each, and what against."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.codes import Topic, VendorCode, key
from wsinspect.diagnosis.clue import Clue
from wsinspect.diagnosis.clues import LOOKS
from wsinspect.diagnosis.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of evidence."""

    said: str
    """Lower case start, no final dot; safe to show."""
    is_for: bool
    rows: tuple[int, ...]
    """Rows of this connection to jump to."""
    others: tuple[int, ...]
    """Other connections it rests on."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One code and its evidence."""

    topic: str
    """Key of the code, as codes.key gives it."""
    facts: tuple[Fact, ...]
    """What speaks for it first, then what speaks against it."""


def for_and_against(evidence: Evidence, a: Topic, b: Topic) -> tuple[Weighed, Weighed]:
    """The evidence for and against two codes, one line a fact.

    A fact that speaks for one and against the other is listed with both. While the connection has not ended there
    are no facts.
    """
    if evidence.story is None:
        return Weighed(key(a), ()), Weighed(key(b), ())
    clues = [clue for look in LOOKS if (clue := look(evidence)) is not None]
    return _weigh(a, clues), _weigh(b, clues)


def _weigh(topic: Topic, clues: list[Clue]) -> Weighed:
    # What a vendor means by a code does not change what was seen of it.
    known_as = key(topic.code) if isinstance(topic, VendorCode) else key(topic)
    found = [Fact(clue.said, True, clue.rows, clue.others) for clue in clues if known_as in clue.speaks_for]
    found += [Fact(clue.said, False, clue.rows, clue.others) for clue in clues if known_as in clue.against]
    return Weighed(key(topic), tuple(found))
