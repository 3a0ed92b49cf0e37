"""How far two clocks differ, from upgrades that two captures saw pass, one behind the other. Pure.

A gateway passes Sec-WebSocket-Key on, so a key that both saw names the same upgrade. Whatever the clocks say, the
capture nearer to the client waited for the answer for at least as long as the one behind it. As in NTP the middle of
both waits is taken to be the same moment; that is wrong by half of the time spent between the two, at most.

Source: RFC 5905 section 8 (offset and delay from four times).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Passing(NamedTuple):
    """An upgrade as one capture saw it; times are nanoseconds of its own clock."""

    connection: int
    key: str
    """Sec-WebSocket-Key; empty where there was none."""
    opened_ns: int
    """When the request came."""
    forwarded_ns: int | None
    """When it was sent on."""
    responded_ns: int | None
    """When the answer came."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What two captures say of each other."""

    twins: Mapping[int, int] = field(default_factory=dict)
    """Connections of the first that the second saw too: their numbers there."""
    forward_ns: int | None = None
    """How far the second clock is to be set forward to show what the first does; None where nothing tells."""
    error_ns: int = 0
    """How far off that may be, either way."""
    outer: int | None = None
    """Which was nearer to the client: 0 for the first, 1 for the second; None where it cannot be told."""


def compare(first: Iterable[Passing], second: Iterable[Passing]) -> Clocks:
    """Find what both saw, and what it says of their clocks.

    Args:
        first: all upgrades of one capture; kept in memory, the others are not.
        second: those of the other one.
    """
    known = _by_key(first)
    met: dict[str, Passing | None] = {}
    for passing in second:
        if known.get(passing.key):
            # A key that comes twice names nothing: some clients always send the same.
            met[passing.key] = None if passing.key in met else passing
    pairs = [(one, other) for key, other in met.items() if other is not None and (one := known[key]) is not None]
    twins = {one.connection: other.connection for one, other in pairs}
    answered = [pair for pair in pairs if pair[0].responded_ns is not None and pair[1].responded_ns is not None]
    if not answered:
        return Clocks(twins)
    outer = _outer(answered)
    between_ns, forward_ns = min((_measured(one, other, outer) for one, other in answered), key=lambda found: found[0])
    return Clocks(twins, forward_ns, (between_ns + 1) // 2, outer)


def _by_key(passings: Iterable[Passing]) -> dict[str, Passing | None]:
    found: dict[str, Passing | None] = {}
    for passing in passings:
        if passing.key:
            found[passing.key] = None if passing.key in found else passing
    return found


def _outer(pairs: list[tuple[Passing, Passing]]) -> int | None:
    """Who waited longer, as most pairs say."""
    said = 0
    for one, other in pairs:
        said += (_wait(one, sent=True) >= _wait(other)) - (_wait(other, sent=True) >= _wait(one))
    return None if said == 0 else 0 if said > 0 else 1


def _measured(one: Passing, other: Passing, outer: int | None) -> tuple[int, int]:
    """How long an upgrade was between the two captures, and how far the second clock is behind the first."""
    waits = _wait(one, sent=outer == 0), _wait(other, sent=outer == 1)
    between_ns = abs(waits[0] - waits[1])
    return between_ns, _middle(one, waits[0]) - _middle(other, waits[1])


def _wait(passing: Passing, *, sent: bool = False) -> int:
    """How long the answer took, from when the request came or, where that is known, was sent on."""
    begin = passing.forwarded_ns if sent and passing.forwarded_ns is not None else passing.opened_ns
    return (passing.responded_ns or 0) - begin


def _middle(passing: Passing, wait_ns: int) -> int:
    return (passing.responded_ns or 0) - wait_ns // 2
