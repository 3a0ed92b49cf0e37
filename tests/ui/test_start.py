"""What is chosen on the start screen: a session, a proxy, the demo, codes, a file; by its keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from tests.ui.driving import until
from tests.ui.library import list_of, screen_of, settle, start_app
from tests.ui.starting import ALL, above, problem, toasts, type_over
from wsinspect.ui.screens.ask_until import AskUntil
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.proxy_form import ProxyForm
from wsinspect.ui.start.choices import Back, Choice, OpenFile, StartDemo, StartProxy
from wsinspect.ui.start_app import StartApp
from wsinspect.ui.widgets.notice_lines import NoticeLines


async def pressed(folder: Path, *keys: str) -> tuple[StartApp, Choice | None]:
    """The app after some keys, with what it gave."""
    app = start_app(folder)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
    return app, app.return_value


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
