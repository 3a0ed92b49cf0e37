"""``wsinspect open FILE``: look at a session, saved or still being recorded."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.naming import session_path
from wsinspect.cli.recovering import Sound, recovered, sound
from wsinspect.cli.screen import Left
from wsinspect.cli.terminal import require_terminal
from wsinspect.errors import DamagedSessionError, UsageError

POLL_S = 0.1
"""Seconds between two looks for a file that is waited for."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
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
def open_(file: Path, follow: bool, play: bool) -> int:
    """Look at the session in FILE; one that is still being recorded is followed, with --follow or without.

    FILE may also be the name of a session as wsinspect sessions lists it.
    """
    if follow and play:
        raise UsageError("--follow and --play contradict each other", "play what was recorded, or follow what is")
    file = session_path(file)
    if follow:
        require_terminal("run it in one")
        _wait_for(file)
    return look_at(file, begins_newest=follow, plays=play).status


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


def _show(shown: Sound, theme: str, *, begins_newest: bool, plays: bool) -> tuple[Left, DamagedSessionError | None]:
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
