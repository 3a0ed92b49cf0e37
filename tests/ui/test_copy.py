"""What is selected with the mouse is copied, and what became of it is said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle, until
from wsinspect import clipboard
from wsinspect.clipboard import Copied, Method
from wsinspect.ui.widgets.connection_list import ConnectionList


async def test_selection_is_copied(session_file: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def copy(text: str, **_: object) -> Copied:
        copied.append(text)
        return Copied(Method.TERMINAL, len(text))

    monkeypatch.setattr(clipboard, "copy", copy)
    async with make_app(session_file).run_test(size=(140, 44), notifications=True) as pilot:
        await settle(pilot)
        main_of(pilot).query_one(ConnectionList).move_to(3)
        await settle(pilot)
        await pilot.mouse_down("#verdict", offset=(1, 0))
        await pilot.hover("#verdict", offset=(19, 0))
        await pilot.mouse_up("#verdict", offset=(19, 0))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: bool(copied))
        assert copied == ["1011 Internal Error"]
        await until(pilot, lambda: bool(pilot.app.screen.query(Toast)))
        assert "sent to the terminal" in str(pilot.app.screen.query_one(Toast).render())
        # It lies over no edge and not over the line of keys: they say where one is.
        toast, messages = pilot.app.screen.query_one(Toast), main_of(pilot).query_one("#messages")
        assert toast.region.y == 3
        assert toast.region.bottom < messages.region.y
        assert pilot.app.is_running


async def test_our_own_sequence_goes_through_the_driver(
    session_file: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        app = app_of(pilot)
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        await asyncio.to_thread(app._send_to_terminal, "\x1b]52;c;eA==\x07")
    assert "\x1b]52;c;eA==\x07" in written
