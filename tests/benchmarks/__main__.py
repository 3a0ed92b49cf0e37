"""``python -m tests.benchmarks NAME ...``: measure, and print tables; without a name the names are listed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from tests.benchmarks import (
    decode,
    filtering,
    follow,
    many_closed,
    memory,
    opening,
    profiles,
    relay_echo,
    relay_feed,
    relay_many,
    relay_paced,
    start,
)
from tests.benchmarks.client import Lost
from tests.benchmarks.tables import Table, machine
from wsinspect import cycles


class Benchmark(Protocol):
    """Measures one thing."""

    def __call__(self, *, quick: bool) -> Table:
        """The figures; with ``quick`` only enough to see that it works."""


BENCHMARKS: dict[str, tuple[str, Benchmark]] = {
    "relay-feed": ("messages of 100 B a second through relays", partial(relay_feed.run, 100)),
    "relay-feed-1k": ("the same with 1 KiB", partial(relay_feed.run, 1 << 10)),
    "relay-feed-64k": ("the same with 64 KiB", partial(relay_feed.run, 64 << 10)),
    "relay-paced": ("how late messages are that come one by one", relay_paced.run),
    "relay-echo": ("a message there and back, with the screen open", relay_echo.run),
    "relay-many": ("1,000 connections at once", relay_many.run),
    "many-closed": ("the screen over 100,000 closed connections", many_closed.run),
    "decode": ("messages read back from a session file", decode.run),
    "memory": ("what a growing session takes", memory.run),
    "open": ("a saved session's first messages, and a page of it", opening.run),
    "filter": ("a word searched in a session", filtering.run),
    "follow": ("the screen while messages pour in", follow.run),
    "profile": ("where the time of filter and decode goes", profiles.run),
    "start": ("commands and the screen, until they are there", start.run),
}


def main(arguments: list[str], say: Callable[[str], object] = sys.stdout.write) -> int:
    """Run what is named; returns 0 when every message arrived that the figures rest on."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; all measures everything")
    parser.add_argument("--quick", action="store_true", help="only see that it works; the figures mean nothing")
    options = parser.parse_args(arguments)
    names = list(BENCHMARKS) if options.names == ["all"] else options.names
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown or not names:
        if unknown:
            say(f"there is no benchmark {unknown[0]}\n")
        say("".join(f"{name:<16}{about}\n" for name, (about, _) in BENCHMARKS.items()))
        return 2 if unknown else 0
    for name in names:
        try:
            table = BENCHMARKS[name][1](quick=options.quick)
        except Lost as problem:
            say(f"{name}: {problem}\n")
            return 1
        say(f"## {name}\n\n{table.text()}\n{machine()}: `python -m tests.benchmarks {name}`\n\n")
    return 0


if __name__ == "__main__":
    cycles.look_rarely()  # as the program does
    sys.exit(main(sys.argv[1:]))
