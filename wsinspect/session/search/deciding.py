"""What a filter's terms come to for all rows of a segment at once, before and after its bytes are read."""

from __future__ import annotations

from functools import cached_property

from wsinspect.filters.expression import (
    After,
    Before,
    Broken,
    Code,
    From,
    Gap,
    Json,
    Kind,
    OnConnection,
    OnPath,
    Order,
    Origin,
    Size,
    Term,
    Text,
    Type,
)
from wsinspect.filters.matcher import COMPARE
from wsinspect.filters.moments import Times
from wsinspect.filters.narrowing import Needle, may_be_close_label, needles
from wsinspect.model import Side
from wsinspect.session.reading.store import Store
from wsinspect.session.search.parts import FACTS, Part
from wsinspect.session.search.sent import Sent
from wsinspect.session.search.sheet import Sheet
from wsinspect.session.search.subjects import ORIGINS
from wsinspect.session.stored.traits import EVENTS, controls
from wsinspect.wire.frames import CLOSE, PING, PONG

ESCAPE = Needle(b"\\", is_folded=False)

_OPCODES = {Kind.PING: PING, Kind.PONG: PONG, Kind.CLOSE: CLOSE}


class PartDecider:
    """What can be told from what a segment says of itself."""

    def __init__(self, store: Store, sheet: Sheet, path: str, times: Times) -> None:
        self._store = store
        self._sheet = sheet
        self._part = sheet.part
        self._path = path
        self._times = times

    def of_messages(self, term: Term) -> bool | None:
        """Whether a term holds for all messages and control frames of the segment, for none, or None."""
        match term:
            case From(Origin.US) | Type(Kind.TCP):
                return False
            case Type(Kind.PING | Kind.PONG | Kind.CLOSE as kind):
                return self._has(_OPCODES[kind])
            case Code():
                return self._has(CLOSE)
            case After(moment):
                return self._is_after(self._times.wall_ns(moment))
            case Before(moment):
                is_after = self._is_after(self._times.wall_ns(moment))
                return None if is_after is None else not is_after
            case Gap(order, gap_ns) if order in (Order.MORE, Order.AT_LEAST):
                return False if self._longest_gap_ns < gap_ns else None
            case _:
                return self._of_connection(term)

    def of_events(self, term: Term) -> bool | None:
        """Whether a term holds for all events of the segment, for none, or None."""
        match term:
            case Type(kind):
                return kind is Kind.TCP
            case Size() | Code() | Json() | Broken():
                return False
            case _:
                return self._of_connection(term)

    def _of_connection(self, term: Term) -> bool | None:
        match term:
            case OnConnection(order, number):
                return COMPARE[order](self._part.connection, number)
            case OnPath(text):
                return text.casefold() in self._path.casefold()
            case _:
                return None

    def _has(self, opcode: int) -> bool | None:
        return None if self._part.traits & controls(opcode) else False

    def _is_after(self, moment_ns: int) -> bool | None:
        if self._part.first_ns >= moment_ns:
            return True
        return False if self._sheet.last_read_ns < moment_ns else None

    @cached_property
    def _longest_gap_ns(self) -> int:
        """No message can have come longer after the row before it."""
        part = self._part
        found = self._store.one(
            f"SELECT {FACTS} FROM segment WHERE connection = ? AND first_row < ? AND rows > 0 "
            "ORDER BY first_row DESC, id DESC LIMIT 1",
            *(part.connection, part.first_row),
        )
        before = Part(*found) if found else part
        if (part.traits | before.traits) & EVENTS:
            # Events come with times of their own.
            return 1 << 63
        return self._sheet.last_read_ns - min(before.first_ns, part.first_ns)


def of_side(term: Term, side: Side) -> bool | None:
    """Whether a term holds for all that a side sent, for none of it, or None."""
    return term.origin is ORIGINS[side] if isinstance(term, From) else None


def of_bytes(term: Term, sent: Sent, traits: int) -> bool | None:
    """Whether a term holds for none of the whole frames in some bytes (False), or None."""
    if isinstance(term, Text) and traits & controls(CLOSE) and may_be_close_label(term.text):
        return None
    wanted, is_escapable = needles(term)
    if all(map(sent.may_hold, wanted)):
        return None
    return None if is_escapable and sent.may_hold(ESCAPE) else False
