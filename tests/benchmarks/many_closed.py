"""``many-closed``: the screen over a session of very many connections, nearly all of them closed."""

from __future__ import annotations

import time
from pathlib import Path

from tests.benchmarks.peers import scratch
from tests.benchmarks.screen import Screen, shows, wsinspect
from tests.benchmarks.tables import ROUNDS, Table, median
from tests.fixtures.recorded_crowd import build

SIZES = ((1_000, 100), (100_000, 1_000))
"""Closed and open connections."""

QUICK_SIZES = ((20, 5), (100, 10))

QUIET_S = 0.4
"""A screen that has not written for so long shows all that there is."""

COUNTING_S = 3.0
"""How long the screen must not have written before anything is measured: it counts connections at its beginning."""

KEYS = {
    "list: last": b"G",
    "list: first": b"g",
    "list: down": b"j",
    "list: page down": b"\x1b[6~",
    "timeline: last": b"G",
    "timeline: first": b"g",
    "timeline: down": b"j",
    "timeline: page down": b"\x1b[6~",
    "timeline: zoom in": b"+",
    "timeline: later": b"\x1b[C",
    "timeline: by age": b"2",
    "timeline: by the clock": b"1",
}
"""What is pressed; a key is pressed where those before it led to."""

SORTS = ("state", "path", "client", "subprotocol", "age", "to server", "to client", "latest", "round trip", "close")
"""What the menu offers below the order in which they came."""

Figures = dict[str, float]


def run(*, quick: bool) -> Table:
    """The table."""
    sizes = QUICK_SIZES if quick else SIZES
    with scratch() as folder:
        files = [build(folder / f"{closed}.wsi", closed, still_open) for closed, still_open in sizes]
        rounds = [[_measure(path, quick=quick) for path in files] for _ in range(1 if quick else ROUNDS)]
    names = list(rounds[0][0])
    units = {name: "MB" if name.startswith("memory") else "ms" for name in names}
    rows = [
        [
            name,
            *(f"{median([one[place][name] for one in rounds]):,.0f} {units[name]}" for place in range(len(files))),
        ]
        for name in names
    ]
    return Table(
        "A saved session on a terminal of 140 × 44: from the key to the picture that answers it.",
        ("what", *(f"{closed:,} closed, {still_open:,} open" for closed, still_open in sizes)),
        rows,
        ["A sort is measured to its last picture: the menu is closed first, then the list is in its order."],
    )


def _measure(path: Path, *, quick: bool) -> Figures:
    with scratch() as folder, Screen(wsinspect("open", str(path)), folder) as screen:
        found = {"wsinspect open: first rows": (screen.await_shown(shows("/stock")) - screen.begun) * 1000}
        screen.await_still(QUIET_S if quick else COUNTING_S)
        for name, key in KEYS.items():
            if name.startswith("timeline") and "timeline: first bars" not in found:
                place = screen.written
                begun = time.perf_counter()
                screen.press(b"t")
                found["timeline: first bars"] = (screen.await_shown(shows("[▁█]{2}"), place) - begun) * 1000
                told = screen.await_shown(shows("after opening| closed,"), place)
                found["timeline: the ends told"] = (told - begun) * 1000
            screen.await_still(QUIET_S)
            found[name] = _answer(screen, key)
        screen.press(b"t")
        for name in SORTS[:1] if quick else SORTS:
            for press in (b"S", b"j"):
                screen.await_still(QUIET_S)
                screen.press(press)
            screen.await_still(QUIET_S)
            found[f"list: sort by {name}"] = _answer(screen, b"\r", is_last=True)
        found["memory of wsinspect open"] = _resident_mb(screen.pid)
    return found


def _answer(screen: Screen, key: bytes, *, is_last: bool = False) -> float:
    """Milliseconds from a key to the first picture after it, or to the last.

    Raises:
        TimeoutError: the key changed nothing on the screen.
    """
    place, begun = screen.written, time.perf_counter()
    first_s = screen.answer(key)
    if not is_last:
        return first_s * 1000
    screen.await_still(QUIET_S)
    return (screen.pictures(place)[-1][0] - begun) * 1000


def _resident_mb(pid: int) -> float:
    """What a process holds in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1024
