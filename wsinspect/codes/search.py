"""Finds the topic a user means: a number, a key such as ``http:502``, or a name in any spelling.

Names are compared by their letters and digits only, so that ``bad gateway``, ``BAD_GATEWAY`` and ``BadGateway`` are
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wsinspect.codes.entry import CodeEntry
from wsinspect.codes.topics import HIGHEST_CODE, Topic, from_key
from wsinspect.errors import UsageError

NEAREST = 4
"""How many near matches an error offers."""


def find(text: str, entries: Callable[[], Iterable[CodeEntry]], lookup: Callable[[Topic], CodeEntry]) -> Topic:
    """The topic that text names.

    Args:
        text: what the user typed.
        entries: gives every entry that has a name of its own, close codes first; asked only when text is a name.
        lookup: gives the entry of any topic.

    Raises:
        UsageError: nothing is called so; the hint names the nearest.
    """
    wanted = text.strip()
    try:
        topic = from_key(wanted.lower())
        lookup(topic)
    except ValueError:
        pass
    else:
        return topic
    if wanted.isdecimal():
        raise UsageError(f"no close code {wanted}", f"close codes are 0 to {HIGHEST_CODE}")
    names = _names(entries())
    plain = _plain(wanted)
    if plain in names:
        return names[plain].topic
    containing = [name for name in names if plain and plain in name]
    if len({names[name].topic for name in containing}) == 1:
        return names[containing[0]].topic
    from wsinspect.text import visible  # as difflib below: only a mistake pays for it

    raise UsageError(f"nothing is called {visible(wanted)!r}", _hint(plain, containing, names))


def _names(entries: Iterable[CodeEntry]) -> dict[str, CodeEntry]:
    """Every name and alias in plain form; the first entry keeps a name that two share."""
    names: dict[str, CodeEntry] = {}
    for entry in entries:
        for name in (entry.name, entry.key, *entry.aliases):
            names.setdefault(_plain(name), entry)
    return names


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _hint(plain: str, containing: list[str], names: dict[str, CodeEntry]) -> str:
    from difflib import get_close_matches

    near = containing or get_close_matches(plain, names, n=2 * NEAREST, cutoff=0.5)
    titles = list(dict.fromkeys(f"{names[name].key} {names[name].name}" for name in near))
    if not titles:
        return "give a close code such as 1011, a name such as 'bad gateway', or http:502"
    return f"nearest: {', '.join(titles[:NEAREST])}"
