"""``wsinspect explain``: fits the width, speaks JSON, names the nearest, and stays light."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from wsinspect import codes
from wsinspect.cli.columns import lay_out
from wsinspect.cli.explain import explain
from wsinspect.codes import CatalogueError
from wsinspect.codes.vendors import known
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


def test_two_words_may_be_one_name() -> None:
    assert run("bad", "gateway") == run("bad gateway")
    assert run("going", "away").startswith("1001 Going Away")


def test_more_names_software() -> None:
    plain, full = run("1011", "1014"), run("1011", "1014", "--more")
    assert "Hypercorn: the application raised." not in plain
    assert "Hypercorn: the application raised." in full
    assert "gorilla/websocket: answers 1002" in full
    assert "Deepgram: no audio for about 10 s" in " ".join(full.split())
    assert "Software that sends 1014" not in full, "nothing known to us sends it by itself"


def test_more_of_an_end_without_a_close_frame() -> None:
    full = run("1006", "end:rst", "--more")
    assert "Software that ends so" in full
    assert "What programs are told of RST" in full


def test_an_ambiguous_number_names_the_services_that_use_it() -> None:
    assert "graphql:4401 Unauthorized" in run("4401")
    assert "centrifugo:3000" in run("3000")
    assert "Services that use" not in run("1011")
    assert "Services that use" not in run("4242")


def test_json_with_more_holds_the_software() -> None:
    data = json.loads(run("1014", "1006", "--json", "--more"))
    assert list(data["a"])[-1] == "software"
    assert list(data["a"]["software"]) == ["senders", "refusing", "told"]
    assert list(data["b"]["software"]["senders"][0]) == [
        "name", "by", "reasons", "why", "setting", "end", "source", "verified",
    ]  # fmt: skip
    assert list(data["a"]["software"]["refusing"][0]) == ["name", "version", "answers", "source"]
    assert list(data["a"]["software"]["told"][0]) == ["name", "version", "told", "answered", "source"]


def test_markdown() -> None:
    lines = run("1011", "1014", "--markdown").splitlines()
    assert lines[0] == "# 1011 Internal Error, 1014 Bad Gateway"
    assert [line for line in lines if line.startswith("## ")] == [
        "## 1011 Internal Error",
        "## 1014 Bad Gateway",
        "## Key differences",
        "## When to use which",
        "## How to tell them apart",
    ]
    assert "| 1011 | 1014 |" in lines
    assert lines[-1].startswith("- ")


@pytest.mark.parametrize("code", ["spring:4500", "sockjs:3000", "socketio:1005", "end:tls_truncated", "1006"])
def test_markdown_holds_no_active_text(code: str) -> None:
    text = re.sub(r"\\.", "", run(code, "--markdown"))
    for line in text.splitlines():
        body = line.removeprefix("- ").lstrip("#")
        assert not re.search(r"[`_\[\]<>~#]", body), line
        assert "*" not in body.replace("**When you see it**", "").replace("**How to fix**", ""), line


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("1000-1015", "1000 ", "1015 "),
        ("4000-4999", "4000-4999 ", "graphql:4504 "),
        ("3000-3999", "3000-3999 ", "centrifugo:3509 "),
        ("1011", "1011 ", "1011 "),
        ("0-65535", "0-999 ", "5000-65535 "),
        ("http", "http:101 ", "http:504 "),
        ("end", "end:close_notify ", "end:tls_truncated "),
        ("discord", "discord:4000 ", "discord:4014 "),
    ],
)
def test_lists(wanted: str, first: str, last: str) -> None:
    lines = run("--list", wanted).splitlines()
    assert lines[0].startswith(first)
    assert lines[-1].startswith(last)
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_no_list_is_wider_than_the_terminal(columns: int) -> None:
    assert max(map(len, run("--list", columns=columns).splitlines())) <= min(columns, 140)


def test_a_list_for_a_pipe_is_not_cut() -> None:
    result = CliRunner(env={"COLUMNS": None}).invoke(explain, ["--list", "http"], catch_exceptions=False)
    lines = result.output.splitlines()
    assert max(map(len, lines)) > 140
    assert not any(line.endswith("…") for line in lines)


def test_lists_in_other_forms() -> None:
    data = json.loads(run("--list", "3000-3999", "--json"))
    assert {entry["key"] for entry in data} >= {"3000", "3003", "3008", "centrifugo:3001"}
    assert next(entry for entry in data if entry["range"])["range"] == [3000, 3999]
    lines = run("--list", "--markdown").splitlines()
    assert lines[:2] == ["| code | name | meaning |", "|---|---|---|"]
    assert any(line.startswith("| http:502 | Bad Gateway |") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "no code is given"),
        (["--list", "discrod"], "nearest: discord"),
        (["--list", "5-4"], "give a range such as 4000-4999"),
        (["--list", "0-70000"], "give a range such as 4000-4999"),
        (["--list", "ably"], "Ably has no close codes of its own"),
        (["--list", "1000", "1001"], "--list takes one range or name"),
        (["--list", "1011", "--more"], "--more says more of one code"),
        (["bad", "gatway"], "nothing is called 'bad'"),
        (["1011", "gatway"], "nothing is called 'gatway'"),
    ],
)
def test_mistakes_are_usage_errors(arguments: list[str], problem: str) -> None:
    result = CliRunner().invoke(explain, arguments)
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2
    assert problem in str(result.exception)


def test_a_terminal_without_line_drawing_gets_plain_characters() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "100"}
    command = [sys.executable, "-c", "from wsinspect.cli.explain import explain; explain()", "1011"]
    output = subprocess.run(command, check=True, capture_output=True, env=environment, timeout=60).stdout
    assert b" | 1014 Bad Gateway" in output
    assert b"- An exception escaped a message handler." in output


SCRIPT = """
import sys
from wsinspect.cli.explain import explain
try:
    explain(["1011"])
except SystemExit as done:
    assert done.code == 0, done
heavy = {"textual", "rich", "asyncio", "websockets", "sqlite3", "socket", "ssl", "difflib",
         "platformdirs", "wsinspect.model"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("code", ["1011", "3000", "discord:4004", "end:rst"])
def test_explain_stays_light(code: str) -> None:
    script = SCRIPT.replace("CODE", repr(code))
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL, timeout=60)


def test_explain_reads_no_file_it_does_not_need() -> None:
    script = SCRIPT.replace("CODE", "'1011'") + "assert 'wsinspect.codes.vendors' not in sys.modules\n"
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL, timeout=60)


MINE = """
name = "My Service"
[[code]]
code = 4001
name = "Room deleted"
meaning = "The room was deleted."
retry = "no"
like = 1000
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's folder of vendor files, empty."""
    folder = tmp_path / "wsinspect" / "vendors"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    known.cache_clear()
    yield folder
    known.cache_clear()


def test_a_users_own_service_reads_like_any_other(own: Path) -> None:
    (own / "myservice.toml").write_text(MINE, "utf-8")
    output = run("myservice:4001")
    assert output.startswith("myservice:4001 Room deleted")
    assert "The room was deleted." in output
    assert "Connect again: not automatically." in output
    assert run("--list", "myservice").split()[:3] == ["myservice:4001", "Room", "deleted"]
    assert "myservice:4001" in run("--list", "4000-4999")
    assert "myservice:4001 Room deleted: The room was deleted." in run("4001")


def test_a_users_file_replaces_ours(own: Path) -> None:
    (own / "discord.toml").write_text(MINE, "utf-8")
    assert run("--list", "discord").split()[:2] == ["discord:4001", "Room"]


def test_a_users_service_without_codes_is_a_usage_error(own: Path) -> None:
    (own / "myservice.toml").write_text('name = "My Service"\n', "utf-8")
    result = CliRunner().invoke(explain, ["--list", "myservice"])
    assert str(result.exception) == "My Service has no close codes of its own"


def test_a_users_broken_file_is_named(own: Path) -> None:
    (own / "myservice.toml").write_text(MINE.replace("code = 4001", "code ="), "utf-8")
    result = CliRunner().invoke(explain, ["myservice:4001"])
    assert isinstance(result.exception, CatalogueError)
    assert result.exception.exit_code == 2
    assert str(result.exception).startswith(f"{own}/myservice.toml: Invalid value (at line 4, ")
    for arguments in (["4001"], ["--list", "4000-4999"], ["--list", "discord"]):
        result = CliRunner().invoke(explain, arguments)
        assert result.exit_code == 0
        assert result.stderr.startswith(f"wsinspect: {own}/myservice.toml: ")
        assert "discord:4001" in result.stdout
    assert CliRunner().invoke(explain, ["discord:4001"]).stderr == ""
