"""What the timeline reads beside its bars: how connections ended, and a look into the chosen one; in short calls.

Both are looked at anew when something changed, and at most once in REST_S.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from time import monotonic

from wsinspect.model import Connection
from wsinspect.timeline.sample import Glimpse, Sample, sample_of
from wsinspect.timeline.scale import SHORTEST_NS, Scale, Span
from wsinspect.timeline.survey import MOST, Survey, Surveyed
from wsinspect.ui.bridge import Bridge

MESSAGES = 10_000
"""Messages that a sample ends with."""

WINDOWS = 40
"""Windows of rows that a sample reads at most: of large messages it holds fewer."""

STRETCHES = 120
"""Equal parts of a life in which its rows are counted."""

REST_S = 1.0
"""Between two looks at what changes all the time, in seconds."""

NowS = Callable[[], float]
"""A clock that only goes forward, seconds."""


class Surveyor:
    """Knows how the connections of the session ended."""

    def __init__(self, bridge: Bridge, now_s: NowS = monotonic) -> None:
        self._bridge = bridge
        self._now_s = now_s
        self._survey = Survey()
        self._is_looking = False
        self._looked_at = float("-inf")
        self._there: Hashable = None
        """How the session stood when it was begun."""
        self._known = 0
        """Connections that were looked at."""
        self.found = Surveyed()
        """What was found."""

    def is_current(self, there: Hashable) -> bool:
        """Whether nothing changed since the last look at a session that stood like this."""
        return self._there == there and not self._is_looking

    def is_due(self, there: Hashable) -> bool:
        """Whether to look now at a session that stands like this; then ``look`` follows."""
        if self._is_looking or self._there == there or self._now_s() - self._looked_at < REST_S:
            return False
        self._is_looking, self._there = True, there
        return True

    def hurry(self) -> None:
        """Look at once, when there is anything to look at."""
        self._looked_at = float("-inf")

    async def look(self, connections: int) -> None:
        """Look at what is new, and at what was open.

        Args:
            connections: how many there are.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be read.
        """
        await self._look(connections, is_played=False)
        await self._tell(None)

    async def look_back(self, connections: int, opened: int, until_ns: int) -> None:
        """Tell what had come of the connections of a session that is played; they are looked at as they ended.

        Args:
            connections: how many there are at the end.
            opened: how many there were by then; of more than can be kept, those before it are looked at.
            until_ns: where the play head stands.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be read.
        """
        wanted = connections if connections <= MOST else opened
        if wanted < self._known - MOST // 2:
            self._survey, self._known = Survey(), 0
        if wanted > self._known:
            await self._look(wanted, is_played=True)
        await self._tell(until_ns)

    async def _look(self, connections: int, *, is_played: bool) -> None:
        survey = self._survey
        await self._bridge.call(lambda _reader: survey.begin(connections))
        while await self._bridge.call(lambda reader: survey.step(reader.ahead if is_played else reader)):
            pass
        self._known = connections

    async def _tell(self, until_ns: int | None) -> None:
        survey = self._survey
        self.found = await self._bridge.call(lambda _reader: survey.result(until_ns))
        self._is_looking, self._looked_at = False, self._now_s()


@dataclass(frozen=True, slots=True)
class Studied:
    """What is known of one connection."""

    connection: Connection
    lasted_ns: int
    counts: tuple[int, ...]
    """Its rows in each of STRETCHES parts of its life; only its messages where the sample is the whole of it."""
    sample: Sample | None = None
    """None: it is not read yet."""


class Student:
    """Knows the chosen connection."""

    def __init__(self, bridge: Bridge, now_s: NowS = monotonic) -> None:
        self._bridge = bridge
        self._now_s = now_s
        self._connection: Connection | None = None
        """The one that is looked into, as it was then."""
        self._looked_at: float | None = None
        """When the last look ended; None while one goes on."""
        self.studied: Studied | None = None
        """What is known; None before anything is."""

    @property
    def is_done(self) -> bool:
        """Whether there is nothing that is being read."""
        return self._looked_at is not None

    def is_current(self, connection: Connection | None) -> bool:
        """Whether all is known of this one as it is now; None: there is none to look into."""
        return self.is_done and self._connection == connection

    def hurry(self) -> None:
        """Look at once, when there is anything to look at."""
        if self._looked_at is not None:
            self._looked_at = float("-inf")

    def forget(self) -> None:
        """There is none to look into."""
        self._connection, self._looked_at, self.studied = None, self._now_s(), None

    def is_due(self, connection: Connection) -> bool:
        """Whether to look into this one now: it is another, or it has changed. Then ``look`` follows."""
        was = self._connection
        if was == connection:
            return False
        is_same = was is not None and was.id == connection.id
        if is_same and (self._looked_at is None or self._now_s() - self._looked_at < REST_S):
            return False
        if not is_same:
            self.studied = None
        self._connection, self._looked_at = connection, None
        return True

    async def look(self, connection: Connection, end_ns: int) -> AsyncIterator[None]:
        """Look into a connection: first its rate, then a sample of its newest rows; yields when more is known.

        Args:
            connection: which.
            end_ns: when it ended, or the present.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be read.
        """
        lasted = max(0, end_ns - connection.opened_ns)
        # Its last row lies at the very end, and is part of it.
        scale = Scale(Span(connection.opened_ns, connection.opened_ns + max(SHORTEST_NS, lasted) + 1), STRETCHES)
        if self.studied is None:
            counts = await self._bridge.call(lambda reader: reader.density(connection.id, scale))
            self.studied = Studied(connection, lasted, counts)
            yield
        rows, is_whole = await self._newest(connection)
        if is_whole:
            # Without the events of its end, which would look like a burst.
            cells = Counter(scale.cell_of(row.at_ns) for row in rows if row.is_message)
            counts = tuple(cells[cell] for cell in range(STRETCHES))
        else:
            counts = await self._bridge.call(lambda reader: reader.density(connection.id, scale))
        self.studied = Studied(connection, lasted, counts, sample_of(rows, is_whole=is_whole))
        self._looked_at = self._now_s()
        yield

    async def _newest(self, connection: Connection) -> tuple[list[Glimpse], bool]:
        """The newest rows in order, and whether they are all."""
        windows: list[tuple[Glimpse, ...]] = []
        before, messages = connection.rows + 1, 0
        while before > 1 and messages < MESSAGES and len(windows) < WINDOWS:
            window = await self._bridge.call(lambda reader, at=before: reader.glimpses(connection.id, at))  # type: ignore[misc]
            windows.append(window.rows)
            before = window.first
            messages += sum(row.is_message for row in window.rows)
        return [row for window in reversed(windows) for row in window], before <= 1
