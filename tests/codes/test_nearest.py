"""Which related code comes first, by what the capture shows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect import codes
from wsinspect.codes import CatalogueError, HttpStatus, Topic, TransportEnd, VendorCode
from wsinspect.codes.catalogue import DATA
from wsinspect.codes.nearest import related
from wsinspect.codes.reasons import Subject, subject
from wsinspect.codes.related_rules import load_rules, rules
from wsinspect.codes.vendors import known
from wsinspect.model import Ending, Side

C, S = Side.CLIENT, Side.SERVER


class Capture(TypedDict, total=False):
    """What a capture shows, as the arguments of ``related``."""

    sender: Side
    reason: str
    vendor: str
    software: tuple[str, ...]
    gateway_seen: bool
    end: Ending
    answer: int
    is_wire: bool


EXAMPLES: list[tuple[Topic, Capture, list[str]]] = [
    # a missing pong, in the words of each library
    (1011, {"sender": S, "reason": "keepalive ping timeout"}, ["1006", "1001", "3008"]),
    (1011, {"sender": C, "reason": "keepalive ping timeout"}, ["1006", "1001", "3008"]),
    (1000, {"sender": S, "reason": "ping timed out"}, ["1001", "1006", "1011"]),
    (1000, {"sender": C, "reason": "heartbeat timeout"}, ["1001", "1006", "1011"]),
    (1008, {"sender": S, "reason": "Ping/Pong timeout"}, ["1006", "1001", "1011"]),
    (3000, {"sender": S, "reason": "No response from heartbeat"}, ["1006", "1001", "1011"]),
    (1006, {"sender": C, "end": Ending.FIN, "software": ("okhttp",)}, ["1001", "end:fin"]),
    (1006, {"sender": S, "end": Ending.RST, "software": ("daphne",)}, ["end:rst", "1011"]),
    # who failed: the one that spoke, or the one behind it
    (1011, {"sender": S, "reason": "", "gateway_seen": True}, ["1014", "1006"]),
    (1011, {"sender": S, "reason": ""}, ["1014", "1006"]),
    (1011, {"sender": S, "reason": "KeyError: 'qty'"}, ["1008", "1014"]),
    (1011, {"sender": S, "reason": "KeyError: 'qty'", "gateway_seen": True}, ["1014", "1008"]),
    (1011, {"sender": S}, ["1014", "1006"]),
    (1011, {"sender": C, "reason": ""}, ["1006", "1000", "1001"]),
    (1011, {"sender": S, "reason": "upstream connect error"}, ["1014", "http:502"]),
    (1011, {"sender": S, "reason": "server is shutting down"}, ["1012", "1001"]),
    (1013, {"sender": S, "reason": "", "gateway_seen": True}, ["1014", "1012"]),
    # logins, rights, limits
    (1008, {"sender": S, "reason": "token expired"}, ["3000", "3003"]),
    (1008, {"sender": S, "reason": "Unauthorized"}, ["3000", "3003"]),
    (1008, {"sender": S, "reason": "role viewer may not read admin"}, ["3003", "3000"]),
    (1008, {"sender": S, "reason": "rate limit exceeded"}, ["1013", "http:429"]),
    (1008, {"sender": S, "reason": "message too large"}, ["1009"]),
    (1008, {"sender": S, "reason": ""}, ["3003", "3000"]),
    (4001, {"sender": S, "reason": "not authenticated"}, ["3000", "3003", "1008"]),
    (1000, {"sender": S, "reason": "", "software": ("uvicorn",)}, ["3000", "3003"]),
    # going away
    (1001, {"sender": C, "reason": ""}, ["1000", "1006"]),
    (1001, {"sender": S, "reason": ""}, ["1012", "1000"]),
    (1001, {"sender": S, "reason": "Connection Idle Timeout"}, ["3008", "1006"]),
    (1001, {"sender": S, "reason": "The server is stopping"}, ["1012", "1013"]),
    (1000, {"sender": S, "reason": "please reconnect"}, ["1001", "1012"]),
    (1012, {"sender": S, "reason": ""}, ["1013", "1001"]),
    # what the client's own program is told
    (1002, {"sender": C, "reason": "Invalid UTF-8 in text frame"}, ["1007", "1006"]),
    (1009, {"sender": C, "reason": ""}, ["1006"]),
    (1009, {"sender": S, "reason": "frame with 9 bytes exceeds limit of 8 bytes"}, ["1006", "1008"]),
    # no close frame
    (1006, {"sender": S, "end": Ending.FIN}, ["1011", "end:fin"]),
    (1006, {"sender": S, "end": Ending.CLOSE_NOTIFY}, ["1011", "end:fin"]),
    (1006, {"sender": S, "end": Ending.FIN, "gateway_seen": True}, ["1014", "1001"]),
    (1006, {"sender": S, "end": Ending.FIN, "gateway_seen": True, "software": ("heroku",)}, ["1001", "3008"]),
    (1006, {"sender": C, "end": Ending.FIN}, ["1001", "end:fin"]),
    (1006, {"sender": C, "end": Ending.RST}, ["end:rst", "1001"]),
    (1006, {"end": Ending.TIMEOUT}, ["end:timeout", "1011"]),
    (1006, {"end": Ending.TLS_ALERT}, ["end:tls_alert", "1015"]),
    # codes that may not be on the wire, and codes that not everybody knows
    (1006, {"sender": S, "is_wire": True, "reason": ""}, ["1002"]),
    (2999, {"sender": S, "is_wire": True, "reason": ""}, ["1002"]),
    (1011, {"sender": S, "is_wire": True, "reason": ""}, ["1014"]),
    (1014, {"sender": S, "answer": 1002}, ["1002", "1011"]),
    (1011, {"sender": S, "answer": 1000, "reason": ""}, ["1014"]),
    # vendors
    (4004, {"sender": S, "vendor": "discord"}, ["discord:4003", "3000", "discord:4005", "discord:4002"]),
    (VendorCode("discord", 4004), {}, ["discord:4003", "3000", "discord:4005", "discord:4002"]),
    (4401, {"sender": S, "vendor": "graphql"}, ["3000", "graphql:4400", "graphql:4403"]),
    (1000, {"sender": C, "vendor": "phoenix", "reason": "heartbeat timeout"}, ["3008", "1001"]),
    (1002, {"sender": S, "vendor": "phoenix", "reason": ""}, ["3008", "1007"]),
    (1011, {"sender": S, "vendor": "discord", "reason": ""}, ["1014"]),
    (3000, {"sender": S, "reason": "Go away!"}, ["sockjs:3000", "3003"]),
    # an application's own code
    (4401, {"sender": S, "reason": ""}, ["http:401", "3000", "4403"]),
    (4102, {"sender": S, "reason": "room deleted by its owner"}, ["1008", "3000"]),
    (4102, {"sender": C, "reason": ""}, ["1000", "1001"]),
    # refused upgrades
    (HttpStatus(502), {"sender": S}, ["1014", "http:503"]),
    (HttpStatus(403), {"sender": S, "software": ("uvicorn",)}, ["3003", "http:401"]),
    (TransportEnd("rst"), {"sender": S}, ["1006", "end:fin"]),
]


@pytest.mark.parametrize(("topic", "capture", "first"), EXAMPLES, ids=str)
def test_the_capture_decides(topic: Topic, capture: Capture, first: list[str]) -> None:
    found = related(topic, **capture)
    assert [codes.key(one) for one in found[: len(first)]] == first
    assert found == related(topic, **capture)


def test_without_a_capture_the_order_is_the_codes_own() -> None:
    for topic in codes.topics():
        if topic not in (4401, 4403, 4408, 4429):
            assert related(topic) == codes.related(topic)


@pytest.mark.parametrize(("topic", "capture", "_first"), EXAMPLES, ids=str)
def test_nothing_is_lost_and_nothing_twice(topic: Topic, capture: Capture, _first: list[str]) -> None:
    found = related(topic, **capture)
    assert len(set(found)) == len(found)
    assert topic not in found
    assert set(codes.related(topic)) <= set(found)
    for one in found:
        assert codes.compare(topic, one).key_differences


@given(
    st.one_of(st.integers(0, 65535), st.sampled_from(codes.topics())),
    st.sampled_from([None, C, S]),
    st.one_of(st.none(), st.text(max_size=130)),
    st.sampled_from(["", *known().keys]),
    st.booleans(),
    st.sampled_from([None, *Ending]),
    st.one_of(st.none(), st.integers(0, 65535)),
    st.booleans(),
)
def test_no_capture_raises(
    topic: Topic,
    sender: Side | None,
    reason: str | None,
    vendor: str,
    gateway_seen: bool,
    end: Ending | None,
    answer: int | None,
    is_wire: bool,
) -> None:
    found = related(
        topic,
        sender=sender,
        reason=reason,
        vendor=vendor,
        gateway_seen=gateway_seen,
        end=end,
        answer=answer,
        is_wire=is_wire,
    )
    assert found
    assert topic not in found
    for one in found:
        codes.lookup(one)


def test_every_rule_says_when_and_why() -> None:
    for part in tomllib.loads((DATA / "related.toml").read_text("utf-8"))["rule"]:
        assert part.keys() - {"first", "why"}, "a rule that always holds"
        assert part["first"]
        assert part["why"][-1] != "."
        assert "4000-4999" not in part.get("codes", []) or "about" in part
    for rule in rules():
        for topic in rule.first:
            codes.lookup(topic)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('codes = ["5-4"]', "codes holds '5-4', must be a number or a span up to 65535"),
        ('codes = ["x"]', "codes holds 'x'"),
        ("codes = [70000]", "codes holds 70000"),
        ('about = ["x"]', "about is 'x', must be one of keepalive"),
        ('sender = "gateway"', "sender must be client or server"),
        ('end = ["x"]', "end is 'x', must be one of fin"),
        ("gatway = true", "unknown key 'gatway'"),
    ],
)
def test_a_mistake_in_a_rule_is_named(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "related.toml"
    path.write_text(f'[[rule]]\n{text}\nfirst = [1011]\nwhy = "x"\n', "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_rules(path)
    assert str(caught.value).startswith("related.toml: rule 1: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("reason", "about"),
    [
        ("keepalive ping timeout", Subject.KEEPALIVE),
        ("The WebSocket session [7] idle timeout expired", Subject.IDLE),
        ("session 2207 has expired", Subject.LOGIN),
        ("UNAUTHORIZED", Subject.LOGIN),
        ("origin not allowed", Subject.FORBIDDEN),
        ("Rate limit exceeded", Subject.RATE),
        ("Message too large", Subject.SIZE),
        ("1 of 1 workers busy, try again in 30 s", Subject.OVERLOAD),
        ("upstream quotes-2 refused the connection", Subject.GATEWAY),
        ("maintenance, back at 02:00 UTC", Subject.RESTART),
        ("invalid start byte at position 44", Subject.ENCODING),
        ("incorrect masking", Subject.FRAMING),
        ("", None),
        ("bye", None),
        ("separate", None),
        ("report received", None),
        ("Unexpected token < in JSON", None),
        ("x" * 123 + " forbidden", None),
    ],
)
def test_what_a_reason_is_about(reason: str, about: Subject | None) -> None:
    assert subject(reason) is about
