"""Moments of a session that one goes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MomentKind(StrEnum):
    """What makes a moment one to go to."""

    CLOSE = "close"
    """A connection was over."""
    EVENT = "event"
    """Something went by unrecorded, the machine slept, or a note says what the user should know."""
    MARK = "mark"
    """A row that the user marked."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a session that one goes to when looking for what happened."""

    at_ns: int
    kind: MomentKind
    connection: int
    """Whose; 0 for the whole session's."""
