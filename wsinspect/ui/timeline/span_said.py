"""The words around the timeline: which time is shown, and what a full cell stands for. Pure."""

from __future__ import annotations

from wsinspect import text
from wsinspect.timeline.scale import Scale, Span
from wsinspect.timeline.ticks import OffsetOf, S, date, local_offset, local_time
from wsinspect.timeline.view import Axis


def span_said(span: Span, axis: Axis, offset_of: OffsetOf = local_offset) -> str:
    """``22 Nov 2026, 14:01:10 to 14:02:36 (1:26)``; on the axis of ages ``age 0 to 66.0 s``."""
    if axis is Axis.AGE:
        begin = text.lifetime(span.begin_ns) if span.begin_ns > 0 else "0"
        return f"age {begin} to {text.lifetime(span.end_ns)}"
    begin, end = _time(span.begin_ns, span, offset_of), _time(span.end_ns, span, offset_of)
    first, last = date(span.begin_ns, offset_of), date(span.end_ns, offset_of)
    year = local_time(span.begin_ns, offset_of).year
    to = end if first == last else f"{last}, {end}"
    return f"{first} {year}, {begin} to {to} ({text.lifetime(span.length_ns)})"


def _time(at_ns: int, span: Span, offset_of: OffsetOf) -> str:
    local = local_time(at_ns, offset_of)
    shown = f"{local.hour:02}:{local.minute:02}:{local.second:02}"
    return shown if span.length_ns >= 10 * S else f"{shown}.{at_ns % S // 1_000_000:03}"


def legend(most: int, scale: Scale) -> str:
    """What the highest shade stands for: ``█ 15 rows in 1.4 s``."""
    return f"█ {most:,} rows in {text.duration(scale.cell_ns)}"
