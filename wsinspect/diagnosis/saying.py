"""How rules put what they found: one call that fills in what is the same for most findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from wsinspect import text
from wsinspect.codes import HttpStatus, Topic, key
from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import quote
from wsinspect.model import CloseStory, Finding, Row, Strength

Rule: TypeAlias = Callable[[Evidence], Finding | None]
"""Looks at the evidence and says one thing, or nothing."""

CERTAIN, STRONG, LIKELY, POSSIBLE = Strength.CERTAIN, Strength.STRONG, Strength.LIKELY, Strength.POSSIBLE

MAX_CAUSE = 62
"""Terminal cells that a cause takes at most: one line of an 80-column screen holds it beside its heading.

The words that carry the cause come first; what it rests on goes into ``because``.
"""


def say(
    evidence: Evidence,
    rule: str,
    strength: Strength,
    cause: str,
    because: str = "",
    *,
    about: Topic | None = None,
    is_for: bool = True,
    rows: tuple[int | Row | None, ...] = (),
    others: tuple[int, ...] = (),
    do: str = "",
    setting: str = "",
    is_alarm: bool = True,
    is_note: bool = False,
) -> Finding:
    """A finding about this connection; ``about`` is what closed it when not given, ``rows`` may hold rows themselves.

    The other arguments are the fields of Finding.
    """
    numbers = [row.number if isinstance(row, Row) else row for row in rows]
    return Finding(
        rule=rule,
        cause=cause,
        because=because,
        strength=strength,
        topic=key(about) if about is not None else topic(evidence),
        is_for=is_for,
        rows=tuple(sorted({number for number in numbers if number})),
        others=others,
        next_step=do,
        setting=setting,
        is_alarm=is_alarm,
        is_note=is_note,
    )


def topic(evidence: Evidence) -> str:
    """The key of what closed the connection."""
    return "" if evidence.story is None else story_topic(evidence.story)


def story_topic(story: CloseStory) -> str:
    """The key of what a story is about: a close code, or the status of a refusal."""
    return key(story.code if story.status is None else HttpStatus(story.status))


def quoted(lead: str, said: bytes | str) -> str:
    """A cause that ends in a peer's words, of which there are as many as there is room for."""
    return lead + quote(said, MAX_CAUSE - text.cells(lead) - 2)


def fitting(cause: str, otherwise: str) -> str:
    """The cause when it is short enough, else what stands for it."""
    return cause if text.cells(cause) <= MAX_CAUSE else otherwise


def others_named(numbers: list[int] | tuple[int, ...]) -> str:
    """Connections in a sentence: ``#4``, ``#4 and #7``, ``#4, #7 and 3 more``."""
    names = [f"#{number}" for number in numbers]
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} more"
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return "".join(names)
