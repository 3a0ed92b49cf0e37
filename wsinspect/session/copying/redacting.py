"""Secrets masked in a whole session while it is copied: each is overwritten where it stands, so that nothing moves.

What is a secret anywhere in the session is one everywhere in the copy: ``learn`` goes through all of it first. Frames
keep their lengths; a compressed message is compressed anew to the length it had, where that can be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from wsinspect.model import Connection, Event, Mark, SeenClose, Side
from wsinspect.redact import Redactor
from wsinspect.redact.cover import FILL, Finds, covered
from wsinspect.redact.rules import head_hits, protocol_hits
from wsinspect.session.copying.begun import Begun, begun
from wsinspect.session.copying.carrying import MISSING
from wsinspect.session.copying.masked import BLANK, Tally, change_for, written
from wsinspect.session.copying.session_copy import COPIED_TEXTS
from wsinspect.session.copying.source import Part, Source, Upgrade
from wsinspect.session.copying.steps import Read
from wsinspect.session.stored.found import FoundRow
from wsinspect.session.stored.inflating import InflatedMessage
from wsinspect.wire.deflate import negotiated
from wsinspect.wire.editing import Change, StreamEditor
from wsinspect.wire.repacking import Repacker
from wsinspect.wire.rows import RowScanner

_WORDS = ("side", "how", "by", "stage")
"""What an event says in words of its own."""

_PACKED = b"content-encoding:"


def learn(source: Source, redactor: Redactor, *, on_progress: Callable[[int], None] = lambda _rows: None) -> None:
    """Get to know the secrets of a session; afterwards the redactor is settled.

    Args:
        source: the session, read from its beginning to its end.
        redactor: made to learn.
        on_progress: told how many rows are done, now and then.

    Raises:
        SessionFileError: the session is damaged.
    """
    redacting = Redacting(source, redactor)
    known = source.facts()
    for name in COPIED_TEXTS:
        redacting.text(known.get(name, ""), name)
    for mark in source.all_marks():
        redacting.mark(mark)
    deflates: dict[int, bool] = {}
    for batch in source.batches():
        for connection in source.all_connections(len(deflates) + 1, batch.opened):
            deflates[connection.id] = negotiated(connection.extensions) is not None
            redacting.meet(connection)
        for record in source.session_events(batch):
            redacting.event(record.event, 0)
        redacting.text(batch.http_last, "plain HTTP request")
        for part in source.parts(batch, deflates):
            number = part.segment.connection
            for event in part.events:
                redacting.event(event.event, number)
            for one in _begun(source, part, deflates=deflates[number]):
                change_for(redactor, one, Tally())
        on_progress(batch.first_row + batch.rows - 1)
    redactor.settle()


class _Kept:
    """What is held for one connection."""

    def __init__(self, connection: Connection) -> None:
        params = negotiated(connection.extensions)
        self.editors = (StreamEditor(), StreamEditor())
        self.repackers = tuple(Repacker(params, side) for side in Side) if params is not None else ()
        self.inflated: dict[tuple[Side, int], InflatedMessage] = {}
        """Compressed messages that are not asked for yet."""
        self.next_at = [0, 0]
        """Where each stream goes on, by Side."""
        self.grown = [0, 0]
        """How many bytes longer each stream became, by Side."""
        self.tally = Tally()


class Redacting:
    """Overwrites the secrets of a session that is copied."""

    def __init__(self, source: Source, redactor: Redactor) -> None:
        """Begin.

        Args:
            source: the session that is copied.
            redactor: knows its secrets, by ``learn``.
        """
        self._source = source
        self._redactor = redactor
        self._kept: dict[int, _Kept] = {}

    def meet(self, connection: Connection) -> None:
        """Look at a connection and its handshake."""
        self.connection(connection)
        if (upgrade := self._source.upgrade(connection)) is not None:
            self.upgrade(upgrade, connection.id)

    # What is said beside the streams

    def grown(self, connection: int) -> tuple[int, int]:
        """How many bytes longer than they were the streams of a connection are, by Side."""
        kept = self._kept.get(connection)
        return (0, 0) if kept is None else (kept.grown[Side.CLIENT], kept.grown[Side.SERVER])

    def text(self, text: str, place: str) -> str:
        """With its secrets overwritten."""
        return self._covered(text)

    def connection(self, connection: Connection) -> Connection:
        """All but its addresses."""
        return replace(
            connection,
            # The parts are names of files (``origin``), each a text of its own.
            source="/".join(map(self._covered, connection.source.split("/"))),
            url=self._covered(connection.url),
            path=self._covered(connection.path),
            subprotocol=self._covered(connection.subprotocol, protocol_hits),
            extensions=self._covered(connection.extensions),
            failure=self._covered(connection.failure),
            client_close=self._close(connection.client_close),
            server_close=self._close(connection.server_close),
        )

    def upgrade(self, upgrade: Upgrade, connection: int) -> Upgrade:
        """The heads, and the body of a refusal; one that is packed cannot be looked into."""
        handshake = upgrade.handshake
        head = upgrade.pieces[0][1] if upgrade.pieces else handshake.response
        body = handshake.response[len(head) :]
        said = self._head(head)
        told = FILL.encode() * len(body) if _PACKED in head.lower() else covered(self._redactor, body)
        pieces: list[tuple[int, bytes]] = []
        at = 0
        for at_ns, piece in upgrade.pieces:
            pieces.append((at_ns, (said + told)[at : at + len(piece)]))
            at += len(piece)
        masked = replace(
            handshake,
            request=self._head(handshake.request),
            forwarded=self._head(handshake.forwarded),
            response=said + told,
        )
        return upgrade._replace(handshake=masked, pieces=tuple(pieces))

    def event(self, event: Event, connection: int) -> Event:
        """Its texts."""
        facts = {
            name: self._covered(said) if isinstance(said, str) and name not in _WORDS else said
            for name, said in event.data.items()
        }
        return replace(event, data=facts)

    def mark(self, mark: Mark) -> Mark:
        """Its note."""
        return replace(mark, note=self._covered(mark.note))

    def _close(self, close: SeenClose | None) -> SeenClose | None:
        return close and replace(close, reason=covered(self._redactor, close.reason))

    def _head(self, head: bytes) -> bytes:
        return covered(self._redactor, head, head_hits)

    def _covered(self, text: str, finds: Finds | None = None) -> str:
        raw = text.encode("utf-8", "surrogatepass")
        return covered(self._redactor, raw, finds).decode("utf-8", "surrogatepass") if text else ""

    # The streams

    def look_at(self, connection: Connection, part: Part) -> None:
        """Decide on everything that begins here."""
        kept = self._kept.get(connection.id)
        if kept is None:
            kept = self._kept[connection.id] = _Kept(connection)
        segment = part.segment
        for side in Side:
            if segment.at[side] != kept.next_at[side] and kept.repackers:
                kept.repackers[side].lose()
            kept.next_at[side] = segment.at[side] + len(segment.data[side])
        for one in _begun(self._source, part, deflates=bool(kept.repackers)):
            if one.inflated is not None:
                change = self._compressed(kept, one, one.inflated)
            else:
                change = change_for(self._redactor, one, kept.tally)
            if change is not None:
                kept.editors[one.side].change(one.at, change)

    def _compressed(self, kept: _Kept, one: Begun, said: InflatedMessage) -> Change | None:
        """A compressed message whose content is to be another, or that refers to one of these."""
        repacker = kept.repackers[one.side]
        if said.problem:
            kept.inflated[one.side, one.at] = said
            kept.tally.unseen += 1
            repacker.lose()
            return Change((), 0, BLANK)
        change = change_for(self._redactor, one, kept.tally)
        content = written(change, one.content)
        kept.inflated[one.side, one.at] = InflatedMessage(said.total, content, "")
        if change is None and repacker.is_unchanged:
            repacker.keep(content)
            return None
        made = repacker.pack(one.packed, content, said.total - len(content), blank=bytes([BLANK]))
        if made is None:
            return None
        if one.packed is None or len(made) != len(one.packed):
            kept.tally.resized += 1
        return Change(anew=made)

    def read(self, connection: int, read: Read) -> bytes:
        """The bytes to write for those that were read."""
        kept = self._kept[connection]
        made = kept.editors[read.side].feed(read.data)
        kept.grown[read.side] += len(made) - len(read.data)
        return made

    def go_on(self, connection: int, side: Side, at: int, state: bytes) -> bytes:
        """What began before this place is overwritten: nobody has looked at it."""
        header, missing, is_open = RowScanner.resumed(at, state).unfinished
        self._kept[connection].editors[side].go_on(at, header, missing, is_open=is_open, blank=BLANK)
        return RowScanner.blanked(state, BLANK)

    def inflated(self, connection: Connection, part: Part, found: FoundRow) -> InflatedMessage:
        """What a compressed message holds now."""
        return self._kept[connection.id].inflated.pop((found.side, found.scanned.at), MISSING)

    def closing_notes(self, connection: int) -> list[str]:
        """What had to be done beside overwriting secrets in place."""
        kept = self._kept.pop(connection, None)
        said = [] if kept is None else list(_said(kept.tally))
        return [f"when secrets were masked here, {', '.join(said)}"] if said else []


def _begun(source: Source, part: Part, *, deflates: bool) -> Iterator[Begun]:
    for side in Side:
        yield from begun(source, part, side, deflates=deflates)


def _said(tally: Tally) -> Iterator[str]:
    for count, what in (
        (tally.binary, "overwritten as a whole: binary with a secret in it"),
        (tally.long, "overwritten behind the first MiB, which nobody looked into"),
        (tally.unseen, "overwritten as a whole: compressed, and what it held is not known"),
        (tally.resized, "compressed to another length"),
    ):
        if count:
            yield f"{count:,} message{' was' if count == 1 else 's were'} {what}"
