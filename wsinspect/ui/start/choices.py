"""What a user chooses on the start screen, and what the start screen is told when the user comes back to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Look at a session."""

    path: Path


@dataclass(frozen=True, slots=True)
class StartProxy:
    """Stand between a client and a server."""

    target: str
    listen: tuple[str, ...] = ()
    """``HOST:PORT`` each; empty for the default."""


@dataclass(frozen=True, slots=True)
class StartDemo:
    """Watch the demo."""


Choice = OpenFile | StartProxy | StartDemo


@dataclass(frozen=True, slots=True)
class Back:
    """What was chosen before, when the start screen is shown again; nothing at first."""

    choice: Choice | None = None
    problem: str = ""
    """Why it could not be done; empty when it was."""
    path: Path | None = None
    """The session that was looked at or recorded."""
    theme: str = ""
    """Name of the theme that was on; empty for the usual one."""
