"""What rows say as far as folding compares it, found in the bytes of a segment without a row being built for each.

It is what ``sameness`` says of a row, with the row's connection. Frames that break no rule by their header are told at
once; a filter's property tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import TypeAlias

from wsinspect.decode.heartbeats import HEARTBEAT, LONGEST, SHORT, is_heartbeat, may_be_heartbeats, pinging, sameness
from wsinspect.model import HEAD_BYTES, Row, RowKind, Side
from wsinspect.session.search.sent import Sent
from wsinspect.session.search.sheet import Sheet
from wsinspect.session.search.side_search import About
from wsinspect.wire.walk import Walked

What: TypeAlias = tuple[int, str, Side | None]
"""Connection, kind and sender of rows that may be the same."""

Likeness: TypeAlias = tuple[What, bytes] | None
"""What two rows have in common when they are the same; None for one that is never the same as another."""

_TEXT, _BINARY, _PING, _PONG = 0x81, 0x82, 0x89, 0x8A
"""First bytes of frames that break no rule."""

_RSV1 = 0x40


def likeness(row: Row) -> Likeness:
    """What a row says."""
    same = sameness(row)
    return None if same is None else ((row.connection, *same[0]), same[1])


def of_places(sheet: Sheet, about: About, side: Side, places: Sequence[int]) -> list[Likeness]:
    """What rows of one side of a segment say in which no message came in several frames.

    Args:
        sheet: the segment.
        about: its connection.
        side: the side.
        places: which rows, ascending.
    """
    sent = sheet.sent(side)
    begun = len(sent.opened)
    found = [_of_opened(sheet, about, side, place) for place in places if place < begun]
    whole = [place - begun for place in places if place >= begun] if len(places) < sent.count else None
    frames = sent.whole.rows if whole is None else [sent.whole.rows[place] for place in whole]
    found += _OfFrames(sheet.part.connection, sent, is_deflated=about.deflates).told(frames)
    closing = about.closing_rows[side]
    if closing is not None and closing < sheet.part.last_row:
        numbers = sheet.numbers[side]
        return [_before_close(one, numbers[place] > closing) for one, place in zip(found, places, strict=True)]
    return found


def _of_opened(sheet: Sheet, about: About, side: Side, place: int) -> Likeness:
    """A row that began in an earlier segment: its content lies in both."""
    number = sheet.numbers[side][place]
    return likeness(about.content.row(sheet.beginning(side), number, sheet.found(side, place)))


def _before_close(one: Likeness, is_late: bool) -> Likeness:
    """A data frame behind its sender's close frame breaks a rule, a control frame does not. RFC 6455 section 5.5.1."""
    return None if is_late and one is not None and one[0][1] is not RowKind.PING else one


class _OfFrames:
    """Whole frames of one side."""

    def __init__(self, connection: int, sent: Sent, *, is_deflated: bool) -> None:
        self._connection = connection
        self._sent = sent
        self._is_deflated = is_deflated
        self._mask_bit = 0x80 if sent.side is Side.CLIENT else 0

    def told(self, frames: list[Walked]) -> list[Likeness]:
        """What each of them says."""
        firsts = {frame[0] for frame in frames}
        if firsts in ({_TEXT}, {_BINARY}):
            sizes = [end - start for _, _, start, end in frames]
            if max(sizes) <= HEAD_BYTES and not self._are_strange(frames, sizes):
                return self._alike(RowKind.TEXT if firsts == {_TEXT} else RowKind.BINARY, frames, sizes)
        return list(self._one_by_one(frames))

    def _are_strange(self, frames: list[Walked], sizes: list[int]) -> bool:
        """Whether the second byte of any of some frames breaks a rule: of its mask, or of the shortest form of size."""
        seconds = {frame[1] for frame in frames}
        if any(second & 0x80 != self._mask_bit or second & 0x7F == 127 for second in seconds):
            return True
        longer = self._mask_bit | 126
        if longer not in seconds or min(sizes) >= 126:
            return False
        return any(frame[1] == longer and size < 126 for frame, size in zip(frames, sizes, strict=True))

    def _alike(self, kind: RowKind, frames: list[Walked], sizes: list[int]) -> list[Likeness]:
        """Frames with one kind of header; all at once, since most segments are that."""
        data = self._sent.whole.plain
        contents = [data[start:end] for _, _, start, end in frames]
        what = self._what(kind)
        if kind is RowKind.TEXT:
            shortest = min(sizes)
            short = [content for content in contents if len(content) <= LONGEST] if shortest <= LONGEST else []
            has_hints = may_be_heartbeats(b"".join(short))
            if has_hints or shortest <= SHORT or not b"".join(contents).isascii():
                heartbeat = self._what(HEARTBEAT)
                return [_of_text(content, what, heartbeat, has_hints=has_hints) for content in contents]
        return list(zip(repeat(what), contents))

    def _one_by_one(self, frames: list[Walked]) -> Iterator[Likeness]:
        sent = self._sent
        data, mask_bit, is_deflated = sent.whole.plain, self._mask_bit, self._is_deflated
        has_hints = may_be_heartbeats(sent.whole.plain) or (is_deflated and may_be_heartbeats(sent.inflated.data))
        text = self._what(RowKind.TEXT)
        of_text: Callable[[bytes], Likeness] = partial(
            _of_text, what=text, heartbeat=self._what(HEARTBEAT), has_hints=has_hints
        )
        binary = self._what(RowKind.BINARY)
        control: dict[int, Likeness] = {
            _PING: ((self._connection, RowKind.PING, pinging(RowKind.PING, sent.side)), b""),
            _PONG: ((self._connection, RowKind.PING, pinging(RowKind.PONG, sent.side)), b""),
        }
        for frame in frames:
            first, second, start, end = frame
            size, short = end - start, second & 0x7F
            if second & 0x80 != mask_bit or short == 127 or (short == 126 and size < 126):
                yield None
            elif first in control:
                yield control[first] if short < 126 else None
            elif first in (_TEXT, _BINARY):
                content = data[start:end] if size <= HEAD_BYTES else None
                yield content if content is None else of_text(content) if first == _TEXT else (binary, content)
            elif is_deflated and first in (_TEXT | _RSV1, _BINARY | _RSV1):
                content = self._inflated(frame)
                yield content if content is None else of_text(content) if first & 1 else (binary, content)
            else:
                yield None

    def _inflated(self, frame: Walked) -> bytes | None:
        """A compressed message's content; None where it is too long or could not be inflated."""
        message = self._sent.inflated.entries.get((self._sent.side, self._sent.offset(frame)))
        if message is None or message.problem or message.total > HEAD_BYTES or len(message.data) != message.total:
            return None
        return message.data

    def _what(self, kind: str) -> What:
        return self._connection, kind, self._sent.side


def _of_text(content: bytes, what: What, heartbeat: What, *, has_hints: bool) -> Likeness:
    size = len(content)
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError:
            return None
    if (size <= SHORT or (has_hints and size <= LONGEST)) and is_heartbeat(content):
        return heartbeat, b""
    return what, content
