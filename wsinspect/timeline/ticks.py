"""Ticks of a time axis: round times, as many as have room for their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import localtime
from typing import NamedTuple, TypeAlias

from wsinspect.timeline.scale import Scale

S = 1_000_000_000
_MINUTE, _HOUR, _DAY = 60 * S, 3600 * S, 86_400 * S

_STEPS = (
    *(unit * 10**power for power in range(3, 9) for unit in (1, 2, 5)),
    *(seconds * S for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14, 28, 91, 182, 365, 730, 1825, 3650)),
)
"""Distances between ticks, nanoseconds, ascending."""

_GAP = 2
"""Cells between a label and the next tick, at least."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1970, 1, 1)  # local time is added to it as an offset
_LATEST_S = 200 * 365 * 86_400

OffsetOf: TypeAlias = Callable[[int], int]
"""Seconds that the local clock is ahead of UTC, at a time in seconds since the epoch."""


class Tick(NamedTuple):
    """One mark on the axis; its label stands right of it."""

    at_ns: int
    cell: int
    label: str


def local_offset(seconds: int) -> int:
    """The offset of this machine's time zone."""
    return localtime(max(0, min(seconds, _LATEST_S))).tm_gmtoff


def clock_ticks(scale: Scale, offset_of: OffsetOf = local_offset) -> tuple[Tick, ...]:
    """Ticks at round times of the local clock; where the day changes the label is the date."""
    for step in _STEPS:
        width = len(_clock_label(scale.span.begin_ns, step, offset_of))
        if _has_room(scale, step, width):
            times = _local_times(scale, step, offset_of)
            return _apart(scale, ((at, _clock_label(at, step, offset_of)) for at in times))
    return ()


def age_ticks(scale: Scale) -> tuple[Tick, ...]:
    """Ticks at round ages, from 0 on."""
    span = scale.span
    for step in _STEPS:
        last = span.end_ns // step * step
        if _has_room(scale, step, len(_age_label(last, step, last))):
            first = max(0, -(-span.begin_ns // step) * step)
            return _apart(scale, ((at, _age_label(at, step, last)) for at in range(first, span.end_ns, step)))
    return ()


def _has_room(scale: Scale, step: int, label_width: int) -> bool:
    return step * scale.cells >= (label_width + _GAP) * scale.span.length_ns


def _local_times(scale: Scale, step: int, offset_of: OffsetOf) -> Iterator[int]:
    """Multiples of ``step`` on the local clock, also where its offset changes inside the span."""
    span = scale.span
    offset = offset_of(span.begin_ns // S)
    at = -(-(span.begin_ns + offset * S) // step) * step - offset * S
    while at < span.end_ns:
        # From an hour on, a tick after the change keeps its local time and not its distance.
        shift = (offset_of(at // S) - offset) * S if step > _HOUR else 0
        if span.begin_ns <= at - shift < span.end_ns:
            yield at - shift
        at += step


def _apart(scale: Scale, marks: Iterator[tuple[int, str]]) -> tuple[Tick, ...]:
    """The marks as ticks; one that has no room for its label is left out."""
    ticks: list[Tick] = []
    free = 0
    for at, label in marks:
        cell = scale.cell_of(at)
        if cell >= free and cell + 1 + len(label) <= scale.cells:
            ticks.append(Tick(at, cell, label))
            free = cell + 1 + len(label) + 1
    return tuple(ticks)


def local_time(at_ns: int, offset_of: OffsetOf = local_offset) -> datetime:
    """The local date and time of a moment, without a zone."""
    seconds = max(0, min(at_ns // S, _LATEST_S))
    return _EPOCH + timedelta(seconds=seconds + offset_of(seconds))


def date(at_ns: int, offset_of: OffsetOf = local_offset) -> str:
    """``22 Nov``."""
    local = local_time(at_ns, offset_of)
    return f"{local.day} {_MONTHS[local.month - 1]}"


def _clock_label(at_ns: int, step: int, offset_of: OffsetOf) -> str:
    local = local_time(at_ns, offset_of)
    is_midnight = local.hour == local.minute == local.second == 0
    if step >= 182 * _DAY:
        return f"{_MONTHS[local.month - 1]} {local.year}"
    if step >= _DAY or (is_midnight and step >= _MINUTE):
        return f"{local.day} {_MONTHS[local.month - 1]}"
    if step >= _MINUTE:
        return f"{local.hour:02}:{local.minute:02}"
    return f"{local.hour:02}:{local.minute:02}:{local.second:02}" + _fraction(at_ns, step)


def _fraction(at_ns: int, step: int) -> str:
    """The decimals that a step below a second needs."""
    places = next((places for places in range(10) if step >= 10 ** (9 - places)), 9)
    return f".{at_ns % S:09}"[: places + 1] if places else ""


def _age_label(at_ns: int, step: int, last_ns: int) -> str:
    """An age in the unit that suits the step and the last label of the axis."""
    if at_ns == 0:
        return "0"
    if step < 1_000_000:
        return f"{at_ns / 1e6:.{3 if step < 10_000 else 2 if step < 100_000 else 1}f} ms"
    if step < S:
        is_short = step < 100_000_000 and at_ns < S
        return f"{at_ns // 1_000_000} ms" if is_short else f"{at_ns // S}{_fraction(at_ns, step)} s"
    if step < _MINUTE and last_ns <= 120 * S:
        return f"{at_ns // S} s"
    if step >= _DAY:
        return f"{at_ns // _DAY} d"
    hours, minutes, seconds = at_ns // _HOUR, at_ns // _MINUTE % 60, at_ns // S % 60
    if step >= _HOUR:
        return f"{hours} h"
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
