"""Connections that are recorded anew from another session: as at first, but they can go on elsewhere in a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wsinspect.model import Connection, EndedBy, Ending, Event, EventKind, LegEnd, SeenClose, Side
from wsinspect.session.recording.connection import Ledger, Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.stream import Stream
from wsinspect.wire.rows import RowScanner


class Rewriting(Recording):
    """Takes what one connection did."""

    def __init__(
        self,
        ledger: Ledger,
        number: int,
        *,
        source: str,
        client: str,
        url: str,
        path: str,
        request: bytes,
        at_ns: int,
        since_ns: int,
    ) -> None:
        super().__init__(
            ledger,
            number,
            source=source,
            client=client,
            url=url,
            path=path,
            request=request,
            at_ns=at_ns,
            since_ns=since_ns,
        )
        self._unseen = [0, 0]
        """Bytes of each stream that are not there, by Side."""
        self._reasons = ["", ""]
        """Why bytes that are being passed over are not there, by Side."""
        self._unanswered: int | None = None
        """Pings without an answer, where the other session says it."""

    @property
    def row_count(self) -> int:
        """Rows so far."""
        return self._rows

    def at(self, side: Side) -> int:
        """Offset of the next byte in a stream."""
        return self._streams[side].rows.at

    def jump(self, side: Side, at: int, state: bytes) -> None:
        """Go on at another place of a stream, where an event of the session itself says what is missing.

        Args:
            side: whose stream.
            at: offset of its next byte.
            state: what the row scanner knew there.
        """
        self._streams[side].rows = RowScanner.resumed(at, state)
        self._gap_before.add(side)

    def miss(self, side: Side, at: int, state: bytes, at_ns: int, why: str) -> None:
        """Go on at another place of a stream and say that bytes are missing; a row begun before is left out.

        Args:
            side, at, state: as for ``jump``.
            at_ns: when that is.
            why: why they are missing, for the event that says so.
        """
        stream = self._streams[side]
        lost = max(0, at - stream.rows.at)
        self.jump(side, at, state)
        self._unseen[side] += lost
        self._reasons[side] = why
        stream.lost += lost
        if stream.rows.is_idle or not stream.lost:
            self._resume(side, stream, b"", at_ns)

    def repeat(self, at_ns: int, event: Event) -> None:
        """Record an event as it stands in the other session.

        Raises:
            ValueError: it says what no event can.
        """
        if event.kind is EventKind.END:
            self._repeat_end(at_ns, event.data)
        elif event.kind is EventKind.FAILED:
            self._failure = str(event.data.get("problem", ""))
        self.add(at_ns, event)

    def _repeat_end(self, at_ns: int, data: Mapping[str, str | int | float | None]) -> None:
        leg = Side.CLIENT if data.get("side") == Side.CLIENT.label else Side.SERVER
        stream = self._streams[leg]
        if stream.lost:
            self._say_gap(leg, stream, at_ns)
        how, by = _ending(data)
        undelivered = data.get("undelivered")
        undelivered = undelivered if isinstance(undelivered, int) else 0
        first = self._ends[leg] or LegEnd(how, at_ns, by)
        self._ends[leg] = replace(first, undelivered=max(first.undelivered, undelivered))

    def recall(self, known: Connection) -> None:
        """Take over what the other session knows of the connection beyond the rows that are left of it.

        Rows that are no more are taken to be the last one here.
        """
        if replace(known, id=self.id) == self.connection():
            return
        for side, traffic, close, end in (
            (Side.CLIENT, known.to_server, known.client_close, known.client_end),
            (Side.SERVER, known.to_client, known.server_close, known.server_end),
        ):
            stream = self._streams[side]
            stream.messages, stream.controls = traffic.messages, traffic.controls
            stream.largest, stream.last_ns = traffic.largest, traffic.last_ns
            self._unseen[side] = stream.rows.at - traffic.wire_bytes
            # One that went by unrecorded is the first all the same: what came behind it is judged by it.
            if close is not None and (stream.close is None or close.row < stream.close.row):
                stream.close = SeenClose(min(close.row, self._rows), close.at_ns, close.code, close.reason)
            self._ends[side] = self._ends[side] or end
        self._failure = self._failure or known.failure
        self._rtt_ns = known.rtt_ns
        self._unanswered = known.pings_unanswered
        is_first = not self._violation or (known.violation_ns or 0) < (self._violation_ns or 0)
        if known.first_violation and is_first:
            self._violation, self._violation_ns = known.first_violation, known.violation_ns
            self._violation_row = min(known.violation_row or 1, self._rows)
        self._touch(self.last_ns)

    def connection(self) -> Connection:
        """The connection as of now, without the bytes that are not there."""
        found = super().connection()
        client, server = (
            replace(traffic, wire_bytes=traffic.wire_bytes - self._unseen[side])
            for side, traffic in ((Side.CLIENT, found.to_server), (Side.SERVER, found.to_client))
        )
        unanswered = found.pings_unanswered if self._unanswered is None else self._unanswered
        return replace(found, to_server=client, to_client=server, pings_unanswered=unanswered)

    def _say_gap(self, side: Side, stream: Stream, at_ns: int) -> None:
        why = self._reasons[side]
        if not why:
            super()._say_gap(side, stream, at_ns)
            return
        lost, rows = stream.lost, stream.lost_rows
        stream.lost = stream.lost_rows = 0
        self._reasons[side] = ""
        self.event(EventKind.GAP, at_ns, side, bytes=lost, messages=rows, why=why)


def check_event(event: Event) -> None:
    """Look whether an event can be repeated.

    Raises:
        ValueError: it says what none can.
    """
    if event.kind is EventKind.END:
        _ending(event.data)
    if any(isinstance(value, int | float) and not abs(value) < 1 << 61 for value in event.data.values()):
        raise ValueError("a number that nothing can have")


def _ending(data: Mapping[str, str | int | float | None]) -> tuple[Ending, EndedBy]:
    return Ending(str(data.get("how"))), EndedBy(str(data.get("by")))


class Rewriter(Recorder):
    """Collects what all connections of another session did."""

    recordings = Rewriting

    def opened(self, *, source: str, client: str, url: str, path: str, request: bytes, at_ns: int) -> Rewriting:
        """As for any recorder."""
        made = super().opened(source=source, client=client, url=url, path=path, request=request, at_ns=at_ns)
        if not isinstance(made, Rewriting):
            raise TypeError
        return made
