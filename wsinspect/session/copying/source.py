"""A session read from its beginning to its end, batch by batch: what it holds as it was recorded, for another file.

Every call is short, as with any reader; in memory is one batch. One state of the file is read throughout: one that is
recorded meanwhile would seem to lack the rows that came since, and secrets in them would not have been looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from wsinspect.model import Connection, Handshake, Mark
from wsinspect.session.reader import WINDOW_LIMIT, Reader
from wsinspect.session.stored.batch import READ, EventRecord
from wsinspect.session.stored.segments import Segment
from wsinspect.timeline.clocks import Passing
from wsinspect.wire.handshake import MalformedHead, parse_request

PAGE = 200
"""Batches, or connections, that are read in one call."""


class BatchRecord(NamedTuple):
    """One commit of the recorder."""

    id: int
    first_row: int
    rows: int
    first_ns: int
    last_ns: int
    first_segment: int
    segments: int
    opened: int
    """Number of the newest connection by then."""
    http_requests: int
    """Plain HTTP requests passed on by then."""
    http_last: str


class Part(NamedTuple):
    """What one connection has in a batch."""

    segment: Segment
    open_state: tuple[bytes, bytes]
    """State of each stream's row scanner at its beginning, by Side."""
    events: list[EventRecord]
    """Those among its rows, in order."""


class Upgrade(NamedTuple):
    """A handshake in the pieces in which it was recorded."""

    handshake: Handshake
    forwarded_ns: int | None
    pieces: tuple[tuple[int, bytes], ...]
    """The answer's head, then the parts of a refusal's body, each with its time."""


class Source(Reader):
    """A session that is copied, as it is when it is looked at first."""

    def __init__(self, path: str | Path) -> None:
        """Open a session.

        Raises:
            SessionFileError: it cannot be opened, or is not a session.
        """
        super().__init__(path)
        self._held = ExitStack()
        self._held.enter_context(self._store.snapshot())

    def close(self) -> None:
        """Let go of the file."""
        self._held.close()
        super().close()

    def batches(self) -> Iterator[BatchRecord]:
        """All commits in order."""
        known = 0
        while True:
            with self._reading() as store:
                found = store.query(
                    "SELECT id, first_row, rows, first_ns, last_ns, first_segment, segments, opened, "
                    "http_requests, http_last FROM batch WHERE id > ? ORDER BY id LIMIT ?",
                    *(known, PAGE),
                )
            yield from (BatchRecord(*values) for values in found)
            if len(found) < PAGE:
                return
            known = found[-1][0]

    def parts(self, batch: BatchRecord, connections: Collection[int]) -> list[Part]:
        """What these connections have in a batch, in the order in which it was recorded."""
        with self._reading() as store:
            found = store.query(
                "SELECT id, connection, c2s_open, s2c_open FROM segment WHERE id BETWEEN ? AND ? ORDER BY id",
                *(batch.first_segment, batch.first_segment + batch.segments - 1),
            )
            parts = []
            for number, connection, client_open, server_open in found:
                if connection in connections:
                    segment = store.segment(number)
                    events = store.events(connection, segment.first_row, segment.first_row + segment.rows - 1)
                    parts.append(Part(segment, (client_open, server_open), list(events.values())))
            return parts

    def segments_behind(self, segment: Segment) -> Iterator[Segment]:
        """The segments of the same connection behind one, in order."""
        known: Segment | None = segment
        while known is not None:
            with self._reading() as store:
                found = store.one(
                    "SELECT id FROM segment WHERE connection = ? AND (first_row, id) > (?, ?) "
                    "ORDER BY first_row, id LIMIT 1",
                    *(known.connection, known.first_row, known.id),
                )
                known = store.segment(found[0]) if found else None
            if known is not None:
                yield known

    def session_events(self, batch: BatchRecord) -> list[EventRecord]:
        """The events of a batch that concern no connection."""
        with self._reading() as store:
            return store.batch_events(batch.id)

    def upgrade(self, connection: Connection) -> Upgrade | None:
        """How a connection's upgrade went."""
        with self._reading() as store:
            handshake = store.handshake(connection.id)
            times = store.one("SELECT forwarded_ns, pieces FROM handshake WHERE connection = ?", connection.id)
        if handshake is None or times is None:
            return None
        forwarded_ns, packed = times
        pieces: list[tuple[int, bytes]] = []
        at = 0
        for length, delta in READ.iter_unpack(packed):
            pieces.append((connection.opened_ns + delta, handshake.response[at : at + length]))
            at += length
        return Upgrade(handshake, forwarded_ns, tuple(pieces))

    def passings(self) -> Iterator[Passing]:
        """The upgrades of all connections, as they passed here."""
        known = 0
        while True:
            with self._reading() as store:
                found = store.query(
                    "SELECT id, request, opened_ns, forwarded_ns, responded_ns "
                    "FROM connection JOIN handshake ON connection = id WHERE id > ? ORDER BY id LIMIT ?",
                    *(known, PAGE),
                )
            for number, request, *times in found:
                yield Passing(number, _key(request), *times)
            if len(found) < PAGE:
                return
            known = found[-1][0]

    def all_connections(self, first: int, last: int) -> Iterator[Connection]:
        """Connections by number, both ends included."""
        while first <= last:
            found = self.connections(first, min(PAGE, last - first + 1))
            yield from (one for one in found if one.id <= last)
            if not found:
                return
            first = found[-1].id + 1

    def all_marks(self) -> list[Mark]:
        """What the user marked, the first WINDOW_LIMIT."""
        return self.marks(-(1 << 63), WINDOW_LIMIT)

    def facts(self) -> dict[str, str]:
        """The ``capture`` table."""
        with self._reading() as store:
            return store.facts()


def _key(request: bytes) -> str:
    try:
        return parse_request(request).get("sec-websocket-key")
    except (MalformedHead, ValueError):
        return ""
