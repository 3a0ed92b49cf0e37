"""Vendors: every file keeps the form, their codes read like any other, and connections are recognised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wsinspect import codes
from wsinspect.codes import CatalogueError, HttpStatus, Retry, VendorCode
from wsinspect.codes.catalogue import DATA
from wsinspect.codes.vendors import Meaning, Vendors, known, load_vendor, recognise

FILES = sorted((DATA / "vendors").glob("*"))
MEANINGS = [meaning for path in FILES for meaning in load_vendor(path).meanings]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_vendor_keeps_the_form(path: Path) -> None:
    assert path.suffix == ".toml"
    assert path.read_text("utf-8").isascii()
    vendor = load_vendor(path)
    assert vendor.key == path.stem
    assert vendor.key not in ("http", "end")
    assert vendor.notes or vendor.meanings
    for note in vendor.notes:
        assert len(note) <= 90, note
        assert note.endswith("."), note
    for pattern in vendor.hosts:
        assert pattern == pattern.lower()
        assert pattern.strip("*.").count("."), "a pattern that any host fits"
    for pattern in vendor.paths:
        assert pattern.startswith("/")
        assert len(pattern) > 3, "a path that anything may have"


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda meaning: codes.key(meaning.topic))
def test_a_meaning_keeps_the_form(meaning: Meaning) -> None:
    assert len(meaning.meaning) <= 120
    assert meaning.meaning.endswith(".")
    assert len(meaning.how) <= 90
    assert not meaning.how or meaning.how.endswith("."), meaning.how
    assert meaning.is_verified or "eportedly" in meaning.meaning
    if meaning.like is not None:
        like = codes.lookup(meaning.like)
        assert like.is_wire, "what nobody sends is like nothing that was sent"
        assert like.range is None or meaning.like == 4000


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda meaning: codes.key(meaning.topic))
def test_a_vendor_code_reads_like_any_other(meaning: Meaning) -> None:
    entry = codes.lookup(meaning.topic)
    assert entry.topic == meaning.topic
    assert entry.description == meaning.meaning
    assert entry.is_wire == codes.lookup(meaning.topic.code).is_wire
    assert len(entry.when) == len(entry.how) == 1
    assert len(entry.retry_text) <= 60
    for clause in (entry.use, entry.layer_text):
        assert len(clause) <= 75, clause
    for point in (*entry.when, *entry.how, *entry.more_when):
        assert len(point.text) <= 90
    assert entry.related
    assert entry.topic not in entry.related
    comparison = codes.compare(entry.topic, entry.related[0])
    assert comparison.key_differences
    assert all(row.a != row.b for row in comparison.key_differences)


def test_no_vendor_says_the_same_code_twice_without_telling_them_apart() -> None:
    for path in FILES:
        meanings = load_vendor(path).meanings
        for one in meanings:
            plain = [other for other in meanings if other.topic.code == one.topic.code and not other.reason]
            assert len(plain) <= 1, codes.key(one.topic)


def recognised(host: str = "", subprotocol: str = "", path: str = "/") -> list[str]:
    return [candidate.vendor.key for candidate in recognise(host, subprotocol, path)]


@pytest.mark.parametrize(
    ("host", "subprotocol", "path", "vendors"),
    [
        ("gateway.discord.gg", "", "/?v=10&encoding=json", ["discord"]),
        ("GATEWAY-us-east1-b.discord.gg:443", "", "/", ["discord"]),
        ("localhost:4000", "graphql-transport-ws", "/graphql", ["graphql"]),
        ("x.hasura.app", "graphql-ws", "/v1/graphql", ["hasura", "graphql-legacy"]),
        ("127.0.0.1:3000", "", "/socket.io/?EIO=4&transport=websocket", ["socketio"]),
        ("127.0.0.1", "", "/echo/123/abcdef/websocket", ["sockjs"]),
        ("127.0.0.1", "", "/cable", ["actioncable"]),
        ("abc.execute-api.eu-west-1.amazonaws.com", "", "/prod", ["aws-api-gateway"]),
        ("localhost", "", "/", []),
        ("evil-gateway.discord.gg.example.org", "", "/", []),
    ],
)
def test_recognise(host: str, subprotocol: str, path: str, vendors: list[str]) -> None:
    assert recognised(host, subprotocol, path) == vendors


def test_a_path_alone_is_weak() -> None:
    (candidate,) = recognise("localhost", "", "/socket.io/")
    assert candidate.grounds == ("path",)
    assert not candidate.is_strong
    (candidate,) = recognise("localhost", "phoenix", "/socket/websocket")
    assert candidate.grounds == ("subprotocol", "path")
    assert candidate.is_strong


def test_one_code_with_several_meanings_is_told_by_its_reason() -> None:
    sockjs = known().vendor("sockjs")
    for reason, name in (
        ("Broken framing.", "Broken framing"),
        ("No response from heartbeat", "No response from heartbeat"),
        ("Go away!", "Go away!"),
        ("", "Go away!"),
    ):
        meaning = sockjs.meaning(3000, reason)
        assert meaning is not None
        assert meaning.name == name
    assert sockjs.meaning(3001) is None
    phoenix = known().vendor("phoenix")
    plain, told = phoenix.meaning(1000), phoenix.meaning(1000, "heartbeat timeout")
    assert plain is not None
    assert told is not None
    assert (plain.name, told.name) == ("Idle timeout on Cowboy", "Heartbeat timeout")


def test_who_uses_a_code() -> None:
    users = {meaning.topic.vendor for meaning in known().users(4004)}
    assert {"discord", "discord-voice", "graphql", "obs", "pusher", "twitch"} <= users


def test_the_facts_come_from_the_closest_standard_code() -> None:
    entry = codes.lookup(VendorCode("discord", 4004))
    login = codes.lookup(3000)
    assert (entry.fault_text, entry.severity) == (login.fault_text, login.severity)
    assert entry.retry is Retry.NO
    assert entry.related[:2] == (3000, 4004)
    assert HttpStatus(404) not in entry.related


MINE = """
name = "Mine"
source = "our own documentation"
[recognise]
hosts = ["ws.example.org"]
subprotocols = []
paths = []
verified = true
[[code]]
code = 4004
name = "Gone"
meaning = "The room was deleted."
retry = "no"
"""


def test_files_of_a_user_are_read_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE, "utf-8")
    (tmp_path / "discord.toml").write_text(MINE.replace("Mine", "My Discord"), "utf-8")
    vendors = Vendors([DATA / "vendors", tmp_path])
    assert vendors.vendor("mine").meanings[0].name == "Gone"
    assert vendors.vendor("discord").name == "My Discord"
    assert {candidate.vendor.key for candidate in vendors.recognise("ws.example.org", "", "/")} == {"mine", "discord"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("code = 4004", "code = 70000", "code: code must be 0 to 65535"),
        ('retry = "no"', 'retry = "never"', "code: retry is 'never', must be one of no, now"),
        ("verified = true", "", "recognise: verified is missing"),
        ('name = "Mine"', 'title = "Mine"', "name is missing"),
        ('name = "Gone"', 'name = "Gone"\nhost = "x"', "code: unknown key 'host'"),
        ("[recognise]", "[recognise", "(at line 4"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_vendor(path)
    assert str(caught.value).startswith("mine.toml: ")
    assert problem in str(caught.value), json.dumps(str(caught.value))
