"""Numbers as block characters: the shade of a cell, a chart of columns, a bar that lies."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

SHADES = "▁▂▃▄▅▆▇█"
"""From nothing to the most; they read without colour."""

LEAST_MOST = 15
"""A cell with fewer rows is never drawn full, so that single ones do not look like a flood."""

_LYING = " ▏▎▍▌▋▊▉█"


def shade(count: int, most: int) -> str:
    """The shade of a cell: the lowest for none, and steps of equal ratio from one to ``most``."""
    if count <= 0:
        return SHADES[0]
    top = len(SHADES) - 1
    part = log1p(count) / log1p(max(most, LEAST_MOST))
    return SHADES[max(1, min(top, round(part * top)))]


def chart(values: Sequence[int], height: int) -> tuple[str, ...]:
    """Columns from 0 to the largest value, as lines from the top; what is not 0 is seen.

    Args:
        values: one for each column, none below 0.
        height: lines.
    """
    most = max(values, default=0)
    eighths = [-(-value * height * 8 // most) if most else 0 for value in values]
    return tuple(
        "".join((" " + SHADES)[max(0, min(8, full - 8 * (height - 1 - line)))] for full in eighths)
        for line in range(height)
    )


def lying(value: int, most: int, width: int) -> str:
    """A bar from the left, ``width`` cells for ``most``, cut to eighths of a cell; what is not 0 is seen."""
    eighths = -(-value * width * 8 // most) if most > 0 else 0
    full, rest = divmod(max(0, min(eighths, width * 8)), 8)
    return ("█" * full + (_LYING[rest] if rest else "")).ljust(width)
