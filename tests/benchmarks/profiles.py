"""``profile``: where the time goes of what is done in Python alone: searching a session, reading it back, starting."""

from __future__ import annotations

import cProfile
import pstats
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.filtering import SIZE as SEARCHED_SIZE
from tests.benchmarks.filtering import STEP_S
from tests.benchmarks.peers import WSINSPECT, scratch
from tests.benchmarks.processes import inherited
from tests.benchmarks.sessions import NEEDLE, Wire, record
from tests.benchmarks.tables import Table, count
from wsinspect.filters import parse
from wsinspect.session.reader import WINDOW_LIMIT, Reader

MESSAGES = 1_000_000
LISTED = 6
"""Functions that are listed of each."""


def run(*, quick: bool) -> Table:
    """The table."""
    size = MESSAGES // (1000 if quick else 1)
    rows: list[list[str]] = []
    with scratch() as folder:
        for wire in (Wire.CLEAR, Wire.MASKED):
            file = folder / f"{wire}.wsi"
            record(file, size, SEARCHED_SIZE, wire)
            for what, work in (("filter", _search), ("decode", _decode)):
                rows += [[f"{WSINSPECT} {what}", wire.value, *cells] for cells in _profiled(work, file)]
    rows += [[f"{WSINSPECT} start", "—", *cells] for cells in _imports()]
    return Table(
        f"Own time of functions, of all time: a word searched in {count(size)} messages of {SEARCHED_SIZE} B, "
        "and all of them read back; of modules, of the time that those of the start screen take to be imported.",
        ("what", "on the wire", "function", "of the time", "calls"),
        rows,
        [
            "Measured by cProfile, which makes functions that are called often look slower than they are, and by "
            "`-X importtime`."
        ],
    )


def _search(file: Path) -> None:
    reader = Reader(file)
    search = reader.search(1, parse(NEEDLE.decode().lower()))
    while not search.step(STEP_S).is_done:
        pass
    reader.close()


def _decode(file: Path) -> None:
    reader, position = Reader(file), 1
    while rows := reader.rows(1, position, WINDOW_LIMIT):
        position += len(rows)
    reader.close()


def _profiled(work: Callable[[Path], None], file: Path) -> list[list[str]]:
    """The functions that take most: name, share, calls."""
    profile = cProfile.Profile()
    profile.runcall(work, file)
    found = pstats.Stats(profile).get_stats_profile()
    most = sorted(found.func_profiles.items(), key=lambda item: -item[1].tottime)[:LISTED]
    return [
        [_name(name, one.file_name), f"{one.tottime / found.total_tt:.0%}", one.ncalls.partition("/")[0]]
        for name, one in most
    ]


def _name(function: str, file: str) -> str:
    """``walk (walk.py)``, or ``bytes.find`` for what is written in C."""
    if file == "~":
        found = re.fullmatch(r"<(?:built-in )?method '?([\w.]+)'?(?: of '([\w.]+)' objects)?>", function)
        return ".".join(part for part in (found[2], found[1]) if part) if found else function.strip("<>{}")
    return f"{function.strip('<>')} ({Path(file).name})"


_SCREEN = ("textual", "rich")
"""What draws the screen."""

_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\w+)")


def _imports() -> Iterator[list[str]]:
    """Whose modules the start screen imports: what they take of all of them, and how many there are."""
    command = [sys.executable, "-X", "importtime", "-c", "import wsinspect.ui.start_app"]
    said = subprocess.run(command, env=inherited(), capture_output=True, text=True, check=True).stderr
    took, modules = Counter[str](), Counter[str]()
    for microseconds, package in _IMPORTED.findall(said):
        whose = "Textual" if package in _SCREEN else package if package == WSINSPECT else "others"
        took[whose] += int(microseconds)
        modules[whose] += 1
    for whose, microseconds in took.most_common():
        yield [f"import ({whose})", f"{microseconds / took.total():.0%}", f"{modules[whose]}"]
