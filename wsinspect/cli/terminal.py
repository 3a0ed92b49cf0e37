"""The terminal of a command: whether there is one to draw on, and how lines are written to it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

import click

from wsinspect.errors import EnvironmentProblem


def has_terminal() -> bool:
    """Whether keys can be read and the screen be drawn, which goes to stderr."""
    return os.isatty(0) and os.isatty(2)


def require_terminal(hint: str) -> None:
    """Make sure that keys can be read and the screen be drawn, which goes to stderr.

    Args:
        hint: what to do where there is none.

    Raises:
        EnvironmentProblem: stdin or stderr is not a terminal.
    """
    if not has_terminal():
        raise EnvironmentProblem("the screen needs a terminal, and stdin or stderr is none", hint)


def width() -> int:
    """Columns of the terminal."""
    return shutil.get_terminal_size().columns


def list_width() -> int | None:
    """Columns that a line may take; None where no terminal reads it, so that nothing needs to be cut.

    COLUMNS, when it is set, counts there too, as it does for other programs.
    """
    return width() if sys.stdout.isatty() or os.environ.get("COLUMNS") else None


def print_lines(lines: Iterable[str]) -> None:
    """Write lines to stdout, in colour if that is wanted, and in characters that the terminal has."""
    is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
    for line in lines:
        click.echo(_encodable(line), color=is_coloured)


def _encodable(line: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        plain = line.replace("│", "|").replace("·", "-").replace("…", "~").replace("→", "->").replace("×", "x")
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return line
