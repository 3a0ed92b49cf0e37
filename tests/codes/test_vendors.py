"""Vendors: every file keeps the form, their codes read like any other, and connections are recognised."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect import codes
from wsinspect.codes import CatalogueError, HttpStatus, Retry, VendorCode
from wsinspect.codes.catalogue import DATA
from wsinspect.codes.shapes import HEAD_BYTES, MESSAGES, plain
from wsinspect.codes.vendors import Candidate, Meaning, OwnFileError, Vendors, known, load_vendor, recognise
from wsinspect.model import Side

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
    written = tomllib.loads(path.read_text("utf-8"))
    assert {"name", "source", "recognise"} <= written.keys()
    assert "verified" in written["recognise"], "say whether it was read in a source"
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
[recognise]
hosts = ["ws.example.org"]
messages = [{ by = "server", json = ['"room":'] }]
[[code]]
code = 4004
name = "Gone"
meaning = "The room was deleted."
retry = "no"
"""


def own(tmp_path: Path, **files: str) -> Vendors:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    return Vendors(DATA / "vendors", tmp_path)


def test_files_of_a_user_stand_beside_ours(tmp_path: Path) -> None:
    vendors = own(tmp_path, mine=MINE, discord=MINE.replace("Mine", "My Discord"))
    assert vendors.vendor("mine").meanings[0].name == "Gone"
    assert vendors.vendor("discord").name == "My Discord"
    assert vendors.vendor("graphql").name == known().vendor("graphql").name
    assert {candidate.vendor.key for candidate in vendors.recognise("ws.example.org", "", "/")} == {"mine", "discord"}
    assert "mine" in {meaning.topic.vendor for meaning in vendors.users(4004)}
    assert vendors.problems == ()


def test_a_user_need_not_say_how_to_recognise(tmp_path: Path) -> None:
    text = 'name = "X"\n[[code]]\ncode = 4001\nname = "A"\nmeaning = "B."\nretry = "no"\n'
    entry = own(tmp_path, x=text).entry(VendorCode("x", 4001), codes.lookup)
    assert (entry.name, entry.description) == ("A", "B.")
    assert entry.how[0].source == "x.toml"


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    vendors = Vendors(DATA / "vendors", tmp_path / "none")
    assert vendors.keys == tuple(sorted(path.stem for path in FILES))
    assert vendors.problems == ()


def test_a_users_broken_file_is_named_and_harms_nobody_else(tmp_path: Path) -> None:
    vendors = own(tmp_path, mine=MINE.replace("code = 4004", 'code = "x" # 4004'), Mine="", http=MINE, other=MINE)
    (tmp_path / "binary.toml").write_bytes(b"# 4004\n\xff")
    (tmp_path / ".hidden.toml").write_text("[", "utf-8")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(OwnFileError) as caught:
        vendors.vendor("mine")
    assert caught.value.exit_code == 2
    assert str(caught.value) == (
        f"{tmp_path}/mine.toml: code 1: code must be a whole number (correct the file, or move it out of this folder)"
    )
    assert [candidate.vendor.key for candidate in vendors.recognise("ws.example.org", "", "/")] == ["other"]
    assert "other" in {meaning.topic.vendor for meaning in vendors.users(4004)}
    assert sorted(error.problem.removeprefix(f"{tmp_path}/") for error in vendors.problems) == [
        "Mine.toml: the name of the file cannot stand before a code, as in discord:4004",
        "binary.toml: it is not UTF-8 (at line 2)",
        "folder.toml: cannot be read: Is a directory",
        "http.toml: the name of the file cannot stand before a code, as in discord:4004",
        "mine.toml: code 1: code must be a whole number",
    ]
    assert "Mine" not in vendors.keys


def test_a_broken_file_of_ours_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("name = 7\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"^bad\.toml: name must be a text"):
        Vendors(tmp_path).recognise("", "", "")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("code = 4004", "code = 70000", "code 1: code must be 0 to 65535"),
        ("code = 4004", "code = 4004\nlike = -1", "code 1: like must be 0 to 65535"),
        ('retry = "no"', 'retry = "never"', "code 1: retry is 'never', must be one of no, now"),
        ('name = "Mine"', 'title = "Mine"', "name is missing"),
        ('name = "Mine"', 'name = "Mine\\u001b[31m"', "name must be one line without control characters"),
        ('name = "Mine"', 'name = "Mine"\nnotes = ["a\\u202eb"]', "notes must hold lines without control characters"),
        ('name = "Gone"', 'name = "Gone"\nhost = "x"', "code 1: unknown key 'host'"),
        ("[recognise]", "[recognise", "(at line 3"),
        ("hosts = [", "host = [", "recognise: unknown key 'host'"),
        ('by = "server"', 'by = "gateway"', "recognise: messages 1: by must be client or server"),
        ("json =", "jsn =", "recognise: messages 1: one of form and json must say"),
        ("json =", 'form = "o", json =', "recognise: messages 1: one of form and json must say"),
        ("hosts = [", "x = " + "[" * 5000, "nested too deep"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "mine.toml"
    assert old in MINE
    path.write_text(MINE.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_vendor(path)
    assert str(caught.value).startswith("mine.toml: ")
    assert problem in str(caught.value), json.dumps(str(caught.value))


C, S = Side.CLIENT, Side.SERVER


@pytest.mark.parametrize(
    ("side", "message", "vendor"),
    [
        (S, '{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250,"_trace":["[]"]}}', "discord"),
        (S, '{"op": 10, "d": {"heartbeat_interval": 41250}}', "discord"),
        (S, '{"op":8,"d":{"v":8,"heartbeat_interval":13750.0}}', "discord-voice"),
        (C, '{"type":"connection_init"}', "graphql"),
        (C, '{ "type": "connection_init", "payload": {"token": "x"} }', "graphql"),
        (S, '{"type":"ka"}', "graphql-legacy"),
        (S, '0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":[],"pingInterval":25000,"pingTimeout":20000}', "socketio"),
        (C, '{"protocol":"json","version":1}\x1e', "signalr"),
        (C, '{"protocol":"messagepack","version":1}\x1e\x01\x02', "signalr"),
        (S, '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.2\\"}"}', "pusher"),
        (C, '["1","1","room:lobby","phx_join",{}]', "phoenix"),
        (C, '{"topic":"room:lobby","event":"phx_join","payload":{},"ref":"1","join_ref":"1"}', "phoenix"),
        (S, "o", "sockjs"),
        (S, '{"type":"welcome"}', "actioncable"),
        (S, '{"type":"ping","message":1732284000}', "actioncable"),
        (S, '{"metadata":{"message_id":"1","message_type":"session_welcome"},"payload":{}}', "twitch"),
        (S, '{"d":{"obsWebSocketVersion":"5.1.0","rpcVersion":1},"op":0}', "obs"),
        (S, '{"type":"auth_required","ha_version":"2024.1.0"}', "home-assistant"),
        (S, '{"type":"hello","num_connections":1}', "slack"),
        (S, '{"type":"session.created","event_id":"e","session":{"id":"s"}}', "openai-realtime"),
        (C, '{"id":1,"connect":{"name":"js"}}', "centrifugo"),
        (C, '{"AuthToken":"","columns":80,"rows":24}', "ttyd"),
        (C, "CONNECT\naccept-version:1.2\n\n\x00", "spring"),
        (S, '[{"T":"success","msg":"connected"}]', "alpaca"),
        (S, '{"message":"Internal server error","connectionId":"a=","requestId":"b="}', "aws-api-gateway"),
        (S, '{"type":"system","event":"connected","userId":"u","connectionId":"c"}', "azure-web-pubsub"),
    ],
)
def test_a_first_message_gives_it_away(side: Side, message: str, vendor: str) -> None:
    (candidate,) = recognise("127.0.0.1", "", "/", [(side, message.encode())])
    assert (candidate.vendor.key, candidate.grounds) == (vendor, ("message",))
    assert not recognise("127.0.0.1", "", "/", [(side.other, message.encode())])


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"ok",
        b"oo",
        b"0",
        b"{}",
        b"[]",
        b'{"type":"hello"}',
        b'"connection_init"',
        b'{"op":1}',
        b"\xff\xfe\x00",
        b"[[",
    ],
)
def test_an_ordinary_message_gives_nothing_away(message: bytes) -> None:
    assert recognise("127.0.0.1", "", "/", [(C, message), (S, message)]) == ()


def test_only_the_beginning_is_looked_at() -> None:
    hello = b'{"type":"hello","num_connections":1}'
    assert recognise("", "", "", [(S, b"x")] * (MESSAGES - 1) + [(S, hello)])
    assert recognise("", "", "", [(C, b"x")] * MESSAGES + [(S, hello)])
    assert not recognise("", "", "", [(S, b"x")] * MESSAGES + [(S, hello)])
    assert not recognise("", "", "", [(S, b"{" + b" " * HEAD_BYTES + hello[1:])])
    assert recognise("", "", "", [(S, hello + b"x" * 100_000)])


def test_the_best_grounds_come_first() -> None:
    hello = [(C, b'{"type":"connection_init"}')]
    for host, subprotocol, vendors in (
        ("x.hasura.app", "graphql-transport-ws", ["hasura", "graphql"]),
        ("localhost", "graphql-ws", ["graphql-legacy", "graphql"]),
        ("localhost", "graphql-transport-ws", ["graphql"]),
    ):
        found = recognise(host, subprotocol, "/", hello)
        assert [candidate.vendor.key for candidate in found] == vendors


def test_what_others_use_too_is_weak() -> None:
    (candidate,) = recognise("localhost", "v12.stomp", "/", [(C, b"CONNECT\n")])
    assert candidate.grounds == ("subprotocol", "message")
    assert not candidate.is_strong


def test_what_rests_on_general_knowledge_is_not_sure() -> None:
    def first(host: str, subprotocol: str, path: str) -> Candidate:
        return recognise(host, subprotocol, path)[0]

    assert not first("gateway.discord.gg", "", "/").is_sure
    assert first("gateway.discord.gg", "", "/").is_strong
    assert first("localhost", "graphql-transport-ws", "/").is_sure
    assert first("api.deepgram.com", "", "/").is_sure


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b' { "a b" : [ 1 ,\n2 ] }', '{"a b":[1,2]}'),
        (b'{"a\\" b": 1}', '{"a\\" b":1}'),
        (b'{"cut \\', '{"cut \\'),
        (b"CONNECT\na: b", "CONNECT\na: b"),
        (b"{\xff \x1e}", "{\ufffd\x1e}"),
    ],
)
def test_json_is_compared_without_blanks(data: bytes, text: str) -> None:
    assert plain(data) == text


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, -1]), st.binary(max_size=600)), max_size=12), st.text(), st.text())
def test_nothing_a_peer_sends_raises(messages: list[tuple[int, bytes]], host: str, path: str) -> None:
    known().recognise(host, path, path, messages)
