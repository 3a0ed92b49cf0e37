"""What the keys of the start screen do to files."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.driving import until
from tests.ui.library import list_of, names, screen_of, settle, start_app
from tests.ui.starting import ALL, above, problem, toasts, type_over
from wsinspect.errors import WsInspectError
from wsinspect.ui.screens.ask_until import AskUntil
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.widgets.keys_line import KeysLine


async def test_a_session_is_renamed(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("j", "r")
        await until(pilot, lambda: above(pilot, AskUntil))
        assert pilot.app.screen.query_one(Input).value == "night"
        await type_over(pilot, "killed")
        await until(pilot, lambda: "killed.wsi exists already" in problem(pilot))
        await type_over(pilot, "a/b")
        await until(pilot, lambda: "a slash" in problem(pilot))
        await type_over(pilot, "the night")
        await until(pilot, lambda: "the night" in names(pilot))
        await settle(pilot)
        line = list_of(pilot).chosen
        assert line is not None
        assert line.session.path == library / "the night.wsi"
        assert pilot.app.screen is screen_of(pilot)
    assert (library / "the night.wsi").exists()


async def test_a_note_is_kept_and_taken_away(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("n")
        await until(pilot, lambda: above(pilot, AskUntil))
        await type_over(pilot, "look here")
        await until(pilot, lambda: (one := list_of(pilot).chosen) is not None and one.session.note == "look here")
        await settle(pilot)
        assert names(pilot) == ALL
        await pilot.press("n")
        await until(pilot, lambda: above(pilot, AskUntil))
        assert pilot.app.screen.query_one(Input).value == "look here"
        await type_over(pilot, "")
        await until(pilot, lambda: (one := list_of(pilot).chosen) is not None and one.session.note == "")


async def test_a_session_is_deleted_after_a_question(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("j", "x")
        await until(pilot, lambda: above(pilot, Confirm))
        await pilot.press("n")
        await settle(pilot)
        assert (library / "night.wsi").exists()
        await pilot.press("delete")
        await until(pilot, lambda: above(pilot, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "night" not in names(pilot))
        await settle(pilot)
        assert not (library / "night.wsi").exists()
        assert list_of(pilot).cursor == 1
        line = list_of(pilot).chosen
        assert line is not None
        assert line.session.path.stem == "killed"


async def test_what_cannot_be_deleted_says_why(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, now_ns: int) -> None:
        raise WsInspectError(f"cannot delete {path.name}: permission denied")

    monkeypatch.setattr("wsinspect.session.file.tending.delete", refuse)
    async with start_app(library).run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("x", "y")
        await until(pilot, lambda: any("permission denied" in one for one in toasts(pilot)))
        await settle(pilot)
        assert names(pilot) == ALL


@pytest.mark.parametrize(
    ("downs", "works"),
    [
        (0, {"rename", "note", "delete", "copy_path"}),
        (2, {"rename", "note", "delete", "copy_path"}),
        (3, {"rename", "delete", "copy_path"}),
        (5, {"copy_path"}),
    ],
)
async def test_only_keys_that_work_are_offered(library: Path, downs: int, works: set[str]) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press(*["j"] * downs)
        await settle(pilot)
        screen = screen_of(pilot)
        assert {name for name in ("rename", "note", "delete", "copy_path") if screen.check_action(name, ())} == works
        shown = {hint.label for hint in screen.query_one(KeysLine)._hints}
        assert ("Note" in shown) == ("note" in works)


async def test_y_copies_the_path(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = start_app(library)
    copied: list[str] = []
    monkeypatch.setattr(app, "copy_text", lambda text, **_: copied.append(text))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("j", "y")
        await pilot.pause()
    assert copied == [str(library / "night.wsi")]
