"""A part of a session, or all of it, as a session of its own that opens like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wsinspect import text
from wsinspect.errors import UsageError
from wsinspect.model import MASKED
from wsinspect.redact import Redaction, Redactor
from wsinspect.session.copying.editing import Editing, Unedited
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.redacting import Redacting, learn
from wsinspect.session.copying.session_copy import Copier, Original
from wsinspect.session.copying.source import Source
from wsinspect.session.file.placing import exists, new_file
from wsinspect.session.file.schema import REDACTED

EXPORTED_FROM = "exported_from"
"""The row of the ``capture`` table that names the session a copy was made of."""

MOST_NAMED = 20
"""Connections whose new numbers are listed."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to."""

    rows: int
    """Messages and events of the session that are in it."""
    connections: dict[int, int]
    """Their numbers there by those in the session."""


def export(
    source: Source,
    out: Path,
    portion: Portion,
    *,
    redactor: Redactor | None = None,
    replace: bool = False,
    on_progress: Callable[[int], None] = lambda _rows: None,
    on_learning: Callable[[int], None] = lambda _rows: None,
) -> Exported:
    """Write a session into a new file.

    Args:
        source: the session; one that is being recorded is taken as it is now.
        out: the new file.
        portion: what part of it.
        redactor: made to learn: the secrets it finds are masked; None leaves everything as it is.
        replace: whether a file that is there may be replaced.
        on_progress: told how many rows of the session are done, now and then.
        on_learning: the same while secrets are looked for, which comes first.

    Raises:
        UsageError: there is nothing in the portion, or a file already.
        EnvironmentProblem: the file cannot be written.
        SessionFileError: the session is damaged.
    """
    if out.exists() and out.samefile(source.path):
        raise UsageError(f"{out} is the session itself", "name another file")
    _check_connections(source, portion)
    changes: Editing = Unedited()
    if redactor is not None:
        if out.exists() and not replace:
            raise exists(out)
        learn(source, redactor, on_progress=on_learning)
        changes = Redacting(source, redactor)
    name = changes.text(source.path.name, "file name")
    with new_file(out, replace=replace) as made:
        original = Original(source, changes, portion)
        facts = {} if portion.is_whole and redactor is None else {EXPORTED_FROM: name}
        if redactor is not None:
            facts[REDACTED] = MASKED
        copier = Copier([original], made, facts=original.facts() | facts, on_progress=on_progress)
        try:
            (numbers,) = copier.run()
            if not portion.is_whole:
                if not numbers:
                    raise UsageError("nothing was recorded in that time", _span(source))
                copier.note(_about(name, numbers))
            if redactor is not None:
                copier.note(f"{MASKED}: {masked_in_words(redactor.redactions)}")
        finally:
            copier.close()
    return Exported(copier.rows, numbers)


def masked_in_words(redactions: Sequence[Redaction]) -> str:
    """How many secrets are masked, of which kinds, in how many places."""
    kinds = Counter(one.kind for one in redactions)
    if not kinds:
        return "none was found"
    places = sum(one.count for one in redactions)
    said = ", ".join(f"{count:,} × {kind}" for kind, count in kinds.most_common())
    return f"{said}; in {places:,} place{'' if places == 1 else 's'}"


def _check_connections(source: Source, portion: Portion) -> None:
    for number in sorted(portion.connections or ()):
        if source.connection(number) is None:
            count = source.info().connections
            raise UsageError(f"there is no connection {number}", f"the session holds {count}, numbered from 1")


def _about(name: str, numbers: dict[int, int]) -> str:
    changed = [f"#{old} is #{new}" for old, new in numbers.items() if old != new]
    said = f"exported from {name}"
    if not changed:
        return said
    more = f" and {len(changed) - MOST_NAMED:,} more" if len(changed) > MOST_NAMED else ""
    return f"{said}: its connection {', '.join(changed[:MOST_NAMED])}{more} here"


def _span(source: Source) -> str:
    info = source.info()
    return f"the session goes from {text.moment(info.started_ns)} to {text.moment(info.stopped_ns or info.last_ns)}"
