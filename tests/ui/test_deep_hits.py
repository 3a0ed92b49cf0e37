"""Words that stand deep in long messages: in their rows, and in the message once it is opened."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from tests.fixtures.session import MS, NOW_NS, S_TO_C, TEXT, FixedReader, Live, Peer
from tests.ui.conftest import MakeApp
from tests.ui.driving import settle, until
from tests.ui.filtering import SIZE, record_long, rows_of, to_messages, write
from wsinspect.model import Payload
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.widgets.line_view import LineView


def shown(pilot: Pilot[None]) -> dict[int, str]:
    """The message column of each row in sight, by the row's number."""
    rows = rows_of(pilot)
    top = rows.scroll_offset.y
    lines = {top + y: rows.render_line(y).text for y in range(rows.size.height)}
    return {row.number: line[53:] for index, line in lines.items() if (row := rows.row(index)) is not None}


async def test_rows_show_where_the_word_is_that_a_filter_takes_them_for(live: Live, make_app: MakeApp) -> None:
    record_long(live)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        await write(pilot, "needle")
        seen = shown(pilot)
        assert len(seen) > 20
        assert all(line.startswith("…") and "needle" in line for line in seen.values())
        assert r"\xffa needle among bytes\x00" in seen[201]
        await pilot.press("enter", "g")
        await settle(pilot)
        assert all("needle is here" in line for line in shown(pilot).values())
        await pilot.press("escape")
        await settle(pilot)
        assert all(line.startswith('{"type": "tick"') for number, line in shown(pilot).items() if number <= 200)


async def test_rows_that_scroll_into_sight_are_looked_into_too(live: Live, make_app: MakeApp) -> None:
    record_long(live)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        await write(pilot, "needle", key="ctrl+f")
        await pilot.press("enter", "g")
        await settle(pilot)
        for _ in range(30):
            await pilot.press("pagedown")
            # To settle would be to look whether there is more in the session, which reads the rows anew.
            await until(pilot, lambda: rows_of(pilot).is_settled)
            for number, line in shown(pilot).items():
                is_hit = number > 200 or number % 5 == 1
                assert ("needle" in line) == is_hit, (number, line)
                assert is_hit or line.startswith('{"type": "tick"')


async def test_a_word_that_the_row_holds_comes_into_sight_in_a_narrow_list(live: Live, make_app: MakeApp) -> None:
    peer = Peer(live.script, 0, "/feed").upgrade()
    peer.frame(S_TO_C, 5 * MS, TEXT, b"x" * 60 + b" needle " + b"y" * 30)
    live.script.play()
    live.commit()
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        await write(pilot, "needle")
        await pilot.press("enter")
        await settle(pilot)
        assert rows_of(pilot).render_line(0).text.count("x") > 60
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        line = rows_of(pilot).render_line(0)
        assert "…xx" in line.text
        assert any(segment.text == "needle" and segment.style != line._segments[0].style for segment in line)


class Counted(FixedReader):
    """Counts the messages that are read."""

    read = 0

    def payload(self, connection: int, row: int, limit: int) -> Payload | None:
        Counted.read += 1
        return super().payload(connection, row, limit)


async def test_nothing_is_read_where_no_word_is_looked_for(live: Live) -> None:
    record_long(live)
    app = WsInspectApp(live.path, now_ns=lambda: NOW_NS, open_reader=Counted)
    Counted.read = 0
    async with app.run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        await pilot.press("g", "pagedown", "G")
        await write(pilot, "type:text size:>1kB")
        assert Counted.read == 0
        await pilot.press("escape")
        await write(pilot, "needle")
        # Of rows that were in sight, never of all that were found.
        assert 0 < Counted.read <= rows_of(pilot).size.height


def page(pilot: Pilot[None]) -> LineView:
    assert isinstance(pilot.app.screen, MessageScreen)
    return pilot.app.screen.query_one(LineView)


def here(pilot: Pilot[None]) -> str:
    """What is drawn as the hit that the reader is at, as far as it is in sight."""
    view = page(pilot)
    style = view._painter.style(Tone.FOUND_HERE)
    lines = (view.render_line(y) for y in range(view.size.height))
    return "".join(
        segment.text
        for line in lines
        for segment in line
        if segment.style is not None and segment.style.bgcolor == style.bgcolor
    )


def facts(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#facts", Static).content)


async def test_a_message_opens_where_the_word_is_in_every_view(live: Live, make_app: MakeApp) -> None:
    record_long(live)
    async with make_app(live.path).run_test(size=(80, 24), notifications=True) as pilot:
        await to_messages(pilot, 1)
        await write(pilot, "needle")
        await pilot.press("enter", "g", "enter")
        await settle(pilot)
        assert here(pilot) == "needle"
        assert page(pilot).scroll_offset.y > 10
        assert "·  hit 1 of 2  ·" in facts(pilot)
        await pilot.press("n")
        await settle(pilot)
        assert here(pilot) == "Needle"
        assert "·  hit 2 of 2  ·" in facts(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert here(pilot) == "4e 65 65 64  6c 65Needle"
        await pilot.press("n")
        await until(pilot, lambda: "·  hit 2 of 2, the last in this message  ·" in facts(pilot))
        await pilot.press("N")
        await settle(pilot)
        assert sorted(here(pilot).replace(" ", "")) == sorted("6e6565646c65needle")
        await pilot.press("3")
        await settle(pilot)
        assert "hit" not in facts(pilot)
        await pilot.press("1", "right")
        await settle(pilot)
        assert "hit" not in facts(pilot)
        assert page(pilot).scroll_offset.y == 0
        await pilot.press("left")
        await settle(pilot)
        assert here(pilot) == "needle"


async def test_a_word_beyond_what_is_read_at_first_is_opened_too(live: Live, make_app: MakeApp) -> None:
    record_long(live, 1)
    async with make_app(live.path).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        await write(pilot, "needle")
        await pilot.press("enter", "G", "enter")
        await settle(pilot)
        assert "·  hit 1 of 1  ·" in facts(pilot)
        assert here(pilot) == "needle"


async def test_without_a_search_a_message_opens_at_its_beginning(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await to_messages(pilot, 1)
        await pilot.press("enter")
        await settle(pilot)
        assert (page(pilot).hits, page(pilot).scroll_offset.y) == (0, 0)
        assert isinstance(pilot.app.screen, MessageScreen)
        assert not pilot.app.screen.check_action("hit", (1,))
