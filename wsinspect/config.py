"""The user's settings: one TOML file, ``config.toml`` in wsinspect's configuration folder.

Nothing needs it to exist. A mistake in it is an error that names file and line, never a setting silently left out. ::

    [[redact]]                  # what reports mask beside what they mask anyway; as many of these as needed
    name = "order"              # its placeholders are «order-1», «order-2» ...
    pattern = 'ORD-(\\d{6})'     # regular expression; of a match the first group is masked, without groups all of it
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from wsinspect.errors import WsInspectError
from wsinspect.paths import config_folder
from wsinspect.redact import Pattern


class ConfigError(WsInspectError):
    """The configuration file is not what it should be."""

    exit_code = 2

    def __init__(self, path: Path, line: int, problem: str) -> None:
        """Say where and what.

        Args:
            path: the file.
            line: from 1; 0 when no line can be named.
            problem: what is wrong, in lower case without a dot.
        """
        super().__init__(f"{path}, line {line}: {problem}" if line else f"{path}: {problem}")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class Config:
    """What the user set."""

    patterns: tuple[Pattern, ...] = ()
    """Secrets beside those that ``redact`` knows."""


def config_path() -> Path:
    """Where the file is looked for on this system.

    Raises:
        EnvironmentProblem: the user has no home.
    """
    return config_folder() / "config.toml"


def load(path: Path | None = None) -> Config:
    """Read the settings.

    Args:
        path: the file; None takes ``config_path``, which need not exist.

    Raises:
        ConfigError: it cannot be read, or is not what it should be.
    """
    file = config_path() if path is None else path
    try:
        content = file.read_text("utf-8")
    except FileNotFoundError:
        if path is None:
            return Config()
        raise ConfigError(file, 0, "there is no such file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(file, line, "not UTF-8") from None
    except OSError as error:
        raise ConfigError(file, 0, f"cannot be read: {error.strerror}") from None
    try:
        settings = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(file, content, str(error)) from None
    return _Reading(file, content).config(settings)


_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def _syntax_error(file: Path, content: str, said: str) -> ConfigError:
    match = _PLACE.search(said)
    line = int(match[1]) if match and match[1] else content.count("\n") + 1
    said = _PLACE.sub("", said)
    return ConfigError(file, line, said[:1].lower() + said[1:])


_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


class _Reading:
    """Checks what the file says, and finds the lines to blame: tomllib itself gives values without places."""

    def __init__(self, file: Path, content: str) -> None:
        self._file = file
        self._lines = content.splitlines()

    def config(self, settings: dict[str, object]) -> Config:
        for key in settings:
            if key != "redact":
                raise self._error(f"unknown setting {key!r}", rf"\s*\[*\s*['\"]?{re.escape(key)}\b")
        tables = settings.get("redact", [])
        if not isinstance(tables, list):
            raise self._error("redact must be written as [[redact]]", r"\s*\[?\s*redact\b")
        return Config(tuple(self._pattern(number, table) for number, table in enumerate(tables)))

    def _pattern(self, number: int, table: object) -> Pattern:
        values = dict(table) if isinstance(table, dict) else {}
        name, pattern = values.pop("name", None), values.pop("pattern", None)
        for key in values:
            raise self._error(f"unknown setting {key!r} in [[redact]]", rf"\s*['\"]?{re.escape(str(key))}\b", number)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            said = "name must be one word of lower case letters, digits and hyphens"
            raise self._error(said, r"\s*name\b", number)
        if not isinstance(pattern, str):
            raise self._error("pattern must be a regular expression, in quotes", r"\s*pattern\b", number)
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise self._error(f"pattern is no regular expression: {error}", r"\s*pattern\b", number) from None
        if compiled.search(""):
            raise self._error("pattern fits the empty text, so it would fit everywhere", r"\s*pattern\b", number)
        return Pattern(name, compiled)

    def _error(self, problem: str, key: str, table: int | None = None) -> ConfigError:
        """An error for a key, at the line that it stands in.

        Args:
            problem: what is wrong.
            key: regular expression for the beginning of its line.
            table: in which [[redact]], from 0; the line of the table counts when the key is not there.
        """
        start, end = 0, len(self._lines)
        if table is not None:
            heads = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*redact\s*\]\]", line)]
            if table < len(heads):
                start, end = heads[table], (*heads[table + 1 :], end)[0]
        found = (at for at in range(start, end) if re.match(key, self._lines[at]))
        return ConfigError(self._file, next(found, start) + 1, problem)
