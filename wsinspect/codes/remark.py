"""What is said of a close beside its meaning: one short text each, with more for those who ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wsinspect.model import Strength


class RemarkKind(StrEnum):
    """What a remark is about."""

    VENDOR = "vendor"
    """Who is at the other end, and what it means by the code."""
    AMBIGUOUS = "ambiguous"
    """A registered number that others use in their own way."""
    PRIVATE = "private"
    """A number whose meaning is the application's."""
    SENDERS = "senders"
    """Which software ends connections exactly so, and why."""
    ANSWER = "answer"
    """What the other side's close code says, and what it does not."""
    REFUSED = "refused"
    """Which receivers do not accept the code."""
    TOLD = "told"
    """What a program is told."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about a close. Its texts are safe to show."""

    kind: RemarkKind
    text: str
    """One or two short sentences."""
    strength: Strength
    """How sure it is: certain only what was measured, read, or is in the standard."""
    is_notable: bool = True
    """Whether it says what one would not expect: worth a line in the panel. The others are for those who ask."""
    more: tuple[str, ...] = ()
    """Further sentences, for those who ask."""


def named(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence, each once: ``A``, ``A and B``, ``A, B, C and 9 more``."""
    once = list(dict.fromkeys(names))
    if len(once) > most + 1:
        once = [*once[:most], f"{len(once) - most} more"]
    return once[0] if len(once) == 1 else f"{', '.join(once[:-1])} and {once[-1]}"


def sentence(clause: str) -> str:
    """A clause as a sentence: with a capital letter where it begins with a word, and a dot."""
    first, rest = clause[:1], clause[1:]
    return f"{first.upper()}{rest}" + ("" if clause.endswith((".", "!", "?")) else ".")
