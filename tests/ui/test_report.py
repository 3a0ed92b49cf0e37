"""The report before it is copied, the menu that copies a message, and the picture for the ticket."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static
from textual.widgets._toast import Toast

from tests.fixtures.session import C_TO_S, MS, S_TO_C, TEXT, Live, Peer
from tests.ui.answering import AnsweringTerminal
from tests.ui.conftest import MakeApp
from tests.ui.driving import app_of, main_of, settle, until
from tests.ui.test_escape import CONNECTIONS, assert_clean
from tests.ui.test_snapshots import SIZES, Compare, size_name
from wsinspect import clipboard
from wsinspect.clipboard import Copied, Method
from wsinspect.ui.drawing.picture import masked
from wsinspect.ui.screens.copy_menu import CopyMenu
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.screens.report import ReportScreen
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.line_view import LineView

TOKEN = "k3J9xQ2mZ7pL5vR8tW1y"
BODY = f'{{"type":"login","access_token":"{TOKEN}"}}'.encode()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of ours go there, and no setting of the user counts."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was copied, and as which file it would be written."""
    found: list[tuple[str, str]] = []

    def copy(text: str, *, suffix: str = ".txt", **_: object) -> Copied:
        found.append((text, suffix))
        return Copied(Method.TERMINAL, len(text))

    monkeypatch.setattr(clipboard, "copy", copy)
    return found


@pytest.fixture
def secret_file(live: Live) -> Path:
    """A session with a secret in its URL and in a message."""
    peer = Peer(live.script, 0, f"/login?token={TOKEN}").upgrade()
    peer.frame(C_TO_S, 5 * MS, TEXT, BODY)
    peer.close(S_TO_C, 9 * MS, 1008, "no").close(C_TO_S, 10 * MS, 1008).ends(12 * MS, S_TO_C)
    live.script.play()
    live.commit()
    return live.path


def preview(pilot: Pilot[None]) -> ReportScreen:
    assert isinstance(pilot.app.screen, ReportScreen)
    return pilot.app.screen


async def drawn(pilot: Pilot[None]) -> ReportScreen:
    await settle(pilot)
    return preview(pilot)


def opens(connection: int, *keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Open the report on a connection and press some keys."""

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        main_of(pilot).query_one(ConnectionList).move_to(connection - 1)
        await settle(pilot)
        await pilot.press("c")
        await drawn(pilot)
        for key in keys:
            await pilot.press(key)
            await drawn(pilot)

    return run


def said(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(name, Static).content)


async def told(pilot: Pilot[None]) -> str:
    await until(pilot, lambda: bool(pilot.app.screen.query(Toast)))
    return " ".join(str(toast.render()) for toast in pilot.app.screen.query(Toast))


def written(folder: Path, suffix: str) -> Path:
    """The one file that was written."""
    (path,) = folder.glob(f"**/report-*{suffix}")
    return path


async def test_what_stands_there_is_copied(
    session_file: Path, make_app: MakeApp, copied: list[tuple[str, str]]
) -> None:
    async with make_app(session_file).run_test(size=(140, 44), notifications=True) as pilot:
        await opens(4)(pilot)
        screen = preview(pilot)
        view = screen.query_one(LineView)
        lines = [view.render_line(y).text.strip() for y in range(view.size.height)]
        assert lines[0] == screen.text.split("\n")[0].strip()
        assert "1011 Internal Error" in lines[0]
        await pilot.press("enter")
        assert "sent to the terminal; if paste is empty press w" in await told(pilot)
        assert copied == [(screen.text, ".md")]
        # At once: the format that was asked for is what is copied, though it does not stand there yet.
        await pilot.press("4", "enter")
        await until(pilot, lambda: len(copied) == 2)
        assert copied[1][1] == ".json"
        json.loads(copied[1][0])
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, MainScreen)


async def test_formats_messages_and_all(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await opens(4)(pilot)
        texts = {preview(pilot).text}
        for key in ("f", "3", "minus", "minus", "minus", "a"):
            await pilot.press(key)
            texts.add((await drawn(pilot)).text)
        # Six messages are all that there are: only that step changes nothing.
        assert len(texts) == 6
        assert "the session" in said(pilot, "#facts")
        assert "last 0 messages" in said(pilot, "#facts")
        await pilot.press("minus")
        await drawn(pilot)
        assert "last 0 messages" in said(pilot, "#facts")


async def test_a_secret_is_masked_until_it_is_switched(secret_file: Path, make_app: MakeApp) -> None:
    async with make_app(secret_file, is_live=True).run_test(size=(140, 44)) as pilot:
        await opens(1)(pilot)
        assert TOKEN not in preview(pilot).text
        assert "«token-1»" in preview(pilot).text
        assert "1 secret masked" in said(pilot, "#masked")
        await pilot.press("tab", "space")
        assert TOKEN in (await drawn(pilot)).text
        assert "1 shown" in said(pilot, "#masked")
        await pilot.press("space")
        assert TOKEN not in (await drawn(pilot)).text


async def test_the_report_is_written(session_file: Path, make_app: MakeApp, tmp_path: Path) -> None:
    async with make_app(session_file).run_test(size=(140, 44), notifications=True) as pilot:
        await opens(4, "2")(pilot)
        await pilot.press("w")
        assert "written to" in await told(pilot)
        path = written(tmp_path, ".jira.txt")
        assert path.read_text() == preview(pilot).text


async def test_bad_settings_copy_nothing(
    session_file: Path, make_app: MakeApp, tmp_path: Path, copied: list[tuple[str, str]]
) -> None:
    folder = tmp_path / "XDG_CONFIG_HOME" / "wsinspect"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("not toml")
    async with make_app(session_file).run_test(size=(140, 44)) as pilot:
        await opens(4, "enter")(pilot)
        assert "config.toml" in said(pilot, "#facts")
        assert preview(pilot).text == ""
        assert copied == []


async def menu(pilot: Pilot[None], connection: int, row: int) -> CopyMenu:
    await settle(pilot)
    main_of(pilot).query_one(ConnectionList).move_to(connection - 1)
    await settle(pilot)
    await pilot.press("2", "g", *["j"] * (row - 1), "y")
    return await choices(pilot)


async def choices(pilot: Pilot[None]) -> CopyMenu:
    await settle(pilot)
    assert isinstance(pilot.app.screen, CopyMenu)
    return pilot.app.screen


async def test_ways_to_copy_a_message(
    secret_file: Path, make_app: MakeApp, copied: list[tuple[str, str]], tmp_path: Path
) -> None:
    async with make_app(secret_file, is_live=True).run_test(size=(140, 44), notifications=True) as pilot:
        await menu(pilot, 1, 1)
        for downs in range(6):
            await pilot.press(*(["j"] if downs else []), "enter")
            await until(pilot, lambda downs=downs: len(copied) == downs + 1)  # type: ignore[misc]
            await pilot.press("y")
            await choices(pilot)
        texts = [text for text, _ in copied]
        assert texts[0] == BODY.decode()
        assert texts[1].splitlines()[1] == '  "type": "login",'
        assert "▲" in texts[2]
        assert "login" in texts[2]
        assert texts[3] == f"/login?token={TOKEN}"
        assert texts[4].startswith("00000000  7b 22 74")
        assert "websocat" in texts[5]
        assert TOKEN not in texts[5]
        assert "if paste is empty press y, then w" in await told(pilot)
        # The menu opens at the last choice: w writes what was copied.
        await pilot.press("w")
        await until(pilot, lambda: bool(list(tmp_path.glob("**/report-*.sh"))))
        path = written(tmp_path, ".sh")
        assert path.read_text() == texts[5]


async def test_an_event_has_no_payload(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(100, 30)) as pilot:
        found = await menu(pilot, 4, 8)
        assert [form.key for form in found._forms] == ["row", "path", "websocat"]


async def test_the_menu_opens_in_a_message(session_file: Path, make_app: MakeApp) -> None:
    async with make_app(session_file).run_test(size=(100, 30)) as pilot:
        await menu(pilot, 4, 1)
        await pilot.press("escape", "enter", "y")
        await choices(pilot)


async def test_picture_without_secrets(secret_file: Path, make_app: MakeApp, tmp_path: Path) -> None:
    async with make_app(secret_file, is_live=True).run_test(size=(140, 44), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p")
        await pilot.press(*"picture", "enter")
        assert "picture written to" in await told(pilot)
        path = written(tmp_path, ".svg")
        drawn_there = path.read_text()
        assert TOKEN[:8] not in drawn_there
        assert "«token-" in drawn_there
        assert "Connections" in drawn_there
        assert "Search" not in drawn_there
        await opens(1)(pilot)
        assert path.name in preview(pilot).text
        assert app_of(pilot).pictures_of(2) == ()


def test_a_picture_masks_in_place() -> None:
    lines = ['│ {"password":"hunter2-hunter2"} │ Authorization: Bearer abcdef0123456789abcdef │', "│ 漢 nothing │"]
    shown = ["".join(line) for line in masked(lines, 100)]
    assert len(shown[0]) == len(lines[0])
    assert "hunter2" not in shown[0]
    assert "abcdef" not in shown[0]
    assert shown[0].count("│") == 3
    assert shown[1] == lines[1]


async def test_a_picture_shows_what_is_behind_a_menu(session_file: Path, make_app: MakeApp, tmp_path: Path) -> None:
    async with make_app(session_file).run_test(size=(140, 44), notifications=True) as pilot:
        await menu(pilot, 4, 1)
        await app_of(pilot).run_action("picture")
        assert "picture written to" in await told(pilot)
        drawn_there = written(tmp_path, ".svg").read_text()
        assert "Exact&#160;payload" in drawn_there
        assert "Connections" in drawn_there


def test_a_wrapped_secret_is_masked() -> None:
    body = '{"text":"' + "a b " * 6 + f'","access_token":"{TOKEN}"}}'
    width = body.index(TOKEN) + 8
    lines = [f" {body[:width]} ", f" {body[width:]} "]
    masked_lines = masked([line.ljust(width + 2) for line in lines], width + 2)
    shown = "".join(character for line in masked_lines for character in line)
    assert TOKEN[:8] not in shown
    assert TOKEN[8:] not in shown


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_preview_looks(session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(session_file), terminal_size=size, run_before=opens(4))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_secrets_look(secret_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    app = make_app(secret_file, is_live=True)
    assert snap_compare(app, terminal_size=size, run_before=opens(1, "3", "tab"))


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_menu_looks(session_file: Path, make_app: MakeApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await menu(pilot, 4, 1)

    assert snap_compare(make_app(session_file), terminal_size=size, run_before=run)


def test_nothing_of_a_peer_reaches_the_terminal(hostile_file: Path) -> None:
    with AnsweringTerminal(hostile_file) as terminal:
        terminal.press("G", *["c", "2", "\x1b", "k"] * CONNECTIONS)
        terminal.press("c", "3", "4", "a", "\x1b[6~", "1", "\x1b[6~", "\x1b")
        terminal.press("2", "g", "y", "j", "\x1b", "\r", "y", "\x1b", "\x1b", "q")
        assert terminal.wait() == 0
        assert_clean(terminal)
        assert b"nobody expected" not in terminal.text
        assert terminal.text.count(b"Report on connection") >= CONNECTIONS
