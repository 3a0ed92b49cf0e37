"""The errors a user can meet: each carries its facts and says in a sentence what happened and what to try.

Texts start in lower case and end without a dot; the command line prints them as ``wsinspect: TEXT (HINT)``.
"""

from __future__ import annotations


class WsInspectError(Exception):
    """Base of every error that wsinspect explains instead of showing a traceback."""

    exit_code = 1
    """Exit status of the command that meets it."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem} ({self.hint})" if self.hint else self.problem


class UsageError(WsInspectError):
    """The request cannot be right: a bad URL, an unknown code, options that exclude each other."""

    exit_code = 2


class EnvironmentProblem(WsInspectError):
    """The machine does not allow it: a taken port, an unwritable folder, a full disk."""


class SessionFileError(WsInspectError):
    """A file is not a session, is damaged beyond reading, or was written by a newer version."""


class DamagedSessionError(SessionFileError):
    """A session is not as it was written; what is sound of it can be saved as another one."""

    def __init__(self, problem: str, hint: str = "wsinspect open saves what is sound of it as a new session") -> None:
        super().__init__(problem, hint)
