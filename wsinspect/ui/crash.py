"""Writes down what no part of the program expected, without the values that were in flight.

Locals may hold a peer's payload or a token; so the file has the places in the code and the kind of error, and the
error's own text only as far as it is one short line.
"""

from __future__ import annotations

import platform
import tempfile
import time
import traceback
from pathlib import Path

from wsinspect import __version__, text

LONGEST = 300
"""Characters of an error's own text that are kept."""


def write_crash_file(error: BaseException, folder: Path | None = None) -> Path | None:
    """Write the file, readable by its owner only.

    Args:
        error: what was raised.
        folder: where to; the system's folder for temporary files by default.

    Returns:
        Its path; None when it could not be written.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors="backslashreplace",
            prefix=time.strftime("wsinspect-crash-%Y%m%d-%H%M%S-"),
            suffix=".txt",
            dir=folder,
            delete=False,
        ) as file:
            file.write(report(error))
            return Path(file.name)
    except OSError:
        return None


def report(error: BaseException) -> str:
    """What the file says."""
    lines = [f"wsinspect {__version__}, Python {platform.python_version()}, {platform.platform()}", ""]
    seen: set[int] = set()
    shown: BaseException | None = error
    while shown is not None and id(shown) not in seen:
        seen.add(id(shown))
        lines.append(f"{type(shown).__name__}: {_said(shown)}")
        lines += [line.rstrip("\n") for line in traceback.format_tb(shown.__traceback__)]
        shown = shown.__cause__ or shown.__context__
    return "\n".join(lines) + "\n"


def _said(error: BaseException) -> str:
    try:
        said = str(error)
    except Exception as second:  # whoever wrote the class: nothing may keep the app from its end
        return f"(its text cannot be told: {type(second).__name__})"
    return text.shorten(text.visible(said), LONGEST)
