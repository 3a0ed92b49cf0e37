"""When two connections ended alike and at the same age: the one notion of it, for rules and for the timeline."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from wsinspect.model import CloseStory, Side

_MS = 1_000_000
_S = 1_000 * _MS

SHORTEST_NS = 900 * _MS
"""The shortest silence or age that is taken for a timer's."""

LEAST = 3
"""Connections that make a common age."""

ONE_OF = 10
"""At least one of so many that ended alike has it: fewer of many may have come together by chance."""

APART_NS = 300 * _MS
"""What ends within this time has one cause, which is no timer of each."""

_COMPARISONS = 200_000
"""Pairs of ends that are compared at most, from the ages with most connections around them on: all in small groups."""


class EndKind(NamedTuple):
    """How a connection ended, as far as it makes two alike."""

    code: int
    sender: Side | None
    status: int | None
    is_wire: bool


def end_kind(story: CloseStory) -> EndKind:
    """The kind of end that a story tells."""
    return EndKind(story.code, story.sender, story.status, story.is_wire)


def is_near(measured_ns: int, wanted_ns: int) -> bool:
    """Whether two durations are the same timer's: within 2 %, and 60 ms to 1 s."""
    return abs(measured_ns - wanted_ns) <= _tolerance(wanted_ns)


def _tolerance(wanted_ns: int) -> int:
    return max(60 * _MS, min(_S, wanted_ns // 50))


def is_apart(one_ns: int, other_ns: int) -> bool:
    """Whether two ends came at different times: what ends together has one cause that is no timer of its own."""
    return abs(one_ns - other_ns) > APART_NS


@dataclass(frozen=True, slots=True)
class Ended:
    """A connection that was open and ended."""

    connection: int
    kind: EndKind
    age_ns: int
    """From the upgrade to the end."""
    at_ns: int
    """When it began to close."""


def ended(story: CloseStory) -> Ended | None:
    """What a story says of the age at its end; None for one that never was open, or that wsinspect ended."""
    upgraded_ns = story.connection.upgraded_ns
    if upgraded_ns is None or story.by_us:
        return None
    return Ended(story.connection.id, end_kind(story), max(0, story.at_ns - upgraded_ns), story.at_ns)


def at_age(age_ns: int, at_ns: int, others: Iterable[Ended]) -> list[Ended]:
    """Those of ``others`` that ended at this age, at another time than ``at_ns``."""
    return [other for other in others if is_apart(other.at_ns, at_ns) and is_near(other.age_ns, age_ns)]


@dataclass(frozen=True, slots=True)
class CommonAge:
    """An age at which several connections ended in the same way, each at its own time."""

    age_ns: int
    kind: EndKind
    count: int


def common_age(ends: Iterable[Ended]) -> CommonAge | None:
    """The age that most of them share: a timer's. None where too few do: see LEAST and ONE_OF."""
    groups: defaultdict[EndKind, list[Ended]] = defaultdict(list)
    for end in ends:
        if end.age_ns >= SHORTEST_NS:
            groups[end.kind].append(end)
    best: CommonAge | None = None
    for kind, group in groups.items():
        if len(group) >= LEAST and (best is None or len(group) > best.count):
            too_few = max(best.count if best else 0, LEAST - 1, (len(group) - 1) // ONE_OF)
            found = _most_common(kind, sorted(group, key=attrgetter("age_ns")), too_few)
            best = found or best
    return best


def _most_common(kind: EndKind, group: Sequence[Ended], more_than: int) -> CommonAge | None:
    """The most common age in a group sorted by age, if more than ``more_than`` share it."""
    ages = [end.age_ns for end in group]
    around: list[tuple[int, int, int, int]] = []
    for place, age in enumerate(ages):
        first = bisect_left(ages, age - _tolerance(age))
        after = bisect_right(ages, age + _tolerance(age))
        # Of ages with the same company the one in its middle speaks for it.
        around.append((first - after, abs(first + after - 2 * place), place, first))
    best: CommonAge | None = None
    compared = 0
    for negative, _, place, first in sorted(around):
        if -negative <= more_than or compared > _COMPARISONS:
            break
        compared -= negative
        end = group[place]
        count = 1 + len(at_age(end.age_ns, end.at_ns, group[first : first - negative]))
        if count > more_than:
            best, more_than = CommonAge(end.age_ns, kind, count), count
    return best
