"""Which connections a filter takes: the language of messages, where a connection can answer it.

What a connection's record does not tell, the kinds of its messages and what is in them, ``panels`` refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

from wsinspect.decode.outcome import concluded_code, outcome, said
from wsinspect.filters import patterns
from wsinspect.filters.expression import (
    After,
    Before,
    Broken,
    Code,
    Expression,
    Fate,
    From,
    Gap,
    Is,
    Json,
    Kind,
    OnConnection,
    OnPath,
    Origin,
    Pattern,
    Size,
    Term,
    Text,
    Type,
)
from wsinspect.filters.matcher import COMPARE, Patience, compiled, finder
from wsinspect.filters.moments import Times
from wsinspect.model import Connection, Side
from wsinspect.wire.conversation import close_story


class ConnectionSubject:
    """A connection as filters see it."""

    def __init__(self, connection: Connection, now_ns: int) -> None:
        """Let a connection be asked.

        Args:
            connection: the connection.
            now_ns: the time that the age of an open one is taken at.
        """
        self.connection = connection
        self.lasted_ns = (now_ns if connection.closed_ns is None else connection.closed_ns) - connection.opened_ns
        """From its opening to its end, or until now."""
        self.size = connection.to_server.wire_bytes + connection.to_client.wire_bytes
        """Bytes in both directions."""

    @property
    def codes(self) -> list[int]:
        """The codes in the close frames of both sides, and the one that the list says where it is a conclusion."""
        one = self.connection
        sent = [close.code for close in (one.client_close, one.server_close) if close is not None]
        return [code for code in (*sent, concluded_code(one)) if code is not None]

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if self.connection.closed_ns is None:
            return Fate.OPEN
        found = outcome(self.connection)
        return Fate.FAILED if found is not None and found.is_failure else Fate.CLOSED

    @property
    def closed_by(self) -> Origin | None:
        """Who closed it first; None while nothing closed it, and where that cannot be told."""
        story = close_story(self.connection)
        if story is not None and story.by_us:
            return Origin.US
        if story is None or story.sender is None:
            return None
        return Origin.CLIENT if story.sender is Side.CLIENT else Origin.SERVER

    def has(self, kind: Kind) -> bool:
        """Whether a close frame was seen, or an end of TCP or a failure before the upgrade."""
        one = self.connection
        if kind is Kind.CLOSE:
            return one.client_close is not None or one.server_close is not None
        return kind is Kind.TCP and bool(one.client_end or one.server_end or one.failure)

    @cached_property
    def parts(self) -> list[bytes]:
        """What words are looked for in, one after the other: what the list shows, and the reasons of both sides."""
        one = self.connection
        shown = (one.path, one.client, one.subprotocol, "".join(said(one, outcome(one))), one.failure)
        closes = one.client_close, one.server_close
        reasons = [close.reason for close in closes if close is not None]
        return [part for part in (*(text.encode("utf-8", "surrogatepass") for text in shown), *reasons) if part]


Test: TypeAlias = Callable[[ConnectionSubject], bool]


class ConnectionMatcher:
    """One filter, ready to be asked about connections."""

    def __init__(self, expression: Expression, times: Times) -> None:
        """Make the function.

        Args:
            expression: the filter.
            times: of the session, to know which day a time of day is on.
        """
        self.expression = expression
        self.times = times
        self._test = Patience().guarded(expression, compiled(expression, self._ask))

    def takes(self, connection: Connection, now_ns: int) -> bool:
        """Whether the filter takes a connection.

        Args:
            connection: the connection.
            now_ns: the time that the age of an open one is taken at.

        Raises:
            PatternTooSlow: for the tenth time a pattern took too long.
        """
        return self._test(ConnectionSubject(connection, now_ns))

    def _ask(self, term: Term) -> Test:
        match term:
            case Text(text):
                finds = finder(text)
                return lambda subject: any(map(finds, subject.parts))
            case Pattern(pattern):
                return lambda subject: any(patterns.search(pattern, part) for part in subject.parts)
            case From(origin):
                return lambda subject: subject.closed_by is origin
            case Type(kind):
                return lambda subject: subject.has(kind)
            case Is(fate):
                return lambda subject: subject.fate is fate
            case OnPath(text):
                folded = text.casefold()
                return lambda subject: folded in subject.connection.path.casefold()
            case Broken(text):
                rule = text.casefold()
                return lambda subject: (
                    subject.connection.first_violation != "" and rule in subject.connection.first_violation.casefold()
                )
            case Json():
                return lambda _: False
            case _:
                return self._measure(term)

    def _measure(self, term: Size | OnConnection | Code | Gap | After | Before) -> Test:
        match term:
            case OnConnection(order, number):
                compare = COMPARE[order]
                return lambda subject: compare(subject.connection.id, number)
            case Code(order, code):
                compare = COMPARE[order]
                return lambda subject: any(compare(seen, code) for seen in subject.codes)
            case Size(order, size):
                compare = COMPARE[order]
                return lambda subject: compare(subject.size, size)
            case Gap(order, gap_ns):
                compare = COMPARE[order]
                return lambda subject: compare(subject.lasted_ns, gap_ns)
            case After(moment):
                first_ns = self.times.wall_ns(moment)
                return lambda subject: subject.connection.opened_ns >= first_ns
            case Before(moment):
                end_ns = self.times.wall_ns(moment)
                return lambda subject: subject.connection.opened_ns < end_ns
