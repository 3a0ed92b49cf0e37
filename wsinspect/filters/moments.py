"""Which moment a time of day names."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass

from wsinspect.filters.expression import Moment

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Times:
    """From when to when a session goes, in nanoseconds since the epoch."""

    first_ns: int
    last_ns: int

    def wall_ns(self, moment: Moment) -> int:
        """The moment on the wall clock, in nanoseconds since the epoch.

        Without a date that is the first such time within the session, or, when there is none, that of the day on
        which it began.
        """
        if moment.date is not None:
            return _wall_ns(datetime.date(*moment.date), moment.of_day_ns)
        day = _day(self.first_ns)
        found = _wall_ns(day, moment.of_day_ns)
        if found < self.first_ns:
            following = _wall_ns(day + datetime.timedelta(days=1), moment.of_day_ns)
            return following if following <= self.last_ns else found
        return found


def _day(wall_ns: int) -> datetime.date:
    # A damaged file can hold any number; no calendar reaches that far.
    try:
        return datetime.date.fromtimestamp(wall_ns // _SECOND_NS)
    except (ValueError, OverflowError, OSError):
        return datetime.date(1970, 1, 2)


def _wall_ns(day: datetime.date, of_day_ns: int) -> int:
    seconds, fraction = divmod(of_day_ns, _SECOND_NS)
    clock = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    try:
        # The third -1 lets the system say whether that day had summer time at that hour.
        return int(time.mktime((day.year, day.month, day.day, *clock, 0, 0, -1))) * _SECOND_NS + fraction
    except (ValueError, OverflowError):
        return 0
