"""``open``: how long a saved session takes to show its first messages, and a page at a place where nobody was yet."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.peers import WSINSPECT, scratch
from tests.benchmarks.screen import PAGE_DOWN, Screen, wsinspect
from tests.benchmarks.sessions import record
from tests.benchmarks.tables import ROUNDS, Table, count, interleaved, median, times

SIZE = 100
SIZES = (0, 10_000, 1_000_000, 10_000_000)
MESSAGE = rb"lazy dog"
"""What stands in every row with a message."""

PAGES = 5
"""Pages that are turned in a round, each at another place."""

BAR, TOP, BOTTOM = 139, 5, 41
"""Column of the scrollbar, and the rows between which it is dragged, when the list has the whole screen."""


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
        shown = screen.await_text(MESSAGE if size else b"no messages") - screen.begun
        if not size:
            return Figures(shown, 0.0)
        screen.await_text(f"{size:,} of {size:,}".encode())
        screen.await_quiet()
        screen.answer(b"2", b"Open .* Copy")
        screen.await_quiet()
        screen.answer(b"z", MESSAGE)
        places = random.Random(size).sample(range(TOP, BOTTOM), pages)
        return Figures(shown, median([_page(screen, place) for place in places]))


def _page(screen: Screen, row: int) -> float:
    """Drag the scrollbar there from the end, choose a message, and turn the page; milliseconds for the last."""
    screen.press(b"G")
    screen.await_quiet()
    # One by one: the list takes hold of the mouse only after it has seen the button.
    for event in (b"<0;%d;%dM" % (BAR, BOTTOM + 1), b"<32;%d;%dM" % (BAR, row), b"<0;%d;%dm" % (BAR, row)):
        screen.press(b"\x1b[" + event)
        screen.await_quiet()
    screen.answer(b"\x1b[<0;60;20M\x1b[<0;60;20m", MESSAGE)
    screen.await_quiet()
    return screen.answer(PAGE_DOWN, MESSAGE) * 1000
