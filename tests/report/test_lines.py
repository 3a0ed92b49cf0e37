"""Lines for people: one line each, everything said that matters, nothing that a terminal would obey."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.samples import CRASH, CRASHED, CUT, HOSTILE, REFUSAL, REFUSED, START, event, row
from wsinspect import text
from wsinspect.model import CloseHandshake, EventKind, RowKind, SeenClose, Side, Violation
from wsinspect.report.lines import close_line, connection_line, date_line, row_line
from wsinspect.report.records import close_json


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC here."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_an_opening() -> None:
    opened = replace(CRASHED, closed_ns=None, subprotocol="chat.v2", extensions="permessage-deflate")
    assert connection_line(opened) == (
        "14:02:11.061    #3 ● open       /orders  127.0.0.1:52120 → 127.0.0.1:9000  subprotocol chat.v2"
        "  permessage-deflate"
    )


def test_a_refused_opening_names_the_status() -> None:
    assert connection_line(REFUSED).endswith(
        "#4 ✖ refused    /gateway/reports  127.0.0.1:52120 → 127.0.0.1:9000  HTTP 502"
    )


def test_a_target_that_was_never_reached_is_shown_as_it_was_meant() -> None:
    assert "→ ws://127.0.0.1:9000/orders" in connection_line(replace(REFUSED, server="", status=None))


def test_a_message_with_its_size_and_direction() -> None:
    line = row_line(row(RowKind.TEXT, b'{"type":"place"}'))
    assert line.startswith("14:02:33.061    #3 ▲ text          16 B  ")
    assert "place" in line
    assert " ▼ ping" in row_line(row(RowKind.PING, b"az", Side.SERVER))


def test_the_inflated_size_counts() -> None:
    assert " 2.0 kB " in row_line(row(RowKind.TEXT, b"a", inflated_size=2000))


def test_a_broken_rule_comes_first() -> None:
    broken = Violation("mask-missing", "a client's frame without a mask", "RFC 6455 section 5.1")
    assert "  ! a client's frame without a mask; " in row_line(row(RowKind.TEXT, b"a", violations=(broken,)))


def test_an_event_has_no_size() -> None:
    line = row_line(event(EventKind.END, Side.SERVER, how="fin", by="peer"))
    assert line.startswith("14:02:33.061    #3 ▼ tcp ")
    assert " B " not in line


def test_an_event_of_the_whole_session_has_no_number() -> None:
    assert "#" not in row_line(event(EventKind.SLEEP, seconds=720)._replace(connection=0))


def test_a_line_can_be_cut() -> None:
    assert text.cells(row_line(row(RowKind.TEXT, b"a" * 400), 80)) == 80


def test_a_close() -> None:
    assert close_line(CRASH) == (
        "14:02:33.063    #3 ■ 1011 Internal Error: sent by the server, no reason given, close handshake complete, "
        "FIN of the server, FIN of the client, after 22.0 s, 43.2 ms after message 5"
    )


def test_a_close_with_all_that_can_go_wrong() -> None:
    broken = Violation("close-code-reserved", "code 1004 is reserved", "RFC 6455 section 7.4.1")
    story = replace(
        CRASH,
        code=1004,
        reason=b"no more",
        handshake=CloseHandshake.DIFFERENT,
        answer=SeenClose(7, START, 1002),
        violations=(broken,),
    )
    line = close_line(story)
    assert 'reason "no more", ! code 1004 is reserved, close handshake answered with 1002' in line
    assert "answered with no code" in close_line(replace(story, answer=SeenClose(7, START, None)))
    unanswered = replace(story, handshake=CloseHandshake.UNANSWERED, answer=None)
    assert "close handshake not answered" in close_line(unanswered)


def test_what_was_concluded_is_not_said_to_be_sent() -> None:
    line = close_line(CUT)
    assert ": concluded: no close frame was sent, RST of the server, RST of the client by wsinspect, " in line
    assert line.endswith("2 pings unanswered")
    empty = replace(CRASH, code=1005, is_wire=False)
    assert ": an empty close frame from the server, close handshake complete" in close_line(empty)


def test_a_refusal() -> None:
    assert "HTTP 502 Bad Gateway: upgrade refused by the server, " in close_line(REFUSAL)
    ours = replace(REFUSAL, by_us=True, sender=None, connection=replace(REFUSED, failure="connection refused"))
    assert ": upgrade refused by wsinspect, connection refused, " in close_line(ours)
    assert "HTTP 799: upgrade refused" in close_line(replace(REFUSAL, status=799))


def test_a_connection_that_never_was() -> None:
    failed = replace(REFUSAL, status=None, connection=replace(REFUSED, status=None))
    assert ": the upgrade was not answered, " in close_line(failed)


def test_the_date() -> None:
    assert date_line(START) == "2026-11-22 Sunday"


@given(st.text() | st.just(HOSTILE))
def test_nothing_of_a_peer_acts_in_a_terminal(peer: str) -> None:
    data = peer.encode("utf-8", "surrogatepass")
    connection = replace(CRASHED, path=peer, subprotocol=peer, extensions=peer, failure=peer)
    for line in (
        connection_line(connection),
        row_line(row(RowKind.TEXT, data)),
        row_line(row(RowKind.CLOSE, b"\x03\xe8" + data)),
        row_line(event(EventKind.FAILED, problem=peer)),
        close_line(replace(CRASH, connection=connection, reason=data)),
    ):
        assert text.visible(line) == line


def test_a_close_has_the_name_that_the_service_gives_it() -> None:
    closed = replace(CRASHED.server_close, code=4401) if CRASHED.server_close is not None else None
    for subprotocol, name in (("graphql-transport-ws", "4401 Unauthorized"), ("", "4401 Private Use")):
        connection = replace(CRASHED, subprotocol=subprotocol, server_close=closed)
        story = replace(CRASH, connection=connection, code=4401)
        assert f" {name}: " in close_line(story)
        assert close_json(story)["name"] == name.partition(" ")[2]
