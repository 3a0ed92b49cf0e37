"""How far a clock is set forward, as a user writes it and as it is said. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from wsinspect import text
from wsinspect.errors import UsageError

AUTO = "auto"
"""Written where it is to be found out."""

EXAMPLES = "1.2s, -350ms, +2h, or auto"

MOST_NS = 100 * 365 * 86_400 * 10**9
"""No clock that people use is further off."""

_UNITS_NS = {"": 10**9, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "min": 60 * 10**9,
             "h": 3600 * 10**9, "d": 86_400 * 10**9}  # fmt: skip
_WRITTEN = re.compile(r"([+-]?)(\d{1,12}(?:\.\d{1,9})?) ?(us|µs|ms|s|min|m|h|d|)", re.ASCII)


def offset_of(said: str) -> int | None:
    """Nanoseconds, below 0 for back; None for ``auto``.

    Raises:
        UsageError: it is neither.
    """
    said = said.strip().lower().replace("−", "-")
    if said == AUTO:
        return None
    found = _WRITTEN.fullmatch(said)
    if found is None:
        raise UsageError(f"{text.visible(said)!r} is no stretch of time", f"write {EXAMPLES}")
    sign, number, unit = found.groups()
    offset_ns = int(Decimal(number) * _UNITS_NS[unit])
    if offset_ns > MOST_NS:
        raise UsageError(f"{text.visible(said)} is more than a hundred years", f"write {EXAMPLES}")
    return -offset_ns if sign == "-" else offset_ns


def written(offset_ns: int) -> str:
    """As a user would write exactly that: ``1.2s``, ``-350ms``."""
    unit, scale = ("s", 9) if abs(offset_ns) >= 10**9 or not offset_ns else ("ms", 6)
    number = f"{Decimal(offset_ns).scaleb(-scale):f}"
    return (number.rstrip("0").rstrip(".") if "." in number else number) + unit


def set_by(offset_ns: int) -> str:
    """What was done to a clock: ``set forward by 1.2 s``."""
    return f"set {'back' if offset_ns < 0 else 'forward'} by {text.duration(abs(offset_ns))}"
