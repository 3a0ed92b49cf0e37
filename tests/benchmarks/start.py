"""``start``: how long a command takes to say something, and the screen to be there."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import textual

from tests.benchmarks.peers import MITMPROXY, mitmproxy, present, scratch, version_of
from tests.benchmarks.processes import ROOT, inherited
from tests.benchmarks.screen import Screen, wsinspect
from tests.benchmarks.tables import ROUNDS, Table, duration, interleaved, median, times

BARE = "a bare interpreter"
VERSION = "wsinspect --version"
EXPLAIN = "wsinspect explain 1011"
SCREEN = "wsinspect, start screen"
EMPTY = f"Textual {textual.__version__}, one word"
"""What the library alone takes that draws our screen."""

_EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("sessions")
Empty().run()
"""


def run(*, quick: bool) -> Table:
    """The table."""
    names, notes = present(MITMPROXY)
    with scratch() as folder:
        cases = {
            BARE: partial(_run, [sys.executable, "-c", ""]),
            VERSION: partial(_run, wsinspect("--version")),
            EXPLAIN: partial(_run, wsinspect("explain", "1011")),
            SCREEN: partial(_paint, wsinspect(), folder, b"Sessions|sessions"),
            EMPTY: partial(_paint, [sys.executable, "-c", _EMPTY], folder, b"sessions"),
        }
        cases |= {name: partial(_paint, mitmproxy(folder), folder, rb"Flows") for name in names}
        for case in cases.values():
            case()  # not measured: a checkout is compiled when it runs first
        found = interleaved(cases, 1 if quick else 2 * ROUNDS)
    taken = {name: median(rounds) for name, rounds in found.items()}
    rows = [
        [
            version_of(name),
            duration(taken[name]),
            times(taken[name], taken[BARE]),
            times(taken[name], taken.get(MITMPROXY)) if name in (SCREEN, EMPTY, MITMPROXY) else "—",
        ]
        for name in cases
    ]
    return Table(
        "From the start of a program to its end, or to the first picture with its words on a terminal of 140 × 44.",
        ("program", "takes", f"× {BARE}", "× mitmproxy"),
        rows,
        notes,
    )


def _run(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=inherited(), capture_output=True, check=True)
    return time.perf_counter() - begin


def _paint(command: list[str], folder: Path, words: bytes) -> float:
    with Screen(command, folder) as screen:
        return screen.await_text(words) - screen.begun
