"""``wsinspect export FILE OUT.wsi``: a session, or a part of it, as another one, secrets masked or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from wsinspect import config, text
from wsinspect.cli.moments import moment_ns
from wsinspect.cli.naming import session_path
from wsinspect.cli.progress import Progress
from wsinspect.errors import UsageError
from wsinspect.redact import Redactor
from wsinspect.session.copying.export import Exported, masked_in_words
from wsinspect.session.copying.export import export as write
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.source import Source

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
@click.option("--to", "until", metavar="TIME", help="Leave out what came after; +90s counts from --from.")
@click.option("--redact", is_flag=True, help="Mask secrets, by the same rules as report and those of config.toml.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def export(
    file: Path, out: Path, numbers: tuple[int, ...], since: str | None, until: str | None, redact: bool, force: bool
) -> int:
    """Write a part of the session in FILE, or all of it, to OUT: a session that opens like any other.

    A time of day is local and the first one after the session began; +90s counts from its beginning, and in --to from
    the time of --from where that is given. A message that began before --from is left out, and a row says how much is
    missing there. Connections that lived at that time are there with their handshakes.

    With --redact every secret that is found anywhere in FILE is overwritten in all of OUT: in handshakes, URLs,
    messages (compressed ones too), close reasons, events and notes. Frames, times and row numbers stay as they were.
    Binary messages in which a secret is found, or a field named like one, are overwritten as a whole, and so is what
    cannot be looked into: text behind its first MiB, and compressed messages that cannot be inflated. Addresses of
    clients and servers stay. Secrets that no rule knows stay too: add patterns for yours to config.toml.
    """
    if out.suffix not in FORMATS:
        known = ", ".join(f"{ending} ({what})" for ending, what in FORMATS.items())
        raise UsageError(f"nothing is known of files that end with {out.suffix or 'nothing'!r}", f"there is {known}")
    redactor = Redactor(config.load().patterns, is_learning=True) if redact else None
    with closing(Source(session_path(file))) as source:
        portion = _portion(source, numbers, since, until)
        was_redacted = source.info().is_redacted
        with Progress("looking for secrets") as learning, Progress("exporting") as progress:
            made = write(
                source, out, portion, redactor=redactor, replace=force, on_progress=progress, on_learning=learning
            )
    _say_done(out, made)
    for said in _about_secrets(out, redactor, was_redacted=was_redacted):
        _say(said)
    return 0


def _about_secrets(out: Path, redactor: Redactor | None, *, was_redacted: bool) -> Iterator[str]:
    if redactor is None:
        if was_redacted:
            yield f"{out} holds all that the other session holds, where secrets were masked when it was exported"
        else:
            yield f"{out} holds everything as it was sent, secrets too"
    else:
        found = redactor.redactions
        count = "1 secret is" if len(found) == 1 else f"{len(found):,} secrets are"
        yield f"{count} masked: {masked_in_words(found)}" if found else "no secret was found"
        yield f"what no rule knows for a secret is in {out} as it was sent"


def _portion(source: Source, numbers: tuple[int, ...], since: str | None, until: str | None) -> Portion:
    began_ns = source.info().started_ns
    from_ns = None if since is None else moment_ns(since, began_ns)
    to_ns = None if until is None else moment_ns(until, began_ns, after_ns=from_ns)
    if from_ns is not None and to_ns is not None and from_ns > to_ns:
        raise UsageError(f"--from is later than --to: {_said(from_ns)} and {_said(to_ns)}")
    return Portion(connections=frozenset(numbers) or None, from_ns=from_ns, to_ns=to_ns)


def _said(at_ns: int) -> str:
    return f"{text.moment(at_ns)[:10]} {text.clock(at_ns)}"


def _say_done(out: Path, made: Exported) -> None:
    count = len(made.connections)
    _say(f"written {out}: {made.rows:,} messages and events of {count:,} connection{'' if count == 1 else 's'}")


def _say(said: str) -> None:
    click.echo(f"wsinspect: {text.visible(said)}", err=True)
