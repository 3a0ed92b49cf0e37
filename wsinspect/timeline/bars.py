"""From the life of a connection to the cells of its bar."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from wsinspect.timeline.scale import Scale


class Beyond(Enum):
    """Where a bar is that does not reach into the span."""

    BEFORE = "before"
    AFTER = "after"


class Bar(NamedTuple):
    """The cells of a bar inside its row."""

    first: int
    last: int
    """The last cell, part of the bar; not before ``first``."""
    has_begin: bool
    """Whether it begins in ``first``; else it began earlier."""
    has_end: bool
    """Whether it ends in ``last``; else it goes on beyond."""


Placed: TypeAlias = Bar | Beyond


def bar(scale: Scale, begin_ns: int, end_ns: int) -> Placed:
    """The cells in which a connection was alive.

    Args:
        scale: the row.
        begin_ns: when it was opened.
        end_ns: its last moment; one before its opening, as a damaged file may say, counts as the opening.
    """
    first, last = scale.cell_of(begin_ns), scale.cell_of(max(begin_ns, end_ns))
    if last < 0:
        return Beyond.BEFORE
    if first >= scale.cells:
        return Beyond.AFTER
    return Bar(max(0, first), min(last, scale.cells - 1), first >= 0, last < scale.cells)
