"""Two sessions given to the user as one: merged into a file that is made once and found again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.progress import Progress
from wsinspect.cli.recovering import Sound, is_writable, recovered, sound
from wsinspect.errors import DamagedSessionError, SessionFileError
from wsinspect.paths import new_session_path
from wsinspect.remark import Remark
from wsinspect.session.copying.merging import Pair, merge, read_merged
from wsinspect.session.copying.source import Source
from wsinspect.session.file.merged import Merged

MOST_NAMES = 1000
"""Names that are tried for the merged file."""

MOST_CHARACTERS = 100
"""Of a file's name in the name of the merged one."""


class Merging:
    """Two files that a user looks at as one."""

    def __init__(self, first: Path, second: Path) -> None:
        self.first = first
        self.second = second
        self._sides: list[Sound] = []
        """The two as far as they are sound, once they were looked at."""

    def open(self, asked_ns: int | None) -> Sound:
        """The merged session; what is done meanwhile is said on standard error.

        Args:
            asked_ns: how far the second file's clock is set forward, nanoseconds; None: find it out.

        Raises:
            WsInspectError: they cannot be merged; the text says why.
        """
        self._sides = [sound(self.first), sound(self.second)]
        while True:
            try:
                return self._open(asked_ns)
            except DamagedSessionError as error:
                # What is damaged inside is met only now.
                self._recover(error)

    def _open(self, asked_ns: int | None) -> Sound:
        with Progress("merging") as progress:
            shown, is_made = self.merged(asked_ns, progress)
        if is_made:
            _say(f"merged into {shown.path}")
        return shown

    def _recover(self, damage: DamagedSessionError) -> None:
        """Go on with what is sound of a file that turned out to be damaged."""
        for at, path in enumerate((self.first, self.second)):
            if self._sides[at].path == path and str(damage).startswith(f"{path} "):
                self._sides[at] = recovered(path, damage)
                return
        raise damage

    def merged(self, asked_ns: int | None, on_progress: Callable[[int], None]) -> tuple[Sound, bool]:
        """The merged session, and whether it was made just now.

        Args:
            asked_ns: as above.
            on_progress: told how many rows are done, now and then; what it raises ends the merging.

        Raises:
            WsInspectError: as above.
        """
        sides = self._sides = self._sides or [sound(self.first), sound(self.second)]
        pair = Pair(sides[0].path, sides[1].path)
        wanted = pair.as_merged(asked_ns)
        out, found = _place(pair, wanted)
        notices = [notice for side in sides for notice in side.notices]
        notices += [_recorded(side.path) for side in sides if _is_recorded(side.path)]
        is_made = found is None or not _is_current(found, wanted)
        if found is None or is_made:
            found = merge(pair, out, asked_ns=asked_ns, on_progress=on_progress)
        return Sound(out, (Remark(found.told), *notices)), is_made


def _is_current(found: Merged, wanted: Merged) -> bool:
    """Whether what was merged before is what is wanted now."""
    is_same = found.is_found if wanted.is_found else found.offset_ns == wanted.offset_ns and not found.is_found
    return is_same and found.files == wanted.files


def _place(pair: Pair, wanted: Merged) -> tuple[Path, Merged | None]:
    """Where the merged session belongs, and what of the same two stands there already."""
    folder = pair.first.parent
    if not is_writable(folder):
        folder = new_session_path("merged", time.time()).parent
    stem = "+".join(path.name.removesuffix(".wsi")[:MOST_CHARACTERS] for path in (pair.first, pair.second))
    for number in range(1, MOST_NAMES):
        out = folder / f"{stem}{f'-{number}' if number > 1 else ''}.wsi"
        if not out.exists():
            return out, None
        found = read_merged(out)
        if found is not None and found.is_same_pair(wanted):
            return out, found
    raise SessionFileError(f"{MOST_NAMES - 1} files called {stem} stand in {folder}", "remove some of them")


def _is_recorded(path: Path) -> bool:
    with closing(Source(path)) as source:
        return source.info().is_recorded(time.time_ns())


def _recorded(path: Path) -> str:
    return f"{path.name} is being recorded: what came until {text.clock(time.time_ns())[:8]} is here"


def _say(said: str) -> None:
    click.echo(f"wsinspect: {text.visible(said)}", err=True)
