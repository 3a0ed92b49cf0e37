"""How libraries take a close: which codes they refuse and what they answer, and what their programs are told.

The data is in receivers.toml (servers and clients, measured or read in their source) and clients.toml (measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import TransportEnd, from_key

Received: TypeAlias = int | Literal["empty"] | TransportEnd
"""A code in a close frame, a close frame without a code, or an end without a close frame."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """What one library does with the codes it receives."""

    name: str
    version: str
    """Empty when it was read in the source at a commit."""
    refused: tuple[tuple[int, int], ...]
    """First and last code of every span it refuses."""
    answers: str
    """What it does about a refused code; empty when that is not known."""
    accepts: str
    """What it does about any other; empty when that is not known."""
    source: str

    def refuses(self, code: int) -> bool:
        """Whether it takes a close with this code for an error."""
        return any(first <= code <= last for first, last in self.refused)


@dataclass(frozen=True, slots=True)
class Told:
    """What a client library told its program about one way of closing."""

    name: str
    version: str
    told: str
    answered: str
    """What it sent back; empty when there was nothing to answer."""
    source: str


@cache
def receivers() -> tuple[Receiver, ...]:
    """Every library of which it is known."""
    table = Table.read(DATA / "receivers.toml")
    found = []
    for part in table.tables("receiver"):
        found.append(
            Receiver(
                name=part.text("name"),
                version=_optional(part, "version"),
                refused=tuple(_span(value) for value in part.values("refuses")),
                answers=_optional(part, "answers"),
                accepts=_optional(part, "accepts"),
                source=part.text("source"),
            )
        )
        part.done()
    table.done()
    return tuple(found)


def refusing(code: int) -> tuple[Receiver, ...]:
    """The libraries that take a close with this code for an error."""
    return tuple(receiver for receiver in receivers() if receiver.refuses(code))


def told(received: Received) -> tuple[Told, ...]:
    """What client libraries told their programs about this way of closing, where it was measured."""
    return tuple(entry for seen, entry in _measured() if seen == received)


@cache
def _measured() -> tuple[tuple[Received, Told], ...]:
    table = Table.read(DATA / "clients.toml")
    found: list[tuple[Received, Told]] = []
    for part in table.tables("client"):
        name, version, source = part.text("name"), part.text("version"), part.text("source")
        for case in part.tables("on"):
            seen = case.values("received")
            entry = Told(name, version, case.text("told"), _optional(case, "answered"), source)
            found += [(_received(value), entry) for value in seen]
            case.done()
        part.done()
    table.done()
    return tuple(found)


def _received(value: str | int) -> Received:
    if isinstance(value, int):
        return value
    topic = from_key(value) if value != "empty" else None
    return topic if isinstance(topic, TransportEnd) else "empty"


def _span(value: str | int) -> tuple[int, int]:
    first, _, last = str(value).partition("-")
    return int(first), int(last or first)


def _optional(part: Table, name: str) -> str:
    return part.text(name) if name in part else ""
