"""The explain screen: search, comparison, walking along related codes, setting a code beside the one that closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle
from wsinspect.codes import HttpStatus, TransportEnd, VendorCode
from wsinspect.ui.close.code_search import Listed, everything, matches
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.connection_list import ConnectionList

FULL = (140, 44)


@pytest.fixture(scope="module")
def choices() -> tuple[Listed, ...]:
    """All there is to choose from."""
    return everything()


def test_everything_is_listed_once(choices: tuple[Listed, ...]) -> None:
    topics = [one.topic for one in choices]
    assert len(set(topics)) == len(topics)
    assert {1011, HttpStatus(502), TransportEnd("rst"), VendorCode("discord", 4004)} <= set(topics)
    assert "4000-4999" in [one.label for one in choices]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("1011", 1011),
        ("101", 1010),
        ("4999", 4999),
        ("502", HttpStatus(502)),
        ("http 502", HttpStatus(502)),
        ("http:502", HttpStatus(502)),
        ("bad gateway", 1014),
        ("discord:4004", VendorCode("discord", 4004)),
        ("rst", TransportEnd("rst")),
        ("65535", 65535),
        ("0", 0),
        ("Internal", 1011),
    ],
)
def test_search(choices: tuple[Listed, ...], typed: str, first: object) -> None:
    assert matches(choices, typed)[0].topic == first


@pytest.mark.parametrize("typed", ["65536", "99999999999", "no such thing", "[/x]", "\x1b", "١٠١١"])
def test_nothing_is_found(choices: tuple[Listed, ...], typed: str) -> None:
    assert matches(choices, typed) == []


@given(st.text())
def test_search_takes_anything(choices: tuple[Listed, ...], typed: str) -> None:
    topics = [one.topic for one in matches(choices, typed)]
    assert len(set(topics)) == len(topics)


async def begin(pilot: Pilot[None], connection: int = 4) -> ExplainScreen:
    await settle(pilot)
    main_of(pilot).query_one(ConnectionList).move_to(connection - 1)
    await settle(pilot)
    await pilot.press("e")
    screen = pilot.app.screen
    assert isinstance(screen, ExplainScreen)
    await settle(pilot)
    assert screen.pair is not None
    return screen


async def test_begins_at_the_code_that_closed(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot)
        assert screen.pair is not None
        assert screen.pair.subject == 1011
        assert screen.query_one(Input).has_focus


async def test_typing_shows_the_first_match(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot)
        await pilot.press(*"discord")
        await pilot.pause()
        assert screen.pair is not None
        assert screen.pair.subject == VendorCode("discord", 4000)
        await pilot.press("down", "down")
        await pilot.pause()
        assert screen.pair.subject == VendorCode("discord", 4002)
        assert "4002" in str(screen.query_one(".columns .left", Static).content)


async def test_brackets_walk_related_codes(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot)
        assert screen.pair is not None
        first = screen.pair.other
        await pilot.press("]")
        assert screen.pair.at == 1
        assert screen.pair.other != first
        await pilot.press("[", "[")
        assert screen.pair.at == len(screen.pair.others) - 1
        assert screen.query_one(Input).value == ""


async def test_enter_sets_it_beside_the_close(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        await begin(pilot)
        await pilot.press(*"4999", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, MainScreen)
        pair = main_of(pilot).query_one(ClosePanel).pair
        assert pair is not None
        assert (pair.subject, pair.other, pair.picked) == (1011, 4999, 4999)


async def test_without_a_close_it_only_explains(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot, connection=1)
        await pilot.press(*"1014", "enter")
        await pilot.pause()
        assert pilot.app.screen is screen
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, MainScreen)


async def test_a_click_chooses(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=FULL) as pilot:
        screen = await begin(pilot)
        options = screen.query_one(OptionList)
        options.scroll_home(animate=False)
        await pilot.pause()
        await pilot.click(OptionList, offset=(4, 0))
        await pilot.pause()
        assert screen.pair is not None
        assert screen.pair.subject == 1000
