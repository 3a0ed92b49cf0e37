"""``follow``: how well the screen keeps up with messages that pour in while it follows them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from tests.benchmarks import client
from tests.benchmarks.peers import PEERS, WITH_SCREEN, origin, scratch
from tests.benchmarks.processes import cpu_s
from tests.benchmarks.screen import Screen, shows
from tests.benchmarks.tables import ROUNDS, Table, interleaved, median

SIZE = 100
RATES = (1_000, 10_000, 20_000)
AT_ONCE = 10
"""Messages in one write."""

SECONDS = 5.0
"""How long pictures are counted."""

KEYS = 6
"""Keys that are typed then: the list is held, and let run again."""


class Figures(NamedTuple):
    """Of one run."""

    pictures: float
    """Painted in a second."""
    screen: float
    """Share of one core that the screen's process took."""
    capture: float
    """The same of the capture process."""
    key_ms: float
    """From a key to the picture that shows what it did."""


def run(*, quick: bool) -> Table:
    """The table."""
    rates = [rate // 10 if quick else rate for rate in RATES]
    with scratch() as folder, origin(folder) as server:
        cases = {rate: partial(_measure, server, rate, 0.3 if quick else SECONDS) for rate in rates}
        found = interleaved(cases, 1 if quick else ROUNDS)
    rows = []
    for rate, rounds in found.items():
        middle = Figures(*(median(values) for values in zip(*rounds, strict=True)))
        rows.append(
            [
                WITH_SCREEN,
                f"{rate:,}/s",
                f"{middle.pictures:.1f} of 30",
                f"{middle.screen:.0%}",
                f"{middle.capture:.0%}",
                f"{middle.key_ms:,.0f} ms",
            ]
        )
    return Table(
        f"Text messages of {SIZE} B, {AT_ONCE} in a write, passing while the screen (140 × 44) shows the newest.",
        ("program", "messages", "pictures a second", "screen's core", "capture's core", "key to paint"),
        rows,
        ["All messages arrived and were recorded. Key to paint: the list is held, or runs again, and says so."],
    )


def _measure(server: int, rate: int, seconds: float) -> Figures:
    with scratch() as folder, PEERS[WITH_SCREEN](server, folder) as relay, ThreadPoolExecutor(1) as pool:
        assert relay.screen is not None
        assert relay.pid is not None
        is_enough = threading.Event()
        arriving = pool.submit(client.paced_until, relay.port, SIZE, rate, AT_ONCE, is_enough)
        try:
            figures = _look(relay.screen, relay.pid, seconds)
        finally:
            is_enough.set()
        relay.recorded(arriving.result(), or_more=True)
    return figures


def _look(screen: Screen, capturing: int, seconds: float) -> Figures:
    """What the screen and the process that captures do while messages pour in."""
    screen.await_shown(shows("(?s)lazy dog.*following"))
    time.sleep(min(1.0, seconds))
    place, begin = screen.written, time.perf_counter()
    used = [cpu_s(screen.pid), cpu_s(capturing)]
    time.sleep(seconds)
    taken = time.perf_counter() - begin
    worked = [cpu_s(screen.pid) - used[0], cpu_s(capturing) - used[1]]
    pictures = len(screen.pictures(place))
    keys = [screen.answer(b" ", shows(("held", "following")[number % 2])) for number in range(KEYS)]
    return Figures(pictures / taken, worked[0] / taken, worked[1] / taken, median(keys) * 1000)
