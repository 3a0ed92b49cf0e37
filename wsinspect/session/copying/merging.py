"""Two sessions on one time axis, as one session: the client's side and the server's side of the same incident.

The second file's clock may be set forward or back. How far is found from connections that both files hold, unless the
user says it; such connections name each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from wsinspect import __version__, text
from wsinspect.errors import EnvironmentProblem, SessionFileError, UsageError
from wsinspect.model import MASKED, Connection, Event, Mark
from wsinspect.origin import FILE, Origin, origin_of, recorded_by
from wsinspect.session.copying.editing import Unedited
from wsinspect.session.copying.export import EXPORTED_FROM
from wsinspect.session.copying.session_copy import Copier, Original
from wsinspect.session.copying.shifted import ShiftedSource
from wsinspect.session.copying.source import Source
from wsinspect.session.file.describing import stamp
from wsinspect.session.file.merged import MERGED_FROM, Merged, MergedFile, merged_from
from wsinspect.session.file.placing import new_file
from wsinspect.session.file.schema import REDACTED
from wsinspect.timeline.clocks import Clocks, Passing, compare
from wsinspect.timeline.offsets import set_by

EVERY = 1000
"""Upgrades that are compared between two times that it is said how far it has come."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that can be read."""

    first: Path
    second: Path

    @property
    def names(self) -> tuple[str, str]:
        """What they are called: their names, with their folders or numbers where the names are the same."""
        first, second = self.first.absolute(), self.second.absolute()
        if first.name != second.name:
            return first.name, second.name
        if first.parent.name != second.parent.name:
            return f"{first.name} ({first.parent.name})", f"{second.name} ({second.parent.name})"
        return f"{first.name} (1)", f"{second.name} (2)"

    def as_merged(self, asked_ns: int | None) -> Merged:
        """What a session that is merged of them now says; what is found out and told is still left open.

        Raises:
            UsageError: they are one file.
            SessionFileError: one of them cannot be read.
        """
        try:
            if self.first.samefile(self.second):
                raise UsageError(f"{self.first} is given twice", "name the files of two sides")
            files = [_file(path, name) for path, name in zip((self.first, self.second), self.names, strict=True)]
        except OSError as error:
            raise SessionFileError(f"{error.filename} cannot be read: {error.strerror}") from None
        return Merged((files[0], files[1]), asked_ns or 0, asked_ns is None, "")


def _file(path: Path, name: str) -> MergedFile:
    size, modified_ns = stamp(path)
    with closing(Source(path)) as source:
        return MergedFile(name, source.info().started_ns, size, modified_ns)


def read_merged(path: Path) -> Merged | None:
    """What a session says of the two it was merged of; None where it was not, is a part of one, or is none."""
    try:
        with closing(Source(path)) as source:
            facts = source.facts()
    except SessionFileError:
        return None
    return None if EXPORTED_FROM in facts else merged_from(facts)


def merge(
    pair: Pair,
    out: Path,
    *,
    asked_ns: int | None,
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> Merged:
    """Write two sessions into one file; one that stands there must have been merged of them, and is replaced.

    Args:
        pair: the two; of what is being recorded all that there is until now.
        out: the new file. Marks that a user put in one that stood there are kept.
        asked_ns: how far the second clock is set forward, nanoseconds; None: find it out.
        on_progress: told how many rows are done, now and then; what it raises ends the merging.

    Returns:
        What was merged, and how.

    Raises:
        UsageError: they are one file, or the second would begin before 1970.
        SessionFileError: one of them is damaged.
        EnvironmentProblem: the new file cannot be written.
    """
    known = pair.as_merged(asked_ns)
    clocks = _compared(pair, on_progress)
    offset_ns = (clocks.forward_ns or 0) if asked_ns is None else asked_ns
    if known.files[1].started_ns + offset_ns <= 0:
        raise UsageError(f"{pair.second.name} would begin before 1970", "set its clock back by less")
    done = replace(known, offset_ns=offset_ns, told=told(clocks, known.names, asked_ns))
    try:
        _write(pair, out, done, clocks.twins, on_progress)
    except EnvironmentProblem as error:
        # What was written to is not there any more: the user knows only the file that was to come of it.
        why = error.problem.rpartition(": ")[2]
        raise EnvironmentProblem(f"cannot write {out}: {why}", "it takes about as much room as both files") from None
    return done


def _write(pair: Pair, out: Path, done: Merged, twins: Mapping[int, int], on_progress: Callable[[int], None]) -> None:
    with ExitStack() as open_now, new_file(out, replace=True) as made:
        kept = _kept_marks(out, done) if out.exists() else ([], [])
        sources = [
            open_now.enter_context(closing(source))
            for source in (Source(pair.first), ShiftedSource(pair.second, done.offset_ns))
        ]
        originals = [
            Original(source, _Naming(name, other, known), more_marks=marks)
            for source, name, other, known, marks in zip(
                sources, done.names, done.names[::-1], _both_ways(twins), kept, strict=True
            )
        ]
        copier = Copier(originals, made, facts=_facts(originals, done), on_progress=on_progress)
        try:
            copier.run()
        finally:
            copier.close()


def _compared(pair: Pair, on_progress: Callable[[int], None]) -> Clocks:
    with closing(Source(pair.first)) as first, closing(Source(pair.second)) as second:
        return compare(_counted(first.passings(), on_progress), _counted(second.passings(), on_progress))


def _counted(passings: Iterator[Passing], on_progress: Callable[[int], None]) -> Iterator[Passing]:
    for number, passing in enumerate(passings):
        if number % EVERY == 0:
            on_progress(0)
        yield passing


def _both_ways(twins: Mapping[int, int]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    return twins, {second: first for first, second in twins.items()}


def _facts(originals: list[Original], done: Merged) -> dict[str, str]:
    """What the merged session says of itself."""
    first, second = done.names
    known = [original.source.info() for original in originals]
    notes = [(name, original.source.facts().get("note")) for name, original in zip(done.names, originals, strict=True)]
    note = " · ".join(f"{name}: {said}" for name, said in notes if said)
    redacted = {REDACTED: MASKED} if any(info.is_redacted for info in known) else {}
    return {
        "source": f"{first} + {second}" + (f" {set_by(done.offset_ns)}" if done.offset_ns else ""),
        "version": __version__,
        "started_ns": str(min(info.started_ns for info in known)),
        MERGED_FROM: done.fact(),
        **redacted,
        **({"note": note} if note else {}),
    }


def told(clocks: Clocks, names: tuple[str, str], asked_ns: int | None) -> str:
    """What was found, and what the user said instead, in one sentence."""
    count = len(clocks.twins)
    seen = f"{count:,} connection{'' if count == 1 else 's'} seen in both files"
    if not count:
        found = "no connection is seen in both files: nothing tells how far the clocks differ"
    elif clocks.forward_ns is None:
        found = f"{seen}, but not answered: nothing tells how far the clocks differ"
    else:
        side = (
            f"{names[clocks.outer]} is the client's side"
            if clocks.outer is not None
            else "which is the client's side cannot be told"
        )
        apart = abs(clocks.forward_ns)
        error = f"(± {text.duration(clocks.error_ns)})" if clocks.error_ns else ""
        differ = f"differ by {text.duration(apart)}" if apart else "agree"
        found = f"the clocks {differ} {error}".rstrip() + f", from {seen}; {side}"
    if asked_ns is None:
        return found
    return f"{names[1]} is {set_by(asked_ns) if asked_ns else 'not shifted'}, as you said; {found}"


class _Naming(Unedited):
    """Says of everything which file it comes from."""

    def __init__(self, name: str, other: str, twins: Mapping[int, int]) -> None:
        """Nothing else is changed.

        Args:
            name: what the file is called.
            other: what the other one is called.
            twins: connections that the other one holds too: their numbers there.
        """
        self._name = name
        self._other = other
        self._twins = twins

    def connection(self, connection: Connection) -> Connection:
        """With its file, its number there, and the same of its twin."""
        twin = self._twins.get(connection.id, 0)
        origin = Origin(self._name, connection.id, self._other if twin else "", twin)
        return replace(connection, source=origin.source(recorded_by(connection.source)))

    def event(self, event: Event, connection: int) -> Event:
        """An event of the whole session with its file."""
        return event if connection else replace(event, data={**event.data, FILE: self._name})


def _kept_marks(path: Path, now: Merged) -> tuple[list[Mark], list[Mark]]:
    """The marks in a session that was merged of the same two before, as marks of these, on the axis there is now."""
    found: tuple[list[Mark], list[Mark]] = ([], [])
    with closing(Source(path)) as source:
        was = merged_from(source.facts())
        for mark in source.all_marks() if was is not None else ():
            connection = source.connection(mark.connection)
            origin = origin_of(connection.source) if connection is not None else None
            if was is None or origin is None or origin.file not in now.names:
                continue
            side = now.names.index(origin.file)
            at_ns = mark.at_ns + (now.offset_ns - was.offset_ns) * side
            found[side].append(replace(mark, connection=origin.number, at_ns=at_ns))
    return found
