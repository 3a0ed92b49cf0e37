"""The configuration file: what it may hold, and errors that name file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from wsinspect import config
from wsinspect.config import Config, ConfigError, load
from wsinspect.redact import Redactor

GOOD = """\
# mine
[[redact]]
name = "order"
pattern = 'ORD-(\\d{6})'

[[redact]]
name = "seat"
pattern = "seat [A-F]"
"""


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_patterns_are_masked(tmp_path: Path) -> None:
    settings = load(write(tmp_path, GOOD))
    redactor = Redactor(settings.patterns)
    assert redactor.text("ORD-123456 on seat B") == "ORD-«order-1» on «seat-1»"


def test_no_file_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "config_folder", lambda: tmp_path / "none")
    assert load() == Config()
    assert config.config_path() == tmp_path / "none" / "config.toml"


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        ("a = \n", 1, "invalid value"),
        ('# x\n[[redact]]\nname = "a', 3, "unterminated string"),
        ("theme = 1\n", 1, "unknown setting 'theme'"),
        (GOOD + "\n[other]\nx = 1\n", 10, "unknown setting 'other'"),
        ("\n[redact]\nname = 'a'\n", 2, "redact must be written as [[redact]]"),
        (GOOD.replace('"seat"', '"Seat 1"'), 7, "name must be one word of lower case letters, digits and hyphens"),
        ("[[redact]]\npattern = 'a'\n", 1, "name must be one word of lower case letters, digits and hyphens"),
        (GOOD.replace('"seat [A-F]"', "5"), 8, "pattern must be a regular expression, in quotes"),
        (
            GOOD.replace("[A-F]", "[A-F"),
            8,
            "pattern is no regular expression: unterminated character set at position 5",
        ),
        (GOOD.replace("seat [A-F]", "x*"), 8, "pattern fits the empty text, so it would fit everywhere"),
        (GOOD + "colour = 'red'\n", 9, "unknown setting 'colour' in [[redact]]"),
        (b"# a\n# \xff\n", 2, "not UTF-8"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, content: str | bytes, line: int, problem: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}, line {line}: {problem}")
    assert caught.value.exit_code == 2


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
