"""What a user may write for a session: its path, or the name that ``wsinspect sessions`` lists."""

from __future__ import annotations

from pathlib import Path

from wsinspect.errors import UsageError
from wsinspect.paths import sessions_folder
from wsinspect.session.file.library import find


def session_path(given: Path) -> Path:
    """The file that is meant; what is given itself where there is none, for the caller to complain about."""
    try:
        return find(str(given), sessions_folder())
    except UsageError:
        return given
