"""What a filter says, as frozen values, and the text that says it.

``printed`` and ``grammar.parse`` are inverse: what is printed reads back as the same expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from wsinspect.filters.lexicon import bare_or_quoted, is_bare


class Origin(StrEnum):
    """Who sent a message, or did what an event tells."""

    CLIENT = "client"
    SERVER = "server"
    US = "us"
    """wsinspect itself."""


class Kind(StrEnum):
    """What a row is, in the words of the list."""

    TEXT = "text"
    BINARY = "binary"
    PING = "ping"
    PONG = "pong"
    CLOSE = "close"
    TCP = "tcp"
    """Everything that is no frame: the ends of TCP, failures, gaps, notes."""


class Fate(StrEnum):
    """What became of a connection, in the words of the screen's header, where each connection is counted once."""

    OPEN = "open"
    CLOSED = "closed"
    """It ended, and that was no failure."""
    FAILED = "failed"


class Order(StrEnum):
    """How a number compares with another."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    OTHER = "!="
    AT_LEAST = ">="
    MORE = ">"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day on the user's clock."""

    of_day_ns: int
    """Nanoseconds since midnight as clocks show it."""
    date: tuple[int, int, int] | None = None
    """Year, month, day; None: the first such time within the session, else that of its first day."""


@dataclass(frozen=True, slots=True)
class Text:
    """A word or phrase that stands in the message, in upper or lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that is found in the message."""

    pattern: str


@dataclass(frozen=True, slots=True)
class From:
    """Who sent it."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Type:
    """What it is."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Size:
    """How many bytes its content has."""

    order: Order
    size: int


@dataclass(frozen=True, slots=True)
class OnConnection:
    """Which connections it may have crossed."""

    order: Order
    number: int


@dataclass(frozen=True, slots=True)
class Is:
    """What became of the connection; no message can answer it."""

    fate: Fate


@dataclass(frozen=True, slots=True)
class OnPath:
    """What stands in the path of its connection, in upper or lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class After:
    """That it came then or later."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Before:
    """That it came earlier than that."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Gap:
    """How long its connection was silent before it."""

    order: Order
    gap_ns: int


@dataclass(frozen=True, slots=True)
class Json:
    """What its JSON holds."""

    path: tuple[str | int | None, ...]
    """Names, positions, and None for every element."""
    order: Order | None = None
    """None: whether the path leads to anything."""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """The code in a close frame."""

    order: Order
    code: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule of the protocol that it broke; empty text means any."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """What it is not."""

    part: Expression


@dataclass(frozen=True, slots=True)
class All:
    """All of several: two at least, or none (EVERYTHING)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One at least of several."""

    parts: tuple[Expression, ...]


Term: TypeAlias = (
    Text | Pattern | From | Type | Size | OnConnection | OnPath | Is | After | Before | Gap | Json | Code | Broken
)
Expression: TypeAlias = Term | Not | All | Either

EVERYTHING = All(())
"""Takes every message; it has no text."""


def terms(expression: Expression) -> Iterator[Term]:
    """Everything that is said of a message, whether negated or not."""
    if isinstance(expression, All | Either):
        for part in expression.parts:
            yield from terms(part)
    elif isinstance(expression, Not):
        yield from terms(expression.part)
    else:
        yield expression


def printed(expression: Expression) -> str:
    """The text of a filter."""
    match expression:
        case Either(parts):
            return " or ".join(_inner(part, (Either,)) for part in parts)
        case All(parts):
            return " ".join(_inner(part, (All, Either)) for part in parts)
        case Not(part):
            return f"-{_inner(part, (All, Either))}"
        case Text(text):
            return bare_or_quoted(text, is_word=True)
        case _:
            return _term(expression)


def _inner(part: Expression, bracketed: tuple[type, ...]) -> str:
    return f"({printed(part)})" if isinstance(part, bracketed) else printed(part)


def _term(term: Term) -> str:
    match term:
        case From(value) | Type(value) | Is(value):
            key = {From: "from", Type: "type", Is: "is"}[type(term)]
            return f"{key}:{value}"
        case Pattern(text) | OnPath(text) | Broken(text):
            key = {Pattern: "re", OnPath: "path", Broken: "violation"}[type(term)]
            return f"{key}:{bare_or_quoted(text) if text else ''}"
        case Size(order, size):
            return f"size:{_than(order)}{size}"
        case Gap(order, gap_ns):
            return f"gap:{_than(order)}{gap_ns}ns"
        case OnConnection(order, number):
            return f"conn:{_than(order)}{number}"
        case Code(order, code):
            return f"code:{_than(order)}{code}"
        case After(moment) | Before(moment):
            return f"{'after' if isinstance(term, After) else 'before'}:{_moment(moment)}"
        case Json(path, order, value):
            return f"json:{printed_path(path)}{'' if order is None else order + _json_value(value)}"
        case _:
            raise AssertionError("a term that has no text")


def _than(order: Order) -> str:
    return "" if order is Order.EQUAL else order


def printed_path(path: tuple[str | int | None, ...]) -> str:
    """The text of a JSON path."""
    steps = ["$"]
    for step in path:
        if step is None:
            steps.append("[*]")
        elif isinstance(step, int):
            steps.append(f"[{step}]")
        elif step.isidentifier():
            steps.append(f".{step}")
        else:
            steps.append(f"[{bare_or_quoted(step, is_always_quoted=True)}]")
    return "".join(steps)


def _json_value(value: str) -> str:
    return value if is_bare(value) else bare_or_quoted(value, is_always_quoted=True)


def _moment(moment: Moment) -> str:
    seconds, fraction = divmod(moment.of_day_ns, 1_000_000_000)
    minutes, second = divmod(seconds, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    if fraction:
        clock += f".{fraction:09}".rstrip("0")
    if moment.date is None:
        return clock
    year, month, day = moment.date
    return f"{year:04}-{month:02}-{day:02}T{clock}"
