"""``wsinspect sessions``: the sessions recorded so far, listed, renamed, noted on, deleted, pruned."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

import click

from wsinspect import text
from wsinspect.cli.session_table import record, table
from wsinspect.cli.terminal import print_lines, width
from wsinspect.cli.units import AGE, SIZE
from wsinspect.errors import UsageError, WsInspectError
from wsinspect.paths import sessions_folder
from wsinspect.report.records import to_line
from wsinspect.session.file import tending
from wsinspect.session.file.describing import describe
from wsinspect.session.file.library import find, shelved, to_prune
from wsinspect.session.file.saved import SavedSession

_yes = click.option("-y", "--yes", "agreed", is_flag=True, help="Do not ask.")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per session.")
@click.pass_context
def sessions(ctx: click.Context, as_json: bool) -> None:
    """List the sessions recorded so far, the newest first.

    Each run is saved in a file of its own, in a folder that is named below the list; what -o put elsewhere is not
    listed. SESSION is a name from the list, with or without its ending, or the path of any session file.
    """
    if ctx.invoked_subcommand is not None:
        if as_json:
            raise UsageError("--json is for the list", f"leave it out with {ctx.invoked_subcommand}")
        return
    now_ns = time.time_ns()
    found = _all(now_ns)
    if as_json:
        for one in found:
            click.echo(to_line(record(one, now_ns)))
    elif found:
        _print_table(found, now_ns)
    folder = text.visible(str(sessions_folder()))
    what = _counted(found) if found else "no session"
    hint = "" if found else "; each run of wsinspect proxy or wsinspect demo is saved there"
    click.echo(f"wsinspect: {what} in {folder}{hint}", err=True)


@sessions.command()
@click.argument("session")
@click.argument("name")
def rename(session: str, name: str) -> None:
    """Give SESSION another name.

    It stays in its folder and keeps its ending; another session of that name is never overwritten.
    """
    new = tending.rename(find(session, sessions_folder()), name, time.time_ns())
    click.echo(f"wsinspect: renamed to {text.visible(str(new))}", err=True)


@sessions.command()
@click.argument("session")
@click.argument("words", metavar="TEXT")
def note(session: str, words: str) -> None:
    """Keep a line of TEXT in SESSION, to be shown in the list.

    It takes the place of an older note; an empty TEXT ("") removes that.
    """
    path = find(session, sessions_folder())
    said = tending.set_note(path, words, time.time_ns())
    done = "noted in" if said else "no note any more in"
    click.echo(f"wsinspect: {done} {text.visible(path.name)}", err=True)


@sessions.command()
@click.argument("names", metavar="SESSION...", nargs=-1, required=True)
@_yes
def delete(names: tuple[str, ...], agreed: bool) -> int:
    """Delete one or more sessions, after asking."""
    now_ns = time.time_ns()
    paths = dict.fromkeys(find(name, sessions_folder()) for name in names)
    found = [describe(path, now_ns) for path in paths]
    return _delete(found, now_ns, agreed=agreed)


@sessions.command()
@click.option("--older-than", type=AGE, metavar="AGE", help="Delete what was recorded longer ago, such as 30d or 24h.")
@click.option(
    "--keep-size",
    type=SIZE,
    metavar="SIZE",
    help="Delete the oldest until the rest takes no more than SIZE, such as 2GB.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Only print what would be deleted.")
@_yes
def prune(older_than: int | None, keep_size: int | None, dry_run: bool, agreed: bool) -> int:
    """Delete old sessions, after asking.

    What is being recorded stays, and so do files that wsinspect did not write.
    """
    if older_than is None and keep_size is None:
        raise UsageError("nothing says what may go", "give --older-than AGE or --keep-size SIZE, or both")
    now_ns = time.time_ns()
    found = _all(now_ns)
    going = to_prune(found, now_ns, older_than_ns=older_than, keep_bytes=keep_size)
    if not going:
        click.echo(f"wsinspect: nothing to delete among {_counted(found)}", err=True)
        return 0
    if dry_run:
        _print_table(going, now_ns)
        click.echo(f"wsinspect: {_counted(going)} of {_counted(found)} would be deleted", err=True)
        return 0
    return _delete(going, now_ns, agreed=agreed)


def _all(now_ns: int) -> list[SavedSession]:
    return [describe(one.path, now_ns) for one in shelved(sessions_folder())]


def _delete(going: Sequence[SavedSession], now_ns: int, *, agreed: bool) -> int:
    """Delete after asking; what cannot be deleted is said, and the others go."""
    _print_table(going, now_ns)
    if not agreed:
        if not os.isatty(0):
            raise UsageError("deleting asks first, and there is nobody to ask", "add --yes")
        if not click.confirm(f"Delete {_counted(going)}?", err=True):
            click.echo("wsinspect: nothing was deleted", err=True)
            return 1
    gone: list[SavedSession] = []
    for one in going:
        try:
            tending.delete(one.path, time.time_ns())
        except WsInspectError as error:
            click.echo(f"wsinspect: {text.visible(str(error))}", err=True)
        else:
            gone.append(one)
    if gone:
        click.echo(f"wsinspect: deleted {_counted(gone)}", err=True)
    return 0 if len(gone) == len(going) else 1


def _print_table(found: Sequence[SavedSession], now_ns: int) -> None:
    print_lines(table(found, now_ns, width() if sys.stdout.isatty() else None))


def _counted(found: Sequence[SavedSession]) -> str:
    return f"{len(found):,} session{'s' * (len(found) != 1)}, {text.size(sum(one.size for one in found))}"
