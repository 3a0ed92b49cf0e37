"""Where wsinspect keeps its files on this system."""

from __future__ import annotations

import time
from pathlib import Path

from platformdirs import user_data_path, user_log_path

from wsinspect.errors import EnvironmentProblem


def sessions_folder() -> Path:
    """The folder of sessions recorded without a name; made when missing, for its owner only.

    Raises:
        EnvironmentProblem: it cannot be made.
    """
    return _private(user_data_path("wsinspect") / "sessions")


def log_folder() -> Path:
    """The folder of the log files of child processes and crash reports; made when missing.

    Raises:
        EnvironmentProblem: it cannot be made.
    """
    return _private(user_log_path("wsinspect"))


def new_session_path(what: str, now: float) -> Path:
    """A path that is free for a session started now: dated, in ``sessions_folder``.

    Args:
        what: short word for the source, such as ``proxy``.
        now: seconds since the epoch.
    """
    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(now))
    folder = sessions_folder()
    path = folder / f"{what}-{stamp}.wsi"
    number = 2
    while path.exists():
        path = folder / f"{what}-{stamp}-{number}.wsi"
        number += 1
    return path


def _private(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(f"cannot make the folder {folder}: {error.strerror}", "give a file with -o") from None
    return folder
