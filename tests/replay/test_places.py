"""Places in time as somebody types them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.errors import UsageError
from wsinspect.replay.places import place

S = 1_000_000_000
BEGIN = 1_795_356_071 * S + 204_000_000
"""2026-11-22 14:01:11.204 UTC."""
MIDNIGHT = BEGIN - (14 * 3600 + 61 + 10) * S - 204_000_000


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def went(said: str, *, length: int = 3600 * S, at: int = BEGIN + 60 * S) -> int:
    """Where it leads, from the beginning."""
    return place(said, begin_ns=BEGIN, end_ns=BEGIN + length, at_ns=at) - BEGIN


@pytest.mark.parametrize(
    ("said", "offset"),
    [
        ("0", 0),
        ("83", 83 * S),
        ("83.5", 83 * S + S // 2),
        ("1:23", 83 * S),
        (" 1:23.000000001 ", 83 * S + 1),
        ("1:02:03", 3723 * S),
        ("+10", 70 * S),
        ("-10", 50 * S),
        ("-1:00", 0),
        ("+1:00:00", 3660 * S),
        ("50%", 1800 * S),
        ("0%", 0),
        ("100%", 3600 * S),
    ],
)
def test_offsets(said: str, offset: int) -> None:
    assert went(said) == offset


def test_a_time_of_day_that_the_session_has_is_meant_as_such() -> None:
    assert went("14:02:31") == MIDNIGHT + (14 * 3600 + 2 * 60 + 31) * S - BEGIN
    assert went("14:02:31.204") == 80 * S
    assert went("13:59:59") == (13 * 3600 + 59 * 60 + 59) * S


def test_a_session_over_midnight_has_times_of_both_days() -> None:
    assert went("0:00:05", length=12 * 3600 * S) == MIDNIGHT + (24 * 3600 + 5) * S - BEGIN
    assert went("23:00:00", length=12 * 3600 * S) == MIDNIGHT + 23 * 3600 * S - BEGIN


@pytest.mark.parametrize("said", ["", "now", "1:", ":1", "1:2:3:4", "+50%", "1:00%", "1e9", "--1", "٣"])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="not a time"):
        went(said)


@pytest.mark.parametrize("begin", [-(1 << 62), 1 << 62])
def test_a_session_at_an_impossible_time_has_no_time_of_day(begin: int) -> None:
    assert place("1:02:03", begin_ns=begin, end_ns=begin + S, at_ns=begin) == begin + 3723 * S


@given(st.text(max_size=20))
def test_nothing_that_is_typed_breaks_it(said: str) -> None:
    with suppress(UsageError):
        assert isinstance(went(said), int)
