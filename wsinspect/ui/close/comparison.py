"""Which two codes are set side by side: the one that closed (or was asked for), and the walk along its related ones.

Pure state; the close panel draws it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wsinspect import codes
from wsinspect.codes import Topic


@dataclass(frozen=True, slots=True)
class Pair:
    """The code on the left, and those to set beside it."""

    subject: Topic
    others: tuple[Topic, ...]
    at: int = 0
    """Which of the others is shown."""
    picked: Topic | None = None
    """The one among the others that was asked for by hand."""

    @property
    def other(self) -> Topic | None:
        """The code on the right; None when nothing is related."""
        return self.others[self.at] if self.others else None

    def step(self, by: int) -> Pair:
        """The next or previous related code, round and round."""
        return replace(self, at=(self.at + by) % len(self.others)) if self.others else self

    def beside(self, topic: Topic) -> Pair:
        """The same subject with this code beside it, before the related ones."""
        if topic == self.subject:
            return self
        related = tuple(one for one in self.others if one not in (topic, self.picked))
        return Pair(self.subject, (topic, *related), picked=topic)


def pair_of(subject: Topic, others: tuple[Topic, ...] | None = None) -> Pair:
    """A code and what it is most often confused with: in general, or the ``others`` that a capture suggests."""
    return Pair(subject, codes.related(subject) if others is None else others)
