"""Software that ends connections in ways of its own, and how to recognise it in the heads of the upgrade.

One data file per product, named after its key: software/websockets.toml. What a product writes into a header proves
that it, or something that speaks for it, took part; what it leaves out proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.entry import Sender
from wsinspect.codes.patterns import fits
from wsinspect.codes.reasons import Subject
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import HttpStatus, Topic, from_key
from wsinspect.model import Ending


class HeaderField(Protocol):
    """One header line, as wire.handshake.Field has it."""

    @property
    def name(self) -> str:
        """As written."""

    @property
    def value(self) -> str:
        """Without the blanks around it."""


class Head(Protocol):
    """A request's or an answer's head, as wire.handshake has them."""

    @property
    def fields(self) -> Sequence[HeaderField]:
        """In the order they came."""


@dataclass(frozen=True, slots=True)
class Emission:
    """One way in which a product ends a connection."""

    product: str
    """Key of the product."""
    software: str
    """Name of the product."""
    topic: Topic
    """What it sends; 1005 is an empty close, 1006 an end without a close frame."""
    sender: Sender
    reasons: tuple[str, ...]
    """The texts it gives, ``*`` for what varies; empty when it gives none."""
    why: str
    """When it does so: a clause of at most 90 characters."""
    setting: str
    """The settings that change it; empty when none is known."""
    end: Ending | None
    """How its TCP ends then, when that was seen."""
    about: Subject | None
    """What it is about, where the code alone does not say."""
    is_answer: bool
    """Whether it only ever answers the other side's close so."""
    is_closing: bool
    """Whether it does so only after it sent a close frame itself."""
    is_wire: bool
    """Whether its code stands in a close frame, be it one that may not."""
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Product:
    """One piece of software."""

    key: str
    """Name of its data file."""
    name: str
    emissions: tuple[Emission, ...]
    answer: tuple[str, ...]
    """Patterns for ``name: value`` of the answer's headers, in lower case; any one is enough."""
    request: tuple[str, ...]
    """The same for the request's headers."""
    hosts: tuple[str, ...]
    """Patterns of host names at which it stands."""
    is_always_shown: bool
    """Whether it always shows in a head that it has written: what shows nothing of it is not from it."""
    is_gateway: bool
    """Whether it passes connections on to a server behind it."""
    is_verified: bool
    """Whether what recognises it was measured or read; else it is general knowledge."""


@cache
def products() -> tuple[Product, ...]:
    """Everything known, by the names of the files."""
    return tuple(load_product(path) for path in sorted((DATA / "software").glob("*.toml")))


@cache
def product(key: str) -> Product:
    """One product.

    Raises:
        ValueError: there is none of this key.
    """
    found = next((one for one in products() if one.key == key), None)
    if found is None:
        raise ValueError(f"no product is called {key!r}")
    return found


def answering(answer: Head | None, host: str = "") -> tuple[Product, ...]:
    """The products that show in the answer to the upgrade, or stand at the host: servers and gateways."""
    lines = _lines(answer)
    name = host.lower()
    return tuple(
        one
        for one in products()
        if _any_fits(one.answer, lines) or (name and any(fits(pattern, name) for pattern in one.hosts))
    )


def asking(request: Head | None) -> tuple[Product, ...]:
    """The products that show in the request: client libraries and browsers."""
    lines = _lines(request)
    return tuple(one for one in products() if _any_fits(one.request, lines))


def is_relayed(answer: Head | None) -> bool:
    """Whether the answer says itself that something passed it on. Source: RFC 9110 section 7.6.3, Via."""
    return any(line.startswith("via: ") for line in _lines(answer))


def load_product(path: Path) -> Product:
    """Read the file of one product.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key.
    """
    table = Table.read(path)
    name, source = table.text("name"), table.text("source")
    known = table.table("recognise") if "recognise" in table else Table(f"{path.name}: recognise", {})
    found = Product(
        key=path.stem,
        name=name,
        emissions=tuple(_emissions(path.stem, name, source, table.tables("close"))),
        answer=known.texts("answer"),
        request=known.texts("request"),
        hosts=known.texts("hosts"),
        is_always_shown=known.boolean("always", False),
        is_gateway=table.boolean("gateway", False),
        is_verified=known.boolean("verified", True),
    )
    known.done()
    table.done()
    return found


def _emissions(key: str, name: str, source: str, parts: list[Table]) -> Iterator[Emission]:
    for part in parts:
        topic = _topic(part)
        yield Emission(
            product=key,
            software=name,
            topic=topic,
            sender=part.choice("by", Sender),
            reasons=part.texts("reasons"),
            why=part.line("why"),
            setting=part.line("setting") if "setting" in part else "",
            end=part.choice("end", Ending) if "end" in part else None,
            about=part.choice("about", Subject) if "about" in part else None,
            is_answer=part.boolean("answer", False),
            is_closing=part.boolean("closing", False),
            is_wire=part.boolean("wire", isinstance(topic, int) and topic not in (1005, 1006)),
            source=source,
            is_verified=part.boolean("verified", True),
        )
        part.done()


def _topic(part: Table) -> Topic:
    value = part.scalar("topic")
    try:
        topic = from_key(str(value))
    except ValueError as error:
        raise part.problem(str(error)) from error
    if not isinstance(topic, (int, HttpStatus)):
        raise part.problem("topic must be a close code or an HTTP status")
    return topic


def _lines(head: Head | None) -> tuple[str, ...]:
    return () if head is None else tuple(f"{field.name}: {field.value}".lower() for field in head.fields)


def _any_fits(patterns: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    return any(fits(pattern, line) for pattern in patterns for line in lines)
