"""``wsinspect explain``: what a close code means, beside the one it is most often confused with."""

from __future__ import annotations

import os
import shutil
import sys

import click

from wsinspect import codes
from wsinspect.errors import UsageError


@click.command(short_help="Say what a close code means, beside a related one.")
@click.argument("code")
@click.argument("other", metavar="[CODE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; its keys are stable.")
def explain(code: str, other: str | None, as_json: bool) -> None:
    """Say what CODE means, beside a second one.

    CODE is a close code (1011), a name ("bad gateway"), or the HTTP status of a refused upgrade (http:502). Without a
    second code it is set beside the one it is most often confused with.
    """
    first = codes.find(code)
    second = codes.find(other) if other is not None else codes.related(first)[0]
    if first == second:
        raise UsageError(f"both are {codes.lookup(first).title}", "give two different codes, or only one")
    comparison = codes.compare(first, second)
    if as_json:
        import json

        from wsinspect.codes.export import comparison_data

        click.echo(json.dumps(comparison_data(comparison), ensure_ascii=False, indent=2))
        return
    from wsinspect.cli.columns import lay_out

    for line in lay_out(comparison, shutil.get_terminal_size().columns):
        click.echo(line, color=_use_colour())


def _use_colour() -> bool:
    """Colours only on a terminal, and never against the user's wish (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
