"""One message whole: its views, its bounds, the way to its neighbours."""

from __future__ import annotations

import json
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from tests.fixtures.session import BINARY, C_TO_S, MS, S_TO_C, TEXT, Live, Peer
from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle, until
from wsinspect.ui.screens.message import FIRST_LIMIT, MessageScreen
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.line_view import LineView

SIZE = (100, 30)


def screen(pilot: Pilot[None]) -> MessageScreen:
    assert isinstance(pilot.app.screen, MessageScreen)
    return pilot.app.screen


def lines(pilot: Pilot[None]) -> list[str]:
    view = screen(pilot).query_one(LineView)
    return [view.render_line(y).text.strip() for y in range(view.size.height)]


def said(pilot: Pilot[None], name: str) -> str:
    return str(screen(pilot).query_one(name, Static).content)


async def open_message(pilot: Pilot[None], connection: int, row: int) -> None:
    await settle(pilot)
    main_of(pilot).query_one(ConnectionList).move_to(connection - 1)
    await settle(pilot)
    await pilot.press("2", "g", *["j"] * (row - 1), "enter")
    await loaded(pilot)


async def loaded(pilot: Pilot[None]) -> None:
    await settle(pilot)
    assert isinstance(pilot.app.screen, MessageScreen)


async def test_text_hex_frames(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await open_message(pilot, 4, 5)
        assert json.loads("".join(lines(pilot))) == {
            "type": "place",
            "order": {"sku": "A-113", "qty": None, "price": "12.50"},
        }
        assert said(pilot, "#facts").startswith(" #4 message 5  ·  ▲ to server  ·  text  ·  14:01:37.018")
        assert "67 B  ·  1 frame  ·  masked" in said(pilot, "#facts")
        await pilot.press("2")
        await loaded(pilot)
        assert lines(pilot)[0] == '00000000  7b 22 74 79 70 65 22 3a  22 70 6c 61 63 65 22 2c  |{"type":"place",|'
        await pilot.press("3")
        await loaded(pilot)
        assert lines(pilot)[1].split() == ["63", "0x1", "text", "yes", "–", "37", "fa", "21", "3d", "6", "67"]


async def test_neighbours(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await open_message(pilot, 4, 1)
        for key, start in (("left", " #4 message 1 "), ("right", " #4 message 2 "), ("l", " #4 message 3 ")):
            await pilot.press(key)
            await loaded(pilot)
            assert said(pilot, "#facts").startswith(start)


async def test_close_and_event(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await open_message(pilot, 6, 2)
        assert lines(pilot)[:2] == ["code    1011 Internal Error", "reason  KeyError: qty"]
        await pilot.press("right", "right")
        await loaded(pilot)
        assert "end" in "".join(lines(pilot)) or "fin" in "".join(lines(pilot))


async def test_compressed(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await open_message(pilot, 5, 3)
        assert '"heartbeat",' in lines(pilot)
        assert "compressed" in said(pilot, "#facts")


async def test_broken_rule(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=SIZE) as pilot:
        await open_message(pilot, 17, 1)
        assert "broken rule" in said(pilot, "#facts")
        assert "RFC 6455" in said(pilot, "#facts")


async def test_a_long_message_is_bounded_until_more_is_asked_for(live: Live, make_app: MakeApp) -> None:
    size = FIRST_LIMIT * 3
    peer = Peer(live.script, 0, "/long").upgrade()
    peer.frame(S_TO_C, 5 * MS, TEXT, b"[" + b"1," * (size // 2 - 1) + b"1]")
    peer.frame(C_TO_S, 6 * MS, BINARY, bytes(300))
    live.script.play()
    live.commit()
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await open_message(pilot, 1, 1)
        assert f"{FIRST_LIMIT:,} of {size + 1:,} bytes are shown" in said(pilot, "#rest")
        assert lines(pilot)[:3] == ["[", "1,", "1,"]
        await pilot.press("+")
        await loaded(pilot)
        assert not said(pilot, "#rest")
        await pilot.press("right")
        await loaded(pilot)
        assert lines(pilot)[0].startswith("00000000  00 00")
        assert app_of(pilot).problem is None


async def test_a_long_line_is_cut_to_the_width(live: Live, make_app: MakeApp) -> None:
    peer = Peer(live.script, 0, "/wide").upgrade()
    peer.frame(S_TO_C, 5 * MS, TEXT, ("ab漢字" * 100).encode())
    live.script.play()
    live.commit()
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await open_message(pilot, 1, 1)
        assert "".join(lines(pilot)) == "ab漢字" * 100
        await pilot.resize_terminal(80, 24)
        await loaded(pilot)
        assert "".join(lines(pilot)) == "ab漢字" * 100


async def test_to_the_end_and_back(live: Live, make_app: MakeApp) -> None:
    peer = Peer(live.script, 0, "/long").upgrade()
    peer.frame(S_TO_C, 5 * MS, TEXT, b"line\n" * 99 + b"last")
    live.script.play()
    live.commit()
    async with make_app(live.path, is_live=True).run_test(size=SIZE) as pilot:
        await open_message(pilot, 1, 1)
        await pilot.press("G")
        await until(pilot, lambda: lines(pilot)[-1] == "last")
        await pilot.press("g")
        await until(pilot, lambda: screen(pilot).query_one(LineView).scroll_offset.y == 0)
