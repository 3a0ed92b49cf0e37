"""Kill the recorder at a random moment under load, and see that all that a reader was shown is in the file.

``python -m tests.faults.killing ROUNDS [SEED]`` does it many times and says what it found; the suite does it a few
times.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.capture.running import ANY_PORT
from tests.limits import LIMIT_S
from tests.peers.raw import RawPeer, RawServer, raw_client, raw_server
from wsinspect.capture.process import CapturePlan, CaptureProcess
from wsinspect.model import Connection, Row, RowKind, Side
from wsinspect.session.reader import Reader
from wsinspect.wire.builder import build_close, build_frame

PAIRS = 6
"""Connections at a time."""

LONGEST_S = 0.8
"""The recorder lives this long under load at most."""

TAIL = 30
"""Rows of a connection that a reader is shown at a time."""

MASK = b"\x37\xfa\x21\x3d"
TEXT = 1


@dataclass
class Shown:
    """What a reader was shown, each of it by its latest state."""

    connections: int = 0
    rows: int = 0
    closed: dict[int, Connection] = field(default_factory=dict)
    per_connection: dict[int, int] = field(default_factory=dict)
    """Rows of each connection."""
    listed: dict[tuple[int, int], Row] = field(default_factory=dict)
    """By connection and number."""
    together: dict[int, Row] = field(default_factory=dict)
    """By position in the whole session."""

    def take(self, reader: Reader) -> None:
        """Look at the session once, as a screen does."""
        info = reader.info()
        self.connections, self.rows = info.connections, info.rows
        for connection in reader.connections(1, 1000):
            self.per_connection[connection.id] = connection.rows
            if connection.closed_ns is not None:
                self.closed[connection.id] = connection
            for row in reader.rows(connection.id, connection.rows - TAIL, TAIL + 1):
                self.listed[row.connection, row.number] = row
        first = max(1, info.rows - TAIL)
        self.together |= dict(enumerate(reader.all_rows(first, TAIL), first))


class Follower(threading.Thread):
    """Looks at a session again and again until it is told to stop."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.shown = Shown()
        self.problem: BaseException | None = None
        self._path = path
        self._is_over = threading.Event()

    def run(self) -> None:
        """Look."""
        try:
            reader = Reader(self._path)
            try:
                while not self._is_over.is_set():
                    if reader.changed():
                        self.shown.take(reader)
                    else:
                        self._is_over.wait(0.001)
            finally:
                reader.close()
        except Exception as error:  # the edge of a thread: told by the one who waits for it
            self.problem = error

    def stop(self) -> Shown:
        """Stop looking; returns what was shown.

        Raises:
            Exception: what went wrong with looking.
        """
        self._is_over.set()
        self.join(LIMIT_S)
        if self.problem is not None:
            raise self.problem
        return self.shown


async def killed_round(folder: Path, rng: random.Random) -> Shown:
    """One recording that is killed; returns what was shown, all of which was found again.

    Raises:
        AssertionError: something that was shown is not there.
    """
    path = folder / "killed.wsi"
    process = CaptureProcess()
    async with raw_server() as server:
        plan = CapturePlan(path, f"ws://127.0.0.1:{server.port}", listen=ANY_PORT)
        started = await process.start(plan)
        port = int(started.urls[0].rpartition(":")[2])
        follower = Follower(path)
        follower.start()
        answering = asyncio.ensure_future(_serve(server, rng))
        asking = [asyncio.ensure_future(_connect(port, rng)) for _ in range(PAIRS)]
        # The random moment is what is tested.
        await asyncio.sleep(rng.uniform(0, LONGEST_S))
        leaves_first = rng.random() < 0.3
        if leaves_first:
            await asyncio.to_thread(follower.stop)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
        # Who connects goes first: an accept that is cancelled while somebody comes is an error of its own.
        for tasks in (asking, [answering]):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        shown = await asyncio.to_thread(follower.stop)
    await process.stop()
    # The first who opens it afterwards may tidy up; so it is looked at twice.
    for _ in range(2):
        await asyncio.to_thread(check, path, shown)
    await asyncio.to_thread(check_numbers, path)
    return shown


def check(path: Path, shown: Shown) -> None:
    """Compare a session with what was shown of it.

    Raises:
        AssertionError: something that was shown is not there.
    """
    reader = Reader(path)
    try:
        info = reader.info()
        assert info.stopped_ns is None
        assert info.connections >= shown.connections
        assert info.rows >= shown.rows
        for number, connection in shown.closed.items():
            assert reader.connection(number) == connection
        for number, rows in shown.per_connection.items():
            found = reader.connection(number)
            assert found is not None
            assert found.rows >= rows
        for (number, place), row in shown.listed.items():
            assert reader.rows(number, place, 1) == [row]
        for position, row in shown.together.items():
            assert reader.all_rows(position, 1) == [row]
        for connection in reader.connections(1, 1000):
            reader.findings(connection.id)
    finally:
        reader.close()
    db = sqlite3.connect(path)
    with contextlib.closing(db):
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def check_numbers(path: Path) -> None:
    """Messages of each side are numbered by who sent them: none may be missing before the last.

    Raises:
        AssertionError: one is.
    """
    reader = Reader(path)
    try:
        for connection in reader.connections(1, 1000):
            _check_numbers(reader, connection)
    finally:
        reader.close()


def _check_numbers(reader: Reader, connection: Connection) -> None:
    counted = {Side.CLIENT: 0, Side.SERVER: 0}
    for first in range(1, connection.rows + 1, 5000):
        for row in reader.rows(connection.id, first, 5000):
            if row.kind is RowKind.TEXT and not row.problem:
                assert row.side is not None
                assert int(row.head.split(b" ")[0]) == counted[row.side]
                counted[row.side] += 1


async def _connect(port: int, rng: random.Random) -> None:
    """Connect, talk, and connect again once the server has closed."""
    while True:
        with contextlib.suppress(OSError):
            async with raw_client(port) as client:
                await client.upgrade(f"/{rng.randrange(9)}")
                reading = asyncio.ensure_future(client.to_end())
                try:
                    await _talk(client, rng, MASK)
                    await reading
                finally:
                    reading.cancel()


async def _serve(server: RawServer, rng: random.Random) -> None:
    async with asyncio.TaskGroup() as tasks:
        while True:
            peer = await server.accept()
            tasks.create_task(_answer(peer, rng))


async def _answer(peer: RawPeer, rng: random.Random) -> None:
    """Take the upgrade, talk, close in one of several ways."""
    with contextlib.suppress(OSError, AssertionError):
        await peer.accept_upgrade()
        reading = asyncio.ensure_future(peer.to_end())
        try:
            await _talk(peer, rng, None)
            if rng.random() < 0.7:
                await peer.send(build_close(rng.choice((1000, 1001, 1011)), b"done"))
            peer.close() if rng.random() < 0.7 else peer.reset()
        finally:
            reading.cancel()


async def _talk(peer: RawPeer, rng: random.Random, mask: bytes | None) -> None:
    number = 0
    for _ in range(rng.randrange(1, 12)):
        frames = []
        for _ in range(rng.randrange(1, 60)):
            size = rng.choice((0, 10, 100, 1000, 40_000 if rng.random() < 0.05 else 20))
            frames.append(build_frame(TEXT, b"%d %s" % (number, b"x" * size), mask=mask))
            number += 1
        await peer.send(b"".join(frames))
        if rng.random() < 0.5:
            await asyncio.sleep(0)


def main(arguments: list[str]) -> int:
    """Do it so many times; returns 0 when nothing was ever lost."""
    rounds, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else random.randrange(1 << 30)
    lost = rows = closes = 0
    for number in range(rounds):
        rng = random.Random(seed + number)
        with tempfile.TemporaryDirectory(prefix="wsinspect-kill-") as folder:
            try:
                shown = asyncio.run(killed_round(Path(folder), rng))
            except AssertionError as error:
                lost += 1
                sys.stdout.write(f"seed {seed + number}: {error}\n")
                continue
        if number % 20 == 19:
            sys.stderr.write(f"{number + 1} of {rounds}\n")
        rows += shown.rows
        closes += len(shown.closed)
    sys.stdout.write(
        f"{rounds} recorders killed (seeds from {seed}): {rows:,} rows and {closes:,} closed connections "
        f"were shown before; something was missing in {lost} of the files\n"
    )
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
