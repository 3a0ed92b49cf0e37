"""Each scenario, played through the real relay, is recorded as its docstring says it happened."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from wsinspect.capture.plan import CapturePlan
from wsinspect.capture.process import CaptureProcess
from wsinspect.demo.process import DemoProcess
from wsinspect.demo.scenarios import LASTING, PASSING, routes
from wsinspect.model import CloseHandshake, CloseStory, Ending, RowKind, Side
from wsinspect.session.reader import Reader

pytestmark = pytest.mark.integration

CLIENT, SERVER = Side.CLIENT, Side.SERVER
COMPLETE, UNANSWERED, ABSENT = CloseHandshake.COMPLETE, CloseHandshake.UNANSWERED, CloseHandshake.ABSENT


class End(NamedTuple):
    """How a connection ends."""

    code: int
    sender: Side
    handshake: CloseHandshake = COMPLETE
    reason: str = ""
    is_wire: bool = True
    status: int | None = None


ENDS = {
    "/feed": End(1001, CLIENT),
    "/chat?room=7": End(1000, CLIENT, reason="bye"),
    "/depth?symbol=ACME": End(1001, SERVER, reason="maintenance, back at 02:00 UTC"),
    "/orders": End(1011, SERVER),
    "/gateway/quotes": End(1014, SERVER, reason="upstream quotes-2 refused the connection"),
    "/gateway/news": End(1014, SERVER, reason="upstream news-1 answered HTTP 200 instead of 101"),
    "/gateway/trades": End(1014, SERVER, reason="upstream trades-1 dropped the connection"),
    "/gateway/reports?year=2026": End(1006, SERVER, ABSENT, is_wire=False, status=502),
    "/upload": End(1009, SERVER, reason="frame with 64048 bytes exceeds limit of 32768 bytes"),
    "/scores?match=88": End(1012, SERVER, reason="restarting for release 2.4.1"),
    "/alerts": End(1008, SERVER, reason="role viewer may not read admin/audit"),
    "/telemetry": End(1003, SERVER, reason="send JSON text, not binary"),
    "/rooms/12": End(4102, SERVER, reason="room deleted by its owner"),
    "/graphql": End(4401, SERVER, reason="Unauthorized"),
    "/account": End(3000, SERVER, reason="session 2207 has expired"),
    "/exports?job=41": End(1000, CLIENT),
    "/exports?job=42": End(1013, SERVER, reason="1 of 1 workers busy, try again in 30 s"),
    "/presence": End(1011, SERVER, UNANSWERED, reason="keepalive ping timeout"),
    "/jobs/881": End(1006, SERVER, ABSENT, is_wire=False),
    "/reports/october": End(1000, CLIENT, reason="report received"),
    "/dashboard": End(1001, CLIENT),
    "/sync": End(1010, CLIENT, reason="x-delta"),
    "/notes": End(1005, CLIENT, is_wire=False),
    "/logs": End(1007, SERVER, UNANSWERED, reason="invalid start byte at position 44"),
    "/sensors/3": End(1002, SERVER, UNANSWERED, reason="incorrect masking"),
    "/trackers/19": End(1006, CLIENT, ABSENT, is_wire=False),
}
"""By path, as the client asks for it."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One round, recorded by the capture process."""
    folder = tmp_path_factory.mktemp("demo")
    asyncio.run(record_round(folder / "demo.wsi", folder))
    reader = Reader(folder / "demo.wsi")
    yield reader
    reader.close()


async def record_round(file: Path, folder: Path) -> None:
    demo, capture = DemoProcess(folder / "demo.log", pace=8), CaptureProcess()
    try:
        target = await demo.start(once=True)
        started = await capture.start(CapturePlan(file=file, target=target, listen=("127.0.0.1:0",)))
        await demo.play(started.urls[0])
        assert await demo.wait() == 0
    finally:
        await capture.stop()
        await demo.stop()


@pytest.fixture(scope="module")
def stories(session: Reader) -> dict[str, CloseStory]:
    """The last close of each path."""
    found: dict[str, CloseStory] = {}
    for connection in session.connections(1, 1000):
        story = session.close_story(connection.id)
        assert story is not None, connection.path
        found[connection.path] = story
    return found


def test_every_scenario_is_recorded_and_nothing_else(stories: dict[str, CloseStory]) -> None:
    assert stories.keys() == ENDS.keys()
    assert {path.split("?")[0] for path in ENDS} == routes().keys()


@pytest.mark.parametrize("path", ENDS)
def test_the_close_is_the_one_that_was_staged(stories: dict[str, CloseStory], path: str) -> None:
    story = stories[path]
    assert (
        End(story.code, story.sender or CLIENT, story.handshake, story.reason.decode(), story.is_wire, story.status)
        == ENDS[path]
    )
    assert story.sender is not None
    assert not story.by_us


def test_the_first_failures_come_early_and_in_order(session: Reader) -> None:
    paths = [connection.path for connection in session.connections(1, 5)]
    assert paths[3:] == ["/orders", "/gateway/quotes"]
    assert sorted(paths[:3]) == ["/chat?room=7", "/depth?symbol=ACME", "/feed"]


def test_the_crash_is_the_one_of_the_picture(session: Reader) -> None:
    crashed = session.connections(4, 1)[0]
    rows = session.rows(crashed.id, 1, 100)
    assert [(row.side, row.kind) for row in rows] == [
        (CLIENT, RowKind.TEXT),
        (SERVER, RowKind.TEXT),
        (SERVER, RowKind.PING),
        (CLIENT, RowKind.PONG),
        (CLIENT, RowKind.TEXT),
        (SERVER, RowKind.CLOSE),
        (CLIENT, RowKind.CLOSE),
        (SERVER, RowKind.EVENT),
        (CLIENT, RowKind.EVENT),
    ]
    assert rows[0].head == b'{"type":"subscribe","channel":"orders","id":17}'
    assert rows[1].head == b'{"type":"subscribed","id":17}'
    assert rows[4].head == b'{"type":"place","order":{"sku":"A-113","qty":null,"price":"12.50"}}'
    again = [found.id for found in session.connections(5, 100) if found.path == "/orders"]
    assert [session.rows(number, 5, 1)[0].head for number in again] == [rows[4].head]


def test_the_gateway_names_itself_and_the_server_does_not(session: Reader, stories: dict[str, CloseStory]) -> None:
    for path, story in stories.items():
        handshake = session.handshake(story.connection.id)
        assert handshake is not None
        is_gateway = b"\r\nVia: 1.1 edge-gateway\r\n" in handshake.response
        assert is_gateway == path.startswith("/gateway/")
        assert (b"\r\nServer: edge-gateway/2.3\r\n" in handshake.response) == is_gateway


def test_the_refusal_says_why(session: Reader, stories: dict[str, CloseStory]) -> None:
    handshake = session.handshake(stories["/gateway/reports?year=2026"].connection.id)
    assert handshake is not None
    assert handshake.response.endswith(b"\r\n\r\n502 Bad Gateway\n\nupstream reports-1 refused the connection\n")


def test_the_feed_is_compressed_and_can_be_read(session: Reader, stories: dict[str, CloseStory]) -> None:
    connection = stories["/depth?symbol=ACME"].connection
    assert "permessage-deflate" in connection.extensions
    books = [row for row in session.rows(connection.id, 1, 100) if row.side is SERVER and row.kind is RowKind.TEXT]
    assert len(books) > 3
    for number, row in enumerate(books, start=1):
        payload = session.payload(connection.id, row.number, 10_000)
        assert payload is not None
        assert payload.is_whole
        assert row.is_compressed
        assert json.loads(payload.data)["n"] == number


def test_both_ends_of_the_chat_ping_and_are_answered(session: Reader, stories: dict[str, CloseStory]) -> None:
    connection = stories["/chat?room=7"].connection
    rows = session.rows(connection.id, 1, 1000)
    for side in Side:
        pings = [row.head for row in rows if row.kind is RowKind.PING and row.side is side]
        pongs = [row.head for row in rows if row.kind is RowKind.PONG and row.side is side.other]
        assert pings
        assert pongs == pings
    assert connection.rtt_ns is not None
    assert connection.subprotocol == "chat.v2"


def test_keepalive_gave_up_on_a_ping_without_an_answer(stories: dict[str, CloseStory]) -> None:
    assert stories["/presence"].connection.pings_unanswered == 1


def test_the_report_comes_in_fragments(session: Reader, stories: dict[str, CloseStory]) -> None:
    row = session.rows(stories["/reports/october"].connection.id, 2, 1)[0]
    assert (row.kind, row.frames) == (RowKind.TEXT, 14)
    assert row.head.count(b"\n") == 13


@pytest.mark.parametrize(
    ("path", "rule"),
    [("/logs", "UTF-8"), ("/sensors/3", "mask")],
)
def test_a_broken_rule_is_seen_in_what_the_client_sent(
    session: Reader, stories: dict[str, CloseStory], path: str, rule: str
) -> None:
    broken = [row for row in session.rows(stories[path].connection.id, 1, 100) if row.violations]
    assert [row.side for row in broken] == [CLIENT]
    assert rule in broken[0].violations[0].detail


def test_tcp_ends_as_staged(stories: dict[str, CloseStory]) -> None:
    dead, cut = stories["/jobs/881"], stories["/trackers/19"]
    assert dead.first_end is SERVER
    assert dead.connection.server_end is not None
    assert dead.connection.server_end.how is Ending.FIN
    assert cut.first_end is CLIENT
    assert cut.connection.client_end is not None
    assert cut.connection.client_end.how is Ending.RST


def test_rules_are_broken_only_where_that_is_staged(session: Reader) -> None:
    paths = {connection.id: connection.path for connection in session.connections(1, 1000)}
    rows = session.all_rows(1, 10_000)
    assert len(rows) == session.info().rows
    assert {paths[row.connection] for row in rows if row.violations} == {"/logs", "/sensors/3"}


@pytest.mark.parametrize("play", dict.fromkeys([*LASTING, *PASSING]), ids=lambda play: play.__name__)
def test_every_scenario_says_what_happens(play: Callable[..., object]) -> None:
    assert len((inspect.getdoc(play) or "").split()) > 8
