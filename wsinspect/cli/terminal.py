"""Whether there is a terminal to draw on."""

from __future__ import annotations

import os

from wsinspect.errors import EnvironmentProblem


def require_terminal(hint: str) -> None:
    """Make sure that keys can be read and the screen be drawn, which goes to stderr.

    Args:
        hint: what to do where there is none.

    Raises:
        EnvironmentProblem: stdin or stderr is not a terminal.
    """
    if not (os.isatty(0) and os.isatty(2)):
        raise EnvironmentProblem("the screen needs a terminal, and stdin or stderr is none", hint)
