"""Finds codes by what a user types: a number, or words of the name. ``everything`` is made off the screen's thread.

It knows all close codes and ranges, refused upgrades, ends without a close frame, and the codes of services.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wsinspect import codes
from wsinspect.codes import CodeEntry, HttpStatus, Topic
from wsinspect.codes.topics import HIGHEST_CODE
from wsinspect.codes.vendors import known


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    topic: Topic
    label: str
    """``1011``, ``3000-3999``, ``HTTP 502``, ``discord:4004``."""
    name: str
    severity: codes.Severity
    words: str
    """What a search looks through."""


def everything() -> tuple[Listed, ...]:
    """All there is to choose from: close codes, ranges, refused upgrades, ends, services' own codes."""
    registered = codes.topics()
    ranges = [_free(first, last, registered) for first, last in codes.ranges()]
    numbers = [topic for topic in registered if isinstance(topic, int)]
    others = [topic for topic in registered if not isinstance(topic, int)]
    vendors = [topic for vendor in known().readable() for topic in vendor.topics]
    return tuple(map(listed, (*numbers, *ranges, *others, *vendors)))


def listed(topic: Topic) -> Listed:
    """A topic as a line of the list."""
    entry = codes.lookup(topic)
    label = entry.listed if entry.range is not None and isinstance(topic, int) else entry.label
    words = " ".join((label, entry.key, entry.name, *entry.aliases, *_whose(entry))).casefold()
    return Listed(topic, label, entry.name, entry.severity, words)


def matches(choices: Sequence[Listed], typed: str) -> list[Listed]:
    """Those that fit, the likeliest first; all when nothing is typed.

    A number finds the close code (any of 0 to 65535), the HTTP status, and whatever holds it in its name or number.
    """
    wanted = typed.strip().casefold().removeprefix("http").strip(" :")
    if not wanted:
        return list(choices)
    found: list[Listed] = []
    if wanted.isascii() and wanted.isdigit():
        found = list(_by_number(choices, wanted))
    words = wanted.split()
    topics = {one.topic for one in found}
    return found + [one for one in choices if one.topic not in topics and all(word in one.words for word in words)]


def _by_number(choices: Sequence[Listed], wanted: str) -> Iterator[Listed]:
    number = int(wanted[:6])
    begun = [one for one in choices if isinstance(one.topic, int) and one.label.startswith(wanted)]
    exact: list[Listed] = []
    if len(wanted) == 3 and 100 <= number <= 599:
        exact.append(listed(HttpStatus(number)))
    if len(wanted) <= 5 and number <= HIGHEST_CODE:
        entry = listed(number)
        # The number itself, not its range.
        exact.append(Listed(number, str(number), entry.name, entry.severity, entry.words))
    # While a number is still being typed, 101 means the 1010s and not the unused code 101.
    is_begun = any(one.topic != number for one in begun) and all(one.label != wanted for one in begun)
    ordered = [*begun, *exact] if is_begun else [*exact, *begun]
    seen: set[Topic] = set()
    for one in ordered:
        if one.topic not in seen:
            seen.add(one.topic)
            yield one


def _free(first: int, last: int, registered: Sequence[Topic]) -> int:
    """A code of a range that has no entry of its own."""
    return next(code for code in range(first, last + 1) if code not in registered)


def _whose(entry: CodeEntry) -> Iterator[str]:
    if isinstance(entry.topic, codes.VendorCode):
        yield known().vendor(entry.topic.vendor).name
