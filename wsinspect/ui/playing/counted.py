"""What is counted of a session that is played: all its connections as they ended, so that any moment is told at once.

Lives in the bridge's worker thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wsinspect.model import Connection, Moment
from wsinspect.neighbours import runs
from wsinspect.replay.score import Score
from wsinspect.replay.track import Track
from wsinspect.timeline.scale import Scale
from wsinspect.ui.tally import WINDOW, Connections, Counts


class AheadReader(Protocol):
    """What a player asks of a session beyond the moment that it shows."""

    def span(self) -> tuple[int, int] | None:
        """When the first thing was recorded, and the last."""

    def row_after(self, at_ns: int, connection: int | None) -> int | None:
        """When the next row comes: of a connection, or of any (None)."""

    def row_before(self, at_ns: int, connection: int | None) -> int | None:
        """When the newest row came of those that are there at a moment."""

    def moment_after(self, at_ns: int) -> Moment | None:
        """The next close, event or mark."""

    def moment_before(self, at_ns: int) -> Moment | None:
        """The last of them that lies before a moment."""

    def marked_moments(self, after_ns: int) -> list[Moment]:
        """Events and marks later than a time."""

    def quiet(self, at_ns: int) -> tuple[int, int] | None:
        """The silence that a moment lies in, from the last thing recorded to the next."""

    def count(self) -> int:
        """How many connections there are at the end of the session."""

    def density(self, connection: int, scale: Scale) -> tuple[int, ...]:
        """Rows of a connection in each cell of a time axis."""

    def connections(self, first: int, count: int) -> list[Connection]:
        """Connections by number as they stand at the end of the session."""


class PlayedReader(Connections, Protocol):
    """What is counted from."""

    @property
    def ahead(self) -> AheadReader:
        """What lies before and behind the moment."""


@dataclass(frozen=True, slots=True)
class PlayFacts:
    """What a player shows beside the session itself."""

    track: Track
    silence: tuple[int, int] | None
    """When the last thing was recorded and when the next is, where the head stands in a silence."""


class PlayTally:
    """Counts as of a moment; like ``Tally`` it looks at a session of many connections window by window."""

    def __init__(self, begin_ns: int, end_ns: int) -> None:
        self.counts = Counts()
        self.is_behind = False
        """Whether there are connections it has not looked at."""
        self.has_more = True
        """Whether there are connections that were never looked at."""
        self.at_ns = begin_ns
        """The moment to count for."""
        self._score = Score()
        self._ends = begin_ns, end_ns
        self._failure: Connection | None = None
        self._tracked: tuple[int, list[Moment]] = (0, [])
        """What the track was made from: how many connections, and which events and marks."""
        self.track = Track(begin_ns, end_ns)
        """Closes, events and marks of the whole session."""

    def update(self, reader: PlayedReader, total: int) -> None:
        """Count anew.

        Args:
            reader: as of the moment.
            total: how many connections there are then.
        """
        self.look_on(reader)
        self.is_behind = self.has_more
        seen = self._score.known, reader.ahead.marked_moments(0)
        if seen != self._tracked:
            self._tracked = seen
            self.track = Track.of(*self._ends, self._score.ends(), seen[1])
        standing = self._score.standing(self.at_ns)
        living = self._score.open_at(self.at_ns, min(total, self._score.known))
        found = [one for first, count in runs(living, WINDOW) for one in reader.connections(first, count)]
        self.counts = Counts(
            open=len(living),
            failed=standing.failed,
            closed=standing.closed,
            messages=standing.messages + sum(one.to_server.messages + one.to_client.messages for one in found),
            newest_failure=self._newest(reader, standing.newest_failure),
        )

    def look_on(self, reader: PlayedReader) -> None:
        """Look at more connections that were never looked at; the next update tells what came of it."""
        if self.has_more:
            found = reader.ahead.connections(self._score.known + 1, WINDOW)
            self._score.take(found)
            self.has_more = len(found) == WINDOW

    def _newest(self, reader: PlayedReader, number: int | None) -> Connection | None:
        if number is None:
            self._failure = None
        elif self._failure is None or self._failure.id != number:
            self._failure = next(iter(reader.connections(number, 1)), None)
        return self._failure
