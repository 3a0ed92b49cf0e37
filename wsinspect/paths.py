"""Where wsinspect keeps its files on this system.

platformdirs is imported by the functions that need it: it costs more than a bare interpreter.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from wsinspect.errors import EnvironmentProblem


def config_folder() -> Path:
    """The folder of what the user sets up for wsinspect; it need not exist, and is not made.

    On Linux it is found as platformdirs finds it, but without loading it, since ``explain`` must start fast.
    Source: XDG Base Directory Specification, Environment variables.

    Raises:
        EnvironmentProblem: the user has no home.
    """
    if sys.platform == "linux":
        base, home = os.environ.get("XDG_CONFIG_HOME", ""), os.environ.get("HOME", "")
        if os.path.isabs(base):
            return Path(base) / "wsinspect"
        if os.path.isabs(home):
            return Path(home) / ".config" / "wsinspect"
    from platformdirs import user_config_path

    try:
        return user_config_path("wsinspect")
    except RuntimeError as error:
        raise EnvironmentProblem(f"there is no home folder: {error}", "set HOME") from None


def vendors_folder() -> Path:
    """The folder of the user's own vendor files, in ``config_folder``; it need not exist."""
    return config_folder() / "vendors"


def sessions_folder() -> Path:
    """The folder of sessions recorded without a name, the library; it need not exist, and is not made.

    Raises:
        EnvironmentProblem: the user has no home.
    """
    from platformdirs import user_data_path

    try:
        return user_data_path("wsinspect") / "sessions"
    except RuntimeError as error:
        raise EnvironmentProblem(f"there is no home folder: {error}", "set HOME") from None


def state_folder() -> Path:
    """The folder of what wsinspect remembers by itself from one time to the next; made when missing.

    Raises:
        EnvironmentProblem: it cannot be made.
    """
    from platformdirs import user_state_path

    return _private(user_state_path("wsinspect"))


def log_folder() -> Path:
    """The folder of the log files of child processes and crash reports; made when missing.

    Raises:
        EnvironmentProblem: it cannot be made.
    """
    from platformdirs import user_log_path

    return _private(user_log_path("wsinspect"))


def reports_folder() -> Path:
    """The folder of texts that no clipboard took; made when missing, for its owner only.

    Raises:
        EnvironmentProblem: it cannot be made.
    """
    from platformdirs import user_data_path

    return _private(user_data_path("wsinspect") / "reports")


def new_session_path(what: str, now: float) -> Path:
    """A path that is free for a session started now: dated, in ``sessions_folder``, which is made for its owner only.

    Args:
        what: short word for the source, such as ``proxy``.
        now: seconds since the epoch.

    Raises:
        EnvironmentProblem: the folder cannot be made.
    """
    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(now))
    folder = _private(sessions_folder())
    # The process number keeps apart what is started in the same second.
    return folder / f"{what}-{stamp}-{os.getpid()}.wsi"


def _private(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(f"cannot make the folder {folder}: {error.strerror}", "give a file with -o") from None
    return folder
