"""``memory``: what the capture process and the screen hold while a session grows, as the kernel counts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tests.benchmarks import client
from tests.benchmarks.peers import MITMDUMP, PEERS, WITH_SCREEN, Relay, origin, present, scratch, version_of
from tests.benchmarks.processes import rss_mb
from tests.benchmarks.screen import PAGE_DOWN, Screen, shows
from tests.benchmarks.tables import ROUNDS, Table, count, interleaved, median, times

SIZE = 100
SIZES = {WITH_SCREEN: (100_000, 1_000_000, 10_000_000), MITMDUMP: (1_000, 10_000, 30_000)}
"""Messages recorded when memory is looked at; mitmdump would take an hour for as many."""

QUICK = 200
"""By how much fewer they are for a look whether all works: still more than the pages that are turned."""

PAGES = 5
"""Pages that are turned from the first message on."""


def run(*, quick: bool) -> Table:
    """The table."""
    names, notes = present(*SIZES)
    sizes = {name: [size // QUICK if quick else size for size in SIZES[name]] for name in names}
    with scratch() as folder, origin(folder) as server:
        cases = {name: partial(_measure, name, server, sizes[name]) for name in names}
        found = interleaved(cases, 1 if quick else ROUNDS)
    rows = []
    for name, rounds in found.items():
        for what in rounds[0]:
            middle = [median([one[what][place] for one in rounds]) for place in range(3)]
            rows.append([what, *_cells(sizes[name], middle)])
    return Table(
        f"Text messages of {SIZE} B, server to client, as fast as they are taken; then the list is gone through.",
        ("process", "few messages", "more", "most", "most ÷ few", "more per message"),
        rows,
        [*notes, "Resident memory (10^6 bytes), right after; the screen is open on a terminal and follows."],
    )


def _measure(name: str, server: int, sizes: Sequence[int]) -> dict[str, list[float]]:
    """Megabytes of each process at each size, in one run of the relay."""
    with scratch() as folder, PEERS[name](server, folder) as relay:
        found: dict[str, list[float]] = {what: [] for what in _looks(name, relay)}
        if relay.screen:
            relay.screen.answer(b"a", shows("all connections"))
            relay.screen.answer(b"2", shows("m Mark"))
        before = 0
        for size in sizes:
            client.feed(relay.port, SIZE, size - before)
            before = size
            relay.recorded(size)
            if relay.screen:
                _go_through(relay.screen)
            for what, look in _looks(name, relay).items():
                found[what].append(look())
    return found


def _looks(name: str, relay: Relay) -> dict[str, Callable[[], float]]:
    """What is looked at, and how."""
    assert relay.pid is not None
    if relay.screen is None:
        return {version_of(name): partial(rss_mb, relay.pid)}
    return {
        "wsinspect, capture": partial(rss_mb, relay.pid),
        "wsinspect, capture, highest": partial(rss_mb, relay.pid, peak=True),
        "wsinspect, screen": partial(rss_mb, relay.screen.pid),
        "wsinspect, screen, highest": partial(rss_mb, relay.screen.pid, peak=True),
    }


def _go_through(screen: Screen) -> None:
    """To the first message of the session, some pages on, and back to the newest."""
    screen.await_still()  # what a key changes is taken for its answer: nothing else may change meanwhile
    screen.answer(b"g", shows(r"\brow 1 of "))
    for _ in range(PAGES):
        screen.answer(PAGE_DOWN)
    screen.answer(b"G", shows("following"))


def _cells(sizes: Sequence[int], found: Sequence[float]) -> list[str]:
    grown = (found[-1] - found[0]) * 1e6 / (sizes[-1] - sizes[0])
    return [
        *(f"{size:.1f} MB at {count(number)}" for size, number in zip(found, sizes, strict=True)),
        times(found[-1], found[0]),
        f"{grown:,.1f} B",
    ]
