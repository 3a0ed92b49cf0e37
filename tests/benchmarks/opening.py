"""``open``: how long a saved session takes to show its first messages, and a page at a place where nobody was yet."""

from __future__ import annotations

import random
import re
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.peers import WSINSPECT, scratch
from tests.benchmarks.screen import PAGE_DOWN, Screen, shows, wsinspect
from tests.benchmarks.sessions import record
from tests.benchmarks.tables import ROUNDS, Table, count, interleaved, median, times

SIZE = 100
SIZES = (0, 10_000, 1_000_000, 10_000_000)
MESSAGE = "lazy dog"
"""What stands in every row with a message."""

PAGES = 5
"""Pages that are turned in a round, each at another place."""

BAR, TOP, BOTTOM = 139, 5, 41
"""Column of the scrollbar, and the rows between which it is dragged, when the list has the whole screen."""

CHOSEN = 20
"""The row of the screen whose message is chosen then."""


class Figures(NamedTuple):
    """Of one round."""

    shown_s: float
    """From the start of the program to the first picture with messages."""
    page_ms: float
    """From the key to the first picture with the page; 0 where there are no messages."""


def run(*, quick: bool) -> Table:
    """The table."""
    sizes = [size // 100 if quick else size for size in SIZES]
    with scratch() as folder:
        for size in sizes:
            record(folder / f"{size}.wsi", size, SIZE)
        cases = {size: partial(_measure, folder, size, 1 if quick else PAGES) for size in sizes}
        found = interleaved(cases, 1 if quick else ROUNDS)
    shown = {size: median([one.shown_s for one in rounds]) for size, rounds in found.items()}
    pages = {size: median([one.page_ms for one in rounds]) for size, rounds in found.items()}
    empty, small = sizes[:2]
    rows = [
        [
            WSINSPECT,
            count(size) if size else "none",
            f"{shown[size]:.2f} s",
            times(shown[size], shown[empty]),
            f"{pages[size]:,.0f} ms" if size else "—",
            times(pages[size], pages[small]) if size else "—",
        ]
        for size in sizes
    ]
    return Table(
        f"`wsinspect open` of a session with text messages of {SIZE} B, on a terminal of 140 × 44.",
        ("program", "messages", "start to messages shown", "× empty", "PageDown, key to paint", f"× {count(small)}"),
        rows,
        ["PageDown: each time at another place, where the scrollbar was dragged to. Empty: until it says so."],
    )


def _measure(folder: Path, size: int, pages: int) -> Figures:
    with Screen(wsinspect("open", str(folder / f"{size}.wsi")), folder) as screen:
        shown = screen.await_shown(shows(MESSAGE if size else "no messages")) - screen.begun
        if not size:
            return Figures(shown, 0.0)
        screen.await_shown(shows(f"{size:,} of {size:,}"))
        screen.answer(b"2", shows("y Copy"))
        screen.answer(b"z", lambda text: "Connections" not in text and MESSAGE in text)
        places = random.Random(size).sample(range(TOP, BOTTOM), pages)
        return Figures(shown, median([_page(screen, size, place) for place in places]))


def _page(screen: Screen, size: int, row: int) -> float:
    """Drag the scrollbar there from the end, choose a message, and turn the page; milliseconds for the last."""
    at_end = shows(f"{size:,} of {size:,}")
    if not at_end(screen.text()):
        screen.answer(b"G", at_end)
    newest = _number_at(screen.text(), CHOSEN)
    screen.answer(b"\x1b[<0;%d;%dM" % (BAR, BOTTOM + 1), lambda _: True)  # the list takes hold of the mouse
    screen.answer(b"\x1b[<32;%d;%dM" % (BAR, row), lambda text: _number_at(text, CHOSEN) not in ("", newest))
    screen.answer(b"\x1b[<0;%d;%dm" % (BAR, row), lambda _: True)  # and lets go of it
    screen.answer(b"\x1b[<0;60;%dM\x1b[<0;60;%dm" % (CHOSEN, CHOSEN), lambda text: 0 < _chosen(text) < size)
    chosen = _chosen(screen.text())
    return 1000 * screen.answer(PAGE_DOWN, lambda text: MESSAGE in text and _chosen(text) > chosen)


def _number_at(text: str, row: int) -> str:
    """The number of the message in that row of the screen; empty where none stands yet."""
    found = re.match(r"\D?\s+(\d+) .*" + MESSAGE, text.splitlines()[row - 1])
    return found[1] if found else ""


def _chosen(text: str) -> int:
    """The number of the message that is chosen, as the list's lower edge says; 0 where it says none."""
    found = re.search(r" ([\d,]+) of [\d,]+ ", text)
    return int(found[1].replace(",", "")) if found else 0
