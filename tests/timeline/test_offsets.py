"""How far a clock is set forward: as it is written, and as it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.errors import UsageError
from wsinspect.timeline.offsets import MOST_NS, offset_of, set_by, written


@pytest.mark.parametrize(
    ("said", "offset_ns"),
    [
        ("1.2s", 1_200_000_000),
        ("-350ms", -350_000_000),
        ("+2h", 7_200_000_000_000),
        (" 3 ", 3_000_000_000),
        ("-1.5 min", -90_000_000_000),
        ("20µs", 20_000),
        ("\N{MINUS SIGN}1S", -1_000_000_000),
        ("AUTO", None),
    ],
)
def test_it_is_read(said: str, offset_ns: int | None) -> None:
    assert offset_of(said) == offset_ns


@pytest.mark.parametrize("said", ["", "soon", "1.2.3s", "--1s", "1y", "\x1b[31m", "40000d"])
def test_anything_else_is_refused_in_words(said: str) -> None:
    with pytest.raises(UsageError) as met:
        offset_of(said)
    assert "\x1b" not in str(met.value)
    assert "write 1.2s" in str(met.value)


@given(st.integers(-MOST_NS, MOST_NS))
def test_what_is_written_is_exact(offset_ns: int) -> None:
    assert offset_of(written(offset_ns)) == offset_ns


def test_it_is_short() -> None:
    assert [written(number) for number in (0, 1_200_000_000, -350_000_000, 1500, 60 * 10**9)] == [
        *("0s", "1.2s", "-350ms", "0.0015ms", "60s"),
    ]
    assert set_by(-350_000_000) == "set back by 350 ms"
    assert set_by(1_200_000_000) == "set forward by 1.2 s"
