"""The golden files of the command line: help texts, and tables of sessions, byte for byte.

``python -m tests.cli.golden`` writes them anew; the difference is then read like code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from wsinspect.cli.main import COMMANDS
from wsinspect.cli.session_table import record, table
from wsinspect.report.records import to_line
from wsinspect.session.file.saved import Kind, SavedSession

FOLDER = Path(__file__).with_name("golden")

HELP = [("open",), ("sessions",), *(("sessions", one) for one in ("rename", "note", "delete", "prune"))]
"""Commands whose help is kept."""

WIDTHS = (None, 140, 100, 80, 50)
"""Terminals that the table is laid out for; None is no terminal."""

S = 1_000_000_000
NOW_NS = 1_795_356_155 * S
"""2026-11-22 14:02:35 UTC."""

SESSIONS = (
    SavedSession(
        Path("/home/x/proxy-2026-11-22-140111-4242.wsi"),
        Kind.RECORDING,
        311_296,
        NOW_NS,
        source="proxy 127.0.0.1:8080 → ws://127.0.0.1:9000",
        version="0.1.0",
        started_ns=NOW_NS - 84 * S,
        ended_ns=NOW_NS - 2 * S,
        connections=18,
        messages=1215,
        rows=1301,
        ends={"1000": 3, "1006": 1, "1011": 2, "http:502": 2, "failed": 1, "4401": 1},
    ),
    SavedSession(
        Path("/home/x/night.wsi"),
        Kind.SAVED,
        2_123_456_789,
        NOW_NS - 3600 * S,
        source="proxy 127.0.0.1:8081 → wss://feed.example/v1",
        version="0.1.0",
        note="the night of the outage",
        started_ns=NOW_NS - 40_000 * S,
        ended_ns=NOW_NS - 3600 * S,
        connections=100_000,
        messages=10_000_000,
        rows=10_400_000,
        ends={"1000": 99_000, "1001": 800, "1012": 100, "1006": 100},
    ),
    SavedSession(
        Path("/home/x/quiet.wsi"),
        Kind.BROKEN_OFF,
        49_152,
        NOW_NS - 86_400 * S,
        source="demo",
        started_ns=NOW_NS - 86_460 * S,
        ended_ns=NOW_NS - 86_400 * S,
    ),
    SavedSession(
        Path("/home/x/[x]\x1b[31mred\u202e.wsi"),
        Kind.SAVED,
        196_608,
        NOW_NS - 90_000 * S,
        source="\x1b]0;owned\x07[/x]",
        note="a\u202eb",
        started_ns=NOW_NS - 90_010 * S,
        ended_ns=NOW_NS - 90_000 * S,
        connections=3,
        messages=1,
        rows=5,
        ends={"broken:1006": 1, "cut": 1, "other": 1},
    ),
    SavedSession(Path("/home/x/b.wsi"), Kind.DAMAGED, 300, NOW_NS - 100_000 * S, "it is damaged: disk \x1b[2J"),
    SavedSession(Path("/home/x/c.wsi"), Kind.NEWER, 49_152, NOW_NS - 110_000 * S, "a newer wsinspect wrote it"),
    SavedSession(Path("/home/x/d.wsi"), Kind.FOREIGN, 0, NOW_NS - 120_000 * S, "it is not a session"),
    SavedSession(Path("/home/x/e.wsi"), Kind.GONE, 0, 0, "it is gone"),
)


def help_text(arguments: tuple[str, ...]) -> str:
    """The help of a command."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"}
    command = [sys.executable, "-m", "wsinspect", *arguments, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=60).stdout


@cache
def made() -> dict[str, str]:
    """What each golden file should hold, by its name."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        tables = {f"table-{width}.txt": "\n".join(table(SESSIONS, NOW_NS, width)) + "\n" for width in WIDTHS}
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
    helps = {f"help-{'-'.join(one)}.txt": help_text(one) for one in HELP if one[0] in COMMANDS}
    return tables | helps | {"sessions.jsonl": "".join(to_line(record(one, NOW_NS)) + "\n" for one in SESSIONS)}


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name, said in made().items():
        (FOLDER / name).write_text(said, "utf-8")


if __name__ == "__main__":
    main()
