"""Finds codes by what a user types: a number, or words of the name. Pure."""

from __future__ import annotations

from wsinspect import codes
from wsinspect.codes import HttpStatus, Topic
from wsinspect.codes.topics import HIGHEST_CODE


def matches(typed: str) -> list[Topic]:
    """The codes that fit, the likeliest first; all with an entry of their own when nothing is typed.

    A number finds the close code (any of 0 to 65535), the HTTP status, and the codes that begin with it.
    """
    wanted = typed.strip().casefold().removeprefix("http").strip()
    if not wanted:
        return list(codes.topics())
    found = _by_number(wanted) if wanted.isascii() and wanted.isdigit() else []
    words = wanted.split()
    found += [topic for topic in codes.topics() if topic not in found and _fits(topic, words)]
    return found


def _by_number(wanted: str) -> list[Topic]:
    number = int(wanted[:6])
    exact: list[Topic] = [number] if number <= HIGHEST_CODE and len(wanted) <= 5 else []
    if len(wanted) == 3 and 100 <= number <= 599:
        exact.insert(0, HttpStatus(number))
    begun = [topic for topic in codes.topics() if isinstance(topic, int) and str(topic).startswith(wanted)]
    # While a number is still being typed, 101 means the 1010s and not the unused code 101.
    ordered = [*begun, *exact] if begun and number not in begun else [*exact, *begun]
    return list(dict.fromkeys(ordered))


def _fits(topic: Topic, words: list[str]) -> bool:
    entry = codes.lookup(topic)
    text = " ".join((entry.label, entry.name, *entry.aliases)).casefold()
    return all(word in text for word in words)
