"""The upgrade of a connection: its heads, what wsinspect changed, how long it took, and bounds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle
from wsinspect.model import Connection, Handshake
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.handshake import MOST_BODY, MOST_BYTES, MOST_LINES, handshake_page, timings
from wsinspect.ui.screens.handshake import HandshakeScreen
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.line_view import LineView

CONNECTION = Connection(
    id=1, source="relay", client="c", server="s", url="ws://s/", path="/", opened_ns=1, status=101, upgraded_ns=2
)  # fmt: skip
SHAKE = Handshake(
    request=b"GET / HTTP/1.1\r\nHost: a\r\nX: [/x]\x1b[31m\r\n\r\n",
    forwarded=b"GET / HTTP/1.1\r\nHost: b\r\nX: [/x]\x1b[31m\r\n\r\n",
    response=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    connect_ns=1_200_000,
    upgrade_ns=43_200_000,
)


def page(shake: Handshake, connection: Connection = CONNECTION, width: int = 80) -> list[list[Piece]]:
    shown = handshake_page(connection, shake, width)
    return [list(shown.line(y)) for y in range(len(shown))]


def texts(shake: Handshake, connection: Connection = CONNECTION) -> list[str]:
    return ["".join(piece.text for piece in line) for line in page(shake, connection)]


def test_only_what_changed_is_marked() -> None:
    assert texts(SHAKE) == [
        "Request · as it came from the client",
        "  GET / HTTP/1.1",
        "  Host: a",
        r"  X: [/x]\x1b[31m",
        "",
        "Sent on to the server · + is written by wsinspect, - stood there before",
        "  GET / HTTP/1.1",
        "+ Host: b",
        r"  X: [/x]\x1b[31m",
        "- Host: a",
        "",
        "Answer · from the server",
        "  HTTP/1.1 101 Switching Protocols",
        "  Upgrade: websocket",
    ]
    assert page(SHAKE)[7][0].style == Tone.WARN


def test_the_same_is_not_shown_twice() -> None:
    assert "Sent on to the server · the same, byte for byte" in texts(replace(SHAKE, forwarded=SHAKE.request))


def test_a_refusal_by_wsinspect_shows_the_first_of_its_body() -> None:
    shake = replace(SHAKE, response=b"HTTP/1.1 502 Bad\r\n\r\n" + b"a" * 5000, response_by_us=True, forwarded=b"")
    shown = texts(shake)
    assert "Sent on to the server · nothing" in shown
    assert "Answer · written by wsinspect" in shown
    assert f"Body · the first {MOST_BODY:,} of 5,000 bytes" in shown
    assert sum(line.count("a") for line in shown if set(line) <= {" ", "a"}) == MOST_BODY


def test_no_answer_says_why() -> None:
    shown = texts(replace(SHAKE, response=b""), replace(CONNECTION, status=None, failure="no\nroute"))
    assert shown[-2:] == ["Answer · none", r"  no\nroute"]


def test_bounds() -> None:
    long = b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100_000
    shown = texts(replace(SHAKE, request=long, forwarded=long))
    assert len(shown) < MOST_LINES + 20
    assert f"  {MOST_BYTES:,} of {len(long):,} bytes are shown" in shown
    assert all(len("".join(piece.text for piece in line)) <= 40 for line in page(SHAKE, width=40)[1:4])


def test_timings() -> None:
    assert timings(SHAKE) == "connect 1.2 ms · upgrade 43.2 ms"


async def test_the_key_opens_it_and_goes_back(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        main_of(pilot).query_one(ConnectionList).move_to(12)
        await settle(pilot)
        await pilot.press("h")
        shown = pilot.app.screen
        assert isinstance(shown, HandshakeScreen)
        await settle(pilot)
        view = shown.query_one(LineView)
        lines = [view.render_line(y).text.strip() for y in range(view.size.height)]
        assert "GET /dead HTTP/1.1" in lines
        assert "Answer · written by wsinspect" in lines
        assert "upstream is down" in lines
        await pilot.press("h")
        assert isinstance(pilot.app.screen, MainScreen)
