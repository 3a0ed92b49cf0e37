"""A report as blocks and spans, before it becomes Markdown, Jira's markup or plain text.

Every renderer must know of each piece of text whose it is: our words are written as they are, a peer's text is shown
as code and acts as nothing. ``own`` is for constants and numbers, ``peer`` for anything that came from outside,
``mixed`` for a sentence of ours that quotes a peer. All of it passes through ``text`` here, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

from wsinspect import text


class Kind(Enum):
    """Whose text a span is, and how it stands out."""

    OWN = "own"
    STRONG = "strong"
    """Ours, with emphasis."""
    PEER = "peer"
    """A peer's, or literal text such as a path: shown as code."""
    MIXED = "mixed"
    """A sentence of ours in which a peer may be quoted."""


class Span(NamedTuple):
    """A piece of a line. Its text is safe to show, and one line."""

    kind: Kind
    text: str


Said: TypeAlias = tuple[Span, ...]
"""A line or paragraph."""


def own(said: str) -> Span:
    """Our words."""
    return Span(Kind.OWN, text.visible(said))


def strong(said: str) -> Span:
    """Our words, with emphasis."""
    return Span(Kind.STRONG, text.visible(said))


def peer(said: str | bytes, width: int = 200) -> Span:
    """Text from outside, at most ``width`` cells of it."""
    shown = text.decode(said) if isinstance(said, bytes) else text.visible(said)
    return Span(Kind.PEER, text.shorten(shown, width))


def mixed(said: str, width: int = 400) -> Span:
    """A sentence of ours in which a peer may be quoted, at most ``width`` cells of it."""
    return Span(Kind.MIXED, text.shorten(text.visible(said), width))


def words(said: Iterable[Span]) -> str:
    """The text of a line without its markup; a peer's text is in quotation marks where it needs them."""
    return "".join(_quoted(span.text) if span.kind is Kind.PEER else span.text for span in said)


def _quoted(said: str) -> str:
    # An address or a path is plainly one; a word could be read as ours.
    return f'"{said}"' if not said or " " in said or said.isalpha() else said


@dataclass(frozen=True, slots=True)
class Heading:
    """A title."""

    said: Said
    level: int = 2
    """1 for the report's, 2 for a section's, 3 below."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    said: Said


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of ``name: what``; the names are ours."""

    facts: tuple[tuple[str, Said], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with heads of ours."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that stay as they are, in a font of fixed width; safe to show."""

    lines: tuple[str, ...]
    language: str = "text"
    """``text``, ``json``, ``http`` or ``sh``; ours."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are closed until somebody wants them, where the format can do that."""

    title: str
    """Ours; a peer's text would be markup there."""
    blocks: tuple[Block, ...]


Block: TypeAlias = Heading | Paragraph | Facts | Bullets | Table | Lines | Fold


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that stay or go together when the report gets too long."""

    name: str
    """What it is, in words, for the note that it was left out."""
    blocks: tuple[Block, ...]
    rank: int = 0
    """0 stays; of the others the highest goes first."""


def lines(said: Iterable[str], language: str = "text", width: int = 400) -> Lines:
    """Lines from outside, each at most ``width`` cells."""
    return Lines(tuple(text.shorten(text.visible(line), width) for line in said), language)
