"""Times in reports: UTC, since the reader of a ticket sits anywhere."""

from __future__ import annotations

from wsinspect.report.records import utc


def stamp(at_ns: int) -> str:
    """Date and time of nanoseconds since the epoch: ``2026-11-22 13:42:44.006 UTC``."""
    date, _, rest = utc(at_ns).partition("T")
    return f"{date} {rest[:12]} UTC"


def time_of_day(at_ns: int) -> str:
    """``13:42:44.006``, in UTC."""
    return utc(at_ns)[11:23]
