"""How the value behind each key is read: sizes, times, codes.

Each reader gives its term, or None where the text is not what it should be.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from wsinspect.filters.expression import (
    After,
    Before,
    Broken,
    Code,
    Fate,
    From,
    Gap,
    Is,
    Kind,
    Moment,
    OnConnection,
    OnPath,
    Order,
    Origin,
    Size,
    Type,
)

_ORDERED = re.compile(r"(>=|<=|>|<|=|)(\d{1,15}(?:\.\d{1,9})?)([A-Za-zµ]*)", re.ASCII)
_BYTES = {
    "": 1, "b": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9,
    "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
}  # fmt: skip
"""Powers of 1000, as sizes are shown, and those of 1024 by their own names."""
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "min": 60 * 10**9,
    "h": 3600 * 10**9,
}
_MOMENT = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)T)?(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?", re.ASCII)
_COUNTED = re.compile(r"(>=|<=|>|<|=|)(\d{1,15})", re.ASCII)

HIGHEST_CODE = 65535
"""What two bytes hold."""


def size(value: str) -> Size | None:
    """Such as ``>1kB``."""
    found = _ordered(value, _BYTES)
    return Size(*found) if found else None


def gap(value: str) -> Gap | None:
    """Such as ``>1s``."""
    found = _ordered(value, _NANOSECONDS)
    return Gap(*found) if found else None


def _ordered(value: str, units: dict[str, int]) -> tuple[Order, int] | None:
    found = _ORDERED.fullmatch(value)
    if found is None:
        return None
    unit = units.get(found[3].lower())
    if unit is None:
        return None
    return Order(found[1] or "="), int(Decimal(found[2]) * unit)


def after(value: str) -> After | None:
    """Such as ``14:02:10``."""
    moment = _moment(value)
    return After(moment) if moment else None


def before(value: str) -> Before | None:
    """Such as ``14:02:10``."""
    moment = _moment(value)
    return Before(moment) if moment else None


def _moment(value: str) -> Moment | None:
    found = _MOMENT.fullmatch(value)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if hour > 23 or minute > 59 or second > 59:
        return None
    of_day_ns = (hour * 3600 + minute * 60 + second) * 10**9 + int((found[7] or "").ljust(9, "0"))
    if found[1] is None:
        return Moment(of_day_ns)
    try:
        datetime.date(year, month, day)
    except ValueError:
        return None
    return Moment(of_day_ns, (year, month, day))


def origin(value: str) -> From | None:
    """``client``, ``server`` or ``us``."""
    return From(Origin(value.lower())) if value.lower() in set(Origin) else None


def kind(value: str) -> Type | None:
    """``text``, ``ping`` and so on."""
    return Type(Kind(value.lower())) if value.lower() in set(Kind) else None


def fate(value: str) -> Is | None:
    """``open``, ``closed`` or ``failed``."""
    return Is(Fate(value.lower())) if value.lower() in set(Fate) else None


def connection(value: str) -> OnConnection | None:
    """A connection's number, or such as ``>3``."""
    found = _counted(value)
    return OnConnection(*found) if found else None


def code(value: str) -> Code | None:
    """The two bytes of a close frame, as a number, or such as ``>=4000``."""
    found = _counted(value)
    return Code(*found) if found and found[1] <= HIGHEST_CODE else None


def _counted(value: str) -> tuple[Order, int] | None:
    found = _COUNTED.fullmatch(value)
    return (Order(found[1] or "="), int(found[2])) if found else None


def path(value: str) -> OnPath | None:
    """Part of a path."""
    return OnPath(value) if value else None


def violation(value: str) -> Broken:
    """Part of a rule's name or sentence, or nothing for any."""
    return Broken(value)


@lru_cache(maxsize=256)
def number(value: str) -> int | float | None:
    """The number that a text writes as JSON does; None for any other text."""
    if re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    if re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?([eE][-+]?\d{1,3})?", value, re.ASCII):
        return float(value)
    return None
