"""One row of the table: what is played, and the cause that the first finding must name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.truth.scene import Scene, missing, scene
from wsinspect.model import Finding
from wsinspect.session.reader import Reader

LONGEST_S = 40.0
"""Seconds that one case may play."""

Play = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """One real failure."""

    name: str
    cause: str
    """The rule that must come first."""
    play: Play
    needs: tuple[str, ...] = ()
    """Programs without which it cannot be played: nginx, haproxy, node."""
    is_fast: bool = False
    """Whether it runs inside pytest too."""
    judged: int = 1
    """The connection that is judged; counted from the end when negative."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case."""

    case: Case
    findings: tuple[Finding, ...]
    seconds: float
    skipped: str = ""
    """The program that is missing."""
    problem: str = ""
    """Why the case could not be judged."""

    @property
    def found(self) -> str:
        """The rule that came first; empty when nothing was found."""
        return "" if not self.findings or self.findings[0].is_note else self.findings[0].rule

    @property
    def is_right(self) -> bool:
        """Whether the first finding is the cause."""
        return self.found == self.case.cause

    @property
    def is_wrong(self) -> bool:
        """Whether the first finding is another cause: worse than none."""
        return bool(self.found) and not self.is_right


async def run(case: Case, folder: Path) -> Outcome:
    """Play a case and judge it."""
    lacking = missing(case.needs)
    if lacking:
        return Outcome(case, (), 0, skipped=lacking)
    started = time.monotonic()
    async with scene(folder) as played:
        async with asyncio.timeout(LONGEST_S):
            await case.play(played)
            await played.settle()
        await played.stop()
        found = judge(played.file, case.judged)
    problem = "" if found is not None else "nothing was recorded"
    return Outcome(case, found or (), time.monotonic() - started, problem=problem)


def judge(file: Path, judged: int) -> tuple[Finding, ...] | None:
    """The findings on one connection of a session; None when there is none."""
    reader = Reader(file)
    try:
        total = reader.info().connections
        number = judged if judged > 0 else total + 1 + judged
        return reader.findings(number) if 1 <= number <= total else None
    finally:
        reader.close()
