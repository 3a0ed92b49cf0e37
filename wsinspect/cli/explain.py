"""``wsinspect explain``: what a close code means, beside the one it is most often confused with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from wsinspect import codes
from wsinspect.cli.terminal import list_width, print_lines, width
from wsinspect.errors import UsageError

if TYPE_CHECKING:
    from wsinspect.cli.columns import Section

AMBIGUOUS = 3000
"""From here on a number may mean something else in every service."""


@click.command(short_help="Say what a close code means, beside a related one.")
@click.argument("code", required=False)
@click.argument("other", metavar="[CODE]", required=False)
@click.option("--list", "is_list", is_flag=True, help="List entries: all, or those that CODE names.")
@click.option("--more", "is_full", is_flag=True, help="Also say which software sends and which refuses it.")
@click.option("--json", "form", flag_value="json", help="Print JSON; its keys are stable.")
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown.")
def explain(code: str | None, other: str | None, is_list: bool, is_full: bool, form: str | None) -> None:
    """Say what CODE means, beside a second one.

    CODE is a close code (1011), a name ("bad gateway"), the HTTP status of a refused upgrade (http:502), an end
    without a close frame (end:rst), or a service's own code (discord:4004). Without a second code it is set beside
    the one it is most often confused with.

    With --list, CODE is a range (4000-4999), http, end, or a service (discord).
    """
    if is_list:
        if other is not None:
            raise UsageError("--list takes one range or name", "such as 4000-4999, http, end or discord")
        if is_full:
            raise UsageError("--more says more of one code, and --list names many", "leave out one of the two")
        _print_list(code, form)
        return
    if code is None:
        raise UsageError("no code is given", "such as 1011, 'bad gateway' or http:502; --list shows what there is")
    first, second = _topics(code, other)
    if first == second:
        raise UsageError(f"both are {codes.lookup(first).title}", "give two different codes, or only one")
    comparison = codes.compare(first, second)
    if form == "json":
        _print_json(comparison, is_full)
    elif form == "markdown":
        from wsinspect.codes.markdown import comparison_markdown

        click.echo(comparison_markdown(comparison), nl=False)
    else:
        from wsinspect.cli.columns import lay_out

        print_lines(lay_out(comparison, width(), is_full=is_full, sections=_sections(comparison, is_full)))


def _topics(code: str, other: str | None) -> tuple[codes.Topic, codes.Topic]:
    """The two topics to compare; two words may also be one name, such as ``bad gateway`` without quotes."""
    if other is None:
        first = codes.find(code)
        return first, codes.related(first)[0]
    try:
        first, second = codes.find(code), codes.find(other)
    except UsageError:
        joined = _found(f"{code} {other}")
        if joined is None:
            raise
        return joined, codes.related(joined)[0]
    if first == second and _found(f"{code} {other}") == first:
        second = codes.related(first)[0]
    return first, second


def _found(text: str) -> codes.Topic | None:
    try:
        return codes.find(text)
    except UsageError:
        return None


def _sections(comparison: codes.Comparison, is_full: bool) -> Iterator[Section]:
    """What stands below the comparison; the knowledge about software is loaded only if it is wanted."""
    code = comparison.a.topic
    if isinstance(code, int) and code >= AMBIGUOUS:
        from wsinspect.cli.software import services

        yield services(code)
        _name_broken_files()
    if is_full:
        from wsinspect.cli.software import software

        yield from software(comparison)


def _name_broken_files() -> None:
    """Say which of the user's own vendor files were passed over, and why."""
    from wsinspect.codes.vendors import known

    for problem in known().problems:
        click.echo(f"wsinspect: {problem}", err=True)


def _print_list(wanted: str | None, form: str | None) -> None:
    from wsinspect.codes.listing import select

    entries = select(wanted)
    if wanted is not None:
        _name_broken_files()
    if form == "json":
        import json

        from wsinspect.codes.export import entry_data

        click.echo(json.dumps([entry_data(entry) for entry in entries], indent=2))
    elif form == "markdown":
        from wsinspect.codes.markdown import list_markdown

        click.echo(list_markdown(entries), nl=False)
    else:
        from wsinspect.cli.columns import list_lines

        print_lines(list_lines(entries, list_width()))


def _print_json(comparison: codes.Comparison, is_full: bool) -> None:
    import json

    from wsinspect.codes.details import details
    from wsinspect.codes.export import comparison_data, details_data

    data = comparison_data(comparison)
    for side, entry in (("a", comparison.a), ("b", comparison.b)) if is_full else ():
        part = data[side]
        if isinstance(part, dict):
            part["software"] = details_data(details(entry.topic, is_wire=entry.is_wire))
    click.echo(json.dumps(data, indent=2))
