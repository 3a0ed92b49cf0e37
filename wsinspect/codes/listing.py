"""Picks the entries that a list asks for: all, a range of codes, one kind, or a vendor's."""

from __future__ import annotations

import re
from difflib import get_close_matches

from wsinspect import codes
from wsinspect.codes.entry import CodeEntry
from wsinspect.codes.topics import HIGHEST_CODE, HttpStatus, TransportEnd, order
from wsinspect.codes.vendors import known
from wsinspect.errors import UsageError
from wsinspect.text import visible

KINDS = {"http": HttpStatus, "end": TransportEnd}

FIRST_VENDOR_CODE = 3000
"""From here on a number has no meaning without its vendor, so that a range lists the vendors' too."""


def select(wanted: str | None) -> tuple[CodeEntry, ...]:
    """The entries for a list, in the order of their keys.

    Args:
        wanted: ``4000-4999``, ``http``, ``end``, a vendor such as ``discord``, or None for every close code, refused
            upgrade and end.

    Raises:
        UsageError: it is none of these; the hint names what can be listed.
    """
    if wanted is None:
        return tuple(map(codes.lookup, codes.topics()))
    name = wanted.strip().lower()
    if name in KINDS:
        return tuple(codes.lookup(topic) for topic in codes.topics() if isinstance(topic, KINDS[name]))
    if name in known().keys:
        vendor = known().vendor(name)
        if not vendor.topics:
            raise UsageError(f"{vendor.name} has no close codes of its own", "".join(vendor.notes[:1]).rstrip("."))
        return tuple(map(codes.lookup, vendor.topics))
    span = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", name, re.ASCII)
    if span:
        first, last = int(span[1]), int(span[2] or span[1])
        if first <= last <= HIGHEST_CODE:
            return _between(first, last)
    near = get_close_matches(name, [*KINDS, *known().keys], n=4, cutoff=0.5)
    hint = (
        f"nearest: {', '.join(near)}"
        if near
        else "give a range such as 4000-4999, http, end, or a service such as discord"
    )
    raise UsageError(f"nothing to list is called {visible(wanted)!r}", hint)


def _between(first: int, last: int) -> tuple[CodeEntry, ...]:
    """Registered codes, ranges and vendors' codes that touch the span."""
    found = [codes.lookup(topic) for topic in codes.topics() if isinstance(topic, int) and first <= topic <= last]
    found += [codes.lookup(_free(low, high)) for low, high in codes.ranges() if low <= last and first <= high]
    for vendor in known().readable():
        for topic in vendor.topics:
            if max(first, FIRST_VENDOR_CODE) <= topic.code <= last:
                found.append(codes.lookup(topic))
    return tuple(sorted(found, key=_place))


def _place(entry: CodeEntry) -> tuple[int, int, str]:
    if entry.range is not None:
        return (entry.range[0], -1, "")
    kind, number, rest = order(entry.topic)
    return (number, kind, rest)


def _free(low: int, high: int) -> int:
    """A code of a range that has no entry of its own."""
    return next(code for code in range(low, high + 1) if code not in codes.topics())
