"""The app over recorded sessions, with a clock that stands still."""

from __future__ import annotations

import os

# Read once, when textual is imported.
os.environ["TEXTUAL_ANIMATIONS"] = "none"

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.fixtures import fleet
from tests.fixtures.session import NOW_NS, FixedReader, Live, build, build_hostile
from tests.ui.library import stock
from tests.ui.quiet import wait_exactly
from wsinspect.ui.app import WsInspectApp

FILE_NAME = "orders-2026-11-22.wsi"


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times in UTC, no cursor that blinks, and a pilot that waits for what is to be done."""
    wait_exactly(monkeypatch.setattr)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _self: None)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def session_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved session with every kind of close."""
    return build(tmp_path_factory.mktemp("session") / FILE_NAME)


@pytest.fixture(scope="session")
def fleet_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved session in which most connections die at the same age."""
    return fleet.build(tmp_path_factory.mktemp("fleet") / FILE_NAME)


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved session whose every peer text is hostile."""
    return build_hostile(tmp_path_factory.mktemp("hostile") / "hostile.wsi")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with a file of every kind."""
    return stock(tmp_path / "sessions")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A session that is being recorded."""
    session = Live(tmp_path / FILE_NAME)
    yield session
    session.stop()


MakeApp = Callable[..., WsInspectApp]


@pytest.fixture
def make_app() -> MakeApp:
    """Makes the app for a session file."""

    def make(path: Path, **options: object) -> WsInspectApp:
        return WsInspectApp(path, now_ns=lambda: NOW_NS, open_reader=FixedReader, **options)  # type: ignore[arg-type]  # options of the app

    return make
