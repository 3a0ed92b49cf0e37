"""How the main screen is laid out at a size of the terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mode(Enum):
    """The kinds of layout."""

    TOO_SMALL = "too small"
    TABS = "tabs"
    """One panel at a time."""
    BRIEF = "brief"
    """Three panels; Close shows its verdict."""
    FULL = "full"


LEAST_WIDTH = 60
LEAST_HEIGHT = 15
PANELS_WIDTH = 90
PANELS_HEIGHT = 27
FULL_HEIGHT = 40

LEAST_MESSAGES = 9
"""Lines that Close leaves to Messages, its frame included."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things go."""

    mode: Mode
    connections_height: int
    """Lines of the Connections panel, its frame included."""
    close_height: int
    """Lines that the Close panel may take, its frame included."""


def layout(width: int, height: int) -> Layout:
    """The layout for a terminal of this many cells."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Layout(Mode.TOO_SMALL, 0, 0)
    if width < PANELS_WIDTH or height < PANELS_HEIGHT:
        return Layout(Mode.TABS, 0, 0)
    connections = round(height * (0.2 if height >= FULL_HEIGHT else 0.3))
    close = height - 2 - connections - LEAST_MESSAGES
    return Layout(Mode.FULL if height >= FULL_HEIGHT else Mode.BRIEF, connections, close)
