"""A library of sessions at fixed times, and the start screen over it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from tests.fixtures.session import HOSTILE, NOW_NS, build
from tests.session.file import shelf as files
from tests.ui.driving import until
from wsinspect.session.file.library import Shelved
from wsinspect.session.file.tending import set_note
from wsinspect.ui.screens.start import StartScreen
from wsinspect.ui.start.choices import Back, Choice
from wsinspect.ui.start.session_line import SessionLine
from wsinspect.ui.start.shelf import Shelf
from wsinspect.ui.start_app import StartApp
from wsinspect.ui.widgets.session_list import SessionList

HOUR_NS = 3600 * 10**9
SIZE = 311_296


class FixedShelf(Shelf):
    """A library whose files have the same size whatever SQLite wrote them."""

    async def look(self) -> Sequence[Shelved]:
        return [one._replace(size=SIZE) for one in await super().look()]

    async def lines(self, wanted: Sequence[Shelved]) -> Sequence[SessionLine]:
        return [replace(line, session=replace(line.session, size=SIZE)) for line in await super().lines(wanted)]


def dated(path: Path, hours: float) -> Path:
    """A file last written to so many hours before now."""
    at = NOW_NS - int(hours * HOUR_NS)
    for one in (path, path.with_name(path.name + "-wal")):
        if one.exists():
            os.utime(one, ns=(at, at))
    return path


def stock(folder: Path) -> Path:
    """A library with a file of every kind, the newest first: outage, night, killed, damaged, newer, notes."""
    folder.mkdir(parents=True)
    dated(build(folder / "proxy-2026-11-22-140111-4242.wsi"), 0)
    night = files.saved(folder / "night.wsi", *[1000] * 40, 1001, 1001, 1012, messages=200)
    set_note(night, "the night the cache was full", NOW_NS)
    dated(night, 10)
    dated(files.killed(folder / "killed.wsi"), 20)
    dated(files.damaged(folder / "damaged.wsi"), 30)
    dated(files.newer(folder / "newer.wsi"), 40)
    (folder / "notes.wsi").write_text("no session")
    dated(folder / "notes.wsi", 50)
    return folder


def stock_hostile(folder: Path) -> Path:
    """A library whose every name, note and source tries to act on the terminal or on the screen."""
    folder.mkdir(parents=True)
    for number, text in enumerate(HOSTILE):
        name = text.replace("/", "").replace("\0", "") + f"{number}.wsi"
        path = files.told(folder / name, "source", text)
        files.annotate(path, text)
        dated(path, number)
    dated(files.damaged(folder / "[b]\x1b[31m.wsi"), 90)
    return folder


def start_app(folder: Path, back: Back | None = None) -> StartApp:
    """The start screen over a folder, at a time that stands still."""
    app = StartApp(folder, back, now_ns=lambda: NOW_NS)
    app.shelf = FixedShelf(folder, lambda: NOW_NS)
    return app


def screen_of(pilot: Pilot[Choice]) -> StartScreen:
    """The start screen, whatever is above it."""
    return next(one for one in pilot.app.screen_stack if isinstance(one, StartScreen))


def list_of(pilot: Pilot[Choice]) -> SessionList:
    """Its list."""
    return screen_of(pilot).query_one(SessionList)


def names(pilot: Pilot[Choice]) -> list[str]:
    """What is listed."""
    return [one.path.stem for one in list_of(pilot).files]


async def settle(pilot: Pilot[Choice]) -> None:
    """Wait until the list shows what the folder holds, and nothing more is being read."""
    await until(pilot, lambda: any(isinstance(one, StartScreen) for one in pilot.app.screen_stack))
    app = pilot.app
    assert isinstance(app, StartApp)
    await until(pilot, lambda: screen_of(pilot).is_settled and app.shelf.in_flight == 0)
