"""How the connections of a session ended: the codes, and the age that many share. Looks at the newest, in windows.

A connection that has ended is read once, an open one in each round. Memory is bounded by MOST.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from wsinspect.decode.outcome import Outcome, outcome
from wsinspect.diagnosis.ages import CommonAge, Ended, common_age, ended
from wsinspect.model import Connection
from wsinspect.neighbours import runs
from wsinspect.wire.conversation import close_story

MOST = 20_000
"""Connections that are looked at, the newest."""

WINDOW = 250
"""Connections read in one step."""


class Connections(Protocol):
    """Where the connections are read."""

    def connections(self, first: int, count: int, /) -> list[Connection]:
        """Connections by number, from ``first`` on."""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How many connections came to one end."""

    outcome: Outcome
    count: int


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What was found."""

    looked_at: int = 0
    """Connections, the newest of the session."""
    total: int = 0
    """Connections of the session."""
    closed: int = 0
    """How many of those looked at were open once and have closed."""
    common: CommonAge | None = None
    """The age at which most of them closed alike."""
    codes: tuple[CodeCount, ...] = ()
    """Ends of all kinds, the most frequent first."""
    longest_ns: int = 0
    """The longest life among those that have ended, from opening to the end."""
    oldest_open_ns: int | None = None
    """When the oldest of those that are open was opened."""

    @property
    def is_sample(self) -> bool:
        """Whether there are older ones that were not looked at."""
        return self.looked_at < self.total


class _Life(NamedTuple):
    """What is kept of a connection that has ended."""

    outcome: int
    """Its place among the outcomes that were seen: hashing an outcome takes long; -1: none."""
    end: Ended | None
    was_open: bool
    opened_ns: int
    closed_ns: int

    @property
    def lasted_ns(self) -> int:
        return max(0, self.closed_ns - self.opened_ns)


class Survey:
    """Looks at a session, round by round."""

    def __init__(self) -> None:
        self._ended: dict[int, _Life] = {}
        self._outcomes: dict[Outcome, int] = {}
        self._open: dict[int, int] = {}
        self._newest = 0
        self._total = 0
        self._asked: list[tuple[int, int]] = []
        self._common: CommonAge | None = None
        self._common_of: int | None = None
        """What the common age was found for: how many of the lives that are known."""

    def begin(self, total: int) -> None:
        """Plan a round: the connections that are new, and those that were open, the newest first.

        The round before it must have been gone through: what it did not come to is not looked at again.

        Args:
            total: how many connections the session has.
        """
        oldest = max(1, total - MOST + 1)
        for number in [number for number in (*self._ended, *self._open) if number < oldest]:
            self._ended.pop(number, None)
            self._open.pop(number, None)
        news = range(max(oldest, self._newest + 1), total + 1)
        self._asked = list(runs(sorted((*self._open, *news)), WINDOW))
        self._newest, self._total = total, total

    def step(self, reader: Connections) -> bool:
        """Look at one window; returns whether there are more in this round."""
        if self._asked:
            first, count = self._asked.pop()
            for connection in reader.connections(first, count):
                if connection.id < first + count:
                    self._take(connection)
        return bool(self._asked)

    def _take(self, connection: Connection) -> None:
        self._open.pop(connection.id, None)
        if connection.closed_ns is None:
            self._open[connection.id] = connection.opened_ns
            return
        story = close_story(connection)
        found = outcome(connection)
        self._ended[connection.id] = _Life(
            self._outcomes.setdefault(found, len(self._outcomes)) if found is not None else -1,
            ended(story) if story is not None else None,
            connection.upgraded_ns is not None,
            connection.opened_ns,
            connection.closed_ns,
        )
        self._common_of = None

    def result(self, until_ns: int | None = None) -> Surveyed:
        """What was found so far.

        Args:
            until_ns: tell what had come of the connections until then; None: until now. How long lives last at most,
                and since when the oldest is open, is told of all that were looked at.
        """
        everyone = self._ended.values()
        lives = [one for one in everyone if until_ns is None or one.closed_ns <= until_ns]
        # Time only adds lives, or takes some away: as many are the same ones.
        if self._common_of != len(lives):
            self._common = common_age(life.end for life in lives if life.end is not None)
            self._common_of = len(lives)
        counts = Counter(life.outcome for life in lives)
        outcomes = list(self._outcomes)
        there = len(self._ended) + len(self._open)
        begun = (*(one.opened_ns for one in everyone), *self._open.values()) if until_ns is not None else ()
        looked_at = there if until_ns is None else sum(opened_ns <= until_ns for opened_ns in begun)
        return Surveyed(
            looked_at=looked_at,
            total=self._total - there + looked_at,
            closed=sum(life.was_open for life in lives),
            common=self._common,
            codes=tuple(CodeCount(outcomes[place], count) for place, count in counts.most_common() if place >= 0),
            longest_ns=max((life.lasted_ns for life in everyone), default=0),
            oldest_open_ns=min(self._open.values(), default=None),
        )
