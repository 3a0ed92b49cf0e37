"""``relay-paced``: how late messages are that come one by one, and what each costs the relay's processor."""

from __future__ import annotations

from functools import partial

from tests.benchmarks import client
from tests.benchmarks.peers import DIRECT, MITMDUMP, NGINX, PEERS, WSINSPECT, origin, present, scratch, version_of
from tests.benchmarks.processes import cpu_s
from tests.benchmarks.tables import ROUNDS, Table, interleaved, median, percentile, times

SIZE = 100
RATES = (1_000, 10_000, 20_000)
SECONDS = 3.0
FEWER = 5
"""mitmdump gets that many times fewer messages: it falls behind, and stays so."""


def run(*, quick: bool) -> Table:
    """The table."""
    names, notes = present(DIRECT, NGINX, WSINSPECT, MITMDUMP)
    seconds = 0.1 if quick else SECONDS
    with scratch() as folder, origin(folder) as server:
        cases = {name: partial(_measure, name, server, seconds) for name in names}
        found = interleaved(cases, 1 if quick else ROUNDS)
    nginx = _medians(found[NGINX]) if NGINX in found else None
    rows = []
    for name in names:
        figures = _medians(found[name])
        for place, rate in enumerate(RATES):
            half, almost, cost = figures[place]
            than = times(half, nginx[place][0]) if nginx else "—"
            worked = f"{cost:.1f} µs" if name != DIRECT else "—"
            rows.append([version_of(name), f"{rate:,}/s", _lag(half), _lag(almost), than, worked])
    return Table(
        f"Text messages of {SIZE} B, each sent in a write of its own: from the server's write to the client's read.",
        ("relay", "rate", "lag p50", "lag p99", "p50 × nginx", "processor per message"),
        rows,
        [*notes, "p99 is mostly the machine's scheduling: compare it within one run only."],
    )


def _measure(name: str, server: int, seconds: float) -> list[tuple[float, float, float]]:
    """Lag p50 and p99, and processor time per message, all in microseconds, at each rate."""
    figures, before = [], 0
    with scratch() as folder, PEERS[name](server, folder) as relay:
        for rate in RATES:
            messages = int(rate * seconds) // (FEWER if name == MITMDUMP else 1)
            worked = cpu_s(relay.pid) if relay.pid else 0.0
            late = client.paced(relay.port, SIZE, messages, rate)
            before += messages
            relay.recorded(before)
            worked = (cpu_s(relay.pid) if relay.pid else 0.0) - worked
            figures.append((percentile(late, 0.5), percentile(late, 0.99), worked / messages * 1e6))
    return figures


def _medians(rounds: list[list[tuple[float, float, float]]]) -> list[tuple[float, ...]]:
    return [tuple(median([one[place][figure] for one in rounds]) for figure in range(3)) for place in range(len(RATES))]


def _lag(us: float) -> str:
    return f"{us / 1000:,.0f} ms" if us >= 10_000 else f"{us:,.0f} µs"
