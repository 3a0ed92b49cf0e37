"""A saved session as the start screen lists it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsinspect.session.file.saved import SavedSession

if TYPE_CHECKING:
    from wsinspect.decode.outcome import EndCount


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session and what its line needs beside it."""

    session: SavedSession
    ends: tuple[EndCount, ...]
    """How its connections ended, the worst first."""
