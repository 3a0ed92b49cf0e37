"""Finds the topic a user means: a number, a key such as ``http:502``, or a name in any spelling.

Names are compared by their letters and digits only, so that ``bad gateway``, ``BAD_GATEWAY`` and ``BadGateway`` are
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wsinspect.codes.entry import CodeEntry
from wsinspect.codes.topics import HIGHEST_CODE, Topic, VendorCode, from_key, key
from wsinspect.errors import UsageError

NEAREST = 4
"""How many near matches an error offers."""

_FORMS = "give a close code such as 1011, a name such as 'bad gateway', http:502, end:rst or discord:4004"


@dataclass(frozen=True, slots=True)
class Index:
    """What can be found; each part is asked only when it is needed."""

    lookup: Callable[[Topic], CodeEntry]
    """The entry of any topic; raises ValueError when there is none."""
    entries: Callable[[], Iterable[CodeEntry]]
    """Every entry with a name of its own, close codes first."""
    vendors: Callable[[], Iterable[str]]
    """The key of every vendor."""
    vendor_codes: Callable[[str], Iterable[VendorCode]]
    """The codes of one vendor."""


def find(text: str, index: Index) -> Topic:
    """The topic that text names.

    Raises:
        UsageError: nothing is called so; the hint names the nearest.
    """
    wanted = text.strip()
    try:
        topic = from_key(wanted.lower())
        index.lookup(topic)
    except ValueError:
        pass
    else:
        return topic
    if wanted.isdecimal():
        raise UsageError(f"no close code {wanted}", f"close codes are 0 to {HIGHEST_CODE}")
    if ":" in wanted:
        raise _unknown(wanted, _near_key(wanted.lower(), index))
    names = _names(index.entries())
    plain = _plain(wanted)
    if plain in names:
        return names[plain].topic
    containing = [name for name in names if plain and plain in name]
    if len({names[name].topic for name in containing}) == 1:
        return names[containing[0]].topic
    near = containing or _close(plain, names)
    raise _unknown(wanted, [f"{names[name].key} {names[name].name}" for name in near])


def _near_key(wanted: str, index: Index) -> list[str]:
    """The keys nearest to one that names a kind or vendor."""
    kind, _, rest = wanted.partition(":")
    if kind in index.vendors():
        number = int(rest) if rest.isdecimal() else 0
        near = sorted(index.vendor_codes(kind), key=lambda topic: abs(topic.code - number))
        return [f"{key(topic)} {index.lookup(topic).name}" for topic in near]
    known = [entry.key for entry in index.entries() if ":" in entry.key]
    if kind in ("http", "end"):
        return _close(wanted, known)
    return [f"{vendor}:{rest}" for vendor in _close(kind, index.vendors())]


def _names(entries: Iterable[CodeEntry]) -> dict[str, CodeEntry]:
    """Every name and alias in plain form; the first entry keeps a name that two share."""
    names: dict[str, CodeEntry] = {}
    for entry in entries:
        for name in (entry.name, entry.key, *entry.aliases):
            names.setdefault(_plain(name), entry)
    return names


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _close(text: str, names: Iterable[str]) -> list[str]:
    from difflib import get_close_matches  # costs more than all else here, and only a mistake needs it

    return get_close_matches(text, names, n=2 * NEAREST, cutoff=0.5)


def _unknown(wanted: str, near: list[str]) -> UsageError:
    from wsinspect.text import visible

    nearest = [visible(name) for name in dict.fromkeys(near)][:NEAREST]
    return UsageError(f"nothing is called {visible(wanted)!r}", f"nearest: {', '.join(nearest)}" if nearest else _FORMS)
