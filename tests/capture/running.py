"""A relay for tests: in this process for speed and clear failures, or as the real child process."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.peers.raw import RawPeer, RawServer, raw_client, raw_server, upgrade_request
from wsinspect.capture.plan import CapturePlan, Started
from wsinspect.capture.service import Capture, start
from wsinspect.model import Connection, Event, Handshake, Row, RowKind, Side
from wsinspect.session.reader import Reader

ANY_PORT = ("127.0.0.1:0",)


@dataclass(frozen=True, slots=True)
class Running:
    """A relay that runs in this process."""

    capture: Capture
    started: Started

    @property
    def url(self) -> str:
        """What to point a client at."""
        return self.started.urls[0]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])


@contextlib.asynccontextmanager
async def relaying(target: int | str, folder: Path, **options: object) -> AsyncIterator[Running]:
    """A relay to a port on 127.0.0.1, or to a URL; stopped in order at the end of the block.

    Its session file is ``session_file(folder)``.
    """
    url = f"ws://127.0.0.1:{target}" if isinstance(target, int) else target
    plan = replace(CapturePlan(session_file(folder), url, listen=ANY_PORT), **options)  # type: ignore[arg-type]
    capture, started = await start(plan)
    try:
        yield Running(capture, started)
    finally:
        assert await capture.stop() == ""


@contextlib.asynccontextmanager
async def joined(folder: Path, *, is_direct: bool = False, **options: object) -> AsyncIterator[tuple[RawPeer, RawPeer]]:
    """A raw client and a raw server with an open WebSocket between them, through the relay or directly."""
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(raw_server())
        port = server.port
        if not is_direct:
            port = (await stack.enter_async_context(relaying(port, folder, **options))).port
        client = await stack.enter_async_context(raw_client(port))
        yield client, await shake(client, server)


async def shake(client: RawPeer, server: RawServer) -> RawPeer:
    """Open a WebSocket between a connected client and a server; the server's end of it."""
    await client.send(upgrade_request())
    peer = await server.accept()
    await peer.accept_upgrade()
    assert (await client.head()).startswith(b"HTTP/1.1 101")
    return peer


def session_file(folder: Path) -> Path:
    """Where ``relaying`` records."""
    return folder / "session.wsi"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a session file says of one connection."""

    connection: Connection
    handshake: Handshake
    rows: list[Row]
    streams: tuple[bytes, bytes]
    """The bytes of each side, indexed by Side."""

    @property
    def events(self) -> list[Event]:
        """The events among the rows."""
        return [row.event for row in self.rows if row.kind is RowKind.EVENT and row.event is not None]

    @property
    def notes(self) -> list[str]:
        """The texts of the notes."""
        return [str(event.data["text"]) for event in self.events if "text" in event.data]

    def ends(self) -> list[tuple[str, str, str]]:
        """The ends of the legs in their order: which, how, by whom."""
        return [
            (str(event.data["side"]), str(event.data["how"]), str(event.data["by"]))
            for event in self.events
            if event.kind == "end"
        ]

    def undelivered(self, side: Side) -> int:
        """Bytes that were meant for ``side`` and did not reach it."""
        found = [event.data.get("undelivered", 0) for event in self.events if event.data.get("side") == side.label]
        return sum(int(value or 0) for value in found)


def recorded(folder: Path, number: int = 1) -> Recorded:
    """Read back what ``relaying`` recorded, once it has stopped."""
    path = session_file(folder)
    reader = Reader(path)
    try:
        connection, handshake = reader.connection(number), reader.handshake(number)
        assert connection is not None
        assert handshake is not None
        rows = reader.rows(number, 1, 10_000)
    finally:
        reader.close()
    db = sqlite3.connect(path)
    try:
        segments = db.execute("SELECT c2s, s2c FROM segment WHERE connection = ? ORDER BY id", (number,)).fetchall()
    finally:
        db.close()
    streams = (b"".join(row[0] for row in segments), b"".join(row[1] for row in segments))
    return Recorded(connection, handshake, rows, streams)


def session_events(folder: Path) -> list[Event]:
    """The events that concern the session and no connection."""
    reader = Reader(session_file(folder))
    try:
        rows = reader.all_rows(1, 10_000)
        return [row.event for row in rows if row.connection == 0 and row.event is not None]
    finally:
        reader.close()


def http_facts(folder: Path) -> tuple[int, str]:
    """How many plain HTTP requests were counted, and the last of them."""
    reader = Reader(session_file(folder))
    try:
        info = reader.info()
        return info.http_requests, info.http_last
    finally:
        reader.close()


def connection_count(folder: Path) -> int:
    """How many connections were recorded."""
    reader = Reader(session_file(folder))
    try:
        return reader.info().connections
    finally:
        reader.close()
