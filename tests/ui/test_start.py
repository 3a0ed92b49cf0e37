"""The start screen by its keys and by mouse: what is listed, what is chosen, what happens to files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.fixtures.session import NOW_NS
from tests.session import shelf as files
from tests.ui.driving import until
from tests.ui.library import dated, list_of, names, screen_of, settle, start_app, stock, stock_hostile
from wsinspect.errors import WsInspectError
from wsinspect.session.saved import Kind, describe
from wsinspect.ui.choices import Back, Choice, OpenFile, StartDemo, StartProxy
from wsinspect.ui.screens.ask_until import AskUntil
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.proxy_form import ProxyForm
from wsinspect.ui.start_app import StartApp
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.notice_lines import NoticeLines
from wsinspect.ui.widgets.start_menu import StartMenu

ALL = ["proxy-2026-11-22-140111-4242", "night", "killed", "damaged", "newer", "notes"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with a file of every kind."""
    return stock(tmp_path / "sessions")


def toasts(pilot: Pilot[Choice]) -> list[str]:
    """What was said in passing."""
    return [str(one.message) for one in pilot.app._notifications]


def problem(pilot: Pilot[Choice]) -> str:
    """What stands below the field of a question."""
    return str(pilot.app.screen.query(Static).last().render())


async def type_over(pilot: Pilot[Choice], text: str) -> None:
    """Put a text into the field in focus."""
    field = pilot.app.focused
    assert isinstance(field, Input)
    field.value = text
    await pilot.press("enter")


def above(pilot: Pilot[Choice], kind: type) -> bool:
    """Whether a screen of this kind is on top."""
    return isinstance(pilot.app.screen, kind)


async def pressed(folder: Path, *keys: str, back: Back | None = None) -> tuple[StartApp, Choice | None]:
    """The app after some keys, with what it gave."""
    app = start_app(folder, back)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
    return app, app.return_value


# What is listed


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


# What is chosen


@pytest.mark.parametrize(
    ("keys", "name"), [(["enter"], ALL[0]), (["j", "enter"], "night"), (["j", "j", "enter"], "killed")]
)
async def test_enter_opens_a_session(library: Path, keys: Sequence[str], name: str) -> None:
    _, choice = await pressed(library, *keys)
    assert choice == OpenFile(library / f"{name}.wsi")


@pytest.mark.parametrize(("downs", "says"), [(3, "it is damaged"), (4, "newer wsinspect"), (5, "it is not a session")])
async def test_what_cannot_be_opened_says_why(library: Path, downs: int, says: str) -> None:
    async with start_app(library).run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press(*["j"] * downs, "enter")
        await until(pilot, lambda: any(says in one for one in toasts(pilot)))
        assert pilot.app.return_value is None


async def test_t_starts_the_demo(library: Path) -> None:
    assert (await pressed(library, "t"))[1] == StartDemo()


async def test_q_quits(library: Path) -> None:
    app, choice = await pressed(library, "q")
    assert choice is None
    assert not app.return_code


async def test_e_explains_codes_and_comes_back(library: Path) -> None:
    async with start_app(library).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("e")
        await until(pilot, lambda: above(pilot, ExplainScreen))
        await until(pilot, lambda: bool(getattr(pilot.app.screen, "is_settled", False)))
        await pilot.press(*"1014", "escape")
        await settle(pilot)
        assert pilot.app.screen is screen_of(pilot)


@pytest.mark.parametrize(
    ("typed", "listen", "choice"),
    [
        ("ws://localhost:9000", "", StartProxy("ws://localhost:9000")),
        (" wss://x.example/a ", " 127.0.0.1:1  [::1]:2 ", StartProxy("wss://x.example/a", ("127.0.0.1:1", "[::1]:2"))),
    ],
)
async def test_p_asks_for_a_target_and_starts_a_proxy(
    library: Path, typed: str, listen: str, choice: StartProxy
) -> None:
    app = start_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("p")
        await until(pilot, lambda: above(pilot, ProxyForm))
        pilot.app.screen.query_one("#listen", Input).value = listen
        await type_over(pilot, typed)
        await pilot.pause()
    assert app.return_value == choice


@pytest.mark.parametrize(
    ("target", "listen", "says"),
    [
        ("", "", "no target is given"),
        ("localhost:9000", "", "write ws://localhost:9000"),
        ("ftp://x", "", "cannot dial a ftp:// target"),
        ("ws://u:p@x", "", "user name or password"),
        ("ws://x:99999", "", "not a valid URL"),
        ("ws://x", "nowhere", "write HOST:PORT"),
        ("ws://x", "127.0.0.1:1 ::1:2", "in brackets"),
        ("ws://x/\x1b[2J", "", r"\x1b"),
    ],
)
async def test_what_is_wrong_with_a_target_is_said_in_the_form(
    library: Path, target: str, listen: str, says: str
) -> None:
    async with start_app(library).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("p")
        await until(pilot, lambda: above(pilot, ProxyForm))
        form = pilot.app.screen
        form.query_one("#listen", Input).value = listen
        await type_over(pilot, target)
        await pilot.pause()
        assert says in str(form.query_one("#said", Static).render())
        assert above(pilot, ProxyForm)
        form.query_one("#target", Input).value += "x"
        await pilot.pause()
        assert "Enter starts it" in str(form.query_one("#said", Static).render())
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.return_value is None


async def test_a_proxy_that_could_not_start_is_asked_for_again(library: Path) -> None:
    before = StartProxy("ws://localhost:9", ("127.0.0.1:80",))
    app = start_app(library, Back(before, "cannot listen on 127.0.0.1:80: it is taken"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: above(pilot, ProxyForm))
        await pilot.pause()
        form = pilot.app.screen
        assert form.query_one("#target", Input).value == "ws://localhost:9"
        assert form.query_one("#listen", Input).value == "127.0.0.1:80"
        assert "it is taken" in str(form.query_one("#said", Static).render())
        form.query_one("#listen", Input).value = "127.0.0.1:81"
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == StartProxy("ws://localhost:9", ("127.0.0.1:81",))


async def test_any_other_problem_stands_above_the_list(library: Path) -> None:
    async with start_app(library, Back(StartDemo(), "it broke")).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert screen_of(pilot).query_one(NoticeLines).said == ("it broke",)


async def test_who_comes_back_finds_the_cursor_on_his_session(library: Path) -> None:
    back = Back(OpenFile(library / "killed.wsi"), path=library / "killed.wsi", theme="wsinspect-light")
    async with start_app(library, back).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert list_of(pilot).cursor == 2
        assert not pilot.app.current_theme.dark


@pytest.mark.parametrize("typed", ["night", "night.wsi", "{}/night.wsi"])
async def test_o_opens_a_file_by_its_path_or_name(library: Path, typed: str) -> None:
    app = start_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("o")
        await until(pilot, lambda: above(pilot, AskUntil))
        await type_over(pilot, typed.format(library))
        await until(pilot, lambda: not app.is_running or app.return_value is not None)
    assert app.return_value == OpenFile(library / "night.wsi")


@pytest.mark.parametrize("typed", ["", "  ", "nothing", "/nothing/here.wsi", "/"])
async def test_a_path_that_leads_nowhere_is_said(library: Path, typed: str) -> None:
    async with start_app(library).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("o")
        await until(pilot, lambda: above(pilot, AskUntil))
        await type_over(pilot, typed)
        await until(pilot, lambda: "no path is given" in problem(pilot) or "there is no session" in problem(pilot))
        await pilot.press("escape")
        await settle(pilot)


# What happens to files


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

    monkeypatch.setattr("wsinspect.session.tending.delete", refuse)
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


# By mouse, and without room


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


def test_what_is_listed_is_what_the_file_is(library: Path) -> None:
    assert describe(library / "killed.wsi", NOW_NS).kind is Kind.BROKEN_OFF
