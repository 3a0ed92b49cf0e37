"""What one file of the library is: a session, or why it is none. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a file in the library is."""

    SAVED = "saved"
    RECORDING = "recording"
    """It is being recorded now."""
    BROKEN_OFF = "broken off"
    """Its recorder did not stop in order; what was committed is there."""
    DAMAGED = "damaged"
    NEWER = "newer"
    """A newer wsinspect wrote it."""
    FOREIGN = "foreign"
    """No session at all."""
    UNREADABLE = "unreadable"
    """The system does not let us look, or somebody else holds it."""
    GONE = "gone"

    @property
    def is_session(self) -> bool:
        """Whether what it holds is known."""
        return self in (Kind.SAVED, Kind.RECORDING, Kind.BROKEN_OFF)

    @property
    def is_ours(self) -> bool:
        """Whether wsinspect wrote it: only such files are renamed or deleted."""
        return self.is_session or self in (Kind.DAMAGED, Kind.NEWER)


@dataclass(frozen=True, slots=True)
class SavedSession:
    """One file of the library."""

    path: Path
    kind: Kind
    size: int = 0
    """Bytes on disk, its write-ahead log included."""
    modified_ns: int = 0
    """When it was written to last."""
    problem: str = ""
    """Why it is not told more of, in a sentence; empty for a session."""
    source: str = ""
    """What was captured, in words."""
    version: str = ""
    """The wsinspect that recorded it."""
    note: str = ""
    """What the user noted on it."""
    started_ns: int = 0
    ended_ns: int = 0
    """When recording stopped; of one that was not stopped its last sign of life, or its newest row."""
    connections: int = 0
    messages: int = 0
    """Data messages of both sides."""
    rows: int = 0
    ends: Mapping[str, int] = field(default_factory=dict)
    """How many of the connections that are closed ended in which way: the words of ``wire.ended``, and ``other``."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def age_from_ns(self) -> int:
        """The moment its age counts from: the end of the recording, or of a file that tells none its last change."""
        return self.ended_ns or self.modified_ns

    def duration_ns(self, now_ns: int) -> int:
        """How long was recorded; up to now where it still is."""
        return max(0, (now_ns if self.kind is Kind.RECORDING else self.ended_ns) - self.started_ns)
