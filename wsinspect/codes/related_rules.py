"""The rules of data/related.toml: which topics come first when a capture shows what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.entry import Sender
from wsinspect.codes.reasons import Subject
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import HIGHEST_CODE, Topic, from_key
from wsinspect.model import Ending, Side

_SIDES = {None: None, Sender.CLIENT: Side.CLIENT, Sender.SERVER: Side.SERVER}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a capture shows of a close, as far as it decides what is related."""

    sender: Side | None
    reason: str | None
    about: Subject | None
    is_gateway: bool
    end: Ending | None
    is_illegal: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """When its conditions hold, these topics come first."""

    codes: tuple[tuple[int, int], ...]
    """First and last of the codes it is for; empty: any topic."""
    about: tuple[Subject, ...]
    sender: Side | None
    has_reason: bool | None
    """Whether it is only for a close with a reason, or only for one without."""
    is_gateway: bool
    ends: tuple[Ending, ...]
    is_illegal: bool
    first: tuple[Topic, ...]

    def holds(self, topic: Topic, facts: Facts) -> bool:
        """Whether all its conditions hold."""
        return (
            (not self.codes or _is_in(topic, self.codes))
            and (not self.about or facts.about in self.about)
            and self.sender in (None, facts.sender)
            and self.has_reason in (None, None if facts.reason is None else bool(facts.reason))
            and not (self.is_gateway and not facts.is_gateway)
            and (not self.ends or facts.end in self.ends)
            and not (self.is_illegal and not facts.is_illegal)
        )


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of data/related.toml, in their order."""
    return load_rules(DATA / "related.toml")


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Read a file of rules.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key.
    """
    table = Table.read(path)
    found = tuple(_rule(part) for part in table.tables("rule"))
    table.done()
    return found


def _rule(part: Table) -> Rule:
    sender = part.choice("sender", Sender) if "sender" in part else None
    if sender not in _SIDES:
        raise part.problem("sender must be client or server")
    rule = Rule(
        codes=part.spans("codes", HIGHEST_CODE),
        about=part.choices("about", Subject),
        sender=_SIDES[sender],
        has_reason=part.boolean("reason") if "reason" in part else None,
        is_gateway=part.boolean("gateway", False),
        ends=part.choices("end", Ending),
        is_illegal=part.boolean("illegal", False),
        first=tuple(_topic(part, value) for value in part.values("first")),
    )
    part.text("why")
    part.done()
    return rule


def _topic(part: Table, value: str | int) -> Topic:
    try:
        return from_key(str(value))
    except ValueError as error:
        raise part.problem(str(error)) from error


def _is_in(topic: Topic, spans: tuple[tuple[int, int], ...]) -> bool:
    return isinstance(topic, int) and any(first <= topic <= last for first, last in spans)
