"""What a filter takes of one segment: how many rows, and which.

A segment is asked in steps, each of which may already be the answer: what it says of itself, what stands in its bytes
as a whole, the frames in which a word stands, every frame. Where messages came in several frames the rows are found one
by one, as they are for showing.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence

from wsinspect.filters import Expression, Matcher
from wsinspect.filters.expression import Broken, Gap
from wsinspect.filters.moments import Times
from wsinspect.filters.narrowing import narrow
from wsinspect.filters.subject import RowSubject
from wsinspect.model import Row, Side
from wsinspect.session.reading.content import ContentReader, event_row
from wsinspect.session.reading.listing import connection_of, numbered, rows_between
from wsinspect.session.reading.store import Store
from wsinspect.session.search.deciding import PartDecider
from wsinspect.session.search.likeness import Likeness, likeness, of_places
from wsinspect.session.search.parts import FACTS, Part
from wsinspect.session.search.sheet import Sheet
from wsinspect.session.search.side_search import About, SideSearch, asks
from wsinspect.session.search.subjects import FoundSubject
from wsinspect.session.stored.batch import SESSION
from wsinspect.session.stored.traits import EVENTS, JOINED, controls
from wsinspect.wire.deflate import negotiated
from wsinspect.wire.frames import CLOSE

KEPT_HITS = 64
"""Segments whose hits are remembered."""

KEPT_CONNECTIONS = 1024


class SegmentSearch:
    """One filter over the segments of one session."""

    def __init__(self, store: Store, matcher: Matcher, times: Times) -> None:
        self._store = store
        self._matcher = matcher
        self._times = times
        self._hits: OrderedDict[int, Sequence[int]] = OrderedDict()
        self._abouts: dict[int, About] = {}

    def count(self, part: Part) -> int:
        """How many rows of a segment the filter takes."""
        sheet, about, left, left_of_events = self._narrowed(part)
        if _is_hard(part, left):
            return len(self.hits(part))
        if left is True and (left_of_events is True or not part.traits & EVENTS):
            return part.rows
        taken = sum(1 for _ in self._events(sheet, about, left_of_events))
        if isinstance(left, bool):
            return taken + (part.rows - len(sheet.events) if left else 0)
        return taken + sum(len(self._of_side(sheet, about, side, left)) for side in part.sides())

    def hits(self, part: Part) -> Sequence[int]:
        """The numbers of the rows of a segment that the filter takes, ascending."""
        known = self._hits.get(part.id)
        if known is None:
            taken = self._taken(part)
            known = self._hits[part.id] = taken if isinstance(taken, range) else array("q", taken)
            if len(self._hits) > KEPT_HITS:
                self._hits.popitem(last=False)
        return known

    def _taken(self, part: Part) -> Iterable[int]:
        sheet, about, left, left_of_events = self._narrowed(part)
        if _is_hard(part, left):
            return self._one_by_one(part)
        if left is True and (left_of_events is True or not part.traits & EVENTS):
            return range(part.first_row, part.last_row + 1)
        found = list(self._events(sheet, about, left_of_events))
        if left is not False:
            for side in part.sides():
                numbers = sheet.numbers[side]
                found += [numbers[at] for at in self._of_side(sheet, about, side, left) if at < len(numbers)]
        return sorted(found)

    def likenesses(self, part: Part, numbers: Sequence[int]) -> list[Likeness]:
        """What rows of a segment say, as far as folding compares it.

        Args:
            part: the segment.
            numbers: which rows, ascending.
        """
        if not numbers:
            return []
        if part.traits & JOINED:
            rows = rows_between(self._store, part.connection, numbers[0], numbers[-1])
            said = {row.number: likeness(row) for row in rows}
            return [said.get(number) for number in numbers]
        about = self._about(part)
        sheet = Sheet(self._store, part, deflates=about.deflates)
        wanted = None if len(numbers) == part.rows else set(numbers)
        found: dict[int, Likeness] = {}
        for side in part.sides():
            here, places = sheet.numbers[side], range(sheet.sent(side).count)
            if wanted is None and len(here) == part.rows == len(places):
                return of_places(sheet, about, side, places)
            chosen = [place for place in places if place < len(here) and (wanted is None or here[place] in wanted)]
            told = of_places(sheet, about, side, chosen)
            found.update(zip((here[place] for place in chosen), told, strict=True))
        return [found.get(number) for number in numbers]

    def of_session(self, batch: int) -> set[int]:
        """The numbers of the events of a batch that concern no connection and that the filter takes."""
        found: set[int] = set()
        for record in self._store.batch_events(batch):
            before = self._store.events(SESSION, record.row - 1, record.row - 1).get(record.row - 1)
            subject = RowSubject(event_row(record), _no_payload, previous_ns=before.at_ns if before else None)
            if self._matcher.takes(subject):
                found.add(record.row)
        return found

    def sheet(self, part: Part) -> Sheet:
        """The rows of a segment."""
        return Sheet(self._store, part, deflates=self._about(part).deflates)

    def _narrowed(self, part: Part) -> tuple[Sheet, About, Expression | bool, Expression | bool]:
        """A segment, and what is left of the filter for its messages and for its events."""
        about = self._about(part)
        sheet = Sheet(self._store, part, deflates=about.deflates)
        decider = PartDecider(self._store, sheet, about.path, self._times)
        left = narrow(self._matcher.expression, decider.of_messages)
        left_of_events = part.traits & EVENTS != 0 and narrow(self._matcher.expression, decider.of_events)
        return sheet, about, left, left_of_events

    def _events(self, sheet: Sheet, about: About, left: Expression | bool) -> Iterator[int]:
        """The numbers of the events that the filter takes."""
        if left is False:
            return
        test = (lambda _: True) if left is True else self._matcher.test_of(left)
        previous = self._previous(sheet) if asks(left, Gap) else None
        for number, record in sheet.events.items():
            before = previous[number - sheet.part.first_row] if previous else None
            if test(RowSubject(event_row(record), _no_payload, path=about.path, previous_ns=before)):
                yield number

    def _of_side(self, sheet: Sheet, about: About, side: Side, left: Expression | bool) -> Sequence[int]:
        """The places of the messages of one side that the filter takes."""
        return SideSearch(sheet, about, side, self._matcher, lambda: self._previous(sheet)).taken(left)

    def _previous(self, sheet: Sheet) -> list[int | None]:
        """When the row before each row came."""
        part = sheet.part
        found = self._store.one(
            f"SELECT {FACTS} FROM segment WHERE connection = ? AND first_row < ? AND rows > 0 "
            "ORDER BY first_row DESC, id DESC LIMIT 1",
            *(part.connection, part.first_row),
        )
        before = Sheet(self._store, Part(*found), deflates=False).times[-1] if found else None
        return [before, *sheet.times]

    def _one_by_one(self, part: Part) -> Iterator[int]:
        """The numbers of the rows that the filter takes, whatever came in how many frames."""
        connection = connection_of(self._store, part.connection)
        if connection is None:
            raise ValueError("a message of a connection that does not exist")
        # A fresh reader: a close frame that came since changes which rules later rows break.
        subject = FoundSubject(part.connection, connection.path, ContentReader(self._store, connection))
        segment, takes = self._store.segment(part.id), self._matcher.takes
        previous = None
        if asks(self._matcher.expression, Gap):
            previous = self._previous(Sheet(self._store, part, deflates=False))[0]
        for number, row in numbered(self._store, segment):
            if isinstance(row, Row):
                is_taken = takes(RowSubject(row, _no_payload, path=connection.path, previous_ns=previous))
            else:
                subject.show(segment, number, row, previous)
                is_taken = takes(subject)
            if is_taken:
                yield number
            previous = row.at_ns

    def _about(self, part: Part) -> About:
        number = part.connection
        known = self._abouts.get(number)
        # From a close frame on, more is to be said of what follows.
        if known is not None and not part.traits & controls(CLOSE):
            return known
        connection = connection_of(self._store, number)
        if connection is None:
            raise ValueError("a message of a connection that does not exist")
        deflates = negotiated(connection.extensions) is not None
        closes = connection.client_close, connection.server_close
        rows = closes[0].row if closes[0] else None, closes[1].row if closes[1] else None
        about = About(connection.path, deflates, ContentReader(self._store, connection), rows)
        # Before the upgrade is answered its extensions are not known, and a close frame changes what later rows break.
        is_known = connection.upgraded_ns is not None and not asks(self._matcher.expression, Broken)
        if is_known or connection.closed_ns is not None:
            if len(self._abouts) >= KEPT_CONNECTIONS:
                self._abouts.clear()
            self._abouts[number] = about
        return about


def _is_hard(part: Part, left: Expression | bool) -> bool:
    """Whether the rows have to be found one by one."""
    return not isinstance(left, bool) and part.traits & JOINED != 0


def _no_payload(limit: int) -> bytes:
    """Events have no payload, and all that is looked at of them stands in their rows."""
    return b""
