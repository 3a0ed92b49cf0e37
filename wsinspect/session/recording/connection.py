"""One connection while it is being recorded: its streams, its totals, its rows so far."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from wsinspect.model import (
    Connection,
    EndedBy,
    Ending,
    Event,
    EventKind,
    Handshake,
    LegEnd,
    SeenClose,
    Side,
)
from wsinspect.session.recording.stream import Stream
from wsinspect.session.stored.batch import READ, SERVER_BIT, HandshakeRecord, SegmentRecord
from wsinspect.session.stored.totals import pack_totals
from wsinspect.session.stored.traits import EVENTS, traits_of
from wsinspect.session.stored.waypoints import Noting
from wsinspect.wire.close import parse_close
from wsinspect.wire.conversation import PingTracker
from wsinspect.wire.deflate import negotiated
from wsinspect.wire.frames import CLOSE, frame_violations
from wsinspect.wire.rows import RowScanner, ScannedRow, first_frame, row_in
from wsinspect.wire.runs import Run

REFUSAL_BODY_LIMIT = 64 << 10
"""Bytes kept of the body that came with a refused upgrade."""

PLAIN = frozenset({0x81, 0x82})
DEFLATED = PLAIN | {0xC1, 0xC2}
"""First bytes of a server's frame that break no rule, without and with compression agreed on."""


class Ledger(Protocol):
    """What a recording needs of the recorder that made it."""

    last_skip_reason: str
    """Why the latest gap came about."""

    @property
    def skip_reason(self) -> str:
        """Why bytes are followed but not stored just now; empty while they are stored."""

    def changed(self, recording: Recording, size: int = 0, rows: int = 0) -> None:
        """Note that a recording has something for the next batch."""

    def record(self, connection: int, row: int, at_ns: int, event: Event) -> None:
        """Put an event of a connection into the next batch."""

    def flush(self) -> None:
        """Hand all that is pending to the writer."""


class Recording:
    """Takes what one connection does; made by ``Recorder.opened``."""

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
        self.id = number
        self.last_ns = since_ns
        self._since_ns = since_ns
        self._ledger = ledger
        self._source, self._client, self._url, self._path = source, client, url, path
        self._opened_ns = at_ns
        self._server = self._subprotocol = self._extensions = self._failure = ""
        self._upgraded_ns: int | None = None
        self._closed_ns: int | None = None
        self._status: int | None = None
        self._status_by_us = False
        self._dialled_ns: int | None = None
        self._forwarded_ns: int | None = None
        self._responded_ns: int | None = None
        self._request, self._forwarded, self._response = request, b"", b""
        self._pieces = bytearray()
        self._body_room = REFUSAL_BODY_LIMIT
        self._timings: dict[str, int] = {}
        self._handshake_changed = True
        self._rows = 0
        self._streams = (Stream(Side.CLIENT), Stream(Side.SERVER))
        self._ends: list[LegEnd | None] = [None, None]
        self._pings = PingTracker()
        self._rtt_ns: int | None = None
        self._violation = ""
        self._violation_row: int | None = None
        self._violation_ns: int | None = None
        self._deflates = False
        self._usual = PLAIN
        self._segment: SegmentRecord | None = None
        self._stored_ns = 0
        self._gap_before: set[Side] = set()

    # The handshake

    def dialled(self, server: str, at_ns: int) -> None:
        """The target was reached at this address."""
        self._server, self._dialled_ns = server, at_ns
        self._touch(at_ns)

    def forwarded(self, head: bytes, at_ns: int) -> None:
        """This request head was sent on."""
        self._forwarded, self._forwarded_ns = head, at_ns
        self._handshake_changed = True
        self._touch(at_ns)

    def timing(self, connect_ns: int | None = None, tls_ns: int | None = None, upgrade_ns: int | None = None) -> None:
        """How long a stage took, in nanoseconds; a stage not given keeps what it had."""
        given = {"connect_ns": connect_ns, "tls_ns": tls_ns, "upgrade_ns": upgrade_ns}
        self._timings |= {stage: taken for stage, taken in given.items() if taken is not None}
        self._handshake_changed = True
        self._touch(self.last_ns)

    def responded(self, head: bytes, status: int, at_ns: int, *, by_us: bool = False) -> None:
        """The upgrade was answered, by the server or by wsinspect itself."""
        self._response, self._status, self._status_by_us, self._responded_ns = head, status, by_us, at_ns
        self._pieces.clear()
        self._add_piece(head, at_ns)

    def refused_body(self, data: bytes, at_ns: int) -> None:
        """A piece of the body that came with a refusal; the first REFUSAL_BODY_LIMIT bytes are kept."""
        kept = data[: self._body_room]
        if kept:
            self._body_room -= len(kept)
            self._response += kept
            self._add_piece(kept, at_ns)

    def _add_piece(self, data: bytes, at_ns: int) -> None:
        self._pieces += READ.pack(len(data), max(0, at_ns - self._opened_ns))
        self._handshake_changed = True
        self._touch(at_ns)

    def upgraded(self, at_ns: int, *, subprotocol: str, extensions: str) -> None:
        """From here on both streams are frames."""
        self._upgraded_ns, self._subprotocol, self._extensions = at_ns, subprotocol, extensions
        self._deflates = negotiated(extensions) is not None
        self._usual = DEFLATED if self._deflates else PLAIN
        self._touch(at_ns)

    def failed(self, problem: str, stage: str, at_ns: int) -> None:
        """There was no answer: ``stage`` is dns, tcp, tls or upgrade."""
        self._failure = problem
        self.event(EventKind.FAILED, at_ns, stage=stage, problem=problem)

    # The streams

    def read(self, side: Side, data: bytes, at_ns: int) -> None:
        """Bytes that ``side`` sent after the upgrade, exactly as they arrived."""
        if not data:
            return
        stream = self._streams[side]
        if at_ns > self.last_ns:
            self.last_ns = at_ns
        if self._ledger.skip_reason or stream.lost:
            self._follow(side, stream, data, at_ns)
        else:
            self._store(side, stream, data, at_ns)

    def _store(self, side: Side, stream: Stream, data: bytes, at_ns: int) -> None:
        segment = self._segment or self._begin_segment(at_ns)
        stream.last_ns = at_ns
        if at_ns > segment.last_ns:
            # Within a segment the clock may go back: what was known once stays known.
            segment.last_ns = at_ns
        start = stream.rows.at
        before = self._rows
        note = segment.waypoints[side].passed
        for found in stream.rows.scan(data):
            note(found)
            self._rows += 1  # what is noted of a run is noted of its first row
            self._rows += self._count(side, stream, found, at_ns) - 1
        added = self._rows - before
        segment.rows += added
        segment.chunks[side].append(data)
        segment.reads += READ.pack(
            len(data) | (SERVER_BIT if side is Side.SERVER else 0), max(0, at_ns - segment.first_ns)
        )
        if stream.rows.row_at >= start:
            stream.row_ns = at_ns
        if stream.rows.frame_at >= start:
            stream.frame_ns = at_ns
        self._ledger.changed(self, len(data), added)

    def _follow(self, side: Side, stream: Stream, data: bytes, at_ns: int) -> None:
        """Pass over bytes without storing them, until recording can resume where a row begins."""
        stream.last_ns = at_ns
        start = stream.rows.at
        lost_rows = sum(self._count(side, stream, found, at_ns) for found in stream.rows.scan(data))
        boundary = stream.rows.row_at
        resumes = not self._ledger.skip_reason and boundary >= start
        missed = boundary - start if resumes else len(data)
        stream.lost += missed
        stream.lost_rows += lost_rows
        if resumes:
            self._resume(side, stream, data[missed:], at_ns)
        else:
            self._touch(at_ns)

    def _resume(self, side: Side, stream: Stream, rest: bytes, at_ns: int) -> None:
        """Store again from here on, in a new segment, since the stream has a hole before it."""
        stream.rows = RowScanner(stream.rows.row_at)
        if self._segment is not None:
            self._ledger.flush()
        self._gap_before.add(side)
        self._say_gap(side, stream, at_ns)
        if rest:
            self._store(side, stream, rest, at_ns)

    def _say_gap(self, side: Side, stream: Stream, at_ns: int) -> None:
        why = self._ledger.last_skip_reason
        lost, rows = stream.lost, stream.lost_rows
        stream.lost = stream.lost_rows = 0
        self.event(EventKind.GAP, at_ns, side, bytes=lost, messages=rows, why=why)

    def _begin_segment(self, at_ns: int) -> SegmentRecord:
        client, server = self._streams
        self._segment = SegmentRecord(
            connection=self.id,
            first_row=self._rows + 1,
            first_ns=at_ns,
            since_ns=max(at_ns, self._stored_ns),
            last_ns=at_ns,
            at=(client.rows.at, server.rows.at),
            open_state=(client.rows.state(), server.rows.state()),
            row_ns=(client.row_ns, server.row_ns),
            frame_ns=(client.frame_ns, server.frame_ns),
            totals=pack_totals(client.totals(), server.totals(), self._rtt_ns, self._pings.unanswered),
            waypoints=(Noting(client.rows.at), Noting(server.rows.at)),
            extensions=self._extensions if self._deflates else "",
            after_gap=self._gap_before,
        )
        self._gap_before = set()
        return self._segment

    def _count(self, side: Side, stream: Stream, row: ScannedRow | Run, at_ns: int) -> int:
        """Add rows to the totals, and look closer at control frames and at broken rules; returns how many they are."""
        if isinstance(row, Run):
            self._count_run(side, stream, row, at_ns)
            return row.frames
        if row.first & 0x08:
            stream.controls += 1
            self._control(side, stream, row, at_ns)
        else:
            stream.messages += 1
            if row.size > stream.largest:
                stream.largest = row.size
        if row.first not in self._usual or row.second ^ stream.mask_bit >= 126:
            self._look_closer(side, stream, row, at_ns)
        return 1

    def _count_run(self, side: Side, stream: Stream, run: Run, at_ns: int) -> None:
        """What its first message breaks, all of them break."""
        stream.messages += run.frames
        stream.largest = max(stream.largest, run.largest)
        if run.first not in self._usual or run.mask_bit != stream.mask_bit:
            self._look_closer(side, stream, row_in(run, *run.bounds[:2]), at_ns)

    def _control(self, side: Side, stream: Stream, row: ScannedRow, at_ns: int) -> None:
        frame = first_frame(row)
        if frame.opcode != CLOSE:
            rtt = self._pings.feed(side, frame.opcode, frame.control_payload, at_ns)
            self._rtt_ns = rtt if rtt is not None else self._rtt_ns
        elif stream.close is None:
            said = parse_close(frame.control_payload)
            stream.close = SeenClose(self._rows, at_ns, said.code, said.reason)
            if said.violations:
                self._broke(said.violations[0].detail, at_ns)

    def _look_closer(self, side: Side, stream: Stream, row: ScannedRow, at_ns: int) -> None:
        """Note what is unusual about a row, or only seems so: a long message has as high a second byte as a mask."""
        if self._segment is not None:
            self._segment.traits |= traits_of(row, stream.mask_bit)
        if not self._violation:
            self._look_for_violation(side, row, at_ns)

    def _look_for_violation(self, side: Side, row: ScannedRow, at_ns: int) -> None:
        """Note the connection's first broken rule; what each row broke is found again when it is read."""
        found = frame_violations(first_frame(row), from_client=side is Side.CLIENT, rsv1_allowed=self._deflates)
        if found:
            self._broke(found[0].detail, at_ns)
        elif row.odd:
            self._broke("a fragment with another opcode, mask or reserved bit than it may have", at_ns)
        elif row.first & 0x0F == 0:
            self._broke("a continuation of nothing", at_ns)

    def _broke(self, rule: str, at_ns: int) -> None:
        if not self._violation:
            self._violation, self._violation_row, self._violation_ns = rule, self._rows, at_ns

    # What else happens

    def event(self, kind: EventKind, at_ns: int, side: Side | None = None, **data: str | int | float | None) -> None:
        """Record something beside the frames; it takes the next row number."""
        self.add(at_ns, Event(kind, data if side is None else {"side": side.label, **data}))

    def add(self, at_ns: int, event: Event) -> None:
        """The same, given as a whole."""
        segment = self._segment or self._begin_segment(at_ns)
        segment.last_ns = max(segment.last_ns, at_ns)
        self._rows += 1
        segment.rows += 1
        segment.traits |= EVENTS
        self._ledger.record(self.id, self._rows, at_ns, event)
        self.last_ns = max(self.last_ns, at_ns)
        self._ledger.changed(self, rows=1)

    def ended(self, leg: Side, how: Ending, at_ns: int, *, by: EndedBy = EndedBy.PEER, undelivered: int = 0) -> None:
        """The TCP connection to one peer came to its end.

        Args:
            leg: which peer's.
            how: in which way.
            at_ns: when it was seen.
            by: who ended it.
            undelivered: bytes that were received for this peer and could not be given to it.
        """
        stream = self._streams[leg]
        if stream.lost:
            self._say_gap(leg, stream, at_ns)
        elif not stream.rows.is_idle:
            arrived = stream.rows.at - stream.rows.row_at
            self.event(
                EventKind.TRUNCATED, at_ns, leg, at=stream.rows.row_at, arrived=arrived, announced=stream.rows.announced
            )
        first = self._ends[leg] or LegEnd(how, at_ns, by)
        self._ends[leg] = replace(first, undelivered=max(first.undelivered, undelivered))
        facts: dict[str, int] = {"undelivered": undelivered} if undelivered else {}
        self.event(EventKind.END, at_ns, leg, how=how.value, by=by.value, **facts)

    def closed(self, at_ns: int) -> None:
        """Both legs are gone."""
        self._closed_ns = at_ns
        self._touch(at_ns)

    # For the recorder

    def _touch(self, at_ns: int) -> None:
        self.last_ns = max(self.last_ns, at_ns)
        self._ledger.changed(self)

    def take_segment(self) -> SegmentRecord | None:
        """The bytes and rows since the last batch, given away."""
        segment, self._segment = self._segment, None
        if segment is not None:
            self._stored_ns = segment.known_ns
        return segment

    def take_handshake(self) -> HandshakeRecord | None:
        """The handshake, if it changed since it was last given."""
        if not self._handshake_changed:
            return None
        self._handshake_changed = False
        handshake = Handshake(
            self._request, self._forwarded, self._response, response_by_us=self._status_by_us, **self._timings
        )
        return HandshakeRecord(self.id, handshake, self._forwarded_ns, bytes(self._pieces))

    def connection(self) -> Connection:
        """The connection as of now."""
        client, server = self._streams
        return Connection(
            id=self.id,
            source=self._source,
            client=self._client,
            server=self._server,
            url=self._url,
            path=self._path,
            opened_ns=self._opened_ns,
            subprotocol=self._subprotocol,
            extensions=self._extensions,
            upgraded_ns=self._upgraded_ns,
            closed_ns=self._closed_ns,
            status=self._status,
            status_by_us=self._status_by_us,
            failure=self._failure,
            rows=self._rows,
            to_server=client.traffic(),
            to_client=server.traffic(),
            client_close=client.close,
            server_close=server.close,
            client_end=self._ends[Side.CLIENT],
            server_end=self._ends[Side.SERVER],
            rtt_ns=self._rtt_ns,
            pings_unanswered=self._pings.unanswered,
            first_violation=self._violation,
            violation_row=self._violation_row,
            violation_ns=self._violation_ns,
            dialled_ns=self._dialled_ns,
            responded_ns=self._responded_ns,
            since_ns=self._since_ns,
            last_ns=self.last_ns,
        )
