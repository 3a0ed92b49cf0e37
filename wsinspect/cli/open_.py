"""``wsinspect open FILE``: look at a session, saved or still being recorded."""

from __future__ import annotations

import time
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.naming import session_path
from wsinspect.cli.recovering import Sound, recovered, sound
from wsinspect.cli.screen import Left
from wsinspect.cli.terminal import require_terminal
from wsinspect.errors import DamagedSessionError

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
def open_(file: Path, follow: bool) -> int:
    """Look at the session in FILE; one that is still being recorded is followed, with --follow or without.

    FILE may also be the name of a session as wsinspect sessions lists it.
    """
    file = session_path(file)
    if follow:
        require_terminal("run it in one")
        _wait_for(file)
    return look_at(file, begins_newest=follow).status


def look_at(file: Path, *, begins_newest: bool = False, theme: str = "") -> Left:
    """Show a session until the user leaves it; returns how it was left.

    Args:
        file: the session; of a damaged one what is sound is shown.
        begins_newest: begin with the newest messages of all connections.
        theme: name of the theme to begin in; empty for the usual one.

    Raises:
        WsInspectError: it is no session, or there is no terminal.
    """
    shown = sound(file)  # says what is wrong with it before the screen takes the terminal
    require_terminal("run it in one")
    left, damage = _show(shown, begins_newest, theme)
    if damage is not None and shown.path == file:
        # What is damaged inside is met only now.
        left, _ = _show(recovered(file, damage), begins_newest, left.theme)
    return left


def _show(shown: Sound, begins_newest: bool, theme: str) -> tuple[Left, DamagedSessionError | None]:
    """Show a session; returns how it was left, and what damage ended it."""
    from wsinspect.ui.app import WsInspectApp

    app = WsInspectApp(shown.path, notices=shown.notices, begins_newest=begins_newest, theme=theme, ends_on_damage=True)
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
