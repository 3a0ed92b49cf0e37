"""What a user set on screen and wants to find again: one small JSON file, written by wsinspect alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from wsinspect.errors import EnvironmentProblem
from wsinspect.paths import state_folder

MOST_HIDDEN = 100
"""Kinds of messages that are remembered as hidden."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What is remembered."""

    hidden: tuple[str, ...] = ()
    """Filters whose messages are left out of the list of messages."""
    folds: bool = False
    """Whether messages that repeat are folded into one row."""


def habits_path() -> Path:
    """Where they are kept.

    Raises:
        EnvironmentProblem: the folder cannot be made.
    """
    return state_folder() / "habits.json"


def load(path: Path) -> Habits:
    """What is remembered; nothing where the file does not exist yet.

    Raises:
        EnvironmentProblem: the file cannot be read, or is not what it should be.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        hidden, folds = found["hidden"], found["folds"]
        if not isinstance(folds, bool) or not all(isinstance(one, str) for one in hidden):
            raise TypeError
    except FileNotFoundError:
        return Habits()
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be read: {error.strerror}", "what it remembers is left out") from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise EnvironmentProblem(f"{path} is damaged", "delete it; it only remembers what was hidden") from None
    return Habits(tuple(hidden[:MOST_HIDDEN]), folds)


def save(habits: Habits, path: Path) -> None:
    """Remember this.

    Raises:
        EnvironmentProblem: the file cannot be written.
    """
    temporary = path.with_suffix(".new")
    try:
        temporary.write_text(json.dumps(asdict(habits), ensure_ascii=False, indent=1), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}", "it holds until you quit") from None
