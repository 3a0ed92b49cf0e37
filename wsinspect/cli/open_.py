"""``wsinspect open FILE``: look at a session, saved or still being recorded."""

from __future__ import annotations

import time
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.terminal import require_terminal
from wsinspect.session.reader import Reader

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
    """Look at the session in FILE; one that is still being recorded is followed, with --follow or without."""
    if follow:
        require_terminal("run it in one")
        _wait_for(file)
    Reader(file).close()  # says what is wrong with it before the screen takes the terminal
    require_terminal("run it in one")
    from wsinspect.ui.app import WsInspectApp

    WsInspectApp(file, is_live=False, begins_newest=follow).run()
    return 0


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
