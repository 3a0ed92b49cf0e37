"""What a filter takes of what one side sent in a segment, where no message came in several frames.

Bytes are asked before frames, and frames before messages: a word that does not stand in the bytes is in no message,
and where it stands only the frames around it are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, repeat
from typing import NamedTuple

from wsinspect.filters import Expression, Matcher
from wsinspect.filters.expression import After, Before, Broken, Code, Gap, Json, Not, Pattern, Text, terms
from wsinspect.filters.matcher import SEARCHED_BYTES
from wsinspect.filters.narrowing import Needle, narrow, required_word
from wsinspect.model import Side, Violation
from wsinspect.session.reading.content import TEXT_CHECKED, ContentReader
from wsinspect.session.search.deciding import of_bytes, of_side
from wsinspect.session.search.sent import Lone, Sent
from wsinspect.session.search.sheet import Sheet
from wsinspect.session.search.subjects import FoundSubject, WalkedSubject
from wsinspect.session.stored.traits import controls
from wsinspect.wire.frames import CLOSE, TEXT
from wsinspect.wire.walk import Walked

PLAIN = frozenset({0x81, 0x82, 0x89, 0x8A})
"""First bytes of frames that break no rule by themselves."""

DEFLATED = frozenset({0xC1, 0xC2})
"""The same of compressed messages, where that was agreed on."""


class About(NamedTuple):
    """What is needed of a connection."""

    path: str
    deflates: bool
    content: ContentReader
    closing_rows: tuple[int | None, int | None]
    """The row of each side's close frame, by Side."""


def asks(expression: Expression | bool, *kinds: type) -> bool:
    """Whether any of these terms stands in an expression."""
    return not isinstance(expression, bool) and any(isinstance(term, kinds) for term in terms(expression))


class SideSearch:
    """One side of one segment."""

    def __init__(
        self, sheet: Sheet, about: About, side: Side, matcher: Matcher, previous: Callable[[], list[int | None]]
    ) -> None:
        """Prepare to search.

        Args:
            sheet: the segment.
            about: its connection.
            side: the side.
            matcher: the filter.
            previous: when the row before each row of the segment came.
        """
        self._sheet = sheet
        self._about = about
        self._side = side
        self._matcher = matcher
        self._previous = previous

    def taken(self, left: Expression | bool) -> Sequence[int]:
        """The places of the rows that the filter takes, ascending.

        Args:
            left: what is left of the filter for the messages of this segment.
        """
        of_this = left if isinstance(left, bool) else narrow(left, lambda term: of_side(term, self._side))
        if of_this is False:
            return ()
        sent = self._sheet.sent(self._side)
        if isinstance(of_this, bool):
            return range(sent.count)
        opened = self._opened(sent, of_this) if sent.opened else []
        # A word alone is looked for at once: whether it may stand there need not be found out before.
        of_these: Expression | bool = of_this
        if asks(of_this, Text, Json) and not (isinstance(of_this, Text) and self._is_plain):
            of_these = narrow(of_this, lambda term: of_bytes(term, sent, self._sheet.part.traits))
        if isinstance(of_these, bool):
            return [*opened, *range(len(sent.opened), sent.count)] if of_these else opened
        return [*opened, *self._whole(sent, of_these)]

    @property
    def _is_plain(self) -> bool:
        """Whether what is looked at of a message is what was sent of it."""
        return not (self._about.deflates or self._sheet.part.traits & controls(CLOSE))

    def _opened(self, sent: Sent, left: Expression) -> list[int]:
        """The places of rows that began in an earlier segment: their content lies in both."""
        subject = FoundSubject(self._sheet.part.connection, self._about.path, self._about.content)
        test = self._matcher.test_of(left)
        # For their numbers all rows of both sides have to be found.
        numbers = self._sheet.numbers[self._side] if asks(left, Broken, Gap) else range(len(sent.opened))
        previous = self._previous() if asks(left, Gap) else None
        taken: list[int] = []
        for place in range(len(sent.opened)):
            number = numbers[place]
            before = previous[number - self._sheet.part.first_row] if previous else None
            subject.show(self._sheet.beginning(self._side), number, self._sheet.found(self._side, place), before)
            if test(subject):
                taken.append(place)
        return taken

    def _whole(self, sent: Sent, left: Expression) -> list[int]:
        """The places of the whole frames that the filter takes."""
        word = required_word(left) if self._is_plain else None
        if word is not None and isinstance(left, Text) and left.text.isascii():
            return [row.place for row in sent.around(word) if _has_word(row.payload, word)]
        if isinstance(left, Not) and self._is_plain and isinstance(left.part, Text):
            others = set(self._whole(sent, left.part))
            return [place for place in range(len(sent.opened), sent.count) if place not in others]
        if word is not None:
            return list(self._asked(sent, left, sent.around(word)))
        data = sent.whole.plain if asks(left, Text, Json, Pattern, Code, Broken) else sent.data
        return list(self._asked(sent, left, zip(count(len(sent.opened)), repeat(data), sent.whole.rows)))

    def _asked(self, sent: Sent, left: Expression, frames: Iterable[Lone | tuple[int, bytes, Walked]]) -> Iterator[int]:
        """Those of some frames that the filter takes, asked one by one.

        Args:
            sent: what they are of.
            left: the filter.
            frames: each with its place among the rows, and with the bytes in which it lies there, unmasked.
        """
        subject = WalkedSubject(self._sheet.part.connection, self._about.path, self._side, self._broken)
        test = self._matcher.test_of(left)
        deflates, needs_time = self._about.deflates, asks(left, After, Before, Gap)
        previous = self._previous() if asks(left, Gap) else None
        first_row = self._sheet.part.first_row
        for place, data, frame in frames:
            subject.show(data, frame, place)
            # RSV1 of a data frame says that it is compressed.
            if deflates and frame[0] & 0x48 == 0x40:
                subject.inflate(sent.inflated.entries.get((self._side, sent.offset(frame))))
            if needs_time:
                subject.at_ns = self._sheet.at_ns(self._side, place)
            if previous is not None:
                subject.previous_ns = previous[self._sheet.numbers[self._side][place] - first_row]
            if test(subject):
                yield place

    def _broken(self, subject: WalkedSubject) -> Sequence[Violation]:
        """The rules that a message breaks; most break none, and that is seen at once."""
        if self._breaks_nothing(subject):
            return ()
        number = self._sheet.numbers[self._side][subject.place]
        found = self._sheet.found(self._side, subject.place)
        return self._about.content.violations(self._sheet.segment(self._side), number, found)

    def _breaks_nothing(self, subject: WalkedSubject) -> bool:
        """Whether a message can break no rule: an ordinary header, good text, no close frame before it."""
        first, second, start, end = subject.frame
        short, size = second & 0x7F, end - start
        is_shortest = short < 126 or (size >= 126 if short == 126 else size >= 1 << 16)
        is_masked = second >= 0x80
        closing = self._about.closing_rows[self._side]
        return (
            (first in PLAIN or (subject.is_inflated and first in DEFLATED))
            and is_shortest
            and is_masked == (self._side is Side.CLIENT)
            and (closing is None or closing >= self._sheet.part.last_row)
            and (first & 0x0F != TEXT or _is_text(subject.content(TEXT_CHECKED)))
        )


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_word(payload: bytes, word: Needle) -> bool:
    """Whether a word stands in what is looked at of a payload."""
    looked_at = payload[:SEARCHED_BYTES]
    return word.data in (looked_at.lower() if word.is_folded else looked_at)
