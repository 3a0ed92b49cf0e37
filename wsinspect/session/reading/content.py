"""What rows hold: their kind, the beginning of their payload, the rules they broke, read back from the stored bytes."""

from __future__ import annotations

from collections.abc import Iterator

from wsinspect.model import HEAD_BYTES, Connection, Event, EventKind, Frame, Payload, Row, RowKind, Side, Violation
from wsinspect.session.reading.rows_alike import rows_alike
from wsinspect.session.reading.store import Store
from wsinspect.session.stored.batch import EventRecord
from wsinspect.session.stored.found import FoundPart, FoundRow, FoundRun
from wsinspect.session.stored.inflating import InflatedMessage
from wsinspect.session.stored.segments import Segment
from wsinspect.wire.deflate import KEPT_BYTES, negotiated
from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD, MAX_HEADER, ScannedFrame, header_length, payload_length, unmask
from wsinspect.wire.messages import message_violations, row_kind, text_violations
from wsinspect.wire.rows import first_frame
from wsinspect.wire.runs import payload_starts, payloads

TEXT_CHECKED = 64 << 10
"""Bytes of a text message that are checked for UTF-8 where many rows are listed."""

ODD_FRAMES = 256
"""Fragments of a message that are looked at for broken rules."""


class ContentReader:
    """Builds rows and payloads of one connection."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection
        self._deflates = negotiated(connection.extensions) is not None

    def row(self, segment: Segment, number: int, found: FoundRow) -> Row:
        """The row of a message or control frame."""
        scanned, side = found.scanned, found.side
        kind = row_kind(scanned.first)
        is_compressed = self._is_compressed(found)
        inflated = segment.inflated.get((side, scanned.at)) if is_compressed else None
        payload = self.payload(segment, found, _checked(kind))
        return Row(
            connection=segment.connection,
            number=number,
            kind=kind,
            at_ns=found.at_ns,
            first_ns=found.first_ns,
            side=side,
            at=scanned.at,
            wire_length=scanned.wire_length,
            size=scanned.size,
            inflated_size=inflated.total if inflated and not inflated.problem else None,
            frames=scanned.frames,
            is_compressed=is_compressed,
            is_masked=scanned.second >= 0x80,
            head=payload.data[:HEAD_BYTES],
            problem=payload.problem,
            violations=self._violations(segment, number, found, kind, payload),
        )

    def rows(self, segment: Segment, number: int, begin: int, end: int) -> list[Row]:
        """Rows that stand together.

        Args:
            segment: where they are.
            number: of the first.
            begin: its place among the segment's ``found``.
            end: the place behind the last.
        """
        rows: list[Row] = []
        for part in segment.found.between(begin, end):
            rows += self.part(segment, number + len(rows), part)
        return rows

    def part(self, segment: Segment, number: int, part: FoundPart) -> list[Row]:
        """The rows of a part of a segment, the first of them with this number."""
        if isinstance(part, FoundRow):
            return [self.row(segment, number, part)]
        return self._alike(segment, number, part) or [
            self.row(segment, at, row) for at, row in enumerate(part.rows(), number)
        ]

    def _alike(self, segment: Segment, number: int, found: FoundRun) -> list[Row]:
        """The rows of a run that are alike but for number, place and content; none when more is to be said of them."""
        run, side = found.run, found.side
        is_compressed = self._is_compressed(found.row(0))
        inflated = _whole_inflated(segment, found) if is_compressed else None
        if self._close_row(side) < number or (is_compressed and inflated is None):
            return []
        starts = payload_starts(run)
        contents = inflated or payloads(run, starts, segment.data[side], segment.at[side], TEXT_CHECKED)
        rows = rows_alike(segment.connection, number, found, starts, self._run_violations(found), contents, inflated)
        if rows[0].kind is RowKind.TEXT and not all(map(bytes.isascii, contents)):
            for index, content in enumerate(contents):
                is_whole = is_compressed or len(content) == rows[index].size
                if not content.isascii() and text_violations(content, is_whole=is_whole):
                    rows[index] = self.row(segment, number + index, found.row(index))
        return rows

    def _run_violations(self, found: FoundRun) -> tuple[Violation, ...]:
        """What each frame of a run breaks by its header; RFC 6455 section 5.5.1 is looked at elsewhere."""
        return message_violations([first_frame(found.row(0).scanned)], side=found.side, deflate=self._deflates)

    def _close_row(self, side: Side) -> int:
        """Where a side sent its close frame, behind which every row breaks a rule."""
        close = self._connection.client_close if side is Side.CLIENT else self._connection.server_close
        return close.row if close is not None else 1 << 62

    def size(self, segment: Segment, found: FoundRow) -> int:
        """Bytes of a row's content: inflated where it could be, else as on the wire."""
        inflated = segment.inflated.get((found.side, found.scanned.at)) if self._is_compressed(found) else None
        return found.scanned.size if inflated is None or inflated.problem else inflated.total

    def violations(self, segment: Segment, number: int, found: FoundRow) -> tuple[Violation, ...]:
        """The rules that a row breaks."""
        kind = row_kind(found.scanned.first)
        return self._violations(segment, number, found, kind, self.payload(segment, found, _checked(kind)))

    def payload(self, segment: Segment, found: FoundRow, limit: int) -> Payload:
        """The beginning of a row's content, at most ``limit`` bytes."""
        scanned = found.scanned
        if scanned.raw and scanned.size <= MAX_CONTROL_PAYLOAD:
            data = first_frame(scanned).control_payload
            return Payload(data[:limit], scanned.size)
        if self._is_compressed(found):
            return self._inflated(segment, found, limit)
        data = b"".join(self._pieces(segment, found, limit))
        wanted = min(limit, scanned.size)
        problem = "" if len(data) == wanted else self._why_missing(segment, found)
        return Payload(data, scanned.size, problem)

    def _why_missing(self, segment: Segment, found: FoundRow) -> str:
        if self._store.keeps(segment, found.side, found.scanned.at):
            return "some of its bytes were not recorded"
        return "its beginning is not kept any more"

    def frames(self, segment: Segment, found: FoundRow, limit: int) -> list[Frame]:
        """The headers of a row's frames; control frames between its fragments are left out."""
        return [
            Frame(frame.at, frame.opcode, frame.fin, frame.rsv, mask, frame.header_length, frame.length)
            for frame, mask in self._headers(segment, found, limit)
        ]

    def _is_compressed(self, found: FoundRow) -> bool:
        return self._deflates and found.scanned.first & 0x40 != 0 and not found.scanned.raw

    def _inflated(self, segment: Segment, found: FoundRow, limit: int) -> Payload:
        inflated = segment.inflated.get((found.side, found.scanned.at))
        if inflated is None or inflated.problem:
            problem = inflated.problem if inflated else "not inflated: it is missing in the session file"
            data = b"".join(self._pieces(segment, found, limit))
            return Payload(data, found.scanned.size, problem)
        data = inflated.data[:limit]
        cut = len(inflated.data) < min(limit, inflated.total)
        return Payload(data, inflated.total, f"only its first {KEPT_BYTES >> 20} MiB are kept inflated" if cut else "")

    def _violations(
        self, segment: Segment, number: int, found: FoundRow, kind: RowKind, payload: Payload
    ) -> tuple[Violation, ...]:
        scanned, side = found.scanned, found.side
        frames = [first_frame(scanned)]
        if scanned.odd:
            frames = [frame for frame, _ in self._headers(segment, found, ODD_FRAMES)]
        after_close = self._close_row(side) < number
        broken = message_violations(frames, side=side, deflate=self._deflates, after_close=after_close)
        if kind is RowKind.TEXT and not payload.problem:
            broken += text_violations(payload.data, is_whole=payload.is_whole)
        return broken

    def _headers(self, segment: Segment, found: FoundRow, limit: int) -> Iterator[tuple[ScannedFrame, bytes | None]]:
        """The frames of a row with their masking keys, found by going from header to header."""
        scanned = found.scanned
        at, given = scanned.at, 0
        while at < scanned.end and given < limit:
            header = self._bytes(segment, found.side, at, at + MAX_HEADER)
            if len(header) < 2 or len(header) < header_length(header[1]):
                return
            size = header_length(header[1])
            frame = ScannedFrame(at, header[0], header[1], size, payload_length(header), scanned.raw)
            at = frame.end
            if frame.is_control and not scanned.raw:
                continue
            given += 1
            yield frame, header[size - 4 : size] if frame.is_masked else None

    def _pieces(self, segment: Segment, found: FoundRow, limit: int) -> Iterator[bytes]:
        """A message's payload as on the wire but unmasked, frame by frame."""
        left = limit
        for frame, mask in self._headers(segment, found, max(1, found.scanned.frames)):
            if left <= 0:
                return
            wanted = min(left, frame.length)
            data = self._bytes(segment, found.side, frame.payload_at, frame.payload_at + wanted)
            yield unmask(mask, data) if mask else data
            left -= wanted
            if len(data) < wanted:
                return

    def _bytes(self, segment: Segment, side: Side, start: int, stop: int) -> bytes:
        """Bytes of a stream, from the segment at hand where it has them."""
        begin, data = segment.at[side], segment.data[side]
        here = data[max(0, start - begin) : max(0, stop - begin)]
        if start >= begin:
            return here
        before = self._store.stream(segment, side, start, min(stop, begin))
        # Behind bytes that are missing nothing stands at its place.
        return before + here if start + len(before) >= begin else before


def _whole_inflated(segment: Segment, found: FoundRun) -> list[bytes] | None:
    """What each message of a run inflates to; None where one of them could not be inflated, or is not all kept."""
    side, base = found.side, found.run.base
    messages = [segment.inflated.get((side, base + begin)) for begin in found.run.bounds[:-1]]
    contents = [message.data for message in messages if message and _is_whole(message)]
    return contents if len(contents) == len(messages) else None


def _is_whole(message: InflatedMessage) -> bool:
    return message.total == len(message.data) and not message.problem


def _checked(kind: RowKind) -> int:
    """How much of a payload is looked at where many rows are listed."""
    return TEXT_CHECKED if kind is RowKind.TEXT else HEAD_BYTES


def event_row(record: EventRecord) -> Row:
    """The row of an event."""
    said = record.event.data.get("side")
    side = {"client": Side.CLIENT, "server": Side.SERVER}.get(str(said))
    return Row(
        connection=record.connection,
        number=record.row,
        kind=RowKind.EVENT,
        at_ns=record.at_ns,
        first_ns=record.at_ns,
        side=side,
        event=record.event,
    )


def missing_row(connection: int, number: int, at_ns: int) -> Row:
    """Stands where the file promises a row that its bytes do not hold."""
    event = Event(EventKind.NOTE, {"text": "this row is missing in the session file"})
    return event_row(EventRecord(connection, number, at_ns, event))
