"""``wsinspect open FILE``: look at a session, saved or still being recorded."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.merging import Merging
from wsinspect.cli.naming import session_path
from wsinspect.cli.recovering import Sound, recovered, sound
from wsinspect.cli.screen import Left
from wsinspect.cli.terminal import require_terminal
from wsinspect.errors import DamagedSessionError, UsageError
from wsinspect.timeline.offsets import AUTO, offset_of

POLL_S = 0.1
"""Seconds between two looks for a file that is waited for."""


@click.command()
@click.argument("files", metavar="FILE [OTHER]", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-f",
    "--follow",
    is_flag=True,
    help="Begin with the newest messages; wait for FILE while it does not exist or is empty.",
)
@click.option(
    "--play",
    is_flag=True,
    help="Play it from its beginning, as it happened; space holds it, < and > change the speed.",
)
@click.option(
    "--offset",
    metavar="TIME",
    help="Set the clock of OTHER forward by this, such as 1.2s; -350ms sets it back. By default, or with auto, it is "
    "found from connections that are in both files.",
)
def open_(files: tuple[Path, ...], follow: bool, play: bool, offset: str | None) -> int:
    """Look at the session in FILE; one that is still being recorded is followed, with --follow or without.

    With OTHER both are shown on one time axis, such as the client's and the server's side of one incident: they are
    merged into a session of its own, beside FILE.

    A file may also be given by the name that wsinspect sessions lists.
    """
    if follow and play:
        raise UsageError("--follow and --play contradict each other", "play what was recorded, or follow what is")
    file, *others = map(session_path, files)
    if others:
        return _open_two(file, others, follow=follow, play=play, offset=offset)
    if offset is not None:
        raise UsageError("--offset is for two files", "name the other one too")
    if follow:
        require_terminal("run it in one")
        _wait_for(file)
    return look_at(file, begins_newest=follow, plays=play).status


def _open_two(file: Path, others: list[Path], *, follow: bool, play: bool, offset: str | None) -> int:
    if len(others) > 1:
        raise UsageError("two files are merged at a time", "open the first two, then what came of them with the third")
    if follow:
        raise UsageError("--follow is for one file", "what is being recorded is merged as far as it goes")
    asked_ns = offset_of(offset or AUTO)
    require_terminal("run it in one")
    merging = Merging(file, others[0])
    left, damage = _show(merging.open(asked_ns), "", plays=play, merging=merging)
    if damage is not None:
        raise damage
    return left.status


def look_at(file: Path, *, begins_newest: bool = False, plays: bool = False, theme: str = "") -> Left:
    """Show a session until the user leaves it; returns how it was left.

    Args:
        file: the session; of a damaged one what is sound is shown.
        begins_newest: begin with the newest messages of all connections.
        plays: begin by playing it.
        theme: name of the theme to begin in; empty for the usual one.

    Raises:
        WsInspectError: it is no session, or there is no terminal.
    """
    shown = sound(file)  # says what is wrong with it before the screen takes the terminal
    require_terminal("run it in one")
    show = partial(_show, begins_newest=begins_newest, plays=plays)
    left, damage = show(shown, theme)
    if damage is not None and shown.path == file:
        # What is damaged inside is met only now.
        left, _ = show(recovered(file, damage), left.theme)
    return left


def _show(
    shown: Sound, theme: str, *, begins_newest: bool = False, plays: bool = False, merging: Merging | None = None
) -> tuple[Left, DamagedSessionError | None]:
    """Show a session; returns how it was left, and what damage ended it."""
    from wsinspect.habits import habits_path
    from wsinspect.ui.app import WsInspectApp

    app = WsInspectApp(
        shown.path,
        notices=shown.notices,
        begins_newest=begins_newest,
        plays=plays,
        theme=theme,
        ends_on_damage=True,
        habits_path=habits_path,
        merging=merging,
    )
    app.run()
    problem = str(app.problem) if app.problem is not None else ""
    left = Left(shown.path, app.return_code or 0, problem, is_told_to_end=app.is_told_to_end, theme=app.theme)
    return left, app.problem if isinstance(app.problem, DamagedSessionError) else None


def _wait_for(file: Path) -> None:
    """Return once there is something in the file: a recorder writes all of a session's tables at once."""
    if _is_there(file):
        return
    click.echo(f"wsinspect: waiting for {text.visible(str(file))}; Ctrl-C ends the wait", err=True)
    while not _is_there(file):
        time.sleep(POLL_S)


def _is_there(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False
