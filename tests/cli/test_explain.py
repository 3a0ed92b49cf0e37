"""``wsinspect explain``: fits the width, speaks JSON, names the nearest, and stays light."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from wsinspect import codes
from wsinspect.cli.columns import lay_out
from wsinspect.cli.explain import explain
from wsinspect.errors import UsageError


def run(*arguments: str, columns: int = 100) -> str:
    result = CliRunner(env={"COLUMNS": str(columns)}).invoke(explain, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_second_code_the_closest_stands_beside() -> None:
    output = run("1011")
    first = output.splitlines()[0]
    assert first.startswith("1011 Internal Error")
    assert first.endswith("1014 Bad Gateway")
    for section in ("Description", "When you see it", "How to fix", "Key differences", "When to use which"):
        assert section in output
    assert output == run("1011", "1014")


@pytest.mark.parametrize("columns", [30, 40, 60, 79, 80, 81, 100, 139, 140, 200])
@pytest.mark.parametrize("pair", [("1011", "1014"), ("http:407", "4401"), ("1007", "65535")])
def test_no_line_is_wider_than_the_terminal(columns: int, pair: tuple[str, str]) -> None:
    lines = run(*pair, columns=columns).splitlines()
    assert max(map(len, lines)) <= min(columns, 140)


def test_two_columns_from_80_on() -> None:
    assert "│" in run("1011", columns=80)
    assert "│" not in run("1011", columns=79)


def test_both_columns_begin_their_sections_on_one_line() -> None:
    for topic in codes.topics():
        lines = run(codes.key(topic)).splitlines()
        for section in ("Description", "When you see it", "How to fix", "Facts"):
            assert [line.split() for line in lines if line.startswith(section)] == [
                [*section.split(), "│", *section.split()]
            ]


def test_a_name_finds_its_code() -> None:
    assert run("bad gateway").startswith("1014 Bad Gateway")
    assert run("http:502").startswith("HTTP 502 Bad Gateway")


def test_json_has_stable_keys() -> None:
    data = json.loads(run("1011", "http:502", "--json"))
    assert list(data) == ["a", "b", "key_differences", "when_to_use", "tell_apart", "written"]
    assert list(data["a"]) == [
        "key", "name", "range", "severity", "description", "when_you_see_it", "how_to_fix", "sent_by", "on_wire",
        "from_script", "fault", "fault_text", "retry", "retry_text", "layer", "layer_text", "counterpart", "use",
        "reference", "related", "aliases", "unverified",
    ]  # fmt: skip
    assert (data["a"]["key"], data["b"]["key"]) == ("1011", "http:502")
    assert data["a"]["related"][0] == "1014"
    assert data["a"]["when_you_see_it"][0].keys() == {"text", "source", "verified"}
    assert data["key_differences"][0].keys() == {"a", "b"}
    assert data["written"] is False


def test_json_of_a_range_names_its_ends() -> None:
    data = json.loads(run("4007", "--json"))
    assert (data["a"]["key"], data["a"]["range"]) == ("4007", [4000, 4999])
    assert data["a"]["counterpart"] is None


def test_unknown_input_is_a_usage_error() -> None:
    result = CliRunner().invoke(explain, ["bad gatway"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2
    assert "1014 Bad Gateway" in str(result.exception)


def test_twice_the_same_is_a_usage_error() -> None:
    result = CliRunner().invoke(explain, ["1014", "bad gateway"])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "both are 1014 Bad Gateway (give two different codes, or only one)"


def test_colours_are_severities() -> None:
    lines = list(lay_out(codes.compare(1011, 1012), 100))
    assert "\x1b[31m" in lines[0]
    assert "\x1b[36m" in lines[0]


def test_no_colours_in_a_pipe() -> None:
    assert "\x1b" not in run("1011")


SCRIPT = """
import sys
from wsinspect.cli.explain import explain
try:
    explain(["1011"])
except SystemExit as done:
    assert done.code == 0, done
heavy = {"textual", "rich", "asyncio", "websockets", "sqlite3", "socket", "ssl", "difflib"} & set(sys.modules)
assert not heavy, heavy
"""


def test_explain_stays_light() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, stdout=subprocess.DEVNULL, timeout=60)
