"""Helpers that drive the app in tests: they wait for a state, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from textual.app import App
from textual.pilot import Pilot

from tests.limits import LIMIT_S
from tests.ui.quiet import is_quiet
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.screens.main import MainScreen

R = TypeVar("R")

BREATH_S = 0.001
"""What a thread of the app gets between two looks at it, in seconds."""


@runtime_checkable
class Settling(Protocol):
    """A screen that tells whether it shows all that was asked for."""

    @property
    def is_settled(self) -> bool:
        """Whether it does."""


def app_of(pilot: Pilot[None]) -> WsInspectApp:
    """The app that is driven."""
    assert isinstance(pilot.app, WsInspectApp)
    return pilot.app


def main_of(pilot: Pilot[None]) -> MainScreen:
    """Its main screen."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, MainScreen))


async def settle(pilot: Pilot[None]) -> None:
    """Wait until everything that is in the session, and all that was asked of it, is on screen."""
    await until(pilot, lambda: any(isinstance(one, MainScreen) for one in pilot.app.screen_stack))
    bridge = app_of(pilot).bridge
    # What was committed until now is seen by a look that begins after it.
    bridge.watch(bridge.watched)
    await until(pilot, lambda: bridge.is_settled and all(_is_settled(one) for one in pilot.app.screen_stack))


def _is_settled(screen: object) -> bool:
    return not isinstance(screen, Settling) or screen.is_settled


def _holds_back(app: App[R]) -> bool:
    """Whether it waits for a timer with what it was told already: a resize, or anything while updates are batched."""
    return app.is_running and (app._resize_event is not None or app._batch_count > 0)


async def until(pilot: Pilot[R], is_true: Callable[[], bool]) -> None:
    """Wait until something holds and the app has nothing left to do; ends with the app's own error when it fails."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            await pilot.pause()
            if (error := pilot.app._exception) is not None:
                raise error
            # The pause ends with a layout, which may have left something to do.
            if is_quiet() and not _holds_back(pilot.app) and is_true():
                return
            await asyncio.sleep(BREATH_S)
