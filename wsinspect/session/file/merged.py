"""What a session says of the two that it was merged of: kept as one row of its ``capture`` table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

MERGED_FROM = "merged_from"
"""The row's key."""


@dataclass(frozen=True, slots=True)
class MergedFile:
    """One of the two."""

    name: str
    """What it is called among the two; its file's name, where that tells them apart."""
    started_ns: int
    """When its recording began, by its own clock: with the name this tells the session."""
    size: int
    modified_ns: int
    """Size and time of the last change of the file: with these it is told whether the session went on."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The two, and how they were put on one time axis."""

    files: tuple[MergedFile, MergedFile]
    offset_ns: int
    """How far the second file's clock was set forward."""
    is_found: bool
    """Whether that was found out, not given by the user."""
    told: str
    """What was found, in words."""

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called."""
        return self.files[0].name, self.files[1].name

    def is_same_pair(self, other: Merged) -> bool:
        """Whether they are the same two sessions, whatever became of them since."""
        return [(one.name, one.started_ns) for one in self.files] == [(one.name, one.started_ns) for one in other.files]

    def fact(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))


def merged_from(facts: Mapping[str, str]) -> Merged | None:
    """What the ``capture`` table says; None where the session was not merged, or nothing can be made of it."""
    try:
        said = json.loads(facts[MERGED_FROM])
        first, second = (MergedFile(**one) for one in said.pop("files"))
        found = Merged(files=(first, second), **said)
        words: list[object] = [*found.names, found.told]
        is_sound = all(isinstance(word, str) for word in words) and type(said["offset_ns"]) is int
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return found if is_sound else None
