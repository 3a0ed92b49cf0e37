"""A place in a session's time as somebody types it: ``1:23``, ``83.5``, ``+10``, ``-1:00``, ``50%``, ``14:02:31``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from wsinspect.errors import UsageError

_S = 1_000_000_000
_LAST_NS = 250_000_000_000 * _S
"""A time before the year 10,000."""

_PLACE = re.compile(
    r"(?P<sign>[+-]?)(?:(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,4}):)?(?P<seconds>\d{1,9}(?:\.\d{1,9})?)(?P<percent>%?)",
    re.ASCII,
)

EXAMPLES = "1:23 from the beginning, 14:02:31 by the clock, +10 or -10 seconds from here, 50%"


def place(said: str, *, begin_ns: int, end_ns: int, at_ns: int) -> int:
    """The moment that is meant.

    Three numbers are a time of day when the session has such a moment, else an offset like the shorter forms.

    Args:
        said: what was typed.
        begin_ns: when the session begins, nanoseconds since the epoch.
        end_ns: when it ends.
        at_ns: where the play head stands, for what has a sign.

    Returns:
        Nanoseconds since the epoch; maybe beyond the session, which has an end.

    Raises:
        UsageError: nothing of the kind was typed.
    """
    found = _PLACE.fullmatch(said.strip())
    if found is None or (found["percent"] and (found["minutes"] or found["sign"])):
        raise UsageError(f"{said.strip()[:40]!r} is not a time", EXAMPLES)
    if found["percent"]:
        return begin_ns + round((end_ns - begin_ns) * float(found["seconds"]) / 100)
    length = (
        3600 * _S * int(found["hours"] or 0) + 60 * _S * int(found["minutes"] or 0) + _nanoseconds(found["seconds"])
    )
    if found["sign"]:
        return at_ns + (length if found["sign"] == "+" else -length)
    by_clock = _time_of_day(length, begin_ns, end_ns) if found["hours"] else None
    return begin_ns + length if by_clock is None else by_clock


def _nanoseconds(seconds: str) -> int:
    whole, _, part = seconds.partition(".")
    return _S * int(whole) + int(part.ljust(9, "0"))


def _time_of_day(since_midnight: int, begin_ns: int, end_ns: int) -> int | None:
    """The first moment of the session when local clocks show that time; None when there is none."""
    # A damaged file can hold any number; calendars go from 1970 on.
    if since_midnight >= 86_400 * _S or not 0 <= begin_ns <= end_ns <= _LAST_NS:
        return None
    midnight = datetime.fromtimestamp(begin_ns // _S).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    while (midnight_ns := int(midnight.timestamp()) * _S) <= end_ns:
        found = midnight_ns + since_midnight
        if begin_ns - _S < found <= end_ns:
            return found
        midnight = (midnight + timedelta(days=1)).replace(tzinfo=None).astimezone()
    return None
