"""``wsinspect export FILE OUT.wsi``: a part of a session, or all of it, as a session of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.moments import moment_ns
from wsinspect.cli.naming import session_path
from wsinspect.cli.progress import Progress
from wsinspect.errors import UsageError
from wsinspect.session.export import Exported
from wsinspect.session.export import export as write
from wsinspect.session.source import Source
from wsinspect.session.window import Window

FORMATS = {".wsi": "a session"}
"""What can be written, by the ending of the file's name."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--connection",
    "numbers",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="N",
    help="Take connection N only; may be given again.",
)
@click.option("--from", "since", metavar="TIME", help="Leave out what came before: 14:02:10, an ISO time, or +90s.")
@click.option("--to", "until", metavar="TIME", help="Leave out what came after.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def export(file: Path, out: Path, numbers: tuple[int, ...], since: str | None, until: str | None, force: bool) -> int:
    """Write a part of the session in FILE, or all of it, to OUT: a session that opens like any other.

    A time of day is local and the first one after the session began; +90s counts from its beginning. A message that
    began before --from is left out, and a row says how much is missing there. Connections that lived at that time are
    there with their handshakes.
    """
    if out.suffix not in FORMATS:
        known = ", ".join(f"{ending} ({what})" for ending, what in FORMATS.items())
        raise UsageError(f"nothing is known of files that end with {out.suffix or 'nothing'!r}", f"there is {known}")
    with closing(Source(session_path(file))) as source:
        window = _window(source, numbers, since, until)
        with Progress("exporting") as progress:
            made = write(source, out, window, replace=force, on_progress=progress)
    _say_done(out, made)
    _say(f"{out} holds everything as it was sent, secrets too")
    return 0


def _window(source: Source, numbers: tuple[int, ...], since: str | None, until: str | None) -> Window:
    began_ns = source.info().started_ns
    window = Window(
        connections=frozenset(numbers) or None,
        from_ns=None if since is None else moment_ns(since, began_ns),
        to_ns=None if until is None else moment_ns(until, began_ns),
    )
    if window.from_ns is not None and window.to_ns is not None and window.from_ns > window.to_ns:
        raise UsageError("--from is later than --to")
    return window


def _say_done(out: Path, made: Exported) -> None:
    count = len(made.connections)
    _say(f"written {out}: {made.rows:,} messages and events of {count:,} connection{'' if count == 1 else 's'}")


def _say(said: str) -> None:
    click.echo(f"wsinspect: {text.visible(said)}", err=True)
