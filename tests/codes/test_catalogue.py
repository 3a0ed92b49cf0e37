"""Lookups, keys, names, and what a broken data file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from wsinspect import codes
from wsinspect.codes import CatalogueError, HttpStatus, Topic, TransportEnd, VendorCode
from wsinspect.codes.catalogue import DATA, Catalogue
from wsinspect.codes.loader import load_entry, load_pair
from wsinspect.errors import UsageError
from wsinspect.model import Ending


def test_every_code_has_an_entry() -> None:
    for code in range(65536):
        entry = codes.lookup(code)
        assert entry.topic == code
        assert entry.label == str(code)
        assert entry.range is None or entry.range[0] <= code <= entry.range[1]


def test_every_status_has_an_entry() -> None:
    for status in range(100, 600):
        entry = codes.http(status)
        assert entry.topic == HttpStatus(status)
        assert entry.label == f"HTTP {status}"


@pytest.mark.parametrize("topic", [-1, 65536, HttpStatus(99), HttpStatus(600)])
def test_what_cannot_be_a_code_is_refused(topic: Topic) -> None:
    with pytest.raises(ValueError, match="neither a close code nor an HTTP status"):
        codes.lookup(topic)


@pytest.mark.parametrize(
    "topic",
    [TransportEnd("bang"), VendorCode("nobody", 4000), VendorCode("discord", 1), VendorCode("discord", 4004, 2)],
)
def test_what_has_no_entry_is_refused(topic: Topic) -> None:
    with pytest.raises(ValueError, match=r"no way a connection ends|no vendor|has no code"):
        codes.lookup(topic)


def test_names_and_severities() -> None:
    assert codes.name(1011) == "Internal Error"
    assert codes.name(4007) == "Private Use"
    assert [codes.severity(code) for code in (1000, 1001, 1013, 1011)] == ["ok", "info", "warning", "error"]


def test_an_unregistered_code_points_at_the_status_it_looks_like() -> None:
    assert codes.related(502)[0] == HttpStatus(502)
    assert codes.related(4401)[0] == HttpStatus(401)
    assert not isinstance(codes.related(4001)[0], HttpStatus)


@pytest.mark.parametrize(
    "topic",
    [0, 1011, 65535, HttpStatus(502), VendorCode("discord", 4004), VendorCode("a-b", 1, 2), *map(TransportEnd, Ending)],
)
def test_a_key_names_its_topic(topic: Topic) -> None:
    assert codes.from_key(codes.key(topic)) == topic


@pytest.mark.parametrize(
    "text",
    ["", ":", "65536", "-1", "+1", "1e3", "1011 ", "1011.2", "http:", "http:x", "end:", "end: x", "end:7", "x:", "①"],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a close code"):
        codes.from_key(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("1011", 1011),
        (" 1011 ", 1011),
        ("http:502", HttpStatus(502)),
        ("HTTP:502", HttpStatus(502)),
        ("bad gateway", 1014),
        ("BAD_GATEWAY", 1014),
        ("CloseGoingAway", 1001),
        ("going", 1001),
        ("too many requests", HttpStatus(429)),
        ("end:rst", TransportEnd("rst")),
        ("Discord:4004", VendorCode("discord", 4004)),
        ("sockjs:3000.2", VendorCode("sockjs", 3000, 2)),
    ],
)
def test_find(text: str, topic: Topic) -> None:
    assert codes.find(text) == topic


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("bad gatway", "nearest: 1014 Bad Gateway"),
        ("time", "nearest: "),
        ("70000", "close codes are 0 to 65535"),
        ("http:900", "nearest: http:500"),
        ("http:50x", "nearest: http:50"),
        ("end:reset", "nearest: end:rst"),
        ("discord:4999", "nearest: discord:4014 Disallowed intents"),
        ("discord:x", "nearest: discord:4000 Unknown error"),
        ("dicsord:4004", "nearest: discord:4004"),
        ("a:b:c", "give a close code"),
        ("???", "give a close code"),
        ("", "give a close code"),
    ],
)
def test_unknown_input_names_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        codes.find(text)
    assert caught.value.exit_code == 2
    assert hint in caught.value.hint


def test_an_error_shows_no_control_characters() -> None:
    with pytest.raises(UsageError) as caught:
        codes.find("\x1b]52;c;x\x07")
    assert str(caught.value).isprintable()


GOOD = (DATA / "codes" / "1011.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "Internal Error"', "", "name is missing"),
        ('name = "Internal Error"', "name = 7", "name must be a text"),
        ('name = "Internal Error"', 'name = " "', "name must be a text"),
        ('name = "Internal Error"', 'name = "x"\nnmae = "y"', "unknown key 'nmae'"),
        ('severity = "error"', 'severity = "bad"', "severity is 'bad', must be one of ok, info, warning, error"),
        ("code = 1011", "code = 65536", "code must be 0 to 65535"),
        ("code = 1011", "code = true", "code must be a whole number"),
        ("code = 1011", "", "one of code, range, http, http_range or end must say what the file is about"),
        ("code = 1011", "range = [1, 2, 3]", "one of code, range, http, http_range or end must say"),
        ('by = "either"', 'by = "me"', "sent: by is 'me', must be one of either, client"),
        ("wire = true", 'wire = "yes"', "sent: wire must be true or false"),
        ("related = [1014", "related = [70000", "not a close code: '70000'"),
        ("related = [1014", "related = [1.5", "related may hold texts and whole numbers only"),
        ("aliases = [", "aliases = [1, ", "aliases may hold texts only"),
        ("when = [", "when = [7, ", "when must be an array of tables"),
        ("[fault]", "[fualt]", "fault is missing"),
        ("[fault]", "[fault]\nx = 1", "fault: unknown key 'x'"),
        ("code = 1011", "code = ", "(at line 1, column 8)"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    path = tmp_path / "1011.toml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_entry(path)
    assert str(caught.value).startswith("1011.toml: ")
    assert problem in str(caught.value)


def test_a_table_where_a_text_belongs(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("code = 1\nsent = 1\nfault = 1\nretry = 1\nlayer = 1\n", "utf-8")
    with pytest.raises(CatalogueError, match="sent must be a table"):
        load_entry(path)
    path.write_text("pair = 7\n", "utf-8")
    with pytest.raises(CatalogueError, match="pair must be an array"):
        load_pair(path)


@pytest.mark.parametrize("pair", ["[1011]", "[1011, 1011]", "[1, 2, 3]"])
def test_a_pair_names_two(tmp_path: Path, pair: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f"pair = {pair}\n", "utf-8")
    with pytest.raises(CatalogueError, match="pair must name two topics"):
        load_pair(path)


def test_a_pair_has_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("pair = [1011, 1014]\n", "utf-8")
    with pytest.raises(CatalogueError, match="difference is missing"):
        load_pair(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"none\.toml"):
        load_entry(tmp_path / "none.toml")


def test_a_catalogue_reads_any_folder(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "1011.toml").write_text(GOOD.replace("Internal Error", "Mine", 1), "utf-8")
    entry = Catalogue(tmp_path).entry(1011)
    assert entry is not None
    assert entry.name == "Mine"
    assert Catalogue(tmp_path).entry(1014) is None
