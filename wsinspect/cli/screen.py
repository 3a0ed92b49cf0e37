"""How a screen was left: what a command ends with, and what the start screen goes on with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Left:
    """A session's screen is gone."""

    path: Path
    """The session."""
    status: int = 0
    """Exit status of the command."""
    problem: str = ""
    """What went wrong with the session at the end; empty when all is well."""
    is_told_to_end: bool = False
    """Whether the system or a closing terminal ended it, not the user."""
    theme: str = ""
    """Name of the theme that was on."""
