"""What a benchmark prints: a table of medians, the machine it ran on, and the command that made it."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")

ROUNDS = 5
"""Times that each case is measured; the cases take turns, so that a slow moment of the machine meets all of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """One benchmark's figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    """What to know when reading it: peers that are missing, how it was measured."""

    def text(self) -> str:
        """As Markdown, columns aligned, so that it reads well in a terminal too."""
        lines = [list(self.columns), *(list(row) for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        drawn = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
            for line in lines
        ]
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join([self.title, "", drawn[0], rule, *drawn[1:], *(f"\n{note}" for note in self.notes)]) + "\n"


def interleaved(cases: Mapping[K, Callable[[], T]], rounds: int) -> dict[K, list[T]]:
    """What each case gave in each round; in a round every case has its turn."""
    found: dict[K, list[T]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, measure in cases.items():
            found[name].append(measure())
    return found


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def per_second(rate: float) -> str:
    """A rate in three significant digits: ``4.92 M/s``."""
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if rate >= unit:
            return f"{rate / unit:.3g} {name}/s"
    return f"{rate:.3g}/s"


def duration(seconds: float) -> str:
    """Seconds, or milliseconds where that says more."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def times(value: float, other: float | None) -> str:
    """How many times another value; a dash without one."""
    return f"{value / other:.3g} ×" if other else "—"


def count(number: int) -> str:
    """A number of messages: ``10 M``, ``300 k``, ``64``."""
    for unit, name in ((1_000_000, "M"), (1000, "k")):
        if number >= unit:
            return f"{number / unit:g} {name}"
    return str(number)


def machine() -> str:
    """When and on what this is measured."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return (
        f"{day}, {os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {sys.version.split()[0]}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
