"""The only way from the screen to the session file.

Every call of the reader runs in one worker thread, so that a slow disk never delays a key; calls wait for each other
in order. Widgets hold windows of what they show, never the whole. ``Bridge.pulses`` says when there is something new,
at most 30 times a second: what happened in between is one pulse.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Protocol, TypeVar

from wsinspect.diagnosis import Evidence
from wsinspect.errors import DamagedSessionError
from wsinspect.filters import Expression
from wsinspect.model import CloseStory, Connection, Frame, Handshake, Order, Payload, Row, SessionInfo
from wsinspect.origin import Origin
from wsinspect.session.search.connection_search import ConnectionSearch
from wsinspect.session.search.row_search import Search
from wsinspect.timeline.sample import Glimpsed
from wsinspect.timeline.scale import Scale
from wsinspect.ui.close.closing import Explained, explain
from wsinspect.ui.closed import Closed
from wsinspect.ui.playing.counted import AheadReader, PlayFacts, PlayTally
from wsinspect.ui.tally import Counts, Tally

T = TypeVar("T")

PULSE_S = 1 / 25
"""Shortest time between two pulses, in seconds."""

EAGER_S = 0.01
"""Time between two looks while much is happening, so that what is committed is seen at once."""

EAGER_FOR_S = 0.5
"""How long after the latest news there is much happening."""

KEPT_CLOSES = 64
"""Closes that are kept explained."""

TALLY_S = 0.25
"""Shortest time between two recounts of the open connections, in seconds."""


class SessionReader(Protocol):
    """What the screen needs of a session; every call is short and returns a window."""

    @property
    def ahead(self) -> AheadReader:
        """What lies before and behind a moment."""

    def close(self) -> None:
        """Let go of the file."""

    def as_of(self, at_ns: int | None) -> None:
        """Answer as of that moment from now on; None: as of now."""

    def changed(self) -> bool:
        """Whether anything was committed since the last call."""

    def info(self) -> SessionInfo:
        """What the session says of itself now."""

    def connections(self, first: int, count: int, /) -> list[Connection]:
        """Connections by id, from ``first`` on; ids are 1..n without holes."""

    def ordered(self, order: Order, now_ns: int, kept: int = 0) -> Sequence[int]:
        """Ids of the connections that a list holds, in its order."""

    def filtered(self, expression: Expression) -> ConnectionSearch:
        """The connections that a filter takes, found step by step."""

    def connection(self, number: int, /) -> Connection | None:
        """One connection."""

    def connection_from(self, origin: Origin) -> Connection | None:
        """The connection of a merged session that comes from there."""

    def rows(self, connection: int, first: int, count: int) -> list[Row]:
        """Rows of one connection by number, from ``first`` on."""

    def all_rows(self, first: int, count: int) -> list[Row]:
        """Rows of every connection in the order they came, by position from 1."""

    def rows_until(self, connection: int | None, at_ns: int) -> int:
        """How many rows had come by a moment, of a connection or of all."""

    def dropped(self, connection: int | None) -> int:
        """How many of the first rows are not kept any more, of a connection or of all."""

    def search(
        self,
        connection: int | None,
        expression: Expression | None,
        *,
        folds: bool = False,
        around: int | None = None,
    ) -> Search:
        """The rows that a filter takes, to be looked for step by step."""

    def payload(self, connection: int, row: int, limit: int) -> Payload | None:
        """The content of a message, at most ``limit`` bytes of it."""

    def frames(self, connection: int, row: int, limit: int) -> list[Frame]:
        """The frames of a message, at most ``limit`` of them."""

    def handshake(self, connection: int) -> Handshake | None:
        """The heads of the upgrade."""

    def close_story(self, connection: int) -> CloseStory | None:
        """How a connection came to its end; None while it is open."""

    def evidence(self, connection: int) -> Evidence | None:
        """What is known of a connection and its siblings; None for one that does not exist."""

    def mark(self, row: Row, note: str) -> None:
        """Mark a row, or change the note on it."""

    def unmark(self, row: Row) -> None:
        """Take the mark from a row."""

    def rate(
        self, connections: Sequence[int], until_ns: int | None, buckets: int, bucket_ns: int
    ) -> dict[int, list[int]]:
        """Messages per stretch of ``bucket_ns``, oldest first."""

    def density(self, connection: int, scale: Scale) -> tuple[int, ...]:
        """Rows of a connection in each cell of a time axis."""

    def glimpses(self, connection: int, before: int) -> Glimpsed:
        """A window of rows that ends before row ``before``, without their content."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the session is now."""

    info: SessionInfo
    counts: Counts
    chosen: Connection | None
    """The connection that is being watched."""
    played: PlayFacts | None = None
    """What a player shows beside; None while the session is not played."""


class Bridge:
    """The session reader, behind one worker thread."""

    def __init__(
        self,
        open_reader: Callable[[], SessionReader],
        on_damage: Callable[[DamagedSessionError], None] = lambda _error: None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            open_reader: opens the session, in the worker thread.
            on_damage: told whenever a call fails because the file is damaged.
        """
        self._open_reader = open_reader
        self._on_damage = on_damage
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="session-reader")
        self._reader: SessionReader | None = None
        self._tally: Tally | PlayTally = Tally()
        self._head: Callable[[], int] | None = None
        self._head_ns: int | None = None
        """The moment that the reader answers for; None: now."""
        self._silence: tuple[int, int] | None = None
        self._tally_at = 0.0
        self._closes: OrderedDict[Hashable, Explained | None] = OrderedDict()
        self._asked = asyncio.Event()
        self.watched: int | None = None
        """Id of the connection whose state every pulse carries."""
        self._in_flight = 0
        """Calls that were made and are not answered yet."""

    @property
    def is_settled(self) -> bool:
        """Whether every call is answered, no look is due, and every connection is counted as it is."""
        return not self._in_flight and not self._asked.is_set() and not self._tally.is_behind

    async def open(self) -> None:
        """Open the session.

        Raises:
            SessionFileError: the file is not a session, or cannot be read.
        """
        self._reader = await self._in_thread(self._open_reader)

    async def call(self, ask: Callable[[SessionReader], T]) -> T:
        """The answer of the reader, worked out in the worker thread.

        Raises:
            Closed: the session was let go of.
        """
        reader = self._reader
        if reader is None:
            raise Closed
        try:
            return await self._in_thread(lambda: ask(reader))
        except DamagedSessionError as error:
            self._on_damage(error)
            raise

    async def explain(self, connection: Connection, session: Hashable) -> Explained | None:
        """Everything about how a connection closed, as of this state of it; None while nothing of it has ended.

        Args:
            connection: the connection, as it is now.
            session: what else it depends on; what was explained for the same state before is not worked out again.

        Raises:
            Closed: the session was let go of.
            SessionFileError: the file is damaged.
        """
        key = (connection, session)
        if key not in self._closes:
            self._closes[key] = await self.call(lambda reader: explain(reader, connection.id))
            while len(self._closes) > KEPT_CLOSES:
                self._closes.popitem(last=False)
        self._closes.move_to_end(key)
        return self._closes[key]

    async def _in_thread(self, ask: Callable[[], T]) -> T:
        self._in_flight += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, ask)
        finally:
            self._in_flight -= 1

    def watch(self, connection: int | None) -> None:
        """Let the pulses carry this connection, beginning with one at once."""
        self.watched = connection
        self._asked.set()

    def look(self) -> None:
        """Let a pulse come at once."""
        self._asked.set()

    async def play(self, head: Callable[[], int], span: tuple[int, int]) -> None:
        """From now on the session is read as of where a play head stands.

        Args:
            head: tells where it stands, nanoseconds since the epoch; asked before each pulse.
            span: where it begins and ends.
        """
        await self._count_by(PlayTally(*span))
        self._head = head
        self.look()

    async def stop_playing(self) -> None:
        """From now on the session is read as it is."""
        self._head = None
        await self._count_by(Tally())
        self.look()

    async def _count_by(self, tally: Tally | PlayTally) -> None:
        def change(_reader: SessionReader) -> None:
            self._tally, self._tally_at = tally, 0.0

        await self.call(change)

    async def pulses(self) -> AsyncIterator[Pulse]:
        """A pulse now, then one whenever something was committed or another connection is watched."""
        news_at = 0.0
        while self._reader is not None:
            is_asked = self._asked.is_set()
            self._asked.clear()
            began = monotonic()
            look = partial(self._look, always=is_asked, head_ns=self._head() if self._head is not None else None)
            try:
                pulse = await self.call(look)
            except Closed:
                return
            if pulse is not None:
                news_at = began
                yield pulse
            now = monotonic()
            shortest = EAGER_S if pulse is None and now - news_at < EAGER_FOR_S else PULSE_S
            # A slow disk, or a slow screen, gets as much rest as it took work.
            await self._rest(max(shortest - (now - began), now - began, 0.001))

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        except TimeoutError:
            pass

    def _look(self, reader: SessionReader, *, always: bool, head_ns: int | None) -> Pulse | None:
        """What is new; runs in the worker thread."""
        if head_ns != self._head_ns:
            self._move(reader, head_ns)
        is_changed = reader.changed()
        is_due = self._tally.is_behind and monotonic() - self._tally_at >= TALLY_S
        if not (is_changed or is_due or always or not self._tally_at):
            if self._tally.has_more:
                self._tally.look_on(reader)
            return None
        info = reader.info()
        if not self._tally_at or monotonic() - self._tally_at >= TALLY_S:
            self._tally.update(reader, info.connections)
            self._tally_at = monotonic()
        elif is_changed:
            self._tally.is_behind = True
        chosen = reader.connection(self.watched) if self.watched else None
        played = PlayFacts(self._tally.track, self._silence) if isinstance(self._tally, PlayTally) else None
        return Pulse(info, self._tally.counts, chosen, played)

    def _move(self, reader: SessionReader, head_ns: int | None) -> None:
        """Read as of another moment; one in the same silence shows nothing else, so nothing is read again."""
        was_ns, self._head_ns = self._head_ns, head_ns
        if isinstance(self._tally, PlayTally) and head_ns is not None:
            self._tally.at_ns = head_ns
        silence = self._silence
        if silence and was_ns is not None and head_ns is not None and _holds(silence, was_ns, head_ns):
            return
        reader.as_of(head_ns)
        self._silence = reader.ahead.quiet(head_ns) if head_ns is not None else None

    async def close(self) -> None:
        """Let go of the file; what was asked before is answered first. Safe to call twice."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await self._in_thread(reader.close)
        self._executor.shutdown(wait=False)


def _holds(silence: tuple[int, int], *moments: int) -> bool:
    return all(silence[0] <= one < silence[1] for one in moments)
