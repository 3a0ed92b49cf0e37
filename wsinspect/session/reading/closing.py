"""What a session holds on the end of one connection: its story, and the evidence for diagnosis.

Bounded work whatever the session's size: the rows near the end, the records of connections near it, and the last
message of a few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wsinspect.diagnosis.evidence import FIRST_ROWS, LAST_ROWS, SIBLINGS, Evidence, gather, is_data
from wsinspect.model import CloseStory, Connection, EventKind, LastMessage, Row, RowKind, Side
from wsinspect.origin import FILE, origin_of
from wsinspect.session.reading.store import Store
from wsinspect.wire.conversation import close_story

Window = Callable[[int, int, int], Iterator[Row]]
"""Rows of a connection: its number, the first and the last row's number."""

LAST_MESSAGE_SEARCH = 200
"""Rows before a close that are searched for the last message."""

COMPARED = 3
"""Siblings that closed alike whose last message is looked up."""

SIBLING_SEARCH = 20
"""Rows before a sibling's close that are searched for its last message."""

UNFINISHED_BYTES = 512
"""Bytes of a row that never became whole that are looked at."""


def story_of(store: Store, connection: Connection, window: Window) -> CloseStory | None:
    """How a connection came to its end; None while nothing of it has ended."""
    close = connection.close_frame
    before = close[1].row if close else connection.rows + 1
    ends = [end.at_ns for end in (connection.client_end, connection.server_end) if end is not None]
    until = close[1].at_ns if close else min(ends, default=None)
    start = max(1, before - LAST_MESSAGE_SEARCH)
    last_message = _last_message(window(connection.id, start, before - 1), until)
    return close_story(connection, last_message=last_message, failed_stage=store.failed_stage(connection.id))


def evidence_of(store: Store, connection: Connection, window: Window) -> Evidence:
    """The evidence on a connection, but for the messages of its siblings."""
    start = max(1, connection.rows - LAST_ROWS + 1)
    rows = tuple(window(connection.id, start, connection.rows))
    first_rows = tuple(window(connection.id, 1, min(FIRST_ROWS, start - 1))) if start > 1 else rows[:FIRST_ROWS]
    broken = connection.violation_row
    return gather(
        connection,
        story_of(store, connection, window),
        handshake=store.handshake(connection.id),
        failed_stage=store.failed_stage(connection.id),
        first_rows=first_rows,
        rows=rows,
        violation_row=next(window(connection.id, broken, broken), None) if broken and broken < start else None,
        unfinished=_unfinished(store, rows),
        sleeps=_sleeps(store, connection),
        siblings=_siblings(store, connection),
    )


def _siblings(store: Store, connection: Connection) -> list[Connection]:
    """The connections next to it; in a merged session those of its own file, since the other one has them once more."""
    found = store.connections(max(1, connection.id - SIBLINGS), 2 * SIBLINGS + 1)
    file = _file(connection)
    return [other for other in found if _file(other) == file]


def _file(connection: Connection) -> str | None:
    """Which file of a merged session it comes from."""
    origin = origin_of(connection.source)
    return None if origin is None else origin.file


def compared(evidence: Evidence) -> list[CloseStory]:
    """The siblings whose last message is worth a look: same path, closed alike, the nearest first."""
    story = evidence.story
    if story is None or story.sender is None or evidence.connection.upgraded_ns is None:
        return []
    found = [
        other
        for other in evidence.stories
        if other.code == story.code
        and other.sender is story.sender
        and other.connection.path == evidence.connection.path
        and other.connection.upgraded_ns is not None
    ]
    return sorted(found, key=lambda other: abs(other.connection.id - evidence.connection.id))[:COMPARED]


def message_before_close(story: CloseStory, window: Window) -> Row | None:
    """The last message that the closing side had received."""
    connection, sender = story.connection, story.sender
    close = connection.close_frame
    before = close[1].row if close else connection.rows + 1
    found: Row | None = None
    for row in window(connection.id, max(1, before - SIBLING_SEARCH), before - 1):
        if sender is not None and row.side is sender.other and is_data(row) and row.at_ns <= story.at_ns:
            found = row
    return found


def _last_message(rows: Iterator[Row], until: int | None) -> LastMessage | None:
    last: Row | None = None
    end = 0
    for row in rows:
        if row.kind in (RowKind.TEXT, RowKind.BINARY) and row.side is not None and row.at_ns <= (until or row.at_ns):
            last = row
        end = row.at_ns
    if last is None or last.side is None:
        return None
    return LastMessage(last.number, last.side, (end if until is None else until) - last.at_ns)


def _unfinished(store: Store, rows: Sequence[Row]) -> tuple[bytes, bytes]:
    """The beginning of what each stream ended inside of."""
    found = [b"", b""]
    for row in rows:
        event = row.event
        if event is None or event.kind is not EventKind.TRUNCATED or row.side is None:
            continue
        at = event.data.get("at")
        segment = next(store.segments_from(row.connection, row.number), None)
        if segment is not None and isinstance(at, int) and at >= 0:
            found[row.side] = store.stream(segment, row.side, at, at + UNFINISHED_BYTES)
    return found[Side.CLIENT], found[Side.SERVER]


def _sleeps(store: Store, connection: Connection) -> list[tuple[int, int]]:
    """The times this machine slept while the connection lived."""
    until = connection.closed_ns or (1 << 63) - 1
    found: list[tuple[int, int]] = []
    for record in store.session_events(EventKind.SLEEP, connection.opened_ns, until, 20):
        seconds = record.event.data.get("seconds")
        # In a merged session another machine may have slept.
        if record.event.data.get(FILE) != _file(connection):
            continue
        if isinstance(seconds, int | float) and 0 < seconds < 1 << 31:
            found.append((record.at_ns, int(seconds)))
    return found
