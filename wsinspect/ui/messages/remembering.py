"""What of the list of messages is remembered from one time to the next: hidden kinds, and folding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wsinspect import habits
from wsinspect.filters import FilterError, parse, printed
from wsinspect.ui.messages.listed import Listed


def recalled(listed: Listed, path: Path) -> Listed:
    """The same rows, without the kinds that were hidden last time; a filter that is none any more is left out.

    Raises:
        EnvironmentProblem: the file cannot be read.
    """
    known = habits.load(path)
    hidden = []
    for said in known.hidden:
        try:
            expression = parse(said)
        except FilterError:
            continue
        if expression is not None:
            hidden.append(expression)
    return replace(listed, hidden=tuple(hidden), folds=known.folds)


def remember(listed: Listed, path: Path) -> None:
    """Keep what is hidden, for the next time.

    Raises:
        EnvironmentProblem: the file cannot be written.
    """
    habits.save(habits.Habits(tuple(map(printed, listed.hidden)), listed.folds), path)
