"""``wsinspect report FILE``: a saved session as the text of a ticket."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from wsinspect import config, text
from wsinspect.cli.naming import session_path
from wsinspect.clipboard import copy
from wsinspect.errors import EnvironmentProblem, UsageError
from wsinspect.redact import Pattern, Redaction
from wsinspect.report.build import Report, build
from wsinspect.report.formats import Format, render
from wsinspect.report.material import DEFAULT_MESSAGES, MAX_MESSAGES, Capture
from wsinspect.session.reader import Reader
from wsinspect.session.reporting import report_on, report_on_all, report_on_what_failed


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--connection",
    "numbers",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="N",
    help="Report on connection N; may be given again.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.MARKDOWN.value,
    show_default=True,
    help="markdown suits GitHub and GitLab, jira is Jira's wiki markup.",
)
@click.option(
    "--messages",
    type=click.IntRange(0, MAX_MESSAGES),
    default=DEFAULT_MESSAGES,
    show_default=True,
    metavar="N",
    help="Show the last N messages before the close.",
)
@click.option("--copy", "to_clipboard", is_flag=True, help="Copy it instead of printing it; over ssh too.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to FILE instead of printing it.",
)
@click.option(
    "--unmask", multiple=True, metavar="NAME", help="Show a secret that is masked, such as token-1; may be given again."
)
def report(
    file: Path,
    numbers: tuple[int, ...],
    form: str,
    messages: int,
    to_clipboard: bool,
    output: Path | None,
    unmask: tuple[str, ...],
) -> int:
    """Write a report on the session in FILE, ready for a ticket.

    Without --connection it is about what went wrong: the one connection of the session, or the one that failed. When
    several failed, a table of all failures comes first, then the newest ones, each of another kind. Connections with
    rows that you marked follow, whatever they came to. A failure is a refused or unanswered upgrade, an end without a
    close frame, or a close code that says that something is wrong.

    Secrets are masked, in messages too; what was masked is listed on standard error. FILE itself is left as it is and
    holds everything as it was sent. FILE may also be the name of a session as wsinspect sessions lists it.
    """
    patterns = config.load().patterns
    reader = Reader(session_path(file))
    try:
        capture = _gathered(reader, numbers, messages)
    finally:
        reader.close()
    made = _built(capture, patterns, unmask)
    said = render(made, Format(form))
    _say_masked(made.redactions)
    if output is not None:
        _write(output, said)
    if to_clipboard:
        click.echo(f"wsinspect: {copy(said, suffix=Format(form).suffix).sentence('use -o FILE')}", err=True)
    if output is None and not to_clipboard:
        click.echo(said.encode(sys.stdout.encoding or "utf-8", "backslashreplace"), nl=False)
    return 0


def _gathered(reader: Reader, numbers: Sequence[int], messages: int) -> Capture:
    if len(numbers) == 1:
        return report_on(reader, numbers[0], messages=messages)
    if numbers:
        return report_on_all(reader, numbers, messages=messages)
    return report_on_what_failed(reader, messages=messages)


def _built(capture: Capture, patterns: Sequence[Pattern], unmask: Sequence[str]) -> Report:
    made = build(capture, patterns=patterns)
    if not unmask:
        return made
    keys = {one.placeholder.strip("«»"): one.key for one in made.redactions}
    off: set[str] = set()
    for name in unmask:
        if name.strip("«»") not in keys:
            known = ", ".join(keys) or "nothing"
            raise UsageError(f"nothing is masked as {text.visible(name)}", f"masked here: {known}")
        off.add(keys[name.strip("«»")])
    return build(capture, patterns=patterns, off=off)


def _say_masked(redactions: Sequence[Redaction]) -> None:
    for one in redactions:
        done = "masked" if one.is_on else "shown"
        where = f"; in {', '.join(one.places)}" if one.places else ""
        click.echo(f"wsinspect: {done} {one.placeholder}: {one.reason}{where}", err=True)


def _write(path: Path, said: str) -> None:
    try:
        path.write_text(said, "utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise EnvironmentProblem(f"cannot write {path}: {error.strerror}") from None
    click.echo(f"wsinspect: written to {text.visible(str(path))}", err=True)
