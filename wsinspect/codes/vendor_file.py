"""One vendor's data file as values; what a file may hold is said in data/README.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wsinspect.codes.entry import Retry
from wsinspect.codes.shapes import Shape, load_shapes
from wsinspect.codes.tables import Table
from wsinspect.codes.topics import HIGHEST_CODE, VendorCode


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a vendor means by one close code."""

    topic: VendorCode
    name: str
    meaning: str
    """One sentence of at most 120 characters."""
    how: str
    """What to do, in at most 90 characters; empty when the retry advice says all."""
    retry: Retry
    like: int | None
    """The standard code that comes closest: whose fault it is and how bad is taken from there."""
    reason: str
    """What the close reason contains when the vendor uses one code for several things; else empty."""
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Vendor:
    """A service or protocol: how to recognise it, and its codes."""

    key: str
    name: str
    source: str
    notes: tuple[str, ...]
    """What else helps to understand its closes: at most 90 characters each."""
    hosts: tuple[str, ...]
    """Patterns of host names."""
    subprotocols: tuple[str, ...]
    paths: tuple[str, ...]
    """Patterns of paths that point at it, without proving it."""
    messages: tuple[Shape, ...]
    """What its first messages look like."""
    is_alone: bool
    """Whether nobody else is known to have these hosts, subprotocols and messages, so that one of them is enough."""
    is_verified: bool
    """Whether hosts, paths and messages were read in a source of the vendor; else they are general knowledge."""
    meanings: tuple[Meaning, ...]

    @property
    def topics(self) -> tuple[VendorCode, ...]:
        """Its codes, in the order of its file."""
        return tuple(meaning.topic for meaning in self.meanings)

    def meaning(self, code: int, reason: str = "") -> Meaning | None:
        """What this vendor means by a code: the meaning whose reason fits, else the first without one."""
        found = [meaning for meaning in self.meanings if meaning.topic.code == code]
        fitting = [meaning for meaning in found if meaning.reason and meaning.reason in reason]
        plain = [meaning for meaning in found if not meaning.reason]
        return next(iter(fitting or plain or found), None)


def load_vendor(path: Path) -> Vendor:
    """Read the file of one vendor.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key, or the line.
    """
    table = Table.read(path)
    known = table.table("recognise") if "recognise" in table else Table(f"{path.name}: recognise", {})
    vendor = Vendor(
        key=path.stem,
        name=table.line("name"),
        source=table.line("source") if "source" in table else path.name,
        notes=table.lines("notes"),
        hosts=known.texts("hosts"),
        subprotocols=known.texts("subprotocols"),
        paths=known.texts("paths"),
        messages=load_shapes(known.tables("messages")),
        is_alone=known.boolean("alone", True),
        is_verified=known.boolean("verified", True),
        meanings=tuple(_meanings(path.stem, table.tables("code"))),
    )
    known.done()
    table.done()
    return vendor


def _meanings(key: str, tables: list[Table]) -> Iterator[Meaning]:
    variants: dict[int, int] = {}
    for part in tables:
        code = part.integer("code")
        if not 0 <= code <= HIGHEST_CODE:
            raise part.problem(f"code must be 0 to {HIGHEST_CODE}")
        variants[code] = variants.get(code, 0) + 1
        like = part.integer("like") if "like" in part else None
        if like is not None and not 0 <= like <= HIGHEST_CODE:
            raise part.problem(f"like must be 0 to {HIGHEST_CODE}")
        yield Meaning(
            topic=VendorCode(key, code, variants[code]),
            name=part.line("name"),
            meaning=part.line("meaning"),
            how=part.line("how") if "how" in part else "",
            retry=part.choice("retry", Retry),
            like=like,
            reason=part.text("reason") if "reason" in part else "",
            is_verified=part.boolean("verified", True),
        )
        part.done()
