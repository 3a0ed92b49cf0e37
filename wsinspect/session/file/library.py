"""The folder of sessions: which files there are, and which of them may go. Told from the folder alone, quickly."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from wsinspect.clock import ALIVE_FOR_NS
from wsinspect.errors import EnvironmentProblem, UsageError
from wsinspect.session.file.saved import Kind, SavedSession

SUFFIX = ".wsi"


class Shelved(NamedTuple):
    """One file of the folder, before anybody looked into it."""

    path: Path
    size: int
    """Bytes, its write-ahead log included."""
    modified_ns: int
    """When it or its log was written to last."""


def shelved(folder: Path) -> list[Shelved]:
    """The session files of a folder, the one written to last first; none where there is no such folder.

    Raises:
        EnvironmentProblem: the folder cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            named = {entry.name: entry for entry in entries}
    except FileNotFoundError:
        return []
    except OSError as error:
        raise EnvironmentProblem(f"cannot read the folder {folder}: {error.strerror}") from None
    found = (_shelved(named, entry) for name, entry in named.items() if name.endswith(SUFFIX))
    return sorted((one for one in found if one is not None), key=lambda one: (-one.modified_ns, one.path.name))


def _shelved(named: dict[str, os.DirEntry[str]], entry: os.DirEntry[str]) -> Shelved | None:
    try:
        if not entry.is_file():
            return None
        about = entry.stat()
    except OSError:
        # It went away since the folder was read.
        return None
    size, modified_ns = about.st_size, about.st_mtime_ns
    log = named.get(entry.name + "-wal")
    if log is not None:
        try:
            about = log.stat()
        except OSError:
            return Shelved(Path(entry.path), size, modified_ns)
        size, modified_ns = size + about.st_size, max(modified_ns, about.st_mtime_ns)
    return Shelved(Path(entry.path), size, modified_ns)


def find(given: str, folder: Path) -> Path:
    """The file that a user means by a path, or by the name that the library shows, with or without its ending.

    Raises:
        UsageError: there is none.
    """
    if os.path.exists(given) and not os.path.isdir(given):
        return Path(given)
    if given and Path(given).name == given:
        for path in (folder / given, folder / (given + SUFFIX)):
            if os.path.exists(path):
                return path
    raise UsageError(f"there is no session {given}", f"wsinspect sessions lists those in {folder}")


def is_in_use(session: SavedSession, now_ns: int) -> bool:
    """Whether it is being recorded, or may be: of a file that tells nothing its last change is taken for it."""
    if session.kind.is_session:
        return session.kind is Kind.RECORDING
    return now_ns - session.modified_ns < ALIVE_FOR_NS


def to_prune(
    sessions: Iterable[SavedSession],
    now_ns: int,
    *,
    older_than_ns: int | None = None,
    keep_bytes: int | None = None,
) -> list[SavedSession]:
    """The sessions that are to go, the oldest first. What is in use stays, and so does what wsinspect did not write.

    Args:
        sessions: all there are.
        now_ns: the wall clock, nanoseconds since the epoch.
        older_than_ns: those that ended longer ago than this go.
        keep_bytes: the oldest go until all that are left take no more than this.
    """
    ours = sorted((one for one in sessions if one.kind.is_ours), key=lambda one: one.age_from_ns)
    total = sum(one.size for one in ours)
    going: list[SavedSession] = []
    for one in ours:
        is_old = older_than_ns is not None and now_ns - one.age_from_ns > older_than_ns
        is_too_much = keep_bytes is not None and total > keep_bytes
        if (is_old or is_too_much) and not is_in_use(one, now_ns):
            going.append(one)
            total -= one.size
    return going
