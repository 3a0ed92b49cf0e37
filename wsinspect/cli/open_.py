"""``wsinspect open FILE``: look at a session, saved or still being recorded."""

from __future__ import annotations

from pathlib import Path

import click

from wsinspect.cli.terminal import require_terminal
from wsinspect.session.reader import Reader


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def open_(file: Path) -> int:
    """Look at the session in FILE; one that is still being recorded is followed."""
    Reader(file).close()  # says what is wrong with it before the screen takes the terminal
    require_terminal("run it in one")
    from wsinspect.ui.app import WsInspectApp

    WsInspectApp(file, is_live=False).run()
    return 0
