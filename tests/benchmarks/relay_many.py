"""``relay-many``: many connections at once, each with a little traffic."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from tests.benchmarks import client
from tests.benchmarks.client import Lost
from tests.benchmarks.peers import MITMDUMP, NGINX, PEERS, WSINSPECT, origin, present, scratch, version_of
from tests.benchmarks.processes import cpu_s, rss_mb
from tests.benchmarks.tables import ROUNDS, Table, interleaved, median, percentile

SIZE = 100
RATE = 20
SECONDS = 3
CROWDS = (100, 500, 1_000)
GRACE_S = 3
"""How long after the last was sent messages may still arrive."""


class Figures(NamedTuple):
    """Of one run."""

    delivered: float
    """Share of the messages sent that arrived in time."""
    late_us: float
    """Lag p50."""
    cost_us: float
    """Processor time per message."""
    rss_mb: float
    """Memory at its highest."""


def run(*, quick: bool) -> Table:
    """The table."""
    names, notes = present(NGINX, WSINSPECT, MITMDUMP)
    crowds, seconds = ((2, 5, 10), 1) if quick else (CROWDS, SECONDS)
    with scratch() as folder, origin(folder) as server:
        cases = {f"{name}/{of}": partial(_measure, name, server, of, seconds) for name in names for of in crowds}
        found = interleaved(cases, 1 if quick else ROUNDS)
    rows = []
    for case, rounds in found.items():
        name, _, of = case.rpartition("/")
        middle = [median([one[figure] for one in rounds]) for figure in range(4)]
        rows.append(
            [
                version_of(name),
                f"{int(of):,}",
                f"{middle[0]:.0%}",
                f"{middle[1] / 1000:,.1f} ms",
                f"{middle[2]:.0f} µs",
                f"{middle[3]:.0f} MB",
            ]
        )
    return Table(
        f"{RATE} text messages of {SIZE} B a second on each connection, each in a write of its own, for {seconds} s.",
        ("relay", "connections", "delivered", "lag p50", "processor per message", "memory, highest"),
        rows,
        [*notes, f"Delivered: at most {GRACE_S} s after the last was sent. All that passed wsinspect were recorded."],
    )


def _measure(name: str, server: int, of: int, seconds: int) -> Figures:
    messages = RATE * seconds
    with scratch() as folder, PEERS[name](server, folder) as relay:
        assert relay.pid is not None
        worked = cpu_s(relay.pid)
        crowd = client.many(relay.port, SIZE, messages, RATE, of, seconds + GRACE_S)
        if name == WSINSPECT:
            if crowd.delivered != messages * of:
                raise Lost(f"{crowd.delivered} of {messages * of} messages on {of} connections arrived")
            relay.recorded(crowd.delivered)
        worked = cpu_s(relay.pid) - worked
        late = percentile(crowd.late_us, 0.5) if crowd.late_us else 0.0
        return Figures(
            crowd.delivered / (messages * of),
            late,
            worked / max(1, crowd.delivered) * 1e6,
            rss_mb(relay.pid, peak=True),
        )
