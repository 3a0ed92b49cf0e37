"""A damaged session read as far as it is sound, and written anew: what is missing becomes rows that say so.

Two steps. First every row that is still one is taken from the file's pages into a session in the raw, whatever became
of the trees that led there. Then that is copied through the recorder, which numbers rows anew and says where bytes are
missing. Memory stays bounded, and the damaged file is never written to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from wsinspect.errors import EnvironmentProblem, SessionFileError
from wsinspect.session.copying.session_copy import Copier, Original
from wsinspect.session.copying.source import Source
from wsinspect.session.file import schema
from wsinspect.session.file.placing import new_file
from wsinspect.session.rescue.carving import Carver
from wsinspect.session.rescue.pages import Pages, read_header

DAMAGED = "the file is damaged here"

RECOVERED_FROM = "recovered_from"
"""The row of the ``capture`` table that says which damaged file a session was made from."""

PROBED = 400
"""Pages at the beginning of a file that are searched for a session, where nothing says that it is one."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What came of a damaged file."""

    path: Path
    """The session that was made of it."""
    rows: int
    """Rows of the damaged session that are in it."""
    expected: int
    """Rows that there were at least."""
    connections: int
    lost_connections: int
    """Connections of which only the traffic is left, or nothing."""


def salvage(path: Path, out: Path, *, on_progress: Callable[[int], None] = lambda _rows: None) -> Salvage:
    """Make a whole session of what is sound in a damaged one.

    Args:
        path: the damaged file; what stands in a write-ahead log beside it counts too.
        out: the new file; must not exist yet.
        on_progress: told how many rows are done, now and then.

    Raises:
        SessionFileError: there is nothing of a session in it, or a newer version wrote it.
        UsageError: the new file exists already.
        EnvironmentProblem: it cannot be written.
    """
    _check_origin(path)
    with new_file(out) as made:
        raw = made.with_name("raw.wsi")
        try:
            expected, lost = _carve(path, raw)
            with closing(Source(raw)) as source:
                original = Original(source, lost=DAMAGED)
                facts = original.facts() | {RECOVERED_FROM: identity(path)}
                copier = Copier([original], made, facts=facts, on_progress=on_progress)
                try:
                    (connections,) = copier.run()
                finally:
                    copier.close()
        except sqlite3.Error as error:
            raise EnvironmentProblem(f"cannot write beside {out}: {error}") from None
    return Salvage(out, copier.rows, max(expected, copier.rows), len(connections), lost)


def identity(path: Path) -> str:
    """Names a file and its state: the same for the same damaged file."""
    state = path.stat()
    return f"{path.name} {state.st_size} {state.st_mtime_ns}"


def _check_origin(path: Path) -> None:
    try:
        header = read_header(path)
    except OSError as error:
        raise SessionFileError(f"{path} cannot be read: {error.strerror}") from None
    if header is None:
        return
    if header.application != schema.APPLICATION_ID:
        raise SessionFileError(f"{path} is not a session file", "only files that wsinspect recorded can be opened")
    if header.version > schema.USER_VERSION:
        raise SessionFileError(f"{path} was written by a newer wsinspect", "update wsinspect to open it")


def _carve(path: Path, raw: Path) -> tuple[int, int]:
    """Take what is sound; returns how many rows there were at least, and how many connections are lost."""
    try:
        with closing(Pages(path)) as pages, closing(Carver(raw)) as carver:
            if read_header(path) is None and not carver.finds_any(pages, PROBED):
                raise SessionFileError(
                    f"{path} is not a session file", "only files that wsinspect recorded can be opened"
                )
            carver.carve(pages)
            return carver.expected_rows(), carver.lost_connections()
    except OSError as error:
        raise SessionFileError(f"{path} cannot be read: {error.strerror}") from None
