"""How libraries take a close: which codes they refuse and what they answer, and what their programs are told.

The data is in receivers.toml (servers and clients, measured or read in their source) and clients.toml (measured, or
what the standard asks of browsers).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, TypeVar

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.entry import Sender
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import HIGHEST_CODE, TransportEnd, from_key
from wsinspect.model import Side

Received: TypeAlias = int | Literal["empty"] | TransportEnd
"""A code in a close frame, a close frame without a code, or an end without a close frame."""

_MEASURED_LIKE = (
    *((first, last, 1011) for first, last in ((1002, 1003), (1007, 1010))),
    *((first, last, 1016) for first, last in ((0, 999), (1016, 2999))),
    *((3000, 3999, 3000), (4000, 4999, 4000), (5000, 65535, 5000)),
)
"""First and last of the codes that no library tells apart, and the one of them that was measured."""


_SIDES = {Sender.CLIENT: Side.CLIENT, Sender.SERVER: Side.SERVER}


@dataclass(frozen=True, slots=True)
class Receiver:
    """What one library does with the codes it receives."""

    name: str
    products: tuple[str, ...]
    """Keys of the software that it is, or is in."""
    side: Side | None
    """Where it stands; None for a library for both sides."""
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
    products: tuple[str, ...]
    """Keys of the software that it is, or is in."""
    version: str
    code: int | None
    """The code that its program sees; None when it sees none."""
    told: str
    answered: str
    """What it sent back; empty when there was nothing to answer, or that was not looked at."""
    source: str

    def may_answer(self, sent: int, answer: int | None) -> bool:
        """Whether this library can have answered a close so.

        Args:
            sent: the code of the close.
            answer: the code of its answer; None for an empty close.
        """
        if not self.answered:
            return True
        if answer is None:
            return self.answered == "an empty close"
        return self.answered.startswith((str(answer), "the same code") if answer == sent else str(answer))


@cache
def receivers() -> tuple[Receiver, ...]:
    """Every library of which it is known."""
    table = Table.read(DATA / "receivers.toml")
    found = []
    for part in table.tables("receiver"):
        found.append(
            Receiver(
                name=part.text("name"),
                products=part.texts("products"),
                side=_SIDES[part.choice("side", Sender)] if "side" in part else None,
                version=_optional(part, "version"),
                refused=part.spans("refuses", HIGHEST_CODE),
                answers=_optional(part, "answers"),
                accepts=_optional(part, "accepts"),
                source=part.text("source"),
            )
        )
        part.done()
    table.done()
    return tuple(found)


def standing(side: Side | None) -> tuple[Receiver, ...]:
    """The libraries that may stand on a side; all for None."""
    return tuple(receiver for receiver in receivers() if side is None or receiver.side in (None, side))


def refusing(code: int, side: Side | None = None) -> tuple[Receiver, ...]:
    """The libraries that take a close with this code for an error, of those that may stand on a side."""
    return tuple(receiver for receiver in standing(side) if receiver.refuses(code))


def told(received: Received) -> tuple[Told, ...]:
    """What client libraries tell their programs about this way of closing, where exactly this is known."""
    return tuple(entry for is_own, seen, entry in _known() if not is_own and seen == received)


def told_of_own(sent: int) -> tuple[Told, ...]:
    """What client libraries tell their programs when they close with this code because of what they received."""
    return tuple(entry for is_own, seen, entry in _known() if is_own and seen == sent)


def measured_like(code: int) -> int:
    """The code that was measured in place of this one, which no library is known to tell from it."""
    return next((like for first, last, like in _MEASURED_LIKE if first <= code <= last), code)


T = TypeVar("T", Receiver, Told)


def at(entries: Collection[T], keys: Collection[str]) -> tuple[T, ...]:
    """Those of the products that show in the handshake; none when none of them is known."""
    return tuple(entry for entry in entries if not set(keys).isdisjoint(entry.products))


@cache
def _known() -> tuple[tuple[bool, Received, Told], ...]:
    """Everything in clients.toml: whether the library closed by itself, with or on what, and what that came to."""
    table = Table.read(DATA / "clients.toml")
    found: list[tuple[bool, Received, Told]] = []
    for part in table.tables("client"):
        name, products = part.text("name"), part.texts("products")
        version, source = part.text("version"), part.text("source")
        for case in part.tables("on"):
            ways = [(is_own, value) for is_own in (False, True) for value in case.values(_WAYS[is_own])]
            code, text, answered = case.scalar("code"), case.text("told"), _optional(case, "answered")
            for is_own, value in ways:
                seen = _received(case, value)
                entry = Told(name, products, version, _code(case, code, seen), text, answered, source)
                found.append((is_own, seen, entry))
            case.done()
        part.done()
    table.done()
    return tuple(found)


_WAYS = {False: "received", True: "sent"}


def _received(case: Table, value: str | int) -> Received:
    if isinstance(value, int):
        return value
    if value == "empty":
        return "empty"
    topic = from_key(value)
    if not isinstance(topic, TransportEnd):
        raise case.problem(f"not a way of closing: {value!r}")
    return topic


def _code(case: Table, code: str | int, received: Received) -> int | None:
    """The code that a program sees."""
    if code == "same" and isinstance(received, int):
        return received
    if code == "none":
        return None
    if isinstance(code, str):
        raise case.problem(f"code is {code!r}, must be a number, same or none")
    return code


def _optional(part: Table, name: str) -> str:
    return part.text(name) if name in part else ""
