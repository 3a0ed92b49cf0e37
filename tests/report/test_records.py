"""Records are what their documentation says, and no byte of a peer's can act in a terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.samples import CRASH, CRASHED, CUT, HOSTILE, REFUSAL, REFUSED, START, event, row
from wsinspect.model import (
    Connection,
    EventKind,
    Finding,
    Payload,
    RowKind,
    SeenClose,
    Side,
    Strength,
    Violation,
)
from wsinspect.report import records
from wsinspect.report.records import Record, close_json, connection_json, row_json, to_line, utc


def again(record: Record) -> Any:
    """The record as a program reads it."""
    return json.loads(to_line(record))


def test_an_opening() -> None:
    assert again(connection_json(CRASHED)) == {
        "event": "open",
        "time": "2026-11-22T14:02:11.061204Z",
        "connection": 3,
        "client": "127.0.0.1:52120",
        "server": "127.0.0.1:9000",
        "url": "ws://127.0.0.1:9000/orders",
        "path": "/orders",
        "status": 101,
        "subprotocol": None,
        "extensions": None,
    }


def test_a_text_message() -> None:
    assert again(row_json(row(RowKind.TEXT, b'{"a":1}'))) == {
        "event": "message",
        "time": "2026-11-22T14:02:33.061204Z",
        "connection": 3,
        "row": 5,
        "from": "client",
        "type": "text",
        "size": 7,
        "wire_size": 13,
        "frames": 1,
        "compressed": False,
        "text": '{"a":1}',
    }


def test_a_compressed_message_has_its_inflated_size_and_content() -> None:
    compressed = row(RowKind.TEXT, b"a" * 512, size=9, inflated_size=2000, is_compressed=True)
    record = again(row_json(compressed, Payload(b"a" * 2000, 2000)))
    assert record["size"] == 2000
    assert record["compressed"] is True
    assert record["text"] == "a" * 2000
    assert "problem" not in record


@pytest.mark.parametrize("kind", [RowKind.BINARY, RowKind.CONTINUATION, RowKind.RESERVED])
def test_other_messages_are_base64(kind: RowKind) -> None:
    record = again(row_json(row(kind, b"\x00\xff")))
    assert (record["event"], record["type"], record["base64"]) == ("message", kind.value, "AP8=")
    assert "text" not in record


def test_text_that_is_not_utf8_is_base64_and_a_violation() -> None:
    broken = Violation("utf8", "text that is not UTF-8", "RFC 6455 section 8.1")
    record = again(row_json(row(RowKind.TEXT, b"Malm\xf6", violations=(broken,))))
    assert record["base64"] == "TWFsbfY="
    assert record["violations"] == [{"rule": "utf8", "detail": broken.detail, "source": broken.source}]


def test_content_cut_inside_a_character_is_text_up_to_it() -> None:
    record = again(row_json(row(RowKind.TEXT, b""), Payload("aü".encode()[:2], 900)))
    assert record["text"] == "a"
    assert record["problem"] == "only the first 2 bytes are here"


def test_content_with_a_problem_names_it() -> None:
    assert again(row_json(row(RowKind.TEXT, b"ab", problem="not inflated")))["problem"] == "not inflated"


def test_control_frames() -> None:
    ping = again(row_json(row(RowKind.PING, b"az\x01\x9c", Side.SERVER)))
    assert (ping["event"], ping["from"], ping["base64"]) == ("ping", "server", "YXoBnA==")
    assert "type" not in ping
    close = again(row_json(row(RowKind.CLOSE, b"\x03\xf3so long")))
    assert (close["event"], close["code"], close["reason"]) == ("close_frame", 1011, "so long")
    empty = again(row_json(row(RowKind.CLOSE, b"")))
    assert (empty["code"], empty["reason"]) == (None, "")


def test_a_close_with_what_the_capture_says_about_it() -> None:
    finding = Finding(
        rule="handler-failed",
        cause="the server's handler failed on message 5",
        because="it closed 43 ms after message 5",
        strength=Strength.STRONG,
        topic="1011",
        rows=(5,),
        others=(2,),
        next_step="find the stack trace",
    )
    assert "findings" not in again(close_json(CRASH))
    assert again(close_json(CRASH, ()))["findings"] == []
    assert again(close_json(CRASH, (finding,)))["findings"] == [
        {
            "rule": "handler-failed",
            "cause": "the server's handler failed on message 5",
            "because": "it closed 43 ms after message 5",
            "strength": "strong",
            "topic": "1011",
            "for": True,
            "alarm": True,
            "note": False,
            "rows": [5],
            "connections": [2],
            "next_step": "find the stack trace",
            "setting": None,
        }
    ]


def test_an_event() -> None:
    assert again(row_json(event(EventKind.END, Side.SERVER, leg="server", how="rst", by="us", undelivered=3))) == {
        "event": "end",
        "time": "2026-11-22T14:02:33.061204Z",
        "connection": 3,
        "row": 8,
        "leg": "server",
        "data": {"how": "rst", "by": "wsinspect", "undelivered": 3},
    }


def test_an_event_of_the_whole_session_has_no_connection() -> None:
    assert again(row_json(event(EventKind.SLEEP, seconds=720)._replace(connection=0)))["connection"] is None


def test_a_close() -> None:
    assert again(close_json(CRASH)) == {
        "event": "close",
        "time": "2026-11-22T14:02:33.063204Z",
        "connection": 3,
        "code": 1011,
        "name": "Internal Error",
        "wire": True,
        "status": None,
        "sender": "server",
        "reason": "",
        "handshake": "complete",
        "answer": {"code": 1011, "reason": ""},
        "ends": [
            {"leg": "server", "how": "fin", "by": "peer", "time": "2026-11-22T14:02:33.062704Z"},
            {"leg": "client", "how": "fin", "by": "peer", "time": "2026-11-22T14:02:33.063204Z"},
        ],
        "age": 22.0,
        "rtt": 0.001,
        "last_message": {"row": 5, "from": "client", "before": 0.0432},
        "messages": {"to_server": 2, "to_client": 1},
        "bytes": {"to_server": 144, "to_client": 39},
        "pings_unanswered": 0,
        "failure": None,
    }


def test_a_refused_upgrade_has_a_status_and_no_code() -> None:
    record = again(close_json(REFUSAL))
    assert (record["code"], record["status"], record["wire"]) == (None, 502, False)
    assert record["name"] == "Bad Gateway"
    assert record["handshake"] == "absent"


def test_a_refusal_of_our_own_is_ours() -> None:
    ours = replace(REFUSAL, by_us=True, sender=None, connection=replace(REFUSED, failure="connection refused"))
    record = again(close_json(ours))
    assert (record["sender"], record["failure"]) == ("wsinspect", "connection refused")


def test_a_status_outside_http_has_no_name() -> None:
    record = again(close_json(replace(REFUSAL, status=799)))
    assert (record["status"], record["name"]) == (799, None)


def test_a_cut_connection_has_a_code_that_was_not_on_the_wire() -> None:
    record = again(close_json(CUT))
    assert (record["code"], record["wire"], record["pings_unanswered"]) == (1006, False, 2)
    assert [(end["leg"], end["how"], end["by"]) for end in record["ends"]] == [
        ("server", "rst", "peer"),
        ("client", "rst", "wsinspect"),
    ]


def test_a_reason_that_is_not_utf8_keeps_its_bytes() -> None:
    record = again(close_json(replace(CRASH, reason=b"a\xff", answer=SeenClose(7, START, None, b"\xfe"))))
    assert record["reason"] == "a\\xff"
    assert record["answer"] == {"code": None, "reason": "\\xfe"}


@given(st.text() | st.just(HOSTILE))
def test_no_text_of_a_peer_leaves_ascii(peer: str) -> None:
    data = peer.encode("utf-8", "surrogatepass")
    connection: Connection = replace(CRASHED, path=peer, subprotocol=peer, extensions=peer, failure=peer)
    for record in (
        connection_json(connection),
        row_json(row(RowKind.TEXT, data)),
        row_json(row(RowKind.CLOSE, b"\x03\xe8" + data)),
        row_json(event(EventKind.FAILED, problem=peer)),
        close_json(replace(CRASH, connection=connection, reason=data)),
    ):
        line = to_line(record)
        assert line.isascii()
        assert line.isprintable()
        assert json.loads(line) == record


@given(st.integers(-(1 << 70), 1 << 70))
def test_every_number_is_some_time(at_ns: int) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", utc(at_ns))


def test_every_field_is_documented() -> None:
    documented = set(re.findall(r"``(\w+)``", records.__doc__ or ""))
    rows = (row(RowKind.TEXT, b"a", problem="x", violations=(Violation("r", "d", "s"),)), row(RowKind.BINARY, b"a"))
    frames = (row(RowKind.PING, b""), row(RowKind.CLOSE, b""), event(EventKind.END))
    for record in (connection_json(CRASHED), close_json(CRASH), *map(row_json, rows), *map(row_json, frames)):
        assert record.keys() <= documented
        assert record["event"] in documented
