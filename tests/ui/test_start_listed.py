"""What the start screen lists, and how it follows what happens in its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.fixtures.session import NOW_NS
from tests.session.file import shelf as files
from tests.ui.driving import until
from tests.ui.library import dated, list_of, names, screen_of, settle, start_app, stock_hostile
from tests.ui.starting import ALL, toasts
from wsinspect.session.file.describing import describe
from wsinspect.session.file.saved import Kind
from wsinspect.ui.widgets.notice_lines import NoticeLines


async def test_the_newest_stands_first_and_is_chosen(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert names(pilot) == ALL
        assert list_of(pilot).cursor == 0
        lines = [list_of(pilot).row(at) for at in range(6)]
        kinds = [line.session.kind for line in lines if line is not None]
        assert kinds == [Kind.SAVED, Kind.SAVED, Kind.BROKEN_OFF, Kind.DAMAGED, Kind.NEWER, Kind.FOREIGN]


async def test_the_chosen_one_is_told_below(library: Path) -> None:
    async with start_app(library).run_test(size=(140, 44)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        await settle(pilot)
        said = str(screen_of(pilot).query_one("#about", Static).render())
        assert "night.wsi  the night the cache was full  proxy a → b" in said
        assert "43 connections, 8,600 messages  1001 ×2  1012 ×1  1000 ×40" in said


async def test_a_session_that_comes_leaves_the_cursor_where_it_is(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("j", "j")
        dated(files.saved(library / "new.wsi", 1000), -1)
        await until(pilot, lambda: "new" in names(pilot))
        await settle(pilot)
        assert names(pilot) == ["new", *ALL]
        assert list_of(pilot).cursor == 3


async def test_a_session_that_vanishes_is_no_accident(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("j")
        (library / "night.wsi").unlink()
        await pilot.press("enter")
        await until(pilot, lambda: "night.wsi: it is gone" in toasts(pilot))
        await until(pilot, lambda: "night" not in names(pilot))
        await settle(pilot)
        assert names(pilot) == [name for name in ALL if name != "night"]
        assert list_of(pilot).cursor == 1


async def test_all_of_them_may_vanish(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        shutil.rmtree(library)
        await until(pilot, lambda: names(pilot) == [])
        await settle(pilot)
        await pilot.press("enter", "x", "r", "n", "y")
        assert pilot.app.screen is screen_of(pilot)
        assert "p to put wsinspect in front" in list_of(pilot).empty_hint


async def test_what_is_recorded_now_is_drawn_anew_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    monkeypatch.setattr(files, "START_NS", NOW_NS - 61 * files.S)
    live = files.Shelf(folder / "live.wsi")
    live.connect(messages=2, is_open=True)
    live.commit()
    async with start_app(folder).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        line = list_of(pilot).chosen
        assert line is not None
        assert (line.session.kind, line.session.messages) == (Kind.RECORDING, 2)
        assert not any(screen_of(pilot).check_action(name, ()) for name in ("rename", "delete"))
        assert screen_of(pilot).check_action("note", ())
        live.connect(1011)
        live.commit()
        await until(pilot, lambda: (line := list_of(pilot).chosen) is not None and line.session.ends == {"1011": 1})
    live.stop()


async def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file")
    async with start_app(tmp_path / "sessions").run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(screen_of(pilot).query_one(NoticeLines).said))
        assert "cannot read the folder" in screen_of(pilot).query_one(NoticeLines).said[0]
        (tmp_path / "sessions").unlink()
        await until(pilot, lambda: not screen_of(pilot).query_one(NoticeLines).said)


async def test_a_thousand_sessions_scroll(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    content = files.saved(tmp_path / "one.wsi", 1011).read_bytes()
    for number in range(1000):
        (folder / f"s{number:03}.wsi").write_bytes(content)
        dated(folder / f"s{number:03}.wsi", number)
    async with start_app(folder).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("G")
        await settle(pilot)
        line = list_of(pilot).chosen
        assert line is not None
        assert line.session.path.stem == "s999"
        assert line.session.ends == {"1011": 1}


async def test_names_and_notes_that_act_do_no_harm(tmp_path: Path) -> None:
    folder = stock_hostile(tmp_path / "sessions")
    app = start_app(folder)
    async with app.run_test(size=(140, 44), notifications=True) as pilot:
        await settle(pilot)
        for _ in range(len(names(pilot))):
            for key in ("enter",) if list_of(pilot).chosen is None else ("r", "escape", "n", "escape", "x", "n", "j"):
                await pilot.press(key)
            await settle(pilot)
        svg = app.export_screenshot()
        assert not any(character in svg for character in "\x1b\x9b\u202e")


def test_what_is_listed_is_what_the_file_is(library: Path) -> None:
    assert describe(library / "killed.wsi", NOW_NS).kind is Kind.BROKEN_OFF
