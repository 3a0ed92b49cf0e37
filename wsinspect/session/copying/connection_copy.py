"""One connection on its way from one session into another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from wsinspect.model import Connection, Event, EventKind, Mark, Side, Traffic
from wsinspect.session.copying.carrying import CarriedInflater, is_compressed
from wsinspect.session.copying.editing import Editing
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.rewriting import Rewriter, Rewriting
from wsinspect.session.copying.source import Part, Upgrade
from wsinspect.session.copying.steps import Read, Step, steps
from wsinspect.session.stored.batch import EventRecord
from wsinspect.session.stored.found import FoundRow
from wsinspect.wire.deflate import negotiated

NEVER = (1 << 63) - 1

LEFT_OUT = "it came before the part that was exported"
"""Why the beginning of a stream is missing."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all connections of a copy."""

    recorder: Rewriter
    inflater: CarriedInflater
    portion: Portion
    editing: Editing
    lost: str
    """Why rows are missing that the other session should have."""
    marks: dict[int, dict[int, Mark]]
    """What the user marked in the other session, by connection and row."""
    marked: list[Mark] = field(default_factory=list)
    """The same in the copy."""


class Due(NamedTuple):
    """One step of one connection."""

    at_ns: int
    """Its time, or that of the step before it where clocks went back."""
    copied: Copied
    step: Step
    part: Part
    found: list[FoundRow]
    """The rows that become whole by it."""

    @property
    def ends_batch(self) -> bool:
        """Never: what does comes after all steps."""
        return False

    def take(self) -> int:
        """Let it happen in the copy; returns how many rows came of it that the other session has too."""
        if isinstance(self.step, Read):
            return self.copied.read(self.step, self.part, self.found)
        self.copied.event(self.step)
        return 1


class Copied:
    """Feeds a recording with what another one held."""

    def __init__(self, known: Connection, upgrade: Upgrade | None, terms: Terms) -> None:
        """Open the connection in the copy.

        Args:
            known: as the other session has it at its end.
            upgrade: how it was opened.
            terms: what is the same for all connections.
        """
        self.known = known
        self._terms = terms
        about = self._about = terms.editing.connection(known)
        if upgrade is not None:
            upgrade = terms.editing.upgrade(upgrade, known.id)
        self.recording: Rewriting = terms.recorder.opened(
            source=about.source,
            client=about.client,
            url=about.url,
            path=about.path,
            request=upgrade.handshake.request if upgrade else b"",
            at_ns=about.opened_ns,
        )
        self._stages = deque(_stages(self.recording, about, upgrade))
        self._deflates = negotiated(known.extensions) is not None
        self._marks = terms.marks.pop(known.id, {})
        self._position = [0, 0]
        """Offset of the next byte in each stream of the other session."""
        self._kept_from = [0, 0]
        """Rows that begin before are not in the copy, by Side."""
        self._next_row = 1
        is_cut = terms.portion.is_before(known.opened_ns)
        self._is_cut_off = [is_cut, is_cut]
        """Whether a stream's beginning is left out and its first bytes in the copy are still to come, by Side."""

    def advance(self, until_ns: int) -> None:
        """Let everything happen of the upgrade that happened until then."""
        while self._stages and self._stages[0][0] <= until_ns:
            self._stages.popleft()[1]()

    @property
    def has_stages(self) -> bool:
        """Whether something of the upgrade is still to happen."""
        return bool(self._stages)

    @property
    def next_stage_ns(self) -> int:
        """When the next thing of the upgrade happened; NEVER where nothing is left of it."""
        return self._stages[0][0] if self._stages else NEVER

    @property
    def is_complete(self) -> bool:
        """Whether all its rows were met."""
        return self._next_row > self.known.rows

    def steps(self, part: Part) -> Iterator[Due]:
        """What happened in a part of a batch; times never go back."""
        portion = self._terms.portion
        self._terms.editing.look_at(self.known, part)
        found = iter(part.segment.found)
        now = part.segment.first_ns
        self._begin(part)
        for step in steps(part):
            now = max(now, step.at_ns)
            rows = [next(found) for _ in step.rows] if isinstance(step, Read) else []
            if not portion.is_before(step.at_ns) and not portion.is_after(step.at_ns):
                yield Due(now, self, step, part, rows)
        self._end(part, now)

    def _begin(self, part: Part) -> None:
        """Go on where the part begins, and say what is missing before it."""
        segment = part.segment
        missing = 0 if all(self._is_cut_off) else segment.first_row - self._next_row
        why = f"{self._terms.lost}: {_rows(missing)} missing" if missing > 0 else ""
        has_moved = False
        for side in Side:
            if segment.at[side] != self._position[side] and not self._is_cut_off[side]:
                has_moved = True
                self._go_on(side, segment.at[side], part.open_state[side], segment.first_ns, why)
        if missing > 0 and not has_moved:
            self._note(segment.first_ns, why)
        self._next_row = segment.first_row

    def _end(self, part: Part, at_ns: int) -> None:
        """Say what is missing in the part itself."""
        segment = part.segment
        missing = segment.rows - len(segment.found) - len(part.events)
        if missing > 0:
            self._note(at_ns, f"{self._terms.lost}: {_rows(missing)} missing")
        self._next_row = segment.first_row + segment.rows

    def read(self, read: Read, part: Part, found: list[FoundRow]) -> int:
        """Bytes of one side, and the rows that they complete; returns how many of these are in the copy."""
        side, editing = read.side, self._terms.editing
        if read.at != self._position[side]:
            self._go_on(side, read.at, read.state, read.at_ns, LEFT_OUT)
        self._is_cut_off[side] = False
        for row in found:
            if self._deflates and is_compressed(row.scanned.first) and row.scanned.at >= self._kept_from[side]:
                self._terms.inflater.tell(self.recording.id, side, editing.inflated(self.known, part, row))
        before = self.recording.row_count
        self.recording.read(side, editing.read(self.known.id, read), read.at_ns)
        self._position[side] = read.at + len(read.data)
        added = self.recording.row_count - before
        for back, row_number in zip(range(added), reversed(read.rows), strict=False):
            self._mark(row_number, self.recording.row_count - back)
        return min(added, len(found))

    def event(self, record: EventRecord) -> None:
        """Something that happened beside the frames."""
        event = self._terms.editing.event(record.event, self.known.id)
        if event.kind is EventKind.TRUNCATED:
            event = self._moved(event)
        self.recording.repeat(record.at_ns, event)
        self._mark(record.row, self.recording.row_count)

    def _moved(self, event: Event) -> Event:
        """An event that names an offset, as it is in the copy."""
        at = event.data.get("at")
        side = Side.CLIENT if event.data.get("side") == Side.CLIENT.label else Side.SERVER
        if not isinstance(at, int):
            return event
        return replace(event, data={**event.data, "at": at + self.recording.at(side) - self._position[side]})

    def _go_on(self, side: Side, at: int, state: bytes, at_ns: int, why: str) -> None:
        """A stream goes on elsewhere: said by ``why``, or else by an event of the other session."""
        moved = self.recording.at(side) - self._position[side]
        state = self._terms.editing.go_on(self.known.id, side, at, state)
        if moved and state:
            # Nothing is recorded of a stream in that state; and what is missing by damage was never edited.
            state = b""
        if why:
            self.recording.miss(side, at + moved, state, at_ns, why)
            self._kept_from[side] = at
        else:
            self.recording.jump(side, at + moved, state)
        self._position[side] = at

    def _mark(self, old: int, new: int) -> None:
        mark = self._marks.pop(old, None)
        if mark is not None:
            kept = self._terms.editing.mark(mark)
            self._terms.marked.append(replace(kept, connection=self.recording.id, row=new))

    def _note(self, at_ns: int, text: str) -> None:
        self.recording.add(at_ns, Event(EventKind.NOTE, {"text": text}))

    def finish(self, last_ns: int) -> None:
        """The other session has nothing more of it.

        Args:
            last_ns: until when it was recorded.
        """
        self.advance(last_ns)
        at_ns = min(last_ns, self.recording.last_ns)
        portion, editing = self._terms.portion, self._terms.editing
        if not portion.is_cut:
            missing = self.known.rows - self._next_row + 1
            if missing > 0:
                self._note(at_ns, f"{self._terms.lost}: the last {_rows(missing)} missing")
            # One that grew while it was copied keeps the totals that were counted.
            if missing >= 0:
                made, (to_server, to_client) = self.recording.connection(), editing.grown(self.known.id)
                self.recording.recall(
                    replace(
                        self._about,
                        to_server=_grown(self._about.to_server, to_server, made.to_server),
                        to_client=_grown(self._about.to_client, to_client, made.to_client),
                    )
                )
        for text in editing.closing_notes(self.known.id):
            self._note(at_ns, text)
        closed_ns = self.known.closed_ns
        if closed_ns is not None and not portion.is_after(closed_ns):
            self.recording.closed(closed_ns)


def _grown(known: Traffic, by: int, made: Traffic) -> Traffic:
    """Totals of a stream that became longer by so many bytes; ``made`` are those of its rows in the copy."""
    largest = made.largest if made.messages == known.messages else known.largest
    return replace(known, wire_bytes=known.wire_bytes + by, largest=largest)


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"


def _stages(
    recording: Rewriting, known: Connection, upgrade: Upgrade | None
) -> Iterator[tuple[int, Callable[[], None]]]:
    """What happened until the connection was open or refused, in order."""
    handshake = upgrade.handshake if upgrade else None
    if known.dialled_ns is not None:
        yield known.dialled_ns, partial(recording.dialled, known.server, known.dialled_ns)
    if handshake is not None and (handshake.connect_ns is not None or handshake.tls_ns is not None):
        at_ns = known.opened_ns if known.dialled_ns is None else known.dialled_ns
        yield at_ns, partial(recording.timing, connect_ns=handshake.connect_ns, tls_ns=handshake.tls_ns)
    if upgrade is not None and upgrade.forwarded_ns is not None:
        yield upgrade.forwarded_ns, partial(recording.forwarded, upgrade.handshake.forwarded, upgrade.forwarded_ns)
    if known.responded_ns is not None and known.status is not None:
        pieces = upgrade.pieces if upgrade else ()
        at_ns, by_us = known.responded_ns, known.status_by_us
        head = pieces[0][1] if pieces else b""
        if handshake is not None and handshake.upgrade_ns is not None:
            yield at_ns, partial(recording.timing, upgrade_ns=handshake.upgrade_ns)
        yield at_ns, partial(recording.responded, head, known.status, at_ns, by_us=by_us)
        for piece_ns, piece in pieces[1:]:
            yield piece_ns, partial(recording.refused_body, piece, piece_ns)
    if known.upgraded_ns is not None:
        yield (
            known.upgraded_ns,
            partial(
                recording.upgraded,
                known.upgraded_ns,
                subprotocol=known.subprotocol,
                extensions=known.extensions,
            ),
        )
