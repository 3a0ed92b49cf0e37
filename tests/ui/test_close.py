"""The Close panel: the verdict, what fits, the evidence and where it leads, who closed on which hop."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.fixtures.session import FixedReader
from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle
from wsinspect.model import Side
from wsinspect.ui.close.closing import Explained, explain
from wsinspect.ui.close.comparison import Pair, pair_of
from wsinspect.ui.close.page import close_page
from wsinspect.ui.close.verdict import verdict
from wsinspect.ui.widgets.close_panel import CloseBody, ClosePanel
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.fact_list import FactList
from wsinspect.ui.widgets.message_list import MessageList

FULL = (140, 44)
SMALL = (80, 24)

CLOSED = (2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
"""The connections of the session that have ended."""


@pytest.fixture(scope="module")
def closes(session_file: Path) -> dict[int, Explained]:
    """Every close of the session."""
    reader = FixedReader(session_file)
    found = {number: explain(reader, number) for number in CLOSED}
    reader.close()
    return {number: told for number, told in found.items() if told is not None}


def pair(told: Explained) -> Pair:
    assert told.context.topic is not None
    return pair_of(told.context.topic, told.context.related)


def said(told: Explained, width: int = 136) -> list[str]:
    return [line.plain for line in verdict(told, width).lines]


def test_every_close_is_explained(closes: dict[int, Explained]) -> None:
    assert tuple(closes) == CLOSED


def test_verdict_of_1011(closes: dict[int, Explained]) -> None:
    assert said(closes[4]) == [
        "1011 Internal Error  sent by the server · no reason given · close handshake complete · after 21.9 s · "
        "43.0 ms after message 5 ▲",
        "Cause  the server's handler failed on message 5 (certain: it closed 43.0 ms after message 5, "
        '"{"type":"place","order":{"sku":"A-113",…";',
        "the same message came before the close of #6)",
        "Next  find the stack trace in the server's log at 14:01:37.061, and send this message again to prove it",
        "Retry  with growing delays; stop if the same message precedes it",
    ]
    assert [line.plain for line in verdict(closes[4], 136).rest] == ["server FIN first, client FIN 0.1 ms later"]


def test_a_short_cause_keeps_the_more_telling_ground(closes: dict[int, Explained]) -> None:
    assert verdict(closes[4], 136, 1).lines[1].plain == (
        "Cause  the server's handler failed on message 5 (certain: the same message came before the close of #6)"
    )


@pytest.mark.parametrize(
    ("connection", "first", "second"),
    [
        (4, "1011 Internal Error", "Cause  the server's handler failed on message 5"),
        (7, "1000 Normal Closure", "Why  the client closed on purpose; nothing is wrong"),
        (8, "1012 Service Restart", "Cause  the server is restarting and asks its clients to come back"),
        (10, "1014 Bad Gateway", "Most likely  the server behind the gateway failed; the gateway is well"),
        (11, "1006 Abnormal Closure", "Most likely  the server gave up on a ping that the client had not answered"),
        (12, "HTTP 502 Bad Gateway", "Most likely  the server behind the proxy is down or gave no valid answer"),
        (13, "HTTP 502 Bad Gateway", "Cause  the server is down, or not on this port"),
        (14, "1015", "Cause  the server's certificate is self-signed and not trusted here"),
        (15, "4401", "Most likely  the server refused the login: missing, wrong or expired"),
    ],
)
def test_the_first_two_lines_say_why(closes: dict[int, Explained], connection: int, first: str, second: str) -> None:
    lines = said(closes[connection], 76)
    assert lines[0].startswith(first)
    assert lines[1].startswith(second)


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (8, ["1012 Service Restart", "reason service restart", "close handshake answered with 1000"]),
        (9, ["1005 No Status Received", "a conclusion", "the client's close frame was empty"]),
        (11, ["1006 Abnormal Closure", "a conclusion", "no close frame", "1 ping unanswered", "server RST first"]),
        (12, ["HTTP 502 Bad Gateway", "refused by the server"]),
        (13, ["HTTP 502 Bad Gateway", "refused by wsinspect", "connection refused"]),
        (14, ["1015", "a conclusion", "never answered", "self-signed certificate"]),
        (15, ["4401", "token expired"]),
        (16, ["1006", "sent by the server", "reason made up", "not answered", "Broken rule"]),
        (18, ["1008", r"[/x] [@click=app.quit]x[/] \x1b]52;c;ZXZpbA==\x07 \u009b31m \u202e"]),
    ],
)
def test_verdicts(closes: dict[int, Explained], connection: int, words: list[str]) -> None:
    shown = verdict(closes[connection], 136)
    text = "\n".join(line.plain for line in (*shown.lines, *shown.rest))
    for word in words:
        assert word in text


def test_a_normal_close_gets_no_alarm(closes: dict[int, Explained]) -> None:
    told = closes[7]
    assert told.cause is not None
    assert not told.cause.is_alarm
    assert not any(line.plain.startswith(("Cause", "Most likely", "Next")) for line in verdict(told, 136).lines)


@pytest.mark.parametrize("width", [60, 78, 98, 138])
@pytest.mark.parametrize("connection", CLOSED)
def test_no_line_is_wider_than_the_panel(closes: dict[int, Explained], connection: int, width: int) -> None:
    told = closes[connection]
    for room in (None, 22):
        page = close_page(told, pair(told), width, room)
        lines = [*page.verdict, *page.remarks, *page.path, *page.software]
        lines += [line for fact in page.facts for line in fact.lines]
        assert max(line.cell_length for line in lines) <= width - 2
        assert page.codes is not None
        assert max(line.cell_length for line in page.codes.left) <= page.codes.left_width - 2
        assert max(line.cell_length for line in page.codes.right) <= width - page.codes.left_width - 3


@pytest.mark.parametrize("connection", CLOSED)
def test_all_five_sections_and_evidence_fit(closes: dict[int, Explained], connection: int) -> None:
    told = closes[connection]
    for other in told.context.related:
        page = close_page(told, Pair(pair(told).subject, (other,)), 138, 22)
        assert page.height <= 22
        assert page.codes is not None
        shown = "\n".join(line.plain for line in page.codes.left)
        assert all(head in shown for head in ("Description", "When you see it", "How to fix"))
        assert [section.head for section in page.codes.sections] == ["Key differences", "When to use which"]
        assert page.facts


def test_more_room_shows_more(closes: dict[int, Explained]) -> None:
    told = closes[4]
    heights = [close_page(told, pair(told), 138, room).height for room in (20, 24, 28, 32, 40, 60)]
    assert heights == sorted(heights)
    assert heights[-1] > 40
    whole = close_page(told, pair(told), 138, None)
    assert whole.codes is not None
    assert "Facts" in [line.plain for line in whole.codes.left]
    assert any("close 1011" in line.plain for line in whole.path)


def test_a_fact_about_both_codes_is_said_once(closes: dict[int, Explained]) -> None:
    told = closes[4]
    facts = close_page(told, Pair(1011, (1014,)), 138, None).facts
    first = [fact.lines[0].plain for fact in facts]
    assert first[0].startswith("✔ for 1011, not 1014  the server's close frame says 1011")
    assert len(set(first)) == len(first)


def test_a_close_is_worked_out_once(closes: dict[int, Explained]) -> None:
    told = closes[4]
    assert told.weigh(1014) is told.weighed[1014]
    assert told.weigh(1011) is None
    assert told.story.sender is Side.SERVER


# On screen


def panel(pilot: Pilot[None]) -> ClosePanel:
    return main_of(pilot).query_one(ClosePanel)


async def choose(pilot: Pilot[None], connection: int) -> None:
    connections = main_of(pilot).query_one(ConnectionList)
    connections.focus()
    connections.move_to(connection - 1)
    await settle(pilot)


@pytest.mark.parametrize("size", [FULL, (100, 30), SMALL])
async def test_enter_jumps_to_the_row(session_file: Path, make_app: MakeApp, size: tuple[int, int]) -> None:
    async with make_app(session_file).run_test(size=size) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        await pilot.press("3", *(["z"] if size == (100, 30) else []))
        await settle(pilot)
        await pilot.press("tab", "down")
        facts = main_of(pilot).query_one(FactList)
        assert facts.has_focus
        await pilot.press("enter")
        await settle(pilot)
        messages = main_of(pilot).query_one(MessageList)
        assert messages.has_focus
        assert messages.cursor == 4
        assert messages.row(4) is not None
        assert not messages.is_following


async def test_a_click_jumps_to_the_row(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        await pilot.click(FactList, offset=(30, 0))
        await settle(pilot)
        assert main_of(pilot).query_one(MessageList).cursor == 5


async def test_evidence_of_others_leads_to_them(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        await pilot.press("3", "z")
        await settle(pilot)
        facts = main_of(pilot).query_one(FactList)
        facts.focus()
        for _ in range(10):
            await pilot.press("down")
        await pilot.press("up")
        await pilot.press("enter")
        await settle(pilot)
        connections = main_of(pilot).query_one(ConnectionList)
        assert connections.has_focus
        assert connections.display


async def test_related_codes_bring_their_evidence(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        before = str(main_of(pilot).query_one(FactList).content)
        await pilot.press("]")
        await settle(pilot)
        shown = panel(pilot).pair
        assert shown is not None
        assert shown.other == 1006
        after = str(main_of(pilot).query_one(FactList).content)
        assert "1014" in before
        assert "1014" not in after
        assert "1006" in after


async def test_zoom_shows_who_closed_on_which_hop(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        path = main_of(pilot).query_one("#path", Static)
        assert not path.display
        await pilot.press("3", "z")
        await settle(pilot)
        assert path.display
        assert "◀── close 1011" in str(path.content)
        assert main_of(pilot).query_one(CloseBody).has_focus


async def test_a_close_is_explained_anew_when_others_close(make_app: MakeApp, session_file: Path) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await choose(pilot, 4)
        told = panel(pilot).told
        await choose(pilot, 6)
        await choose(pilot, 4)
        assert panel(pilot).told is told
