"""Ticks: round times with room for their labels, on the local clock and by age."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timeline.test_scale import NOW, S, scales
from wsinspect.timeline.scale import Scale, Span
from wsinspect.timeline.ticks import Tick, age_ticks, clock_ticks, date, local_offset

MS = 1_000_000
DAY = 86_400 * S


def utc(seconds: int) -> int:
    """No offset."""
    return 0


def berlin(seconds: int) -> int:
    """One hour ahead of UTC, two in summer."""
    offset = datetime.fromtimestamp(seconds, ZoneInfo("Europe/Berlin")).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def labels(ticks: tuple[Tick, ...]) -> list[str]:
    return [tick.label for tick in ticks]


def at(text: str) -> int:
    """Nanoseconds of a time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * S


@given(scales, st.integers(-14 * 3600, 14 * 3600), st.booleans())
def test_ticks_never_overlap_and_stay_on_the_axis(scale: Scale, offset: int, is_age: bool) -> None:
    ticks = age_ticks(scale) if is_age else clock_ticks(scale, lambda _seconds: offset)
    free = 0
    for tick in ticks:
        assert tick.cell == scale.cell_of(tick.at_ns)
        assert tick.cell >= free
        free = tick.cell + 1 + len(tick.label) + 1
        assert free <= scale.cells + 1
        assert tick.label.isascii()


@given(st.integers(2, 60), st.integers(60, 300))
def test_there_is_always_something_to_read(seconds: int, cells: int) -> None:
    scale = Scale(Span(NOW, NOW + seconds * S), cells)
    assert len(clock_ticks(scale, utc)) >= 2
    assert len(age_ticks(Scale(Span(0, seconds * S), cells))) >= 2


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (10 * MS, ["14:01:11.204", "14:01:11.206", "14:01:11.208", "14:01:11.210", "14:01:11.212"]),
        (84 * S, ["14:01:15", "14:01:30", "14:01:45", "14:02:00", "14:02:15"]),
        (900 * S, ["14:02", "14:04", "14:06", "14:08", "14:10", "14:12", "14:14"]),
        (DAY, ["15:00", "18:00", "21:00", "23 Nov", "03:00", "06:00", "09:00", "12:00"]),
        (3 * DAY, ["23 Nov", "12:00", "24 Nov", "12:00", "25 Nov"]),
        (30 * DAY, ["26 Nov", "3 Dec", "10 Dec", "17 Dec"]),
    ],
)
def test_steps_are_round(length: int, expected: list[str]) -> None:
    assert labels(clock_ticks(Scale(Span(NOW, NOW + length), 80), utc))[: len(expected)] == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (MS, ["0", "0.2 ms", "0.4 ms", "0.6 ms", "0.8 ms"]),
        (40 * MS, ["0", "5 ms", "10 ms"]),
        (3 * S, ["0", "0.5 s", "1.0 s"]),
        (66 * S, ["0", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s"]),
        (600 * S, ["0", "1:00", "2:00"]),
        (7200 * S, ["0", "30:00", "1:00:00", "1:30:00"]),
        (20 * 3600 * S, ["0", "2 h", "4 h"]),
        (30 * DAY, ["0", "7 d", "14 d"]),
    ],
)
def test_ages_are_round(length: int, expected: list[str]) -> None:
    assert labels(age_ticks(Scale(Span(0, length), 70)))[: len(expected)] == expected


def test_ages_begin_at_0_wherever_the_span_does() -> None:
    ticks = age_ticks(Scale(Span(-S, 20 * S), 60))
    assert (ticks[0].at_ns, ticks[0].label) == (0, "0")


def test_days_are_those_of_the_local_clock() -> None:
    scale = Scale(Span(at("2026-11-22T12:00"), at("2026-11-24T12:00")), 60)
    midnights = [tick for tick in clock_ticks(scale, berlin) if tick.label.endswith("Nov")]
    assert [(tick.at_ns, tick.label) for tick in midnights] == [
        (at("2026-11-22T23:00"), "23 Nov"),
        (at("2026-11-23T23:00"), "24 Nov"),
    ]


def test_ticks_keep_their_local_time_where_summer_ends() -> None:
    # On 25 October 2026 at 01:00 UTC clocks in Berlin go back from 03:00 to 02:00.
    scale = Scale(Span(at("2026-10-24T14:00"), at("2026-10-25T16:00")), 60)
    assert labels(clock_ticks(scale, berlin)) == ["18:00", "25 Oct", "06:00", "12:00"]


def test_the_machines_own_zone_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_offset(0) == datetime.fromtimestamp(0).astimezone().utcoffset().total_seconds()  # type: ignore[union-attr]  # an aware time has an offset
    assert date(at("2026-11-22T23:30"), berlin) == "23 Nov"


def test_no_room_no_ticks() -> None:
    assert age_ticks(Scale(Span(0, S), 1)) == ()
