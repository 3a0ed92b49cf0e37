"""How far a long command has come: a line of standard error that is written over; nothing where that is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click

EVERY_S = 0.2
"""Shortest time between two times that it is written."""


class Progress:
    """Counts messages; use it as a context, so that the line is gone at the end."""

    def __init__(self, what: str) -> None:
        """Nothing is written yet.

        Args:
            what: what is being done, such as ``exporting``.
        """
        self._what = what
        self._is_shown = sys.stderr.isatty()
        self._at = time.monotonic()
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)

    def __call__(self, rows: int) -> None:
        """So many messages and events are done."""
        now = time.monotonic()
        if not self._is_shown or now - self._at < EVERY_S:
            return
        self._at = now
        line = f"{self._what}: {rows:,} messages and events"
        self._width = max(self._width, len(line))
        click.echo(f"\r{line}", nl=False, err=True)
