"""What a report says: the right sentence for every kind of end, the facts, the evidence."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.report.captures import (
    CAPTURES,
    CRASH_FINDING,
    CRASHING,
    CUTTING,
    FAILING,
    INFO,
    OPEN,
    REFUSING,
    TEXT,
    UNREACHED,
    C,
    handshake,
    row,
)
from tests.report.samples import CRASH, CRASHED, REFUSAL, START
from tests.report.writing import as_text, report, said
from wsinspect.codes import HttpStatus
from wsinspect.model import CloseHandshake, Finding, Handshake, Payload, RowKind, SeenClose, Strength, Violation
from wsinspect.origin import Origin
from wsinspect.report.build import build
from wsinspect.report.document import words
from wsinspect.report.formats import Format, render
from wsinspect.report.material import Capture
from wsinspect.report.telling import advice, is_failure


def test_a_close_with_a_code() -> None:
    line, told = said(CRASHING)
    assert line == "WebSocket /orders closed by the server with 1011 Internal Error"
    assert told == (
        "The server closed the connection with 1011 Internal Error, 22.0 s after the opening and 43.2 ms after "
        "message 5 of the client. It gave no reason. The client answered alike: the close handshake is complete."
    )


def test_a_reason_and_other_answers() -> None:
    story = replace(CRASH, reason=b"KeyError: qty", answer=None, handshake=CloseHandshake.UNANSWERED)
    told = said(replace(CRASHING, story=story))[1]
    assert 'Its reason: "KeyError: qty". The client did not answer the close frame.' in told
    different = replace(CRASH, handshake=CloseHandshake.DIFFERENT, answer=SeenClose(7, START, 1002))
    assert "The client answered with 1002 Protocol Error." in said(replace(CRASHING, story=different))[1]
    nothing = replace(different, answer=SeenClose(7, START, None))
    assert "The client answered with no code." in said(replace(CRASHING, story=nothing))[1]


def test_a_close_that_breaks_a_rule_says_so() -> None:
    broken = Violation("close-code-reserved", "code 1004 is reserved", "RFC 6455 section 7.4.1")
    told = said(replace(CRASHING, story=replace(CRASH, code=1004, violations=(broken,))))[1]
    assert told.endswith("That breaks a rule: code 1004 is reserved (RFC 6455 section 7.4.1).")


def test_an_empty_close_frame() -> None:
    story = replace(CRASH, code=1005, is_wire=False)
    line, told = said(replace(CRASHING, story=story))
    assert line == "WebSocket /orders closed by the server without a code (1005)"
    assert told.startswith("The server sent a close frame without a code, 22.0 s after the opening")
    assert "Libraries report that as 1005 No Status Received, which is never sent." in told


def test_no_close_frame() -> None:
    line, told = said(CUTTING)
    assert line == "WebSocket /orders cut off by the server (RST), no close frame (1006)"
    assert told == (
        "The server reset TCP (RST) without a close frame, 22.0 s after the opening and 43.2 ms after message 5 of the "
        "client. Libraries report that as 1006 Abnormal Closure, which is never sent."
    )


def test_a_refusal_and_what_it_says() -> None:
    line, told = said(REFUSING)
    assert line == "WebSocket /gateway/reports refused by the server with HTTP 502 Bad Gateway"
    assert told == (
        "The server refused the upgrade with HTTP 502 Bad Gateway, 1.0 s after the request. The answer says: "
        '"502 Bad Gateway upstream reports-1 refused the connection".'
    )
    ours = said(UNREACHED)[1]
    assert ours.startswith("wsinspect itself refused the upgrade with HTTP 502 Bad Gateway")
    assert 'The reason: "connecting to 127.0.0.1:9000: connection refused".' in ours


@pytest.mark.parametrize("body", [b"\xff\xfe", b"<html><body>no", b"a\x00b"])
def test_an_answer_that_is_no_text_is_left_to_the_details(body: bytes) -> None:
    answered = replace(REFUSING, handshake=Handshake(b"GET / HTTP/1.1\r\n\r\n", b"", b"HTTP/1.1 502 x\r\n\r\n" + body))
    assert "The answer says" not in said(answered)[1]


def test_a_status_that_http_does_not_have() -> None:
    story = replace(REFUSAL, status=799)
    assert "HTTP 799" in said(replace(REFUSING, story=story))[0]
    assert "HTTP 799" in as_text(replace(REFUSING, story=story))


def test_tls_that_failed() -> None:
    line, told = said(FAILING)
    assert line == "WebSocket /gateway/reports never opened: TLS with the server failed"
    assert told.startswith("TLS with the server failed, 1.0 s after the request.")
    assert "self-signed certificate" in told


def test_one_that_is_open() -> None:
    line, told = said(OPEN)
    assert line == "WebSocket /orders is still open"
    assert told.startswith("The connection was still open when it was last seen")
    assert "Next step" not in as_text(OPEN)


def test_the_cause_and_what_to_do() -> None:
    lines = {name: words(told) for name, told in advice(CRASHING)}
    assert lines["Cause"].startswith("the server's handler failed on message 5 (certain: it closed 43.2 ms after")
    assert lines["Next step"].startswith("find the stack trace in the server's log")
    assert lines["Retry"] == "with growing delays; stop if the same message precedes it"
    likely = replace(CRASH_FINDING, strength=Strength.LIKELY, setting="ping_timeout (websockets)", because="")
    lines = {name: words(told) for name, told in advice(replace(CRASHING, findings=(likely,)))}
    assert lines["Most likely"] == "the server's handler failed on message 5 (likely)"
    assert lines["Setting"] == "ping_timeout (websockets)"


def test_without_findings_the_catalogue_speaks() -> None:
    lines = {name: words(told) for name, told in advice(replace(CRASHING, findings=()))}
    assert set(lines) == {"Usually", "Next step", "Retry"}


def test_an_end_that_needs_nothing_gets_no_advice() -> None:
    fine = Finding("done", "the client closed on purpose", "", Strength.STRONG, "1000", is_alarm=False)
    story = replace(CRASH, code=1000)
    assert [name for name, _ in advice(replace(CRASHING, story=story, findings=(fine,)))] == ["Most likely"]


def test_a_vendor_that_is_known_for_sure_gives_the_code_its_name() -> None:
    story = replace(CRASH, code=4401)
    sure = replace(CRASH_FINDING, topic="graphql:4401", strength=Strength.STRONG)
    assert said(replace(CRASHING, story=story, findings=(sure,)))[0].endswith("with 4401 Unauthorized")
    unsure = replace(sure, strength=Strength.LIKELY)
    assert said(replace(CRASHING, story=story, findings=(unsure,)))[0].endswith("with 4401 Private Use")


def test_facts() -> None:
    told = as_text(CRASHING)
    for line in (
        "Connection:   3 of 6 in the session",
        "URL:          ws://127.0.0.1:9000/orders",
        "Opened:       2026-11-22 14:02:11.061 UTC",
        "Ended:        2026-11-22 14:02:33.063 UTC, after 22.0 s",
        "Client:       127.0.0.1:52120, shop-web/4.2",
        'Server:       127.0.0.1:9000, "Python/3.11 websockets/17.4"',
        "Upgrade:      101 in 1.0 ms",
        "Messages:     2 (144 B) to the server, 1 (39 B) to the client",
        "Pings:        round trip 1.0 ms",
        "TCP:          FIN of the server first, FIN of the client 0.5 ms later",
    ):
        assert line in told
    assert "of the server at 14:02:33.061 UTC (row 6), 1011 from the client 0.6 ms later (row 7)" in " ".join(
        told.replace("1011 from the server", "of the server").split()
    )


def test_where_a_connection_of_a_merged_session_comes_from() -> None:
    origin = Origin("server.wsi", 2, "client\x1b.wsi", 7)
    connection = replace(CRASHED, source=origin.source("relay"))
    told = as_text(replace(CRASHING, connection=connection))
    assert r"3 of 6 in the session: server.wsi #2, the same as client\x1b.wsi #7" in " ".join(told.split())
    alone = replace(CRASHED, source=Origin("server.wsi", 2).source("relay"))
    assert "3 of 6 in the session: server.wsi #2\n" in as_text(replace(CRASHING, connection=alone))


def test_what_was_agreed_on() -> None:
    heads = handshake("Sec-WebSocket-Protocol: a, b\r\n", "Via: 1.1 edge\r\nX-Powered-By: x\r\n", tls_ns=12_000_000)
    connection = replace(CRASHED, subprotocol="b", extensions="permessage-deflate", url="wss://h/orders")
    told = " ".join(as_text(replace(CRASHING, connection=connection, handshake=heads)).split())
    assert 'subprotocol "b" of "a, b", permessage-deflate, TLS in 12.0 ms' in told
    assert 'via "1.1 edge"' in told
    none = replace(connection, subprotocol="", extensions="", url="ws://h/")
    assert 'no subprotocol though asked for "a, b"' in as_text(replace(CRASHING, connection=none, handshake=heads))


def test_the_first_broken_rule_is_a_fact() -> None:
    connection = replace(CRASHED, first_violation="a client's frame without a mask", violation_row=2)
    assert "Broken rule:  a client's frame without a mask (row 2)" in as_text(replace(CRASHING, connection=connection))


def test_evidence_is_said_once() -> None:
    told = as_text(CRASHING)
    assert told.count("the server's close frame says 1011") == 1
    assert "- against 1014: no gateway names itself in the answer to the upgrade" in told
    assert "- for 1011: the same message came before the same close of #6 (row 5)" in told


def test_notes_beside_the_cause() -> None:
    note = replace(CRASH_FINDING, rule="note", cause="the answer came late", because="2 s", is_note=True)
    told = as_text(replace(CRASHING, findings=(note, CRASH_FINDING)))
    assert "Cause:     the server's handler failed" in told
    assert "- the answer came late (certain: 2 s)" in told


def test_the_comparison_can_be_with_any_code() -> None:
    assert "1011 and 1014" in as_text(CRASHING)
    assert "1011 and HTTP 500" in as_text(replace(CRASHING, other=HttpStatus(500)))


def test_messages_with_gaps() -> None:
    rows = (CRASHING.rows[0], *CRASHING.rows[4:])
    told = as_text(replace(CRASHING, rows=rows))
    assert re.search(r"\n    1  14:02:11.204  ▲ client  text .*\n    …\n    5  14:02:33.018", told)


def test_how_tcp_ended_is_no_message() -> None:
    assert "Events" not in as_text(REFUSING)
    assert "Events" in as_text(UNREACHED)


def content_of(content: bytes, total: int | None = None, kind: RowKind = TEXT) -> str:
    shown = row(5, kind, C, 43, content)
    payload = Payload(content, len(content) if total is None else total)
    return as_text(replace(CRASHING, rows=(shown,), content=payload, content_row=5))


def test_a_long_message_is_shown_in_full() -> None:
    told = content_of(json.dumps({"a": [1, 2.50, {}, []], "b": {"c": "x" * 120}}).replace("2.5", "2.50").encode())
    assert "Message 5 in full" in told
    assert '    {\n      "a": [\n        1,\n        2.50,\n        {},\n        []\n      ],\n      "b": {\n' in told
    assert "Message 5 in full" not in content_of(b'{"a":1}')


@pytest.mark.parametrize("content", [b"[" * 4000, b'{"a":' + b"1" * 4000, b"word " * 300, b'"' + b"x" * 2000 + b'"'])
def test_what_is_no_json_or_too_deep_is_shown_as_it_is(content: bytes) -> None:
    assert "Message 5 in full" in content_of(content)


def test_a_message_of_many_lines_and_one_that_is_cut() -> None:
    told = content_of(b"line\n" * 100, 5_000)
    assert "… 41 more lines\n    … the first 500 B of 5.0 kB" in told


def test_binary_content_has_its_line_only() -> None:
    assert "Message 5 in full" not in content_of(bytes(range(256)) * 10, kind=RowKind.BINARY)


def test_steps_and_how_long_they_took() -> None:
    told = as_text(CRASHING)
    for name, took in (
        ("connecting to the server, name resolution included", "0.4 ms"),
        ("the server's answer to the upgrade", "1.0 ms"),
        ("from the 101 to the close", "22.0 s"),
        ("from message 5 to the close", "43.2 ms"),
        ("until the close was answered", "0.6 ms"),
        ("until both TCP connections were over", "2.0 ms"),
    ):
        assert re.search(rf"{name} +{took}\n", told), name


def test_heads_with_what_wsinspect_changed() -> None:
    told = as_text(REFUSING)
    assert "    > GET /orders HTTP/1.1\n    > Host: 127.0.0.1:8080\n" in told
    assert "    < 502 Bad Gateway\n    <\n    < upstream reports-1 refused the connection\n" in told
    assert 'wsinspect sent the request on with "Host: 127.0.0.1:9000".' in told
    assert "The answer is wsinspect's own." in as_text(UNREACHED)


def test_long_heads_are_cut() -> None:
    heads = handshake("".join(f"X-{at}: y\r\n" for at in range(60)), body=b"")
    heads = replace(heads, response=b"HTTP/1.1 500 x\r\n\r\n" + b"line\n" * 60)
    told = as_text(replace(REFUSING, handshake=heads))
    assert "> … 26 more headers" in told
    assert "< … 40 more lines" in told


def test_who_made_it_and_how_to_open_the_session() -> None:
    told = as_text(CRASHING)
    assert 'Open the attached session with "wsinspect open orders-2026-11-22.wsi".' in " ".join(told.split())
    older = build(Capture(replace(INFO, version="0.0.1", path="/x/my session.wsi"), (CRASHING,)))
    shown = " ".join(render(older, Format.TEXT).split())
    assert "recorded by 0.0.1" in shown
    assert "wsinspect open 'my session.wsi'" in shown


def test_a_report_has_a_title_for_the_ticket() -> None:
    assert report(CRASHING).title == "WebSocket /orders closed by the server with 1011 Internal Error"
    assert build(CAPTURES["session"]).title == "6 WebSocket connections, 4 of them failed"


def test_pictures_are_named() -> None:
    made = build(Capture(INFO, (CRASHING,)), pictures=["a.svg", "b `c`.svg"])
    assert "Pictures of the screen: `a.svg`, ``b `c`.svg``.\n" in render(made, Format.MARKDOWN)
    assert made.data["pictures"] == ["a.svg", "b `c`.svg"]


def test_what_is_a_failure() -> None:
    assert [
        is_failure(one) for one in (None, CRASH, replace(CRASH, code=1000), replace(CRASH, code=1013), REFUSAL)
    ] == [*(False, True, False, True, True)]
    assert is_failure(replace(CRASH, code=1000, violations=(Violation("x", "y", "z"),)))
