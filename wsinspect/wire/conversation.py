"""What both sides of a connection did to each other: pings and their answers, and how it came to its end.

What stood on the wire and what is concluded from its absence are kept apart: 1005, 1006 and 1015 are names for the
lack of something (RFC 6455 section 7.4.1), and ``is_wire`` is false for them unless a peer really sent such a code.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from wsinspect.model import (
    CloseHandshake,
    CloseStory,
    Connection,
    Ending,
    LastMessage,
    LegEnd,
    SeenClose,
    Side,
    State,
    Violation,
)
from wsinspect.wire.close import ABNORMAL, NO_STATUS, TLS_FAILED, parse_close
from wsinspect.wire.ended import first_end
from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD, PING, PONG

MAX_OUTSTANDING = 64
"""Pings remembered for each side; older ones count as unanswered without being told apart."""


class PingTracker:
    """Follows the pings of both sides of one connection, in bounded memory."""

    __slots__ = ("_forgotten", "_outstanding")

    def __init__(self) -> None:
        self._outstanding: tuple[deque[tuple[bytes, int]], ...] = (deque(), deque())
        self._forgotten = [0, 0]

    @property
    def unanswered(self) -> int:
        """Pings of both sides with no pong after them yet."""
        return sum(map(len, self._outstanding)) + sum(self._forgotten)

    def feed(self, side: Side, opcode: int, payload: bytes, at_ns: int) -> int | None:
        """Take a control frame, in order of arrival.

        A pong answers the oldest ping of the other side with the same payload, and with it all pings before that,
        since an endpoint may answer only the latest of several (RFC 6455 section 5.5.3).

        Args:
            side: who sent it.
            opcode: other opcodes than ping and pong are passed over.
            payload: unmasked.
            at_ns: when it arrived.

        Returns:
            The round trip in nanoseconds, when this is a pong that answers a ping.
        """
        if opcode == PING:
            self._ask(side, payload, at_ns)
        elif opcode == PONG:
            return self._answer(side.other, payload, at_ns)
        return None

    def _ask(self, side: Side, payload: bytes, at_ns: int) -> None:
        asked = self._outstanding[side]
        if len(asked) == MAX_OUTSTANDING:
            asked.popleft()
            self._forgotten[side] += 1
        asked.append((payload, at_ns))

    def _answer(self, asker: Side, payload: bytes, at_ns: int) -> int | None:
        asked = self._outstanding[asker]
        for position, (sent, asked_ns) in enumerate(asked):
            if sent == payload:
                for _ in range(position + 1):
                    asked.popleft()
                self._forgotten[asker] = 0
                return at_ns - asked_ns
        return None


def close_story(
    connection: Connection, *, last_message: LastMessage | None = None, failed_stage: str = ""
) -> CloseStory | None:
    """The story of a connection's end.

    Args:
        connection: its facts as of now.
        last_message: the data message that came last before the close, which only the rows can tell.
        failed_stage: what could not be done when the connection failed: dns, tcp, tls or upgrade.

    Returns:
        None while there is nothing to explain: it is connecting or open, or one leg has ended without a close frame
        while the other side may still send something. A close frame that comes after the other side's TCP ended
        closes nothing: the story is that of a cut by the side that left, see ``Connection.close_frame``.
    """
    if connection.upgraded_ns is None:
        if connection.state not in (State.REFUSED, State.FAILED):
            return None
        return _never_open(connection, failed_stage)
    first = connection.close_frame
    if first is not None:
        return replace(_closed(connection, *first), last_message=last_message)
    if connection.closed_ns is None and connection.late_close is None:
        return None
    return replace(_cut(connection), last_message=last_message)


def _closed(connection: Connection, sender: Side, close: SeenClose) -> CloseStory:
    """Told from the first close frame."""
    answer = connection.server_close if sender is Side.CLIENT else connection.client_close
    handshake = CloseHandshake.UNANSWERED
    end = connection.client_end if sender is Side.CLIENT else connection.server_end
    if answer is not None and end is not None and end.undelivered:
        handshake = CloseHandshake.UNDELIVERED
    elif answer is not None:
        handshake = CloseHandshake.COMPLETE if answer.code == close.code else CloseHandshake.DIFFERENT
    return CloseStory(
        connection=connection,
        code=NO_STATUS if close.code is None else close.code,
        is_wire=close.code is not None,
        at_ns=close.at_ns,
        age_ns=_age(connection, close.at_ns),
        handshake=handshake,
        sender=sender,
        reason=close.reason,
        answer=answer,
        first_end=first_end(connection)[0],
        violations=_violations(connection, close),
    )


def _cut(connection: Connection) -> CloseStory:
    """A leg ended before any close frame: what an application is told is 1006."""
    side, end = first_end(connection)
    at_ns = _ended_ns(connection, end)
    return CloseStory(
        connection=connection,
        code=ABNORMAL,
        is_wire=False,
        at_ns=at_ns,
        age_ns=_age(connection, at_ns),
        handshake=CloseHandshake.ABSENT,
        sender=side,
        by_us=end is not None and end.by_us,
        first_end=side,
    )


def _never_open(connection: Connection, failed_stage: str) -> CloseStory:
    """The upgrade was refused, or never answered."""
    side, end = first_end(connection)
    at_ns = _ended_ns(connection, end)
    is_refused = connection.state is State.REFUSED
    answerer = None if connection.status_by_us else Side.SERVER
    tls_failed = failed_stage == "tls" or (
        connection.server_end is not None and connection.server_end.how is Ending.TLS_ALERT
    )
    return CloseStory(
        connection=connection,
        code=TLS_FAILED if tls_failed else ABNORMAL,
        is_wire=False,
        at_ns=at_ns,
        age_ns=_age(connection, at_ns),
        handshake=CloseHandshake.ABSENT,
        status=connection.status if is_refused else None,
        sender=answerer if is_refused else side,
        # Ending a connection that stayed open after the server's refusal does not make the refusal ours.
        by_us=connection.status_by_us or (not is_refused and end is not None and end.by_us),
        first_end=side,
    )


def _ended_ns(connection: Connection, end: LegEnd | None) -> int:
    """When the first leg ended; where none was seen to end, when the connection was given up."""
    if end is not None:
        return end.at_ns
    return connection.opened_ns if connection.closed_ns is None else connection.closed_ns


def _age(connection: Connection, at_ns: int) -> int:
    return max(0, at_ns - connection.opened_ns)


def _violations(connection: Connection, close: SeenClose) -> tuple[Violation, ...]:
    """The rules that the body of the first close frame broke."""
    if close.code is None:
        # Empty and half a code look alike here; the recorder noted the second as the row's violation.
        half = parse_close(b"\0").violations
        is_half = close.row == connection.violation_row and connection.first_violation == half[0].detail
        return half if is_half else ()
    body = close.code.to_bytes(2) + close.reason
    # A body that fills the frame may be the beginning of a longer one, cut inside a character.
    is_cut = len(body) >= MAX_CONTROL_PAYLOAD
    found = parse_close(body, len(body) + is_cut).violations
    return tuple(violation for violation in found if violation.rule != "control-long")
