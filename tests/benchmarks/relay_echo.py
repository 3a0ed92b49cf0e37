"""``relay-echo``: how long one message takes there and back, with the screen open and following."""

from __future__ import annotations

from functools import partial

from tests.benchmarks import client
from tests.benchmarks.peers import (
    DIRECT,
    MITMDUMP,
    NGINX,
    PEERS,
    WITH_SCREEN,
    WSINSPECT,
    origin,
    present,
    scratch,
    version_of,
)
from tests.benchmarks.tables import ROUNDS, Table, interleaved, median, percentile, times

SIZE = 100
COUNT = 5_000


def run(*, quick: bool) -> Table:
    """The table."""
    names, notes = present(DIRECT, NGINX, WSINSPECT, WITH_SCREEN, MITMDUMP)
    echoes = 30 if quick else COUNT
    with scratch() as folder, origin(folder) as server:
        cases = {name: partial(_measure, name, server, echoes) for name in names}
        found = interleaved(cases, 1 if quick else ROUNDS)
    halves = {name: median([one[0] for one in rounds]) for name, rounds in found.items()}
    rows = [
        [
            version_of(name),
            f"{halves[name]:,.0f} µs",
            f"{median([one[1] for one in rounds]):,.0f} µs",
            times(halves[name], halves.get(NGINX)),
            times(halves[name], halves.get(MITMDUMP)),
        ]
        for name, rounds in found.items()
    ]
    return Table(
        f"A text message of {SIZE} B sent and echoed, one at a time: from the client's write to its read of the echo.",
        ("relay", "p50", "p99", "p50 × nginx", "p50 × mitmdump"),
        rows,
        [*notes, "p99 is mostly the machine's scheduling: compare it within one run only."],
    )


def _measure(name: str, server: int, echoes: int) -> tuple[float, float]:
    """p50 and p99 in microseconds."""
    with scratch() as folder, PEERS[name](server, folder) as relay:
        client.echo(relay.port, SIZE, max(10, echoes // 10))
        taken = client.echo(relay.port, SIZE, echoes)
        relay.recorded(max(10, echoes // 10) + echoes)
    return percentile(taken, 0.5), percentile(taken, 0.99)
