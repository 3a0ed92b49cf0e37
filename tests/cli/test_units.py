"""Sizes and stretches of time as other tools take them."""

from __future__ import annotations

import click
import pytest

from wsinspect.cli.units import AGE, SIZE

S = 10**9


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("0", 0),
        ("1234", 1234),
        ("100B", 100),
        ("2GB", 2 * 10**9),
        ("2gb", 2 * 10**9),
        ("500MB", 500 * 10**6),
        ("1.5 GB", 1_500_000_000),
        ("300kB", 300_000),
        ("2GiB", 2 << 30),
        ("2G", 2 << 30),
        ("64K", 64 << 10),
        ("1TB", 10**12),
    ],
)
def test_sizes(written: str, size: int) -> None:
    assert SIZE.convert(written, None, None) == size


@pytest.mark.parametrize(
    ("written", "age"),
    [
        ("30d", 30 * 86400 * S),
        ("24h", 86400 * S),
        ("90m", 5400 * S),
        ("10s", 10 * S),
        ("2w", 14 * 86400 * S),
        ("1h30m", 5400 * S),
        ("1d 12h", 36 * 3600 * S),
        ("0.5s", S // 2),
        ("0s", 0),
    ],
)
def test_stretches_of_time(written: str, age: int) -> None:
    assert AGE.convert(written, None, None) == age


@pytest.mark.parametrize("written", ["", "GB", "-1GB", "2 dogs", "1i", "1Bi", "1e9", "9" * 400, "٣GB", "9" * 15 + "TB"])
def test_no_sizes(written: str) -> None:
    with pytest.raises(click.BadParameter):
        SIZE.convert(written, None, None)


@pytest.mark.parametrize("written", ["", "d", "30", "-1d", "1y", "30D", "1h30", "9" * 400 + "d", "٣d", "9" * 15 + "w"])
def test_no_stretches_of_time(written: str) -> None:
    with pytest.raises(click.BadParameter):
        AGE.convert(written, None, None)
