"""Sets two topics side by side in five sections.

Pairs that are often confused have written texts. Any other pair is composed from the facts of its two entries, so that
every row is true of these two and says what the descriptions do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wsinspect.codes.entry import CodeEntry, Point, Sender
from wsinspect.codes.loader import Contrast, WrittenPair
from wsinspect.codes.topics import HttpStatus, TransportEnd, VendorCode

MOST_ROWS = 4
"""A composed comparison names at most this many differences, the most telling first."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two topics in five sections: Description, When you see it and How to fix are those of the entries."""

    a: CodeEntry
    b: CodeEntry
    key_differences: tuple[Contrast, ...]
    when_to_use: tuple[Contrast, ...]
    """When to use which."""
    tell_apart: tuple[Point, ...]
    """How a capture shows which of the two it was; only for written pairs."""
    is_written: bool
    """Whether the rows were written for this pair, not composed from its facts."""


def from_texts(a: CodeEntry, b: CodeEntry, pair: WrittenPair) -> Comparison:
    """The comparison whose rows were written; pair has a's side first."""
    return Comparison(a, b, pair.differences, pair.uses, pair.tell_apart, is_written=True)


def composed(a: CodeEntry, b: CodeEntry) -> Comparison:
    """The comparison whose rows come from the facts of both entries."""
    rows = [Contrast(say(a), say(b)) for is_same, say in _FACTS if not is_same(a, b)]
    if not rows:
        rows = [Contrast(_in_range(a), _in_range(b))]
    return Comparison(a, b, tuple(rows[:MOST_ROWS]), (Contrast(a.use, b.use),), (), is_written=False)


_Same = Callable[[CodeEntry, CodeEntry], bool]
_Say = Callable[[CodeEntry], str]

_CARRIED = {
    Sender.EITHER: "either side may send it, in a close frame",
    Sender.CLIENT: "only a client should send it, in a close frame",
    Sender.SERVER: "only a server should send it, in a close frame",
    Sender.GATEWAY: "only a gateway should send it, in a close frame",
}


def _carrier(entry: CodeEntry) -> str:
    """How it reaches the one who reports it."""
    if isinstance(entry.topic, HttpStatus):
        return "an HTTP answer to the upgrade: there was no WebSocket yet"
    if isinstance(entry.topic, TransportEnd):
        return "what the transport did: no close frame came with it"
    if entry.sender is Sender.LOCAL:
        return "never sent: the reporting side's own library concludes it"
    if not entry.is_wire:
        return "nobody may send it: a strict receiver answers 1002"
    return _CARRIED[entry.sender]


def _counterpart(entry: CodeEntry) -> str:
    """What says the same in the other protocol, in words."""
    if entry.counterpart != "none":
        return f"counterpart: {entry.counterpart}"
    is_code = isinstance(entry.topic, (int, VendorCode))
    return "no HTTP status corresponds" if is_code else "no close code corresponds"


def _names(entry: CodeEntry, other: CodeEntry) -> bool:
    """Whether the counterpart is the very entry it is compared with."""
    return entry.counterpart in (other.label, f"close code {other.label}")


def _script(entry: CodeEntry) -> str:
    """Whether a page's script may send it (WHATWG WebSockets standard, close())."""
    return "a page's script may send it" if entry.is_script else "no page's script can send it"


def _in_range(entry: CodeEntry) -> str:
    """What can be said of a number of which only the range is known."""
    if isinstance(entry.topic, HttpStatus):
        return f"only the answer's text says more than {entry.label}"
    return f"means what its sender's own table says about {entry.label}"


_FACTS: tuple[tuple[_Same, _Say], ...] = (
    (lambda a, b: a.fault_text == b.fault_text, lambda entry: entry.fault_text),
    (lambda a, b: _carrier(a) == _carrier(b), _carrier),
    (lambda a, b: a.layer_text == b.layer_text, lambda entry: entry.layer_text),
    (lambda a, b: a.retry_text == b.retry_text, lambda entry: f"connect again: {entry.retry_text}"),
    (lambda a, b: _counterpart(a) == _counterpart(b) or _names(a, b) or _names(b, a), _counterpart),
    (lambda a, b: a.is_script == b.is_script, _script),
)
"""What may differ, the most telling first: when it is the same for both, and how to say it of one."""
