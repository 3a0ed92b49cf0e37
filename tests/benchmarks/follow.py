"""``follow``: how well the screen keeps up with messages that pour in while it follows them."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import NamedTuple

from tests.benchmarks import client
from tests.benchmarks.client import Lost
from tests.benchmarks.peers import PEERS, WITH_SCREEN, origin, scratch
from tests.benchmarks.processes import cpu_s
from tests.benchmarks.tables import ROUNDS, Table, interleaved, median

SIZE = 100
RATES = (1_000, 10_000, 20_000)
AT_ONCE = 10
"""Messages in one write."""

SECONDS = 5.0
"""How long pictures are counted."""

KEYS = 6
"""Keys that are typed then: the list is held, and let run again."""

ANSWER_S = 1.0
"""At most for one key."""


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
    messages = int(rate * (seconds + 1 + KEYS * ANSWER_S)) // AT_ONCE * AT_ONCE
    with scratch() as folder, PEERS[WITH_SCREEN](server, folder) as relay:
        screen, pid = relay.screen, relay.pid
        assert screen is not None
        assert pid is not None
        arrived: list[float] = []

        def take() -> None:
            arrived.extend(client.paced(relay.port, SIZE, messages, rate, AT_ONCE))

        feed = threading.Thread(target=take)
        feed.start()
        screen.await_text(b"(?s)lazy dog.*following")
        time.sleep(min(1.0, seconds))
        place, begin, used = screen.written, time.perf_counter(), [cpu_s(screen.pid), cpu_s(pid)]
        time.sleep(seconds)
        taken = time.perf_counter() - begin
        worked = [cpu_s(one) - before for one, before in zip((screen.pid, pid), used, strict=True)]
        pictures = len(screen.pictures(place))
        keys = [screen.answer(b" ", (b"held", b"following")[number % 2]) for number in range(KEYS)]
        feed.join()
        if len(arrived) != messages:
            raise Lost(f"{len(arrived)} of {messages} messages arrived")
        relay.recorded(messages)
    return Figures(pictures / taken, worked[0] / taken, worked[1] / taken, median(keys) * 1000)
