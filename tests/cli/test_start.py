"""``wsinspect`` without a command on a real terminal: the start screen, what is chosen there, and back again."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fixtures.session import build
from tests.session.file import shelf
from tests.terminal import Terminal
from wsinspect.session.file.describing import describe
from wsinspect.session.file.library import shelved
from wsinspect.session.file.saved import Kind

pytestmark = pytest.mark.integration

START = b"Saved sessions"
SESSION = b"Connections"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, with one session."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "wsinspect" / "sessions"
    folder.mkdir(parents=True)
    build(folder / "orders.wsi")
    return folder


@contextmanager
def started() -> Iterator[Terminal]:
    """The start screen."""
    with Terminal(["wsinspect"], size=(100, 30)) as terminal:
        terminal.read_until(START)
        yield terminal


def press(terminal: Terminal, keys: str, until: bytes) -> None:
    """Press keys, and wait for something to be written after that."""
    terminal.written = b""
    terminal.type(keys)
    terminal.read_until(until)


def kinds(folder: Path) -> list[Kind]:
    return [describe(one.path, 0).kind for one in shelved(folder)]


def test_a_session_is_opened_and_q_comes_back(library: Path) -> None:
    with started() as terminal:
        terminal.read_until(b"orders")
        press(terminal, "\r", SESSION)
        press(terminal, "q", START)
        terminal.read_until(b"orders")
        terminal.type("q")
        assert terminal.wait() == 0
    assert [one.path.name for one in shelved(library)] == ["orders.wsi"]


def test_a_proxy_is_started_recorded_and_listed(library: Path) -> None:
    with started() as terminal:
        press(terminal, "p", b"Target")
        press(terminal, "ws://127.0.0.1:9\r", b"waiting for a client")
        assert b"ws://127.0.0.1:" in terminal.written
        press(terminal, "q", START)
        assert b"saved " in terminal.written
        terminal.read_until(b"1 of 2")
        terminal.type("q")
        assert terminal.wait() == 0
    assert kinds(library) == [Kind.SAVED, Kind.SAVED]
    assert describe(shelved(library)[0].path, 0).source.endswith("→ ws://127.0.0.1:9")


def test_a_taken_port_brings_the_form_back(library: Path) -> None:
    with socket.socket() as taken, started() as terminal:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        press(terminal, "p", b"Listen on")
        for keys in ("ws://127.0.0.1:9", "\t"):
            terminal.type(keys)
            terminal.read_until_quiet()  # or what is typed next still goes to the first field
        press(terminal, f"127.0.0.1:{port}\r", b"cannot listen on")
        assert b"Start a proxy" in terminal.written
        terminal.read_until_quiet()
        press(terminal, "\x1b", START)
        terminal.read_until_quiet()  # or Esc and what follows would be one key
        terminal.type("q")
        assert terminal.wait() == 0


def test_the_demo_is_watched(library: Path) -> None:
    with started() as terminal:
        press(terminal, "t", b"/feed")
        press(terminal, "q", b"quitting cuts")
        press(terminal, "y", START)
        terminal.type("q")
        assert terminal.wait() == 0
    assert kinds(library) == [Kind.SAVED, Kind.SAVED]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_it(library: Path, number: signal.Signals) -> None:
    with started() as terminal:
        terminal.read_until(b"orders")
        press(terminal, "\r", SESSION)
        terminal.signal(number)
        assert terminal.wait() == 0
    with started() as terminal:
        terminal.signal(number)
        assert terminal.wait() == 0


def test_a_session_that_went_away_is_said(library: Path) -> None:
    with started() as terminal:
        terminal.read_until(b"orders")
        (library / "orders.wsi").unlink()
        press(terminal, "\r", b"it is gone")
        terminal.type("q")
        assert terminal.wait() == 0


def test_a_light_screen_stays_light(library: Path) -> None:
    light = b"48;2;250;250;250m"
    with started() as terminal:
        terminal.read_until(b"orders")
        press(terminal, "d", light)
        press(terminal, "\r", SESSION)
        assert light in terminal.written
        press(terminal, "q", START)
        assert light in terminal.written
        terminal.type("q")
        assert terminal.wait() == 0


def test_a_name_from_the_list_opens_and_is_reported(library: Path) -> None:
    shelf.saved(library / "other.wsi", 1011)
    with Terminal(["wsinspect", "open", "orders"], size=(100, 30)) as terminal:
        terminal.read_until(SESSION)
        terminal.type("q")
        assert terminal.wait() == 0
    with Terminal(["wsinspect", "report", "other.wsi"]) as terminal:
        assert terminal.wait() == 0
        assert b"1011" in terminal.written
