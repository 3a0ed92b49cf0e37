"""Times as a user writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from wsinspect.cli.moments import moment_ns
from wsinspect.errors import UsageError


def at(said: str) -> int:
    """Nanoseconds of a time in UTC."""
    return int(datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp()) * 10**9


BEGAN = at("2026-11-22T14:01:10") + 204_000_000


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("15:02:10", at("2026-11-22T14:02:10")),
        ("15:02:10.5", at("2026-11-22T14:02:10") + 500_000_000),
        ("15:02", at("2026-11-22T14:02:00")),
        ("15:01:10", at("2026-11-22T14:01:10")),
        ("15:01", at("2026-11-22T14:01:00")),
        ("15:01:09", at("2026-11-23T14:01:09")),
        ("0:30", at("2026-11-22T23:30:00")),
        ("2026-11-22T15:02:10", at("2026-11-22T14:02:10")),
        ("2026-11-22 15:02:10.25", at("2026-11-22T14:02:10") + 250_000_000),
        ("2026-11-22T14:02:10Z", at("2026-11-22T14:02:10")),
        ("2026-11-22T16:02:10+02:00", at("2026-11-22T14:02:10")),
        ("+90s", BEGAN + 90 * 10**9),
        ("+90", BEGAN + 90 * 10**9),
        ("+1.5h", BEGAN + 5400 * 10**9),
        ("+250ms", BEGAN + 250 * 10**6),
        ("+2m", BEGAN + 120 * 10**9),
        ("+0.000000001s", BEGAN + 1),
    ],
)
def test_what_is_meant(said: str, meant: int) -> None:
    assert moment_ns(said, BEGAN) == meant


@pytest.mark.parametrize("said", ["", "soon", "25:00:00", "15:61", "-5s", "+5x", "2026-13-01T00:00", "+", "\x1b[31m"])
def test_what_is_no_time_says_how_to_write_one(said: str) -> None:
    with pytest.raises(UsageError, match="is no time") as caught:
        moment_ns(said, BEGAN)
    assert "14:02:10" in caught.value.hint
    assert "\x1b" not in str(caught.value)


def test_a_time_that_is_counted_counts_from_another_moment_where_there_is_one() -> None:
    assert moment_ns("+5m", BEGAN, after_ns=BEGAN + 7) == BEGAN + 7 + 300 * 10**9
    assert moment_ns("15:02:10", BEGAN, after_ns=BEGAN + 7 * 86_400 * 10**9) == at("2026-11-22T14:02:10")


def test_a_time_beyond_all_measure_is_the_last() -> None:
    assert moment_ns("+999999999999d", BEGAN) < 1 << 62
