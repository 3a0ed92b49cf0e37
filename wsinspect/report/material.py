"""What a report is made from: values of the model, gathered by whoever has the session open, bounded in size."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.codes import Topic
from wsinspect.model import CloseStory, Connection, Finding, Handshake, Payload, Row, SessionInfo

DEFAULT_MESSAGES = 12
"""Rows before the close that a report shows when nobody asked for another number."""

MAX_MESSAGES = 200
"""The most that it shows."""

CONTENT_BYTES = 4096
"""How much of the message before the close is shown."""


MAX_NUMBERS = 5
"""Connections of a group that are named."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One thing in the capture that speaks for or against a code."""

    topic: str
    """Key of the code, as codes.key gives it."""
    said: str
    """Lower case start, no final dot. Peer text only as ``text`` makes it."""
    is_for: bool
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """One connection."""

    connection: Connection
    story: CloseStory | None = None
    """How it ended; None while it has not."""
    handshake: Handshake | None = None
    findings: tuple[Finding, ...] = ()
    """The most likely cause first."""
    weights: tuple[Weight, ...] = ()
    """What speaks for and against the code and the related one."""
    path: tuple[str, ...] = ()
    """What each side saw of the close, drawn in lines."""
    rows: tuple[Row, ...] = ()
    """The last rows, in order: those before the close, the close, what came after it; before them those that the
    findings rest on; and wherever they stand those that the user marked."""
    sent: tuple[Row, ...] | None = None
    """Every message of the client, when they are few and whole; else None."""
    content: Payload | None = None
    """The message before the close, when the row does not hold all of it."""
    content_row: int = 0
    """Which that is."""
    other: Topic | None = None
    """The code to compare with; None takes the closest related one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Connections that ended alike."""

    newest: Connection
    how: str
    """How they ended, in our words: ``1011 Internal Error, sent by the server``."""
    is_failure: bool
    numbers: tuple[int, ...]
    """The newest ones, oldest first; at most MAX_NUMBERS."""
    count: int
    first_ns: int
    """When the first of them ended."""
    last_ns: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All connections of a session in short."""

    groups: tuple[Group, ...]
    """Failures first, the newest first."""
    count: int
    """Connections that were looked at: the newest ones."""
    failed: int


@dataclass(frozen=True, slots=True)
class Capture:
    """Everything for one report."""

    info: SessionInfo
    connections: tuple[Material, ...]
    """In the order in which they are told; the first is told whole."""
    overview: Overview | None = None
    """None for a report on one connection, and on what was marked beside it."""
