"""What services and protocols mean by their own close codes, and how to recognise who is at the other end.

One data file per vendor, named after the key under which it is known: vendors/discord.toml. A user's own files are
read the same way; one of the same name replaces ours, and one that breaks the form is passed over and named among the
problems, so that it never takes the explanation of other closes with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.entry import CodeEntry
from wsinspect.codes.shapes import Message, any_fits, first_texts
from wsinspect.codes.tables import CatalogueError
from wsinspect.codes.topics import Topic, VendorCode
from wsinspect.codes.vendor_file import Meaning, Vendor, load_vendor
from wsinspect.errors import EnvironmentProblem

__all__ = ["Candidate", "Meaning", "Message", "OwnFileError", "Vendor", "Vendors", "known", "load_vendor", "recognise"]

_KEY = re.compile(r"[a-z][a-z0-9-]*")
_TAKEN = ("http", "end")
_WEIGHTS = {"host": 8, "subprotocol": 4, "message": 2, "path": 1}
"""What points at a vendor; each counts more than all after it: several speak one subprotocol, one owns a host."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vendor that may be at the other end, and why."""

    vendor: Vendor
    grounds: tuple[str, ...]
    """What points at it, the best first: ``host``, ``subprotocol``, ``message``, ``path``."""

    @property
    def is_strong(self) -> bool:
        """Whether more than the path points at it, and nobody else is known to look so."""
        return self.vendor.is_alone and self.grounds != ("path",)

    @property
    def is_sure(self) -> bool:
        """Whether it is strong, and what it rests on was checked."""
        return self.is_strong and (self.vendor.is_verified or "subprotocol" in self.grounds)


class OwnFileError(CatalogueError):
    """One of the user's own files is not what it should be."""

    exit_code = 2

    def __init__(self, path: Path, problem: str, hint: str = "correct the file, or move it out of this folder") -> None:
        from wsinspect.text import visible  # only a mistake needs it

        super().__init__(visible(str(path)), problem, hint)


class Vendors:
    """The vendors below a folder, and a user's own."""

    def __init__(self, folder: Path, own: Path | None = None) -> None:
        """Remember where the files are; nothing is read yet.

        Args:
            folder: the files that come with wsinspect.
            own: the user's; it need not exist.
        """
        self._folder = folder
        self._own = own
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
            self._loaded[key] = self._load(self._files[key])
        return self._loaded[key]

    def entry(self, topic: VendorCode, lookup: Callable[[Topic], CodeEntry]) -> CodeEntry:
        """The entry of a vendor's code; lookup gives those of the standard ones.

        Raises:
            ValueError: there is no such vendor, or it does not use this code.
            CatalogueError: its file breaks the form.
        """
        from wsinspect.codes.vendor_entry import as_entry

        vendor = self.vendor(topic.vendor)
        for meaning in vendor.meanings:
            if meaning.topic == topic:
                return as_entry(vendor, meaning, lookup)
        raise ValueError(f"{topic.vendor} has no code {topic.code}")

    def recognise(
        self, host: str, subprotocol: str, path: str, messages: Sequence[Message] = ()
    ) -> tuple[Candidate, ...]:
        """Who may be at the other end of a connection, the best grounds first.

        Args:
            host: host name the client dialled, with or without a port.
            subprotocol: the one the server chose; empty when none.
            path: path of the request; a query is ignored.
            messages: data messages in their order; only the first of each side are looked at.
        """
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        texts = first_texts(messages)
        candidates = []
        for vendor in self.readable():
            fits = {
                "host": _fits(name.lower(), vendor.hosts),
                "subprotocol": bool(subprotocol) and subprotocol in vendor.subprotocols,
                "message": any_fits(vendor.messages, texts),
                "path": _fits(path.partition("?")[0], vendor.paths),
            }
            if any(fits.values()):
                candidates.append(Candidate(vendor, tuple(ground for ground, fit in fits.items() if fit)))
        return tuple(sorted(candidates, key=_rank))

    def users(self, code: int) -> tuple[Meaning, ...]:
        """Every meaning that some vendor gives to a code."""
        found = (vendor.meanings for vendor in self.readable(str(code)))
        return tuple(meaning for meanings in found for meaning in meanings if meaning.topic.code == code)

    @property
    def problems(self) -> tuple[OwnFileError, ...]:
        """What is wrong with the user's own files; they are passed over until it is corrected."""
        found = list(self._misnamed)
        for key in self.keys:
            if self._is_own(self._files[key]):
                try:
                    self.vendor(key)
                except OwnFileError as error:
                    found.append(error)
        return tuple(found)

    def readable(self, holding: str = "") -> Iterator[Vendor]:
        """Every vendor in the order of the keys, the user's broken files passed over.

        Args:
            holding: what a file must contain to be read at all; reading TOML is what costs time.
        """
        for key, path in sorted(self._files.items()):
            try:
                if key in self._loaded or not holding or holding in path.read_text("utf-8"):
                    yield self.vendor(key)
            except (CatalogueError, OSError, UnicodeDecodeError):
                if not self._is_own(path):
                    raise

    def _load(self, path: Path) -> Vendor:
        try:
            return load_vendor(path)
        except CatalogueError as error:
            if self._is_own(path):
                raise OwnFileError(path, error.problem.removeprefix(f"{path.name}: ")) from error
            raise

    def _is_own(self, path: Path) -> bool:
        return path.parent == self._own

    @cached_property
    def _files(self) -> dict[str, Path]:
        files = {path.stem: path for path in self._folder.glob("*.toml")}
        files.update((path.stem, path) for path in self._own_files if _is_key(path.stem))
        return files

    @cached_property
    def _own_files(self) -> tuple[Path, ...]:
        """The user's files; those that editors and file managers leave behind are none."""
        found = self._own.glob("*.toml") if self._own is not None else ()
        return tuple(sorted(path for path in found if not path.name.startswith(".")))

    @property
    def _misnamed(self) -> Iterator[OwnFileError]:
        for path in self._own_files:
            if not _is_key(path.stem):
                problem = "the name of the file cannot stand before a code, as in discord:4004"
                yield OwnFileError(path, problem, "use small letters, digits and -, but not http or end")


@cache
def known() -> Vendors:
    """The vendors that come with wsinspect, and those in the user's configuration folder."""
    from wsinspect.paths import vendors_folder

    try:
        own = vendors_folder()
    except EnvironmentProblem:
        own = None  # nobody's home, nobody's files
    return Vendors(DATA / "vendors", own)


def recognise(host: str, subprotocol: str, path: str, messages: Sequence[Message] = ()) -> tuple[Candidate, ...]:
    """Who of the known vendors may be at the other end, the best grounds first; see Vendors.recognise."""
    return known().recognise(host, subprotocol, path, messages)


def _rank(candidate: Candidate) -> tuple[bool, int, str]:
    weight = sum(_WEIGHTS[ground] for ground in candidate.grounds)
    return (not candidate.is_strong, -weight, candidate.vendor.key)


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def _is_key(stem: str) -> bool:
    return _KEY.fullmatch(stem) is not None and stem not in _TAKEN
