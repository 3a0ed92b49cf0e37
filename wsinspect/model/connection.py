"""One WebSocket connection: where it stands, what it carried, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from wsinspect.model.ending import EndedBy, LegEnd
from wsinspect.model.side import Side


class State(StrEnum):
    """Where a connection stands."""

    CONNECTING = "connecting"
    """The upgrade was asked for and is not answered yet."""
    OPEN = "open"
    CLOSING = "closing"
    """A close frame or the end of one TCP leg was seen; the other leg still lives."""
    CLOSED = "closed"
    REFUSED = "refused"
    """The upgrade was answered with something else than a valid 101."""
    FAILED = "failed"
    """No answer to the upgrade: the target could not be reached, TLS failed, or a side left before it."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Totals of one direction."""

    messages: int = 0
    """Data messages (text, binary, reserved data opcodes), control frames not counted."""
    controls: int = 0
    """Control frames."""
    wire_bytes: int = 0
    """Everything on the wire after the upgrade, frame headers included."""
    largest: int = 0
    """Largest message, payload bytes on the wire."""
    last_ns: int = 0
    """When the last byte arrived; 0 if none did."""


@dataclass(frozen=True, slots=True)
class SeenClose:
    """What one side's first close frame said, as it stood on the wire."""

    row: int
    at_ns: int
    code: int | None
    """The two bytes; None when the body was shorter than two bytes."""
    reason: bytes = b""
    """At most 123 bytes, as sent."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One WebSocket connection, or one attempt at it."""

    id: int
    source: str
    """What recorded it: ``relay``."""
    client: str
    """Address of the client, ``host:port``."""
    server: str
    """Address actually dialled, ``host:port``; empty until then."""
    url: str
    """The target URL, as dialled."""
    path: str
    """Path and query, as the client asked for them."""
    opened_ns: int
    """When the client's request head began to arrive."""
    subprotocol: str = ""
    extensions: str = ""
    """Sec-WebSocket-Extensions as accepted by the server."""
    upgraded_ns: int | None = None
    """When the 101 arrived."""
    closed_ns: int | None = None
    """When the last of the two legs ended."""
    status: int | None = None
    """HTTP status that answered the upgrade."""
    status_by_us: bool = False
    """Whether wsinspect wrote that answer itself (target unreachable, Host refused)."""
    failure: str = ""
    """Why there was no answer, in a sentence; may hold text of the operating system."""
    rows: int = 0
    """Rows recorded so far; also the number of the newest."""
    to_server: Traffic = field(default_factory=Traffic)
    to_client: Traffic = field(default_factory=Traffic)
    client_close: SeenClose | None = None
    server_close: SeenClose | None = None
    client_end: LegEnd | None = None
    server_end: LegEnd | None = None
    rtt_ns: int | None = None
    """The latest ping's round trip, as seen here."""
    pings_unanswered: int = 0
    """Pings with no pong after them yet, both sides."""
    first_violation: str = ""
    """The first broken rule, in words; empty when there was none."""
    violation_row: int | None = None
    violation_ns: int | None = None
    """When that rule was broken."""
    dialled_ns: int | None = None
    """When the target was reached, or the address known at which it was not."""
    responded_ns: int | None = None
    """When the upgrade was answered."""
    since_ns: int = 0
    """When it was recorded first: its request's head was whole."""
    last_ns: int = field(default=0, compare=False)
    """When anything of it was recorded last."""

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self.upgraded_ns is None:
            if self.status is not None and (self.status != 101 or self.closed_ns is not None):
                return State.REFUSED
            return State.FAILED if self.closed_ns is not None else State.CONNECTING
        if self.closed_ns is not None:
            return State.CLOSED
        ending = self.client_close or self.server_close or self.client_end or self.server_end
        return State.CLOSING if ending else State.OPEN

    @property
    def first_close(self) -> tuple[Side, SeenClose] | None:
        """The close frame that arrived first, and who sent it; ``close_frame`` says whether it closed anything."""
        seen = [(Side.CLIENT, self.client_close), (Side.SERVER, self.server_close)]
        frames = [(side, close) for side, close in seen if close is not None]
        return min(frames, key=lambda pair: pair[1].row, default=None)

    @property
    def close_frame(self) -> tuple[Side, SeenClose] | None:
        """The close frame that closed the connection, and who sent it.

        It is the first one, unless TCP of the other side had ended before it arrived: who has left without a close
        frame was told nothing and answers nothing any more, so that the connection was cut (1006), whatever comes
        later. Whether that frame crossed the end on its way or was sent because of it cannot be seen from here.
        """
        first = self.first_close
        return None if first is None or self._had_left(*first) else first

    @property
    def late_close(self) -> tuple[Side, SeenClose] | None:
        """The first close frame, and who sent it, when the other side had left before it arrived."""
        first = self.first_close
        return first if first is not None and self._had_left(*first) else None

    def _had_left(self, sender: Side, close: SeenClose) -> bool:
        end = self.client_end if sender is Side.SERVER else self.server_end
        # What wsinspect passed on is the sender's own end. At one instant nobody was first.
        return end is not None and end.by is not EndedBy.RELAY and end.at_ns < close.at_ns
