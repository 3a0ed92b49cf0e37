"""What services and protocols mean by their own close codes, and how to recognise who is at the other end.

One data file per vendor, named after the key under which it is known: vendors/discord.toml. Files of a user are read
the same way from any other folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.entry import CodeEntry, Retry
from wsinspect.codes.tables import CatalogueError, Table
from wsinspect.codes.topics import HIGHEST_CODE, Topic, VendorCode


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
    """Patterns of host names; each alone is enough."""
    subprotocols: tuple[str, ...]
    """Subprotocols that only this vendor uses; each alone is enough."""
    paths: tuple[str, ...]
    """Patterns of paths that point at it, without proving it."""
    is_verified: bool
    """Whether hosts and paths were read in a source of the vendor; else they are general knowledge."""
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vendor that may be at the other end, and why."""

    vendor: Vendor
    grounds: tuple[str, ...]
    """What points at it: ``subprotocol``, ``host``, ``path``."""

    @property
    def is_strong(self) -> bool:
        """Whether more than the path points at it."""
        return self.grounds != ("path",)


class Vendors:
    """The vendors below some folders; a later folder's file replaces one of the same name."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._loaded: dict[str, Vendor] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of every vendor, in alphabetical order."""
        return tuple(sorted(self._files))

    def vendor(self, key: str) -> Vendor:
        """One vendor.

        Raises:
            ValueError: there is no vendor of this key.
            CatalogueError: its file breaks the form.
        """
        if key not in self._files:
            raise ValueError(f"no vendor is called {key!r}")
        if key not in self._loaded:
            self._loaded[key] = load_vendor(self._files[key])
        return self._loaded[key]

    def entry(self, topic: VendorCode, lookup: Callable[[Topic], CodeEntry]) -> CodeEntry:
        """The entry of a vendor's code; lookup gives those of the standard ones.

        Raises:
            ValueError: there is no such vendor, or it does not use this code.
        """
        from wsinspect.codes.vendor_entry import as_entry

        vendor = self.vendor(topic.vendor)
        for meaning in vendor.meanings:
            if meaning.topic == topic:
                return as_entry(vendor, meaning, lookup)
        raise ValueError(f"{topic.vendor} has no code {topic.code}")

    def recognise(self, host: str, subprotocol: str, path: str) -> tuple[Candidate, ...]:
        """Who may be at the other end of a connection, the best grounds first.

        Args:
            host: host name the client dialled, with or without a port.
            subprotocol: the one the server chose; empty when none.
            path: path of the request; a query is ignored.
        """
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        candidates = []
        for vendor in map(self.vendor, self.keys):
            fits = {
                "subprotocol": bool(subprotocol) and subprotocol in vendor.subprotocols,
                "host": _fits(name.lower(), vendor.hosts),
                "path": _fits(path.partition("?")[0], vendor.paths),
            }
            if any(fits.values()):
                candidates.append(Candidate(vendor, tuple(ground for ground, fit in fits.items() if fit)))
        return tuple(sorted(candidates, key=lambda one: (not one.is_strong, -len(one.grounds), one.vendor.key)))

    def users(self, code: int) -> tuple[Meaning, ...]:
        """Every meaning that some vendor gives to a code."""
        found = (self.vendor(key).meanings for key in self.keys)
        return tuple(meaning for meanings in found for meaning in meanings if meaning.topic.code == code)

    @cached_property
    def _files(self) -> dict[str, Path]:
        return {path.stem: path for folder in self._folders for path in folder.glob("*.toml")}


@cache
def known() -> Vendors:
    """The vendors that come with wsinspect."""
    return Vendors([DATA / "vendors"])


def recognise(host: str, subprotocol: str, path: str) -> tuple[Candidate, ...]:
    """Who of the known vendors may be at the other end, the best grounds first; see Vendors.recognise."""
    return known().recognise(host, subprotocol, path)


def load_vendor(path: Path) -> Vendor:
    """Read the file of one vendor.

    Raises:
        CatalogueError: the file breaks the form; the text names file and key.
    """
    table = Table.read(path)
    known = table.table("recognise")
    vendor = Vendor(
        key=path.stem,
        name=table.text("name"),
        source=table.text("source"),
        notes=table.texts("notes"),
        hosts=known.texts("hosts"),
        subprotocols=known.texts("subprotocols"),
        paths=known.texts("paths"),
        is_verified=known.boolean("verified"),
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
            raise CatalogueError(part.where, f"code must be 0 to {HIGHEST_CODE}")
        variants[code] = variants.get(code, 0) + 1
        yield Meaning(
            topic=VendorCode(key, code, variants[code]),
            name=part.text("name"),
            meaning=part.text("meaning"),
            how=part.text("how") if "how" in part else "",
            retry=part.choice("retry", Retry),
            like=part.integer("like") if "like" in part else None,
            reason=part.text("reason") if "reason" in part else "",
            is_verified=part.boolean("verified", True),
        )
        part.done()


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)
