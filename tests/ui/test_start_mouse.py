"""The start screen by mouse, and without room."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from tests.ui.driving import until
from tests.ui.library import list_of, screen_of, settle, start_app
from tests.ui.starting import above
from wsinspect.ui.screens.ask_until import AskUntil
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.proxy_form import ProxyForm
from wsinspect.ui.start.choices import OpenFile, StartDemo
from wsinspect.ui.widgets.start_menu import StartMenu


async def test_a_click_chooses_and_a_double_click_opens(library: Path) -> None:
    app = start_app(library)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.click("#session-list", offset=(5, 1))
        await settle(pilot)
        assert list_of(pilot).cursor == 1
        await pilot.click("#session-list", offset=(5, 2), times=2)
        await until(pilot, lambda: app.return_value is not None)
    assert app.return_value == OpenFile(library / "killed.wsi")


@pytest.mark.parametrize(("line", "opened"), [(0, ProxyForm), (2, ExplainScreen), (3, AskUntil)])
async def test_a_click_on_the_menu_does_what_it_says(library: Path, line: int, opened: type) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.click(StartMenu, offset=(10, line))
        await until(pilot, lambda: above(pilot, opened))


async def test_a_click_on_the_demo_starts_it(library: Path) -> None:
    app = start_app(library)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.click(StartMenu, offset=(10, 1))
        await pilot.pause()
    assert app.return_value == StartDemo()


async def test_the_form_works_by_mouse(library: Path) -> None:
    app = start_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("p")
        await until(pilot, lambda: above(pilot, ProxyForm))
        await pilot.click("#start")
        await pilot.pause()
        assert "no target" in str(pilot.app.screen.query_one("#said", Static).render())
        await pilot.click("#back")
        await settle(pilot)
        assert pilot.app.screen is screen_of(pilot)


async def test_without_room_it_says_so_and_q_quits(library: Path) -> None:
    app = start_app(library)
    async with app.run_test(size=(50, 10)) as pilot:
        await settle(pilot)
        await pilot.press("p", "t", "o", "x", "question_mark", "ctrl+p")
        await settle(pilot)
        assert pilot.app.screen is screen_of(pilot)
        await pilot.press("q")
    assert app.return_value is None
