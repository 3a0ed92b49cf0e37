"""What a connection came to, as far as the connection itself tells: enough for its line in a list.

The close panel takes the whole story from the session; both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from wsinspect import codes
from wsinspect.codes.scene import own_name
from wsinspect.codes.topics import HIGHEST_CODE
from wsinspect.model import Connection
from wsinspect.wire import ended
from wsinspect.wire.close import ABNORMAL, NO_STATUS

NO_ANSWER = "no answer"
CUT = "cut by wsinspect"
BROKEN = "broken close"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one connection."""

    label: str
    """``1011``, ``HTTP 502``, ``no answer``, ``cut by wsinspect``."""
    name: str
    """``Internal Error``; empty when there is none."""
    severity: codes.Severity
    is_failure: bool
    is_wire: bool
    """Whether the label stood on the wire; False: it is a conclusion."""
    is_broken: bool = False
    """Whether the close frame itself broke a rule."""


def outcome(connection: Connection) -> Outcome | None:
    """What the connection came to; None while nothing ended it."""
    word = ended.ended_as(connection)
    if not word:
        return None
    found, name = outcome_of(word), own_name(connection)
    return replace(found, name=name) if name and not found.is_broken else found


def said(connection: Connection, found: Outcome | None) -> tuple[str, str]:
    """How a list says what a connection came to, in two pieces; peer text that is not safe to show yet.

    Args:
        connection: the connection.
        found: its outcome.
    """
    if found is None:
        return (f"broken rule: {connection.first_violation}", "") if connection.first_violation else ("", "")
    if found.label == NO_ANSWER:
        return f"{NO_ANSWER} ", connection.failure
    if found.label == CUT:
        return CUT, ""
    if found.is_broken:
        return "broken close frame ", found.label if found.is_wire else ""
    if not found.is_wire:
        # A conclusion, not a code that was sent: what happened first.
        return "empty close frame " if connection.close_frame else "no close frame ", found.label
    return found.label, f" {found.name}"


def concluded_code(connection: Connection) -> int | None:
    """1005 or 1006 where applications are told that, since no close frame carried a code; None elsewhere."""
    found = outcome(connection)
    return int(found.label) if found is not None and not found.is_wire and found.label.isdecimal() else None


@lru_cache(maxsize=1024)
def outcome_of(word: str) -> Outcome:
    """What a word of ``ended_as`` stands for.

    Raises:
        ValueError: it is none of those words.
    """
    if word == ended.FAILED:
        return Outcome(NO_ANSWER, "", "error", is_failure=True, is_wire=False)
    if word == ended.CUT:
        return Outcome(CUT, "", "info", is_failure=False, is_wire=False)
    if word.startswith(ended.REFUSED):
        return _refused(_number(word.removeprefix(ended.REFUSED), 999))
    if word == ended.BROKEN:
        return Outcome(BROKEN, "", "error", is_failure=True, is_wire=False, is_broken=True)
    if word.startswith(ended.BROKEN_CODE):
        code = _number(word.removeprefix(ended.BROKEN_CODE), HIGHEST_CODE)
        return Outcome(str(code), "", "error", is_failure=True, is_wire=True, is_broken=True)
    return _closed(_number(word, HIGHEST_CODE))


@dataclass(frozen=True, slots=True)
class EndCount:
    """One way in which connections of a session ended, for a list of sessions."""

    label: str
    """``1011``, ``HTTP 502``, ``broken 1006``, ``no answer``, ``cut``, ``other``."""
    count: int
    severity: codes.Severity


_WORST_FIRST = ("error", "warning", "info", "ok")


def end_counts(ends: Mapping[str, int]) -> tuple[EndCount, ...]:
    """How the connections of a session ended, the worst first and among these the most frequent.

    Args:
        ends: how many ended in which way, by the words of ``wire.ended``; another word counts as ``other``.
    """
    counts: dict[tuple[str, codes.Severity], int] = {}
    for word, count in ends.items():
        key = _short(word)
        counts[key] = counts.get(key, 0) + count
    found = (EndCount(label, count, severity) for (label, severity), count in counts.items())
    return tuple(sorted(found, key=lambda one: (_WORST_FIRST.index(one.severity), -one.count, one.label)))


def _short(word: str) -> tuple[str, codes.Severity]:
    try:
        found = outcome_of(word)
    except ValueError:
        return "other", "info"
    if found.is_broken and found.label != BROKEN:
        return f"broken {found.label}", found.severity
    return "cut" if found.label == CUT else found.label, found.severity


def _number(word: str, highest: int) -> int:
    """A number in plain digits, as the word may come from a file that anybody wrote."""
    if not (word.isascii() and word.isdigit() and len(word) <= 5) or int(word) > highest:
        raise ValueError(f"not a way to end: {word[:20]!r}")
    return int(word)


def _closed(code: int) -> Outcome:
    entry = codes.lookup(code)
    is_wire = code not in (NO_STATUS, ABNORMAL)
    return Outcome(str(code), entry.name, entry.severity, is_failure=entry.severity == "error", is_wire=is_wire)


def _refused(status: int) -> Outcome:
    # A server may answer with any three digits; the catalogue knows those that HTTP has room for.
    name = codes.name(codes.HttpStatus(status)) if 100 <= status <= 599 else ""
    return Outcome(f"HTTP {status:03}", name, "error", is_failure=True, is_wire=True)
