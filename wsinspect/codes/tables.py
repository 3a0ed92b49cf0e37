"""Reads one TOML file strictly: every key typed, none unknown, and each mistake named with its file.

The catalogue is edited by hand, so a mistake must say which file and key it is in instead of surfacing later as a
missing text.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from wsinspect.errors import WsInspectError

E = TypeVar("E", bound=StrEnum)


class CatalogueError(WsInspectError):
    """A data file of the catalogue is not what it should be."""

    def __init__(self, where: str, problem: str, hint: str = "") -> None:
        super().__init__(f"{where}: {problem}", hint)
        self.where = where
        """File, and the key inside it."""


class Table:
    """One TOML table whose keys are taken one by one; ``done`` refuses what was not taken."""

    def __init__(self, where: str, values: dict[str, object]) -> None:
        self.where = where
        """File, and the key inside it, for error texts."""
        self._values = dict(values)

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read a file.

        Raises:
            CatalogueError: it cannot be read or is not TOML; the text holds the line.
        """
        try:
            return cls(path.name, tomllib.loads(path.read_text("utf-8")))
        except OSError as error:
            raise CatalogueError(path.name, f"cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise CatalogueError(path.name, f"it is not UTF-8 (at line {line})") from error
        except tomllib.TOMLDecodeError as error:
            raise CatalogueError(path.name, str(error)) from error
        except RecursionError as error:
            raise CatalogueError(path.name, "its values are nested too deep") from error

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> list[str]:
        """Keys not taken yet, in the order of the file."""
        return list(self._values)

    def text(self, name: str, default: str | None = None) -> str:
        """A string that is not empty; default when the key is absent and default is given."""
        value = self._take(name, default)
        if not isinstance(value, str) or not value.strip():
            raise self.problem(f"{name} must be a text")
        return value

    def line(self, name: str) -> str:
        """A text for people: one line, and nothing in it that a terminal would obey or hide."""
        value = self.text(name)
        if not value.isprintable():
            raise self.problem(f"{name} must be one line without control characters")
        return value

    def lines(self, name: str) -> tuple[str, ...]:
        """An array of such texts; empty when the key is absent."""
        values = self.texts(name)
        if not all(value.isprintable() and value.strip() for value in values):
            raise self.problem(f"{name} must hold lines without control characters")
        return values

    def boolean(self, name: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self.problem(f"{name} must be true or false")
        return value

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self._take(name, None)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.problem(f"{name} must be a whole number")
        return value

    def scalar(self, name: str) -> str | int:
        """A text or a whole number."""
        value = self._take(name, None)
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise self.problem(f"{name} must be a text or a whole number")
        return value

    def choice(self, name: str, choices: type[E]) -> E:
        """One of the words of an enum."""
        return self._word(name, self.text(name), choices)

    def choices(self, name: str, choices: type[E]) -> tuple[E, ...]:
        """An array of words of an enum; empty when the key is absent."""
        return tuple(self._word(name, word, choices) for word in self.texts(name))

    def spans(self, name: str, highest: int) -> tuple[tuple[int, int], ...]:
        """An array of whole numbers and spans such as ``"4000-4999"``, as first and last; empty when it is absent."""
        return tuple(self._span(name, value, highest) for value in self.values(name))

    def table(self, name: str) -> Table:
        """A table inside this one."""
        value = self._take(name, None)
        if not isinstance(value, dict):
            raise self.problem(f"{name} must be a table")
        return Table(f"{self.where}: {name}", value)

    def tables(self, name: str) -> list[Table]:
        """An array of tables; empty when the key is absent."""
        return [self._as_table(name, number, value) for number, value in enumerate(self._list(name), 1)]

    def values(self, name: str) -> list[str | int]:
        """An array of texts and whole numbers; empty when the key is absent."""
        values: list[str | int] = []
        for value in self._list(name):
            if not isinstance(value, (str, int)) or isinstance(value, bool):
                raise self.problem(f"{name} may hold texts and whole numbers only")
            values.append(value)
        return values

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of texts; empty when the key is absent."""
        values = self.values(name)
        if not all(isinstance(value, str) for value in values):
            raise self.problem(f"{name} may hold texts only")
        return tuple(str(value) for value in values)

    def done(self) -> None:
        """Refuse keys that nothing reads.

        Raises:
            CatalogueError: some key was not taken.
        """
        if self._values:
            raise self.problem(f"unknown key {next(iter(self._values))!r}")

    def problem(self, text: str) -> CatalogueError:
        """The error for this table, to be raised."""
        return CatalogueError(self.where, text)

    def _word(self, name: str, word: str, choices: type[E]) -> E:
        try:
            return choices(word)
        except ValueError:
            allowed = ", ".join(choice.value for choice in choices)
            raise self.problem(f"{name} is {word!r}, must be one of {allowed}") from None

    def _span(self, name: str, value: str | int, highest: int) -> tuple[int, int]:
        first, _, last = str(value).partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and int(first) <= int(last or first) <= highest):
            raise self.problem(f"{name} holds {value!r}, must be a number or a span up to {highest}")
        return int(first), int(last or first)

    def _take(self, name: str, default: object) -> object:
        value = self._values.pop(name, default)
        if value is None:
            raise self.problem(f"{name} is missing")
        return value

    def _list(self, name: str) -> list[object]:
        value = self._values.pop(name, [])
        if not isinstance(value, list):
            raise self.problem(f"{name} must be an array")
        return value

    def _as_table(self, name: str, number: int, value: object) -> Table:
        if not isinstance(value, dict):
            raise self.problem(f"{name} must be an array of tables")
        return Table(f"{self.where}: {name} {number}", value)
