"""``relay-feed``: how many messages a second pass from a server to a client, recording on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tests.benchmarks import client
from tests.benchmarks.peers import DIRECT, MITMDUMP, NGINX, PEERS, WSINSPECT, origin, present, scratch, version_of
from tests.benchmarks.tables import ROUNDS, Table, count, interleaved, median, per_second, times

SIZES = {
    100: {DIRECT: 3_000_000, NGINX: 3_000_000, WSINSPECT: 3_000_000, MITMDUMP: 10_000},
    1 << 10: {DIRECT: 600_000, NGINX: 600_000, WSINSPECT: 600_000, MITMDUMP: 10_000},
    64 << 10: {DIRECT: 16_000, NGINX: 16_000, WSINSPECT: 16_000, MITMDUMP: 2_000},
}
"""Messages of the longest run by payload size; the two shorter ones are a third and a tenth of it."""

SHARES = (10, 3, 1)


def run(size: int, *, quick: bool) -> Table:
    """The table for messages of ``size`` bytes."""
    names, notes = present(*SIZES[size])
    counts = {
        name: [max(10, SIZES[size][name] // share // (100 if quick else 1)) for share in SHARES] for name in names
    }
    with scratch() as folder, origin(folder) as server:
        cases = {name: partial(_measure, name, server, size, counts[name]) for name in counts}
        found = interleaved(cases, 1 if quick else ROUNDS)
    rates = {name: [median([one[place] for one in rounds]) for place in range(3)] for name, rounds in found.items()}
    return _table(size, counts, rates, notes)


def _measure(name: str, server: int, size: int, counts: list[int]) -> list[float]:
    """Messages a second of one relay, freshly started, for each count."""
    rates, before = [], 0
    with scratch() as folder, PEERS[name](server, folder) as relay:
        for messages in counts:
            taken = client.feed(relay.port, size, messages)
            rates.append(messages / taken)
            before += messages
            relay.recorded(before)
    return rates


def _table(size: int, counts: Mapping[str, list[int]], rates: Mapping[str, list[float]], notes: list[str]) -> Table:
    slow, fast = rates.get(MITMDUMP, [0.0])[-1], rates.get(NGINX, [0.0])[-1]
    rows = [
        [
            version_of(name),
            *(f"{per_second(rate)} of {count(number)}" for rate, number in zip(found, counts[name], strict=True)),
            times(found[-1], fast),
            times(found[-1], slow),
        ]
        for name, found in rates.items()
    ]
    said = "100 B" if size == 100 else f"{size >> 10} KiB"
    return Table(
        f"Text messages of {said}, server to client, as fast as they are taken; wsinspect and mitmdump record them.",
        ("relay", "short run", "longer", "longest", "× nginx", "× mitmdump"),
        rows,
        [*notes, "Every message arrived, and all that passed wsinspect are in its session file, without a gap."],
    )
