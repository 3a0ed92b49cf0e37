"""Helpers that drive the app in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.pilot import Pilot

from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.main import MainScreen


def app_of(pilot: Pilot[None]) -> WsInspectApp:
    """The app that is driven."""
    assert isinstance(pilot.app, WsInspectApp)
    return pilot.app


def main_of(pilot: Pilot[None]) -> MainScreen:
    """Its main screen."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, MainScreen))


async def settle(pilot: Pilot[None]) -> None:
    """Wait until everything that was asked of the session is on screen."""
    await until(pilot, lambda: any(isinstance(one, MainScreen) for one in pilot.app.screen_stack))
    main = main_of(pilot)
    quiet = 0
    while quiet < 3:
        await pilot.pause()
        # The poll for news is a call of its own now and then; three quiet looks in a row are beyond it.
        screen = pilot.app.screen
        is_settled = main.is_settled and (not isinstance(screen, ExplainScreen) or screen.is_settled)
        quiet = quiet + 1 if is_settled and app_of(pilot).bridge.in_flight == 0 else 0


async def until(pilot: Pilot[None], is_true: Callable[[], bool]) -> None:
    """Wait until something holds; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not is_true():
            await pilot.pause(0.01)
