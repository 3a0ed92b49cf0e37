"""Run the whole table and print the score: ``python -m tests.truth [PART OF A NAME]``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.truth.case import Case, Outcome, run
from tests.truth.cases import CASES

GOAL = 0.95


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def play_all(cases: list[Case]) -> list[Outcome]:
    """One after the other: timers are part of what is judged."""
    outcomes = []
    for number, case in enumerate(cases, start=1):
        with tempfile.TemporaryDirectory(prefix="wsinspect-truth-") as folder:
            try:
                outcome = await run(case, Path(folder))
            except Exception as problem:  # the edge of a case: one that cannot be played must not end the others
                outcome = Outcome(case, (), 0, problem=f"{type(problem).__name__}: {problem}")
        outcomes.append(outcome)
        say(f"{number:>3} {line(outcome)}")
    return outcomes


def line(outcome: Outcome) -> str:
    """One outcome in a line."""
    case = outcome.case
    if outcome.skipped:
        return f"skip  {case.name}: {outcome.skipped} is not here"
    if outcome.problem:
        return f"FAIL  {case.name}: {outcome.problem}"
    mark = "right" if outcome.is_right else "WRONG" if outcome.is_wrong else "none "
    sure = outcome.findings[0].strength.label if outcome.findings else ""
    told = "" if outcome.is_right else f"  (expected {case.cause})"
    return f"{mark} {case.name}: {outcome.found or 'nothing found'} {sure}{told}  {outcome.seconds:.1f} s"


def main(arguments: list[str]) -> int:
    """Run what is asked for; returns 0 when at least GOAL of it is right."""
    wanted = arguments[0].lower() if arguments else ""
    outcomes = asyncio.run(play_all([case for case in CASES if wanted in case.name.lower()]))
    played = [outcome for outcome in outcomes if not outcome.skipped]
    right = sum(outcome.is_right for outcome in played)
    wrong = sum(outcome.is_wrong for outcome in played)
    if not played:
        say("nothing was played")
        return 1
    share = right / len(played)
    say(
        f"{right} of {len(played)} right ({share:.1%}), {wrong} wrong, "
        f"{len(played) - right - wrong} without a finding, {len(outcomes) - len(played)} skipped; "
        f"score {(right - 2 * wrong) / len(played):.3f} "
        "(a wrong first finding costs two right ones)"
    )
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
