"""A damaged session given to the user as far as it is sound: as another file, beside it where that can be."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.progress import Progress
from wsinspect.errors import DamagedSessionError, SessionFileError
from wsinspect.paths import new_session_path
from wsinspect.session.copying.source import Source
from wsinspect.session.rescue.salvage import RECOVERED_FROM, Salvage, identity, salvage
from wsinspect.session.rescue.soundness import check, lacks_log

MOST_NAMES = 1000
"""Names that are tried for the new file."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A session that can be read."""

    path: Path
    notices: tuple[str, ...] = ()
    """What the user should know of it."""


def sound(path: Path) -> Sound:
    """A session that can be read: the file itself, or what was recovered of it.

    Raises:
        SessionFileError: it is not a session, or nothing of it is left.
        EnvironmentProblem: what is left cannot be written anywhere.
    """
    is_cut = path.is_file() and lacks_log(path)
    try:
        check(path, time.time_ns())
    except DamagedSessionError as error:
        return recovered(path, error)
    if is_cut and not _has_stopped(path):
        return Sound(
            path, (f"{path.name}-wal is missing: the end of the recording stood in that file, beside this one",)
        )
    return Sound(path)


def recovered(path: Path, damage: DamagedSessionError) -> Sound:
    """What is sound of a damaged session, as another one.

    Raises:
        SessionFileError, EnvironmentProblem: as for ``sound``.
    """
    out, is_made = _place(path)
    if is_made:
        return Sound(out, (f"this is what was recovered of {path.name}, which is damaged",))
    _say(f"{damage.problem}; looking for what is sound in it")
    with Progress("recovering") as progress:
        made = salvage(path, out, on_progress=progress)
    said = _told(made)
    _say(f"{said}; saved as {out}")
    return Sound(out, (f"recovered from {path.name}, which is damaged: {said}",))


def _told(made: Salvage) -> str:
    said = f"{made.rows:,} of {made.expected:,} messages and events"
    if made.rows == made.expected:
        said = f"all {made.rows:,} messages and events that are known of"
    lost = made.lost_connections
    if lost:
        said += f"; {lost:,} connection{'s are' if lost > 1 else ' is'} lost or without a beginning"
    return said


def _place(path: Path) -> tuple[Path, bool]:
    """Where to save it, and whether it stands there already."""
    stem = path.name.removesuffix(".wsi")
    folder = path.parent if is_writable(path.parent) else new_session_path("recovered", time.time()).parent
    for number in range(1, MOST_NAMES):
        out = folder / f"{stem}.recovered{f'-{number}' if number > 1 else ''}.wsi"
        if not out.exists():
            return out, False
        if _is_of(out, path):
            return out, True
    raise SessionFileError(f"{path} was recovered {MOST_NAMES - 1} times", "remove some of these files")


def is_writable(folder: Path) -> bool:
    """Whether a new file can be made there."""
    return os.access(folder, os.W_OK)


def _is_of(out: Path, path: Path) -> bool:
    """Whether a file is what was recovered of another as it is now."""
    try:
        with closing(Source(out)) as source:
            return source.facts().get(RECOVERED_FROM) == identity(path)
    except SessionFileError:
        return False


def _has_stopped(path: Path) -> bool:
    with closing(Source(path)) as source:
        return source.info().stopped_ns is not None


def _say(said: str) -> None:
    click.echo(f"wsinspect: {text.visible(said)}", err=True)
