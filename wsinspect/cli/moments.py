"""Moments as a user writes them: a time of day, a date with a time, or how long after the beginning."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from wsinspect import text
from wsinspect.errors import UsageError

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?")
_AFTER = re.compile(r"\+(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|min|h|d)?")
_UNITS_NS = {"ms": 10**6, "s": 10**9, "m": 60 * 10**9, "min": 60 * 10**9, "h": 3600 * 10**9, "d": 86_400 * 10**9}

_LAST_NS = (1 << 61) - 1


def moment_ns(said: str, began_ns: int, *, after_ns: int | None = None) -> int:
    """Nanoseconds since the epoch of what a user wrote.

    Args:
        said: ``14:02:10`` or ``14:02`` (local time, the first one after the beginning), ``2026-11-22T14:02:10`` (local
            unless it ends with ``Z`` or an offset), or ``+90s``, ``+1.5h`` (later than the beginning).
        began_ns: when the session began.
        after_ns: the moment that ``+90s`` counts from; None: the beginning.

    Raises:
        UsageError: it is none of these.
    """
    said = said.strip()
    if after := _AFTER.fullmatch(said):
        start_ns = began_ns if after_ns is None else after_ns
        return min(start_ns + _nanoseconds(after[1], _UNITS_NS[after[2] or "s"]), _LAST_NS)
    if clock := _CLOCK.fullmatch(said):
        return _after(clock, began_ns)
    try:
        found = datetime.fromisoformat(said).astimezone()
        return _exact_ns(found)
    except (ValueError, OverflowError, OSError):
        raise _unknown(said) from None


def _nanoseconds(number: str, unit_ns: int) -> int:
    whole, _, part = number.partition(".")
    return int(whole) * unit_ns + int(part.ljust(9, "0") if part else 0) * unit_ns // 10**9


def _after(clock: re.Match[str], began_ns: int) -> int:
    """The first time of day like this that is not before the second in which the session began."""
    began = datetime.fromtimestamp(began_ns // 10**9).astimezone()
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    try:
        found = began.replace(tzinfo=None, hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError:
        raise _unknown(clock[0]) from None
    first = began.replace(tzinfo=None, microsecond=0)
    if clock[3] is None:
        first = first.replace(second=0)
    if found < first:
        found += timedelta(days=1)
    return int(found.astimezone().timestamp()) * 10**9 + int((clock[4] or "0").ljust(9, "0"))


def _exact_ns(found: datetime) -> int:
    return int(found.replace(microsecond=0).timestamp()) * 10**9 + found.microsecond * 1000


def _unknown(said: str) -> UsageError:
    hint = "write 14:02:10, 2026-11-22T14:02:10 or, counted from the beginning, +90s"
    return UsageError(f"{text.visible(said)} is no time", hint)
