"""What rules ask of the evidence again and again: the message before the close, silence, pings, who is who."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wsinspect import text
from wsinspect.diagnosis.ages import end_kind
from wsinspect.diagnosis.evidence import Evidence, is_data
from wsinspect.model import CloseStory, EventKind, Row, RowKind, Side, Violation

MS = 1_000_000
S = 1_000 * MS

PROMPT_NS = 250 * MS
"""A close within this time of a message is taken for its consequence."""

_BROWSERS = ("Mozilla/",)


class Ping(NamedTuple):
    """A ping that was not answered before the close."""

    row: Row
    age_ns: int
    """How long before the close it was sent."""


class Broken(NamedTuple):
    """A rule that a row broke."""

    row: Row
    violation: Violation


class Arriving(NamedTuple):
    """A message that had begun to arrive when the other side closed."""

    row: int
    """The row of the message, or of the event that says it was cut off."""
    size: int
    """Payload bytes it has, or that its frame announced; 0 when that is not known."""


def before_close(evidence: Evidence) -> Iterator[Row]:
    """The rows that were complete when the connection began to close, newest first; no events."""
    story = evidence.story
    if story is None:
        return
    close = evidence.connection.close_frame
    for row in reversed(evidence.all_rows):
        if close is not None and row.number >= close[1].row:
            continue
        if row.kind is not RowKind.EVENT and row.at_ns <= story.at_ns:
            yield row


def last_message(evidence: Evidence, side: Side) -> Row | None:
    """The last message of a side that was complete before the close."""
    return next((row for row in before_close(evidence) if row.side is side and is_data(row)), None)


def trigger(evidence: Evidence) -> Row | None:
    """The last message that the closing side had received when it closed."""
    return None if evidence.closer is None else last_message(evidence, evidence.closer.other)


def prompt_trigger(evidence: Evidence) -> Row | None:
    """The message that the closing side received just before it closed, and answered nothing to in between."""
    row = trigger(evidence)
    if row is None or evidence.story is None or evidence.story.at_ns - row.at_ns > PROMPT_NS:
        return None
    return row


def arriving(evidence: Evidence) -> Arriving | None:
    """The message towards the closing side that had begun and was not complete when it closed."""
    story, closer = evidence.story, evidence.closer
    if story is None or closer is None:
        return None
    for row in evidence.rows:
        if row.event is not None and row.event.kind is EventKind.TRUNCATED and row.side is closer.other:
            announced = row.event.data.get("announced")
            frame = announced if isinstance(announced, int) and announced > 0 else 0
            return Arriving(row.number, _payload(frame, row.side))
        if row.side is closer.other and is_data(row) and row.first_ns <= story.at_ns < row.at_ns:
            return Arriving(row.number, row.size)
    return None


def _payload(frame: int, side: Side) -> int:
    """Payload bytes of a frame of so many bytes. Source: RFC 6455 section 5.2."""
    bare = frame - (6 if side is Side.CLIENT else 2)
    extended = 0 if bare < 126 else 2 if bare < 65_536 + 2 else 8
    return max(0, bare - extended)


def idle_ns(evidence: Evidence, side: Side | None = None) -> int:
    """How long nothing had come (from ``side``) when the connection began to close, in nanoseconds.

    Counted from the upgrade when nothing ever came; 0 when it was never open.
    """
    story, upgraded_ns = evidence.story, evidence.connection.upgraded_ns
    if story is None or upgraded_ns is None:
        return 0
    last = next((row.at_ns for row in before_close(evidence) if side is None or row.side is side), upgraded_ns)
    return max(0, story.at_ns - last)


def open_ns(evidence: Evidence) -> int:
    """How long it had been open when it began to close, in nanoseconds; 0 when it never was."""
    story, upgraded_ns = evidence.story, evidence.connection.upgraded_ns
    return 0 if story is None or upgraded_ns is None else max(0, story.at_ns - upgraded_ns)


def unanswered_ping(evidence: Evidence, asker: Side) -> Ping | None:
    """The oldest ping of a side to which no pong came before the close, among the last rows."""
    story = evidence.story
    oldest: Row | None = None
    for row in before_close(evidence):
        if row.kind is RowKind.PONG and row.side is asker.other:
            break
        if row.kind is RowKind.PING and row.side is asker:
            oldest = row
    return None if oldest is None or story is None else Ping(oldest, story.at_ns - oldest.at_ns)


def broken(evidence: Evidence, *rules: str, by: Side | None = None) -> Broken | None:
    """The first row that broke one of these rules."""
    candidates = [*evidence.all_rows]
    if evidence.violation_row is not None:
        candidates.insert(0, evidence.violation_row)
    for row in candidates:
        for violation in row.violations:
            if violation.rule in rules and (by is None or row.side is by):
                return Broken(row, violation)
    return None


def first_broken(evidence: Evidence, by: Side) -> Broken | None:
    """The first rule that a side's frames broke before the close, its own close frame apart."""
    for row in [*evidence.all_rows]:
        if row.side is by and row.kind is not RowKind.CLOSE and row.violations:
            return Broken(row, row.violations[0])
    return None


def alike(evidence: Evidence) -> list[CloseStory]:
    """Siblings that ended the same way: same code, same sender, same kind of end, not by us."""
    story = evidence.story
    if story is None:
        return []
    kind = end_kind(story)
    was_open = evidence.connection.upgraded_ns is not None
    return [
        other
        for other in evidence.stories
        if end_kind(other) == kind and not other.by_us and (other.connection.upgraded_ns is not None) == was_open
    ]


def is_browser(evidence: Evidence) -> bool:
    """Whether the client says that it is a browser."""
    return evidence.asked("user-agent").startswith(_BROWSERS)


def server_name(evidence: Evidence) -> str:
    """The Server header of the answer in lower case; empty when there is none."""
    return evidence.answered("server").lower()


def path_of(target: str) -> str:
    """A request target without its query."""
    return target.partition("?")[0]


def quote(data: bytes | str, width: int = 60) -> str:
    """Peer text for a sentence: safe, in quotes, at most ``width`` cells."""
    shown = text.decode(data) if isinstance(data, bytes) else text.visible(data)
    return f'"{text.shorten(shown, width)}"'


def said_in(row: Row, width: int) -> str:
    """What a message holds, for a sentence: its text in quotes; of bytes that are none only how many there are.

    Never in hex: sentences stand in reports, and whoever masks secrets there looks for them in text.
    """
    if row.kind is RowKind.TEXT or _is_text(row.head):
        return quote(row.head, width)
    return f"{text.size(row.size if row.inflated_size is None else row.inflated_size)} of binary"


def _is_text(head: bytes) -> bool:
    try:
        said = text.whole_characters(head).decode()
    except UnicodeDecodeError:
        return False
    return text.visible(said) == said
