"""A new file that appears under its name only once it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wsinspect.errors import EnvironmentProblem, UsageError


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Make a file in a folder of its own beside its place, and put it there when the block ends well.

    Args:
        path: where it is to stand.
        replace: whether a file that stands there may be replaced.

    Yields:
        The path to write to; what else is written beside it is removed.

    Raises:
        UsageError: there is a file already.
        EnvironmentProblem: nothing can be written there.
    """
    if path.exists() and not replace:
        raise exists(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".wsinspect-", dir=path.parent) as folder:
            made = Path(folder) / path.name
            yield made
            _put(made, path, replace=replace)
    except OSError as error:
        raise EnvironmentProblem(f"cannot write {path}: {error.strerror}") from None


def _put(made: Path, path: Path, *, replace: bool) -> None:
    if replace:
        made.replace(path)
        return
    try:
        # Unlike a rename this never overwrites what came there meanwhile.
        os.link(made, path)
    except FileExistsError:
        raise exists(path) from None
    except OSError:
        # Some file systems have no links.
        if path.exists():
            raise exists(path) from None
        made.rename(path)


def exists(path: Path) -> UsageError:
    """What to say where a file stands already."""
    return UsageError(f"{path} exists already", "choose another name, or replace it with --force")
