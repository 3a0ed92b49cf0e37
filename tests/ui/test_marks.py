"""Rows are marked, and what was noted on them stays in the file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast

from tests.ui.conftest import MakeApp
from tests.ui.driving import main_of, settle, until
from wsinspect.model import Row
from wsinspect.session.reader import Reader
from wsinspect.session.reporting import report_on
from wsinspect.ui.screens.note import NoteScreen
from wsinspect.ui.widgets.message_list import MessageList


@pytest.fixture
def own_file(session_file: Path, tmp_path: Path) -> Path:
    """A copy of the session that may be written to."""
    return Path(shutil.copy(session_file, tmp_path / "own.wsi"))


async def _to_row(pilot: Pilot[None], connection: int, row: int) -> None:
    await settle(pilot)
    await pilot.press("g", *("j",) * (connection - 1))
    await settle(pilot)
    await pilot.press("2", "g", *("j",) * (row - 1))
    await settle(pilot)


def _row(pilot: Pilot[None]) -> Row | None:
    rows = main_of(pilot).query_one(MessageList)
    return rows.row(rows.cursor)


async def _say(pilot: Pilot[None], said: str, key: str = "enter") -> None:
    await pilot.press("m")
    await until(pilot, lambda: isinstance(pilot.app.screen, NoteScreen))
    pilot.app.screen.query_one(Input).value = said
    await pilot.press(key)
    await until(pilot, lambda: not isinstance(pilot.app.screen, NoteScreen))


async def test_a_row_is_marked_noted_and_unmarked(own_file: Path, make_app: MakeApp) -> None:
    async with make_app(own_file).run_test(size=(100, 30)) as pilot:
        await _to_row(pilot, 4, 2)
        await _say(pilot, "bad [/b] day")
        await until(pilot, lambda: getattr(_row(pilot), "mark", None) == "bad [/b] day")
        await _say(pilot, "bad", "escape")
        assert getattr(_row(pilot), "mark", None) == "bad [/b] day"
        await _say(pilot, "bad [/b] day 2")
        await until(pilot, lambda: getattr(_row(pilot), "mark", None) == "bad [/b] day 2")
        await _say(pilot, "", "ctrl+r")
        await until(pilot, lambda: getattr(_row(pilot), "mark", "") is None)


async def test_a_mark_needs_no_note_and_reaches_the_report(own_file: Path, make_app: MakeApp) -> None:
    async with make_app(own_file).run_test(size=(80, 24)) as pilot:
        await _to_row(pilot, 4, 1)
        await _say(pilot, "")
        await until(pilot, lambda: getattr(_row(pilot), "mark", None) == "")
    reader = Reader(own_file)
    assert [mark.row for mark in reader.marks_of(4)] == [1]
    (material,) = report_on(reader, 4, messages=0).connections
    assert (material.rows[0].number, material.rows[0].mark) == (1, "")


async def test_a_file_that_takes_no_mark_says_so(own_file: Path, make_app: MakeApp) -> None:
    async with make_app(own_file).run_test(size=(100, 30), notifications=True) as pilot:
        await _to_row(pilot, 4, 1)
        os.rename(own_file, own_file.with_name("elsewhere.wsi"))
        await _say(pilot, "")
        await until(pilot, lambda: bool(pilot.app.screen.query(Toast)))
        assert "does not exist" in str(pilot.app.screen.query_one(Toast).render())
