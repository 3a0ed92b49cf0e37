"""The catalogue of close codes: what each means, and how any two differ.

The knowledge is in data files (data/README.md says how to edit them); this package reads them when first asked and
compares them. It is pure: no socket, no thread, no screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsinspect.codes.catalogue import Catalogue
from wsinspect.codes.comparison import Comparison, composed, from_texts
from wsinspect.codes.entry import CodeEntry, Fault, Layer, Point, Retry, Sender, Severity
from wsinspect.codes.loader import Contrast
from wsinspect.codes.search import Index
from wsinspect.codes.search import find as _find
from wsinspect.codes.tables import CatalogueError
from wsinspect.codes.topics import HttpStatus, Topic, TransportEnd, VendorCode, from_key, key

if TYPE_CHECKING:
    from wsinspect.codes.vendors import Vendors

__all__ = [
    "CatalogueError",
    "CodeEntry",
    "Comparison",
    "Contrast",
    "Fault",
    "HttpStatus",
    "Layer",
    "Point",
    "Retry",
    "Sender",
    "Severity",
    "Topic",
    "TransportEnd",
    "VendorCode",
    "compare",
    "find",
    "from_key",
    "http",
    "key",
    "lookup",
    "name",
    "ranges",
    "related",
    "severity",
    "topics",
]

_CATALOGUE = Catalogue()


def lookup(topic: Topic) -> CodeEntry:
    """The entry of a close code (0 to 65535), a refused upgrade or an abnormal end.

    A code or status without an entry of its own gets its range's, made out for this very number.

    Raises:
        ValueError: a code outside 0 to 65535, an HTTP status outside 100 to 599, no end of model.Ending, or a code
            that the vendor does not use.
    """
    found = _CATALOGUE.entry(topic)
    if found is not None:
        return found
    if isinstance(topic, VendorCode):
        return _vendors().entry(topic, lookup)
    if isinstance(topic, TransportEnd):
        raise ValueError(f"no way a connection ends: {topic.how}")
    return _CATALOGUE.range_of(topic)


def http(status: int) -> CodeEntry:
    """The entry of an upgrade that was answered with this HTTP status.

    Raises:
        ValueError: status is not 100 to 599.
    """
    return lookup(HttpStatus(status))


def name(topic: Topic) -> str:
    """Its name, such as ``Internal Error``; raises as lookup does."""
    return lookup(topic).name


def severity(topic: Topic) -> Severity:
    """How bad it is; raises as lookup does."""
    return lookup(topic).severity


def related(topic: Topic) -> tuple[Topic, ...]:
    """What it is confused with, the closest first; raises as lookup does."""
    return lookup(topic).related


def compare(a: Topic, b: Topic) -> Comparison:
    """Set two topics side by side; compare(b, a) says the same with the sides exchanged.

    Raises:
        ValueError: as lookup, or both are the same.
    """
    if a == b:
        raise ValueError("a topic differs from itself in nothing")
    written = _CATALOGUE.pair(a, b)
    if written is not None:
        return from_texts(lookup(a), lookup(b), written)
    return composed(lookup(a), lookup(b))


def find(text: str) -> Topic:
    """The topic a user means: ``1011``, ``http:502``, ``end:rst``, ``discord:4004``, ``bad gateway``.

    Raises:
        UsageError: nothing is called so; the hint names the nearest.
    """
    return _find(text, _INDEX)


def topics() -> tuple[Topic, ...]:
    """Every topic with an entry of its own: close codes by number, then HTTP statuses, then ends."""
    return _CATALOGUE.topics


def ranges() -> tuple[tuple[int, int], ...]:
    """First and last code of every range of close codes, in ascending order."""
    return _CATALOGUE.ranges


def _vendors() -> Vendors:
    from wsinspect.codes.vendors import known  # most calls never need it

    return known()


_INDEX = Index(
    lookup, lambda: map(lookup, topics()), lambda: _vendors().keys, lambda vendor: _vendors().vendor(vendor).topics
)
