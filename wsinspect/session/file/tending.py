"""What a user does with a saved session as a file: rename it, note something in it, delete it.

What is being recorded is never touched: its sign of life says so, and SQLite's own lock where that is not enough (a
recorder that was suspended gives none, and holds the lock). What wsinspect did not write is never touched either.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wsinspect import text
from wsinspect.errors import EnvironmentProblem, UsageError
from wsinspect.session.file.describing import NOTE, companions, describe, stamp
from wsinspect.session.file.library import SUFFIX, is_in_use
from wsinspect.session.file.opening import open_to_annotate
from wsinspect.session.file.saved import Kind, SavedSession

LONGEST_NOTE = 500
"""Characters."""

LONGEST_NAME = 240
"""Bytes; what stands beside a session has a longer name, and file systems end at 255."""

PATIENCE_S = 2.0
"""How long somebody else's lock is waited for."""


def rename(path: Path, name: str, now_ns: int) -> Path:
    """Give a session another name in its folder; the ending stays, and no other file is overwritten.

    Args:
        path: the session.
        name: the new name; ``.wsi`` is put behind it where it is missing.
        now_ns: the wall clock, nanoseconds since the epoch.

    Returns:
        The new path.

    Raises:
        UsageError: the name cannot be used or is taken, or the session must not be touched.
        EnvironmentProblem: the system does not allow it.
    """
    new = path.with_name(_checked_name(name))
    if new == path:
        return path
    session = _claimed(path, now_ns)
    if any(one.exists() for one in (new, *companions(new))):
        raise UsageError(f"{new.name} exists already", "choose another name")
    with _telling(f"rename {path.name}"):
        _make_whole(session)
        for beside, target in zip(companions(path), companions(new), strict=True):
            if beside.exists():
                beside.rename(target)
        _move(path, new)
    return new


def set_note(path: Path, note: str, now_ns: int) -> str:
    """Keep a line of text in the session; an empty one removes what was noted. Works while it is recorded, too.

    Returns:
        The note as it stands there now.

    Raises:
        UsageError: the note is too long, or the file is no session.
        SessionFileError, EnvironmentProblem: the system does not allow it.
    """
    said = " ".join(note.split())
    if len(said) > LONGEST_NOTE:
        raise UsageError(f"the note has {len(said)} characters", f"{LONGEST_NOTE} at most")
    session = describe(path, now_ns)
    if not session.kind.is_session:
        raise UsageError(f"{path.name}: {session.problem}", "only a session can hold a note")
    with _telling(f"write to {path.name}"), _unchanged_time(path), open_to_annotate(path) as db:
        if said:
            db.execute("INSERT OR REPLACE INTO capture VALUES (?, ?)", (NOTE, said))
        else:
            db.execute("DELETE FROM capture WHERE key = ?", (NOTE,))
    return said


def delete(path: Path, now_ns: int) -> None:
    """Delete a session with all that stands beside it.

    Raises:
        UsageError: it must not be touched, or is gone.
        EnvironmentProblem: the system does not allow it.
    """
    session = _claimed(path, now_ns)
    with _telling(f"delete {path.name}"):
        _make_whole(session)
        # The file last: what stands beside it would be taken for a part of the next file of this name.
        for one in (*companions(path), path):
            one.unlink(missing_ok=True)


def _checked_name(name: str) -> str:
    stem = name.strip().removesuffix(SUFFIX)
    if not stem:
        raise UsageError("the name is empty")
    if any(character in stem for character in "/\\\0"):
        raise UsageError(f"a name cannot hold {'a slash' if '/' in stem else 'this'}", "it stays in its folder")
    if stem.startswith((".", "-")):
        raise UsageError(f"a name cannot begin with {stem[0]!r}", "such a file is hidden, or taken for an option")
    if text.visible(stem) != stem:
        raise UsageError(f"the name {text.visible(stem)!r} holds characters that cannot be seen")
    if len(os.fsencode(stem + SUFFIX)) > LONGEST_NAME:
        raise UsageError("the name is too long", f"{LONGEST_NAME} bytes at most")
    return stem + SUFFIX


def _claimed(path: Path, now_ns: int) -> SavedSession:
    session = describe(path, now_ns)
    if session.kind is Kind.GONE:
        raise UsageError(f"{path.name} is gone")
    if not session.kind.is_ours:
        raise UsageError(f"{path.name}: {session.problem}", "it is left as it is")
    if session.kind is Kind.RECORDING:
        raise UsageError(f"{path.name} is being recorded", "stop that recording first")
    if is_in_use(session, now_ns):
        raise UsageError(f"{path.name} was written to a moment ago", "if nobody is at it, try again in a minute")
    return session


def _make_whole(session: SavedSession) -> None:
    """Put all of a session into its one file; fails while anybody else writes to it or follows it.

    Raises:
        sqlite3.OperationalError: somebody does, or the file cannot be written.
    """
    path = session.path
    if not _has_log(path):
        return
    try:
        with _unchanged_time(path), _writing(path) as db:
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        # A damaged file goes as it is, with what stands beside it.
        if session.kind.is_session:
            raise


def _has_log(path: Path) -> bool:
    """Whether part of it may stand beside it, and somebody may write there: the header tells by two bytes of 2.

    Source: https://www.sqlite.org/fileformat2.html#file_format_version_numbers
    """
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\2\2" or any(one.exists() for one in companions(path))


def _move(path: Path, new: Path) -> None:
    """Rename, never onto another file."""
    try:
        os.link(path, new)
    except FileExistsError:
        raise UsageError(f"{new.name} exists already", "choose another name") from None
    except OSError:
        # No hard links on this file system: looking first must do.
        if new.exists():
            raise UsageError(f"{new.name} exists already", "choose another name") from None
        path.rename(new)
        return
    path.unlink()


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, for statements that each are a transaction of their own."""
    db = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=PATIENCE_S, isolation_level=None)
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        yield db
    finally:
        db.close()


@contextmanager
def _unchanged_time(path: Path) -> Iterator[None]:
    """What is done inside does not count as a change of the session: its age and its place in the list stay."""
    _, modified_ns = stamp(path)
    try:
        yield
    finally:
        if not companions(path)[0].exists():
            with contextlib.suppress(OSError):  # not ours to set: then it counts
                os.utime(path, ns=(modified_ns, modified_ns))


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Says in a sentence what the system did not allow."""
    try:
        yield
    except FileNotFoundError:
        raise UsageError(f"cannot {what}: it is gone") from None
    except OSError as error:
        raise EnvironmentProblem(f"cannot {what}: {(error.strerror or str(error)).lower()}") from None
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise EnvironmentProblem(f"cannot {what}: another program has it open", "close it there first") from None
        raise EnvironmentProblem(f"cannot {what}: {error}") from None
