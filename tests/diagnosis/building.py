"""Evidence made by hand: one connection at exact times, and its siblings. Times are in milliseconds after opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wsinspect.diagnosis.evidence import Evidence, gather
from wsinspect.model import (
    CloseStory,
    Connection,
    EndedBy,
    Ending,
    Event,
    EventKind,
    Handshake,
    LegEnd,
    Row,
    RowKind,
    SeenClose,
    Side,
    Traffic,
    Violation,
)
from wsinspect.wire.conversation import close_story
from wsinspect.wire.handshake import accept_key

CLIENT, SERVER = Side.CLIENT, Side.SERVER
MS = 1_000_000
S = 1000
"""A second in milliseconds."""
START = 1_795_356_000_000_000_000
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TARGET = "ws://127.0.0.1:9000"


@dataclass
class Made:
    """One connection in the making; every step returns it, so that steps can be chained."""

    number: int = 1
    path: str = "/orders"
    opened: int = 0
    """When it was opened, in milliseconds after START."""
    url: str = TARGET
    client: str = "127.0.0.1:52000"
    request: list[str] = field(default_factory=list)
    """Further header lines."""
    rows: list[Row] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    response: bytes = b""
    raw_request: bytes = b""
    stage: str = ""

    def ns(self, at: float) -> int:
        """Nanoseconds since the epoch."""
        return START + round((self.opened + at) * MS)

    def asks(self, *lines: str) -> Made:
        """Further header lines of the request."""
        self.request += lines
        return self

    def upgraded(self, *lines: str, at: float = 1, subprotocol: str = "", extensions: str = "") -> Made:
        """A 101, with further header lines."""
        more = "".join(f"{line}\r\n" for line in lines)
        more += f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
        more += f"Sec-WebSocket-Extensions: {extensions}\r\n" if extensions else ""
        self.response = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(KEY)}\r\n{more}\r\n"
        ).encode()
        self.facts |= {
            "status": 101,
            "upgraded_ns": self.ns(at),
            "subprotocol": subprotocol,
            "extensions": extensions,
        }
        return self

    def refused(self, status: int, *lines: str, body: str = "", at: float = 5, by_us: bool = False) -> Made:
        """Another answer, and the end of both legs."""
        more = "".join(f"{line}\r\n" for line in lines)
        self.response = f"HTTP/1.1 {status} X\r\n{more}\r\n{body}".encode()
        self.facts |= {"status": status, "status_by_us": by_us}
        return self.ends(CLIENT if by_us else SERVER, at, by=EndedBy.US if by_us else EndedBy.PEER)

    def unreached(self, failure: str, stage: str, at: float = 3) -> Made:
        """wsinspect could not reach the target, and answered 502."""
        self.stage = stage
        self.facts["failure"] = failure
        self._event(EventKind.FAILED, at, None, {"stage": stage, "problem": failure})
        return self.refused(502, body=f"wsinspect: cannot reach it: {failure}\n", at=at, by_us=True)

    def row(self, side: Side, at: float, kind: RowKind, head: bytes = b"", **facts: object) -> Made:
        """Any row."""
        made = Row(
            connection=self.number,
            number=len(self.rows) + 1,
            kind=kind,
            at_ns=self.ns(at),
            first_ns=self.ns(at),
            side=side,
            wire_length=len(head) + 6,
            size=len(head),
            head=head[:512],
            is_masked=side is CLIENT,
        )
        self.rows.append(made._replace(**facts))  # type: ignore[arg-type]  # fields of Row by name
        return self

    def text(self, side: Side, at: float, text: str | bytes = '{"type":"x"}', **facts: object) -> Made:
        """A text message."""
        return self.row(side, at, RowKind.TEXT, text.encode() if isinstance(text, str) else text, **facts)

    def binary(self, side: Side, at: float, data: bytes = b"\x01\x02", **facts: object) -> Made:
        """A binary message."""
        return self.row(side, at, RowKind.BINARY, data, **facts)

    def ping(self, side: Side, at: float, payload: bytes = b"abcd") -> Made:
        """A ping."""
        return self.row(side, at, RowKind.PING, payload)

    def pong(self, side: Side, at: float, payload: bytes = b"abcd") -> Made:
        """A pong."""
        return self.row(side, at, RowKind.PONG, payload)

    def breaks(self, side: Side, at: float, rule: str, detail: str = "a rule") -> Made:
        """A text message that breaks a rule."""
        return self.text(side, at, violations=(Violation(rule, detail, "RFC 6455 section 5"),))

    def close(self, side: Side, at: float, code: int | None, reason: str = "") -> Made:
        """A close frame."""
        body = b"" if code is None else code.to_bytes(2) + reason.encode()
        self.row(side, at, RowKind.CLOSE, body)
        name = "client_close" if side is CLIENT else "server_close"
        self.facts.setdefault(name, SeenClose(len(self.rows), self.ns(at), code, reason.encode()))
        return self

    def shut(self, side: Side, at: float, code: int | None, reason: str = "") -> Made:
        """A close frame, its echo, and the end of TCP."""
        return self.close(side, at, code, reason).close(side.other, at + 1, code, reason).ends(SERVER, at + 2)

    def ends(
        self,
        first: Side,
        at: float,
        how: Ending = Ending.FIN,
        *,
        by: EndedBy = EndedBy.PEER,
        undelivered: int = 0,
        later: float = 0.5,
    ) -> Made:
        """Both legs end; ``undelivered`` is what the other peer could not be given."""
        self.end(first, at, how, by=by)
        second = by if by is EndedBy.US else EndedBy.RELAY if how is Ending.RST else EndedBy.PEER
        self.end(first.other, at + later, how, by=second, undelivered=undelivered)
        self.facts["closed_ns"] = self.ns(at + later)
        return self

    def end(
        self, leg: Side, at: float, how: Ending = Ending.FIN, *, by: EndedBy = EndedBy.PEER, undelivered: int = 0
    ) -> Made:
        """One leg ends."""
        facts: dict[str, str | int] = {"how": how.value, "by": by.value}
        self._event(EventKind.END, at, leg, facts | ({"undelivered": undelivered} if undelivered else {}))
        self.facts["client_end" if leg is CLIENT else "server_end"] = LegEnd(how, self.ns(at), by)
        return self

    def cut_inside(self, side: Side, at: float, announced: int) -> Made:
        """A side's stream ends inside a frame of so many bytes."""
        return self._event(EventKind.TRUNCATED, at, side, {"at": 0, "arrived": 100, "announced": announced})

    def note(self, at: float, text: str, side: Side | None = None) -> Made:
        """A note among the rows."""
        return self._event(EventKind.NOTE, at, side, {"text": text})

    def gap(self, at: float, side: Side) -> Made:
        """Some of a side's traffic was not recorded."""
        return self._event(EventKind.GAP, at, side, {"bytes": 900, "messages": 3, "why": "the disk is full"})

    def _event(self, kind: EventKind, at: float, side: Side | None, data: dict[str, str | int]) -> Made:
        self.rows.append(
            Row(
                connection=self.number,
                number=len(self.rows) + 1,
                kind=RowKind.EVENT,
                at_ns=self.ns(at),
                first_ns=self.ns(at),
                side=side,
                event=Event(kind, data),
            )
        )
        return self

    @property
    def connection(self) -> Connection:
        """What the session keeps of it."""
        values: dict[str, object] = {
            "id": self.number,
            "source": "relay",
            "client": self.client,
            "server": "127.0.0.1:9000",
            "url": self.url + self.path,
            "path": self.path,
            "opened_ns": self.ns(0),
            "rows": len(self.rows),
            "to_server": self._traffic(CLIENT),
            "to_client": self._traffic(SERVER),
        }
        broken = next((row for row in self.rows if row.violations), None)
        if broken is not None:
            values |= {"first_violation": broken.violations[0].detail, "violation_row": broken.number}
        return Connection(**(values | self.facts))  # type: ignore[arg-type]  # fields of Connection by name

    def _traffic(self, side: Side) -> Traffic:
        rows = [row for row in self.rows if row.side is side and row.kind is not RowKind.EVENT]
        data = [row for row in rows if row.kind not in (RowKind.PING, RowKind.PONG, RowKind.CLOSE)]
        return Traffic(
            messages=len(data),
            controls=len(rows) - len(data),
            wire_bytes=sum(row.wire_length for row in rows),
            largest=max((row.size for row in data), default=0),
            last_ns=max((row.at_ns for row in rows), default=0),
        )

    @property
    def story(self) -> CloseStory | None:
        """How it ended."""
        return close_story(self.connection, failed_stage=self.stage)

    def evidence(
        self,
        *siblings: Made,
        unfinished: bytes = b"",
        sleeps: Sequence[tuple[float, int]] = (),
        messages: bool = False,
    ) -> Evidence:
        """The evidence on it.

        Args:
            siblings: other connections of the session.
            unfinished: the beginning of what the server's stream ended inside of.
            sleeps: when the machine slept, and for how many seconds.
            messages: whether the last messages of siblings were looked up.
        """
        lines = "".join(f"{line}\r\n" for line in self.request)
        request = (
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{lines}\r\n"
        ).encode()
        last = [
            (one.number, row)
            for one in siblings
            for row in [next((row for row in reversed(one.rows) if row.kind in (RowKind.TEXT, RowKind.BINARY)), None)]
            if row is not None
        ]
        return gather(
            self.connection,
            self.story,
            handshake=Handshake(self.raw_request or request, b"", self.response),
            failed_stage=self.stage,
            first_rows=self.rows[:8],
            rows=self.rows,
            unfinished=(b"", unfinished),
            sleeps=[(self.ns(at), seconds) for at, seconds in sleeps],
            siblings=[one.connection for one in siblings],
            messages=last if messages else (),
        )


def opened(*lines: str, **facts: object) -> Made:
    """A connection that is open; lines are header lines of the 101."""
    return Made(**facts).upgraded(*lines)  # type: ignore[arg-type]  # fields of Made by name
