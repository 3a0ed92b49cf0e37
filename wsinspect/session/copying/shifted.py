"""A session read with its clock set forward or back: every time in it is another, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from wsinspect.model import Connection, Mark, SessionInfo, Traffic
from wsinspect.session.copying.source import BatchRecord, Part, Source, Upgrade
from wsinspect.session.stored.batch import EventRecord

LAST_NS = 1 << 62
"""No time that is put on another axis lies beyond it, or before 1970."""

T = TypeVar("T", int, int | None)


class ShiftedSource(Source):
    """A session whose times are moved; as a source of a copy, not for looking at rows."""

    def __init__(self, path: Path, offset_ns: int) -> None:
        """Open a session.

        Args:
            path: the file.
            offset_ns: what is added to each of its times.

        Raises:
            SessionFileError: it cannot be opened, or is not a session.
        """
        super().__init__(path)
        self._offset_ns = offset_ns

    def _moved(self, at_ns: T) -> T:
        if at_ns is None:
            return at_ns
        moved = at_ns + self._offset_ns
        if not 0 < moved < LAST_NS:
            raise ValueError("a time that no clock shows")
        return moved

    def info(self) -> SessionInfo:
        """What the session says of itself."""
        info = super().info()
        return replace(
            info,
            started_ns=self._moved(info.started_ns),
            stopped_ns=self._moved(info.stopped_ns),
            last_ns=info.last_ns and self._moved(info.last_ns),
        )

    def batches(self) -> Iterator[BatchRecord]:
        """All commits in order."""
        for batch in super().batches():
            yield batch._replace(first_ns=self._moved(batch.first_ns), last_ns=self._moved(batch.last_ns))

    def parts(self, batch: BatchRecord, connections: Collection[int]) -> list[Part]:
        """What these connections have in a batch; times of rows follow from those of its reads."""
        return [
            part._replace(
                segment=part.segment._replace(
                    first_ns=self._moved(part.segment.first_ns),
                    since_ns=self._moved(part.segment.since_ns),
                    known_ns=self._moved(part.segment.known_ns),
                ),
                events=[self._event(record) for record in part.events],
            )
            for part in super().parts(batch, connections)
        ]

    def session_events(self, batch: BatchRecord) -> list[EventRecord]:
        """The events of a batch that concern no connection."""
        return [self._event(record) for record in super().session_events(batch)]

    def _event(self, record: EventRecord) -> EventRecord:
        return replace(record, at_ns=self._moved(record.at_ns))

    def upgrade(self, connection: Connection) -> Upgrade | None:
        """How a connection's upgrade went; the connection is one that was given here."""
        found = super().upgrade(connection)
        return found and found._replace(forwarded_ns=self._moved(found.forwarded_ns))

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by number."""
        return [self._connection(one) for one in super().connections(first, count)]

    def connection(self, number: int) -> Connection | None:
        """One connection."""
        found = super().connection(number)
        return found and self._connection(found)

    def _connection(self, known: Connection) -> Connection:
        client_close, server_close = known.client_close, known.server_close
        client_end, server_end = known.client_end, known.server_end
        return replace(
            known,
            opened_ns=self._moved(known.opened_ns),
            upgraded_ns=self._moved(known.upgraded_ns),
            closed_ns=self._moved(known.closed_ns),
            to_server=self._traffic(known.to_server),
            to_client=self._traffic(known.to_client),
            client_close=client_close and replace(client_close, at_ns=self._moved(client_close.at_ns)),
            server_close=server_close and replace(server_close, at_ns=self._moved(server_close.at_ns)),
            client_end=client_end and replace(client_end, at_ns=self._moved(client_end.at_ns)),
            server_end=server_end and replace(server_end, at_ns=self._moved(server_end.at_ns)),
            violation_ns=self._moved(known.violation_ns),
            dialled_ns=self._moved(known.dialled_ns),
            responded_ns=self._moved(known.responded_ns),
            since_ns=self._moved(known.since_ns),
            last_ns=self._moved(known.last_ns),
        )

    def _traffic(self, traffic: Traffic) -> Traffic:
        return replace(traffic, last_ns=traffic.last_ns and self._moved(traffic.last_ns))

    def all_marks(self) -> list[Mark]:
        """What the user marked."""
        return [replace(mark, at_ns=self._moved(mark.at_ns)) for mark in super().all_marks()]
