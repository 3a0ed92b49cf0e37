"""What happened beside the frames, as plain sentences.

Event data may come from a damaged or foreign file: a fact of the wrong type is left out, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from wsinspect import text
from wsinspect.decode.endings import WORDS
from wsinspect.model import EndedBy, Ending, Event, EventKind, Side
from wsinspect.origin import FILE

Facts: TypeAlias = Mapping[str, str | int | float | None]

_STAGES = {
    "dns": "the server's name was not resolved",
    "tcp": "the server was not reached",
    "tls": "TLS with the server failed",
    "upgrade": "the upgrade failed",
}


def event_sentence(event: Event, side: Side | None) -> str:
    """What happened, as one safe line.

    Args:
        event: the event.
        side: the leg or direction it belongs to, as in its row.
    """
    said = _SENTENCES[event.kind](event.data, side)
    file = _word(event.data, FILE)
    return f"{file}: {said}" if file else said


def _word(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return text.visible(value) if isinstance(value, str) else ""


def _number(facts: Facts, name: str) -> int | None:
    value = facts.get(name)
    # The comparison also turns down infinity and NaN.
    return int(value) if isinstance(value, int | float) and abs(value) < 1 << 63 else None


def _because(said: str, why: str) -> str:
    return f"{said}: {why}" if why else said


def _end(facts: Facts, side: Side | None) -> str:
    peer = "a peer" if side is None else side.label
    how = _word(facts, "how")
    known = Ending(how) if how in set(Ending) else None
    leg = "a leg" if side is None else f"TCP with the {side.label}"
    if facts.get("by") == EndedBy.US:
        said = _because(f"wsinspect ended {leg}", WORDS[known].ours if known else how)
    elif facts.get("by") == EndedBy.RELAY:
        said = _because(f"passed on: wsinspect ended {leg}", WORDS[known].ours if known else how)
    else:
        said = f"{peer} {WORDS[known].did}" if known else _because(f"{peer} ended", how)
    undelivered = _number(facts, "undelivered")
    return f"{said}; {text.size(undelivered)} for it could not be delivered" if undelivered else said


def _failed(facts: Facts, _: Side | None) -> str:
    return _because(_STAGES.get(_word(facts, "stage"), "the connection failed"), _word(facts, "problem"))


def _truncated(facts: Facts, side: Side | None) -> str:
    whose = "stream" if side is None else f"{side.label}'s stream"
    arrived, announced = _number(facts, "arrived"), _number(facts, "announced")
    if arrived is None:
        return f"{whose} ended inside a message"
    if announced is not None and announced >= arrived:
        return f"{whose} ended inside a frame: {arrived:,} of {announced:,} bytes"
    return f"{whose} ended inside a message: {arrived:,} byte{'' if arrived == 1 else 's'} of it arrived"


def _gap(facts: Facts, side: Side | None) -> str:
    size, messages = _number(facts, "bytes"), _number(facts, "messages")
    lost = "traffic" if size is None else text.size(size)
    if side is not None:
        lost += f" from the {side.label}"
    if messages:
        lost += f" ({messages:,} message{'' if messages == 1 else 's'})"
    return _because(f"{lost} not recorded", _word(facts, "why"))


def _sleep(facts: Facts, _: Side | None) -> str:
    seconds = _number(facts, "seconds")
    return "the machine slept" if seconds is None else f"the machine slept {_span(max(0, seconds))}"


def _span(seconds: int) -> str:
    """A stretch of time as people say it: ``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _note(facts: Facts, _: Side | None) -> str:
    return _word(facts, "text")


def _dropped(facts: Facts, _: Side | None) -> str:
    rows, before_ns, keep = _number(facts, "rows"), _number(facts, "before_ns"), _word(facts, "keep")
    said = "earlier rows" if rows is None else f"{rows:,} row{'' if rows == 1 else 's'}"
    when = f" before {text.clock(before_ns)[:8]}" if before_ns else ""
    return f"{said}{when} {'was' if rows == 1 else 'were'} dropped" + (f" to keep {keep}" if keep else "")


_SENTENCES: dict[EventKind, Callable[[Facts, Side | None], str]] = {
    EventKind.END: _end,
    EventKind.FAILED: _failed,
    EventKind.TRUNCATED: _truncated,
    EventKind.GAP: _gap,
    EventKind.SLEEP: _sleep,
    EventKind.NOTE: _note,
    EventKind.DROPPED: _dropped,
}
