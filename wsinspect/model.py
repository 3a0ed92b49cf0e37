"""The values that cross layers: plain, frozen, free of I/O.

Times are wall-clock nanoseconds since the epoch (``*_ns``), sizes are bytes, row numbers count from 1 within their
connection and never change. Direction always says *who sent it*: the client's bytes go to the server (▲), the
server's bytes go to the client (▼).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Side(IntEnum):
    """Who sent it; also the leg of the path that ends at that peer."""

    CLIENT = 0
    SERVER = 1

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.SERVER if self is Side.CLIENT else Side.CLIENT

    @property
    def label(self) -> str:
        """The word for it in sentences: ``client`` or ``server``."""
        return "client" if self is Side.CLIENT else "server"


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


class Ending(StrEnum):
    """How one leg's TCP connection (or the TLS around it) came to its end."""

    FIN = "fin"
    RST = "rst"
    TIMEOUT = "timeout"
    """The kernel gave up: nothing was acknowledged any more."""
    CLOSE_NOTIFY = "close_notify"
    """TLS said goodbye before the FIN."""
    TLS_ALERT = "tls_alert"
    TLS_TRUNCATED = "tls_truncated"
    """A FIN inside TLS without close_notify."""


class EndedBy(StrEnum):
    """Who ended a leg."""

    PEER = "peer"
    """The peer at its end."""
    RELAY = "relay"
    """wsinspect, to pass on how the other leg ended."""
    US = "us"
    """wsinspect of itself, or because the user asked for it."""


class RowKind(StrEnum):
    """What a row of the message list is."""

    TEXT = "text"
    BINARY = "binary"
    CONTINUATION = "continuation"
    """Data that continues nothing: a message whose first frame has opcode 0."""
    PING = "ping"
    PONG = "pong"
    CLOSE = "close"
    RESERVED = "reserved"
    """An opcode RFC 6455 section 5.2 reserves (3-7, 11-15)."""
    EVENT = "event"
    """Not a frame: something that happened to TCP, TLS, the recording or the machine."""


class EventKind(StrEnum):
    """What happened, for rows of kind EVENT."""

    END = "end"
    """A leg ended; data: side (the leg's peer), how (an Ending), by (an EndedBy), and where bytes received for
    that peer could not be given to it, ``undelivered``."""
    FAILED = "failed"
    """The target was not reached, TLS failed or no answer came; data: stage (dns, tcp, tls, upgrade), problem."""
    TRUNCATED = "truncated"
    """The stream ended inside a row; data: side, at, arrived, announced (-1: the header is incomplete)."""
    GAP = "gap"
    """Traffic flowed unrecorded; data: side (whose), bytes, messages, why."""
    SLEEP = "sleep"
    """The machine's clock jumped: it slept or was stopped; data: seconds."""
    NOTE = "note"
    """Something the user should know; data: text."""
    DROPPED = "dropped"
    """Stands for the first rows, which are not kept any more, and has the number of the last of them; data: rows (how
    many), before_ns (when the first row came that is kept), keep (what is kept, in words)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened beside the frames."""

    kind: EventKind
    data: Mapping[str, str | int | float | None]
    """Facts by name, as EventKind documents. Strings may come from a peer: show them through ``text``."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the protocol that a frame broke: a fact about the bytes, never a reason to drop them."""

    rule: str
    """Short stable name, such as ``mask-missing``."""
    detail: str
    """The sentence for the user; holds no peer text."""
    source: str
    """Where the rule stands, such as ``RFC 6455 section 5.1``."""


class Row(NamedTuple):
    """One line of the message list: a message, a control frame or an event.

    A tuple, since reading a session makes millions: a frozen dataclass takes ten times as long to make.
    """

    connection: int
    number: int
    """1-based within the connection; fixed for ever once given."""
    kind: RowKind
    at_ns: int
    """When its last byte arrived (or the event happened)."""
    first_ns: int
    """When the read that holds its first byte arrived."""
    side: Side | None = None
    """Who sent it; for events the leg it happened on, None when neither."""
    at: int = 0
    """Offset in bytes of its first frame in the sender's stream."""
    wire_length: int = 0
    """Bytes on the wire, headers included."""
    size: int = 0
    """Payload bytes as carried on the wire (compressed size when compressed)."""
    inflated_size: int | None = None
    """Payload bytes after inflating; None when not compressed or not inflated."""
    frames: int = 0
    is_compressed: bool = False
    is_masked: bool = False
    head: bytes = b""
    """The first bytes of the payload, unmasked and inflated: at most HEAD_BYTES."""
    problem: str = ""
    """Why the payload cannot be shown whole (not inflated, bytes missing); empty when all is well."""
    violations: tuple[Violation, ...] = ()
    event: Event | None = None
    mark: str | None = None
    """What the user noted on it, may be empty; None when it is not marked."""


HEAD_BYTES = 512
"""How much of a payload a Row carries."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A row that the user marked."""

    connection: int
    row: int
    at_ns: int
    """The time of the row."""
    note: str = ""
    """What the user said about it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A message's content, up to the limit that was asked for."""

    data: bytes
    """Unmasked and inflated."""
    total: int
    """Full length of the content in bytes."""
    problem: str = ""
    """Why data is shorter than asked for, or not inflated; empty when all is well."""

    @property
    def is_whole(self) -> bool:
        """Whether data is all there is."""
        return len(self.data) == self.total and not self.problem


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame's header facts, for the detail of a message (RFC 6455 section 5.2)."""

    at: int
    """Offset in bytes of the header in the sender's stream."""
    opcode: int
    fin: bool
    rsv: int
    """RSV1-3 as the bits 4, 2, 1."""
    mask: bytes | None
    """The four bytes of the masking key."""
    header_length: int
    length: int
    """Payload bytes announced."""


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
class LegEnd:
    """How the TCP connection to one peer ended."""

    how: Ending
    at_ns: int
    by: EndedBy = EndedBy.PEER
    undelivered: int = 0
    """Bytes received for this peer that could not be given to it any more."""

    @property
    def by_us(self) -> bool:
        """Whether wsinspect ended it of itself."""
        return self.by is EndedBy.US


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


class SortBy(StrEnum):
    """What a list of connections is sorted by."""

    NUMBER = "number"
    STATE = "state"
    """Those that live first, then those that closed, then those that never opened."""
    PATH = "path"
    CLIENT = "client"
    SUBPROTOCOL = "subprotocol"
    AGE = "age"
    """How long it lived, or lives."""
    TO_SERVER = "to server"
    """Messages of the client."""
    TO_CLIENT = "to client"
    """Messages of the server."""
    LATEST = "latest"
    """When its last byte came."""
    ROUND_TRIP = "round trip"
    CLOSE = "close"
    """The code of the first close frame, or the HTTP status; those without any come last."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list of connections is put together."""

    by: SortBy = SortBy.NUMBER
    is_descending: bool = False
    hides_closed: bool = False
    """Whether only those are listed that live."""

    @property
    def is_natural(self) -> bool:
        """Whether it is all of them, in the order in which they came."""
        return self == Order()


@dataclass(frozen=True, slots=True)
class Handshake:
    """The heads of the upgrade, byte for byte, and how long its stages took."""

    request: bytes = b""
    """The client's request head, as it arrived."""
    forwarded: bytes = b""
    """What wsinspect sent on to the server: the same but for Host, Origin and the path."""
    response: bytes = b""
    """The answer's head; for a refusal also the body's first 64 KiB."""
    response_by_us: bool = False
    connect_ns: int | None = None
    """From dialling to TCP connected, name resolution included."""
    tls_ns: int | None = None
    """The TLS handshake with the server."""
    upgrade_ns: int | None = None
    """From the request sent on to the answer's head complete."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a session file says of itself."""

    path: str
    source: str
    """What was captured, in words: ``proxy 127.0.0.1:8080 → ws://127.0.0.1:9000``."""
    version: str
    """The wsinspect that wrote it."""
    started_ns: int
    stopped_ns: int | None
    """None while it is being recorded, and for ever after a crash."""
    notice: str
    """What the recorder wants the user to know now (recording paused, disk full); empty when all is well."""
    http_requests: int
    """Plain HTTP requests passed on, not recorded."""
    http_last: str
    """The last of them: method, path and status."""
    bytes_on_disk: int
    connections: int
    rows: int
    """Rows of all connections."""
    open_connections: int
    """Connections that are connecting, open or closing."""
    last_ns: int
    """Time of the newest row."""
    alive_ns: int = 0
    """When the recorder said last that it is there; 0 if it never did."""
    files: tuple[str, ...] = ()
    """What the files are called that a merged session was made of."""
    offset_ns: int = 0
    """How far the clock of the second of them was set forward."""
    is_redacted: bool = False
    """Whether secrets were masked in the file itself, when it was exported: it is not what crossed the wire."""

    def is_recorded(self, now_ns: int) -> bool:
        """Whether somebody is recording it, going by the wall clock ``now_ns``."""
        return self.stopped_ns is None and now_ns - self.alive_ns < ALIVE_FOR_NS


MASKED = "secrets were masked when this was exported"
"""What is said of a session that ``is_redacted``."""

ALIVE_FOR_NS = 15 * 10**9
"""How long a recorder is taken for alive after its last sign of life; it gives one every 5 s."""


class MomentKind(StrEnum):
    """What makes a moment one to go to."""

    CLOSE = "close"
    """A connection was over."""
    EVENT = "event"
    """Something went by unrecorded, the machine slept, or a note says what the user should know."""
    MARK = "mark"
    """A row that the user marked."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a session that one goes to when looking for what happened."""

    at_ns: int
    kind: MomentKind
    connection: int
    """Whose; 0 for the whole session's."""


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The data message that came last before a connection began to close."""

    row: int
    side: Side
    before_ns: int
    """How long before the close it arrived."""


class CloseHandshake(StrEnum):
    """What became of the close handshake (RFC 6455 section 7.1.1)."""

    COMPLETE = "complete"
    """Both sides sent a close frame with the same code."""
    DIFFERENT = "answered with another code"
    UNDELIVERED = "answered, but the answer could not be delivered"
    UNANSWERED = "not answered"
    ABSENT = "no close frame"


@dataclass(frozen=True, slots=True)
class CloseStory:
    """How one connection came to its end, derived from its rows."""

    connection: Connection
    code: int
    """What to explain: the first close frame's code; else 1005, 1006 or 1015, which are conclusions."""
    is_wire: bool
    """Whether the code is the two bytes of a close frame, not a conclusion drawn from their absence."""
    at_ns: int
    """When the first close frame arrived, or the first leg ended, or the upgrade was refused."""
    age_ns: int
    """From the connection's opening to at_ns."""
    handshake: CloseHandshake
    status: int | None = None
    """HTTP status that refused the upgrade; the code then only names its counterpart."""
    sender: Side | None = None
    """Who sent the first close frame, or whose leg ended first."""
    by_us: bool = False
    """Whether wsinspect itself refused or ended it."""
    reason: bytes = b""
    answer: SeenClose | None = None
    """The other side's close frame."""
    first_end: Side | None = None
    """Which leg's TCP ended first."""
    last_message: LastMessage | None = None
    violations: tuple[Violation, ...] = ()
    """Rules the first close frame broke: a code that may not be on the wire, a bad reason."""


class Strength(IntEnum):
    """How sure a finding is; higher is surer."""

    POSSIBLE = 1
    LIKELY = 2
    STRONG = 3
    CERTAIN = 4

    @property
    def label(self) -> str:
        """The word for it in sentences."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the capture says about why a connection closed."""

    rule: str
    """Stable name of the rule that found it, such as ``same-message-before-close``."""
    cause: str
    """The cause in a sentence for the user: lower case start, no final dot. Peer text only as ``text`` makes it."""
    because: str
    """What it rests on, in a short clause: ``the same message came before the 1011 on #6``."""
    strength: Strength
    topic: str
    """What it speaks about: a close code such as ``1011``, or ``http:502``."""
    is_for: bool = True
    """Whether it speaks for that code's usual meaning, or against it."""
    rows: tuple[int, ...] = ()
    """Rows of this connection that it rests on."""
    others: tuple[int, ...] = ()
    """Other connections that it rests on."""
    next_step: str = ""
    """What to do next; empty when the code's own advice is all there is."""
    setting: str = ""
    """The setting to change, with its product and default, where one is known."""
    is_alarm: bool = True
    """Whether something is wrong; False for an end that needs nothing."""
    is_note: bool = False
    """Whether it explains something beside the cause, such as the answer to the close; never the most likely cause."""
