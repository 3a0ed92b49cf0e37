"""Why a connection closed, as far as the capture says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Strength(IntEnum):
    """How sure a finding is; higher is surer."""

    POSSIBLE = 1
    LIKELY = 2
    STRONG = 3
    CERTAIN = 4

    @property
    def label(self) -> str:
        """The word for it in sentences."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the capture says about why a connection closed."""

    rule: str
    """Stable name of the rule that found it, such as ``same-message-before-close``."""
    cause: str
    """The cause in a sentence for the user: lower case start, no final dot. Peer text only as ``text`` makes it."""
    because: str
    """What it rests on, in a short clause: ``the same message came before the 1011 on #6``."""
    strength: Strength
    topic: str
    """What it speaks about: a close code such as ``1011``, or ``http:502``."""
    is_for: bool = True
    """Whether it speaks for that code's usual meaning, or against it."""
    rows: tuple[int, ...] = ()
    """Rows of this connection that it rests on."""
    others: tuple[int, ...] = ()
    """Other connections that it rests on."""
    next_step: str = ""
    """What to do next; empty when the code's own advice is all there is."""
    setting: str = ""
    """The setting to change, with its product and default, where one is known."""
    is_alarm: bool = True
    """Whether something is wrong; False for an end that needs nothing."""
    is_note: bool = False
    """Whether it explains something beside the cause, such as the answer to the close; never the most likely cause."""
