"""Two files merged, on the screen: where a connection comes from, and another offset set there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.fixtures import two_sides
from tests.fixtures.session import MS
from tests.ui.conftest import MakeApp
from tests.ui.driving import BREATH_S, app_of, main_of, settle, until
from tests.ui.test_snapshots import SIZES, Compare, shows, size_name
from wsinspect.cli.merging import Merging
from wsinspect.errors import EnvironmentProblem
from wsinspect.origin import Origin, origin_of
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.screens.ask_offset import AskOffset
from wsinspect.ui.screens.handshake import HandshakeScreen
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.notice_lines import NoticeLines

FULL = (140, 44)
FOUND_NS = 1_200_100_000
"""The offset that the two tell."""

LAST = Origin("client.wsi", 4, "server.wsi", 4)


@pytest.fixture
def merging(tmp_path: Path) -> Merging:
    """The client's and the server's side of one incident."""
    return Merging(*two_sides.build(tmp_path))


@pytest.fixture
def app(merging: Merging, make_app: MakeApp) -> WsInspectApp:
    """The app on both, the offset found out."""
    return made(merging, make_app)


def made(merging: Merging, make_app: MakeApp, **options: object) -> WsInspectApp:
    shown = merging.open(None)
    return make_app(shown.path, notices=shown.notices, merging=merging, **options)


def chosen(pilot: Pilot[None]) -> Origin | None:
    """Where the connection under the cursor comes from."""
    rows = main_of(pilot).query_one(ConnectionList)
    line = rows.row(rows.cursor)
    return None if line is None else origin_of(line.connection.source)


def messages(pilot: Pilot[None]) -> MessageList:
    return main_of(pilot).query_one(MessageList)


async def go_to(pilot: Pilot[None], origin: Origin) -> None:
    """Choose the connection that comes from there."""
    found = await app_of(pilot).bridge.call(lambda reader: reader.connection_from(origin))
    assert found is not None
    main_of(pilot).query_one(ConnectionList).choose(found.id)
    await settle(pilot)
    assert chosen(pilot) == origin


async def ask(pilot: Pilot[None], said: str) -> AskOffset:
    """Type an offset."""
    await pilot.press("o")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, AskOffset)
    screen.query_one(Input).value = said
    await pilot.press("enter")
    return screen


async def merge_by(pilot: Pilot[None], said: str) -> None:
    """Set another offset, and wait until the session that was merged by it is shown."""
    was = main_of(pilot)
    await ask(pilot, said)
    await until(pilot, lambda: any(type(one) is type(was) and one is not was for one in pilot.app.screen_stack))
    await settle(pilot)


def offset_ns(pilot: Pilot[None]) -> int:
    pulse = main_of(pilot)._session.pulse
    assert pulse is not None
    return pulse.info.offset_ns


async def test_the_field_begins_with_the_offset_there_is(app: WsInspectApp) -> None:
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        notices = main_of(pilot).query_one(NoticeLines)
        assert notices.said[0].startswith("the clocks differ by 1.2 s")
        assert str(notices.render()).startswith("· the clocks")
        await pilot.press("o")
        await settle(pilot)
        assert pilot.app.screen.query_one(Input).value == "1.2001s"
        await pilot.press("escape")
        await settle(pilot)
        assert offset_ns(pilot) == FOUND_NS


@pytest.mark.parametrize("origin", [LAST, LAST.other])
async def test_another_offset_and_everything_stays_where_it_was(app: WsInspectApp, origin: Origin) -> None:
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        await go_to(pilot, origin)
        await pilot.press("2", "g", "j", "j")
        await settle(pilot)
        row = messages(pilot).row(messages(pilot).cursor)
        assert row is not None
        await merge_by(pilot, "-350ms")
        assert offset_ns(pilot) == -350 * MS
        assert "set back by 350 ms, as you said" in main_of(pilot).query_one(NoticeLines).said[0]
        assert chosen(pilot) == origin
        now = messages(pilot).row(messages(pilot).cursor)
        assert now is not None
        assert (now.number, now.head) == (row.number, row.head)
        moved = -350 * MS - FOUND_NS if origin.file == "server.wsi" else 0
        assert now.at_ns == row.at_ns + moved
        assert messages(pilot).has_focus
        await merge_by(pilot, "auto")
        assert offset_ns(pilot) == FOUND_NS
        assert chosen(pilot) == origin


async def test_among_all_messages_the_cursor_stays_on_its_row(app: WsInspectApp) -> None:
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        await pilot.press("a", "2", "g", *"jjjjj")
        await settle(pilot)
        row = messages(pilot).row(messages(pilot).cursor)
        assert row is not None
        was = await app_of(pilot).bridge.call(lambda reader: reader.connection(row.connection))
        await merge_by(pilot, "3s")
        now = messages(pilot).row(messages(pilot).cursor)
        assert now is not None
        there = await app_of(pilot).bridge.call(lambda reader: reader.connection(now.connection))
        assert was is not None
        assert there is not None
        assert (there.source, now.number) == (was.source, row.number)


async def test_what_follows_the_newest_still_does(app: WsInspectApp) -> None:
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        await go_to(pilot, LAST.other)
        await merge_by(pilot, "0")
        assert messages(pilot).cursor == messages(pilot).total - 1
        assert "is not shifted, as you said" in main_of(pilot).query_one(NoticeLines).said[0]


async def test_what_is_wrong_is_said_below_the_field(app: WsInspectApp) -> None:
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        for said, why in (("soon", "is no stretch of time"), ("-90000000000s", "a hundred years")):
            screen = await ask(pilot, said)
            await until(pilot, lambda: why in str(screen.query_one(Static).content))  # noqa: B023
            await pilot.press("escape")
            await settle(pilot)
        assert offset_ns(pilot) == FOUND_NS


class Slow:
    """Merges two files only when it is let; says how far it has come, and fails in the end."""

    def __init__(self, second: Path) -> None:
        self.second = second
        self.go_on = threading.Event()
        self.was_ended = threading.Event()

    def merged(self, asked_ns: int | None, on_progress: Callable[[int], None]) -> tuple[Merging, bool]:
        """Never comes to anything."""
        try:
            while not self.go_on.wait(BREATH_S):
                on_progress(12_345)
        except BaseException:
            self.was_ended.set()
            raise
        raise EnvironmentProblem(f"no room for {asked_ns}")


async def test_a_long_merging_is_seen_and_can_be_left(merging: Merging, make_app: MakeApp) -> None:
    slow = Slow(merging.second)
    app = make_app(merging.open(None).path, merging=slow)
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        screen = await ask(pilot, "1s")
        await until(pilot, lambda: "12,345 messages" in str(screen.query_one(Static).content))
        await pilot.press("escape")
        await until(pilot, slow.was_ended.is_set)
        slow.go_on.set()
        screen = await ask(pilot, "2s")
        await until(pilot, lambda: "no room for 2000000000" in str(screen.query_one(Static).content))


async def test_the_key_is_not_there_for_other_sessions(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await settle(pilot)
        await pilot.press("o")
        await settle(pilot)
        assert pilot.app.screen is main_of(pilot)
        assert not any(column.column.key == "file" for column in main_of(pilot).query_one(ConnectionList).placed)


async def test_the_handshake_names_the_other_side(app: WsInspectApp) -> None:
    async with app.run_test(size=FULL) as pilot:
        await settle(pilot)
        await go_to(pilot, LAST)
        await pilot.press("h")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HandshakeScreen)
        twin = await app_of(pilot).bridge.call(lambda reader: reader.connection_from(LAST.other))
        assert twin is not None
        facts = str(pilot.app.screen.query_one("#facts", Static).content)
        assert f"client.wsi #4  ·  also seen as #{twin.id}, server.wsi #4" in facts


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_merged(merging: Merging, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(made(merging, make_app), terminal_size=size, run_before=shows(8))


def test_merged_all_messages(merging: Merging, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(made(merging, make_app), terminal_size=(100, 30), run_before=shows(8, "a", "2"))


def test_merged_timeline(merging: Merging, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(made(merging, make_app), terminal_size=(100, 30), run_before=shows(8, "t"))


def test_merged_offset(merging: Merging, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(made(merging, make_app), terminal_size=(80, 24), run_before=shows(8, "o"))


def test_merged_handshake(merging: Merging, make_app: MakeApp, snap_compare: Compare) -> None:
    assert snap_compare(made(merging, make_app), terminal_size=(140, 44), run_before=shows(8, "h"))
