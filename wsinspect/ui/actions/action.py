"""What an action of the user is, and where it works."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from textual.binding import Binding


class Scope(Enum):
    """Where an action works; the value heads its part of the help screen."""

    LIST = "In a list"
    CONNECTIONS = "Connections"
    MESSAGES = "Messages"
    CLOSE = "Close"
    FACTS = "In this capture (Tab goes there from Close)"
    FILTER = "While a filter is typed"
    MAIN = "On the main screen"
    PLAY = "Playing a saved session"
    PLAY_MAIN = "Playing it on the main screen"
    HANDSHAKE = "In a handshake"
    PAGE = "In a long text"
    MESSAGE = "In a message"
    REPORT = "In the preview of a report"
    REDACTIONS = "In its list of secrets (Tab goes there)"
    COPY = "In the menu that copies a message"
    ASK = "In a field that asks"
    NOTE = "In the note on a row"
    CHOICE = "In a menu"
    QUESTION = "In a question"
    EXPLAIN = "In the explanation of codes"
    MENU = "On the start screen"
    START = "On the start screen, with the chosen session"
    SESSIONS = "In its list of sessions"
    TIMELINE = "On the timeline"
    HELP = "In this help"
    APP = "Everywhere"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do."""

    id: str
    """Stable name; also the id of its binding, so that a keymap can move it."""
    keys: str
    """Textual's names of the keys, separated by commas; the first is shown."""
    shown: str
    """The key as it is written on screen."""
    scope: Scope
    label: str
    """One or two words for the footer and the palette."""
    help: str
    """A sentence for the help screen, without a dot."""
    run: str
    """Textual's action: the method ``action_NAME`` of what carries the scope."""
    in_footer: bool = False
    is_first: bool = False
    """Whether it works before the widget in focus sees the key: where a field would take it for text."""
    group: Binding.Group | None = None
    back_label: str = ""
    """The label in the footer while it would undo what it did."""


RELATED = Binding.Group("Related", compact=True)
"""Keys that walk along the codes that are confused with one."""

HITS = Binding.Group("Hits", compact=True)
"""Keys that go from hit to hit of a search."""
