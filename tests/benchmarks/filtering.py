"""``filter``: a word searched in a session as the screen searches it, step by step, windows of rows read between."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.client import Lost
from tests.benchmarks.peers import WSINSPECT, scratch
from tests.benchmarks.sessions import EVERY, NEEDLE, PREPARED, Wire, payload, record
from tests.benchmarks.tables import ROUNDS, Table, count, duration, interleaved, median, times
from wsinspect.filters import parse
from wsinspect.session.reader import Reader

SIZE = 200
SIZES = (100_000, 1_000_000, 10_000_000)
WIRES = (Wire.CLEAR, Wire.MASKED)
FIND = "bytes.find"

STEP_S = 0.02
"""How long one step of a search may take: the screen's own."""

SCREEN_ROWS = 40

IN_MEMORY = 50
"""Times the prepared messages that ``bytes.find`` goes through at once; its time is taken for as many as there are."""


class Figures(NamedTuple):
    """Of one search."""

    first_s: float
    """Until the newest hits, as many as a screen has rows, are there to be shown."""
    all_s: float
    """Until every hit is counted; the windows read meanwhile are not in it."""
    longest_s: float = 0.0
    """The longest that somebody waited who asked for a window of rows."""


def run(*, quick: bool) -> Table:
    """The table."""
    sizes = [size // 1000 if quick else size for size in SIZES]
    with scratch() as folder:
        for wire in WIRES:
            for size in sizes:
                record(folder / f"{wire}-{size}.wsi", size, SIZE, wire)
        cases = {(FIND, size): partial(_find, size) for size in sizes}
        for wire in WIRES:
            cases |= {(wire.value, size): partial(_search, folder / f"{wire}-{size}.wsi", size) for size in sizes}
        found = interleaved(cases, 1 if quick else ROUNDS)
    middle = {
        case: Figures(*(median(values) for values in zip(*rounds, strict=True))) for case, rounds in found.items()
    }
    rows = [
        [
            FIND if what == FIND else WSINSPECT,
            "in memory" if what == FIND else what,
            count(size),
            duration(figures.first_s) if what != FIND else "—",
            duration(figures.all_s),
            times(figures.all_s, middle[FIND, size].all_s),
            duration(figures.longest_s) if what != FIND else "—",
        ]
        for (what, size), figures in middle.items()
    ]
    return Table(
        f"A word that stands in one of {EVERY:,} text messages of {SIZE} B, searched in upper and lower case.",
        ("search", "on the wire", "messages", "first screen", "all hits", f"× {FIND}", "longest wait for a window"),
        rows,
        [f"{FIND} looks for the word as it is written, in the same messages in memory, for every hit."],
    )


def _expected(size: int) -> int:
    return size // EVERY + (size % EVERY > EVERY // 2)


def _find(size: int) -> Figures:
    """All hits in memory."""
    whole = b"".join(payload(number, SIZE) for number in range(PREPARED))
    data = (whole * IN_MEMORY)[: size * SIZE]
    begin, hits, at = time.perf_counter(), 0, data.find(NEEDLE)
    while at >= 0:
        hits += 1
        at = data.find(NEEDLE, at + 1)
    taken = time.perf_counter() - begin
    if hits != _expected(len(data) // SIZE):
        raise Lost(f"{hits} hits were found in memory")
    return Figures(0.0, taken * size * SIZE / len(data))


def _search(file: Path, size: int) -> Figures:
    """A search through the reader, as the screen's thread runs it."""
    reader = Reader(file)
    search = reader.search(1, parse(NEEDLE.decode().lower()))
    expected = _expected(size)
    wanted, hits, first_s, all_s, longest_s = min(SCREEN_ROWS, expected), 0, 0.0, 0.0, 0.0
    places = random.Random(size)
    is_done = False
    while not is_done:
        begin = time.perf_counter()
        progress = search.step(STEP_S)
        is_done, hits = progress.is_done, progress.hits
        stepped = time.perf_counter()
        all_s += stepped - begin
        if not first_s and hits >= wanted:
            shown = search.rows(hits - wanted, wanted)
            if len(shown) != wanted or not all(NEEDLE in row.head for row in shown):
                raise Lost(f"{len(shown)} of {wanted} hits were read")
            first_s = all_s + time.perf_counter() - stepped
        reader.rows(1, places.randint(1, max(1, size - SCREEN_ROWS)), SCREEN_ROWS)
        longest_s = max(longest_s, time.perf_counter() - begin)
    reader.close()
    if hits != expected:
        raise Lost(f"{hits} hits were found, there are {expected}")
    return Figures(first_s, all_s, longest_s)
