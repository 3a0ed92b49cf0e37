"""Everything that can happen to a recorder, step by step, drawn by hypothesis and done at given times."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import strategies as st

from tests.limits import LIMIT_S
from tests.session.conftest import START_NS
from wsinspect.model import (
    CloseStory,
    Connection,
    EndedBy,
    Ending,
    EventKind,
    Finding,
    Handshake,
    Order,
    Row,
    SessionInfo,
    Side,
    SortBy,
)
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.timeline.sample import Glimpsed
from wsinspect.timeline.scale import Scale, Span
from wsinspect.wire.builder import build_close, build_frame

MASK = b"\x01\x02\x03\x04"
FLUSH = "flush"
UPGRADED = (0, 1)
"""Connections that are upgraded as soon as they are there, so that much is read on them."""

_FRAMES = st.one_of(
    st.builds(
        lambda opcode, payload, fin, mask: build_frame(opcode, payload, fin=fin, mask=mask),
        st.sampled_from([0, 1, 1, 1, 2, 5, 9, 10]),
        st.binary(max_size=20),
        st.sampled_from([True, True, True, False]),
        st.sampled_from([None, MASK]),
    ),
    st.builds(
        lambda code, mask: build_close(code, b"why", mask=mask),
        st.sampled_from([1000, 1001, 1006, 1011, 4401]),
        st.sampled_from([None, MASK]),
    ),
)
_DATA = st.lists(_FRAMES, min_size=1, max_size=4).map(b"".join)
_SIDES = st.sampled_from(list(Side))
_CALLS = st.one_of(
    st.tuples(st.sampled_from(["dialled", "forwarded", "answered", "refused", "body", "failed", "closed"])),
    st.tuples(st.just("upgraded")),
    st.tuples(st.just("upgraded")),
    st.tuples(st.just("read"), _SIDES, _DATA, st.integers(0, 12)),
    st.tuples(st.just("read"), _SIDES, _DATA, st.integers(0, 12)),
    st.tuples(st.just("read"), _SIDES, _DATA, st.integers(0, 12)),
    st.tuples(st.just("event"), _SIDES),
    st.tuples(st.just("ended"), _SIDES, st.sampled_from(list(Ending)), st.sampled_from([0, 0, 7, 9])),
)
Step = tuple[int, tuple[object, ...]] | str
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3), _CALLS),
        st.tuples(st.integers(0, 3), _CALLS),
        st.tuples(st.integers(0, 3), _CALLS),
        st.tuples(st.just(-1), st.sampled_from([("http",), ("slept",)])),
        st.just(FLUSH),
    ),
    min_size=1,
    max_size=30,
)
"""Connection (-1: the session itself) and what happens to it, or a commit."""


ORDERS = [Order(by, turned, hides) for by in SortBy for turned, hides in ((False, False), (True, True))]
SCALE = Scale(Span(START_NS, START_NS + 50_000), 25)


@dataclass
class Taken:
    """What a reader says of a session at one moment."""

    info: SessionInfo
    connections: list[Connection]
    rows: list[list[Row]]
    all_rows: list[Row]
    handshakes: list[Handshake | None]
    stories: list[CloseStory | None]
    findings: list[tuple[Finding, ...]]
    rates: dict[int, list[int]]
    orders: list[list[int]]
    densities: list[tuple[int, ...]]
    glimpses: list[Glimpsed]

    def coarse(self) -> tuple[object, ...]:
        """Without what is only counted once a commit: pings, open connections, requests, and all that rests on it."""
        connections = [_plain(connection) for connection in self.connections]
        stories = [story and replace(story, connection=_plain(story.connection)) for story in self.stories]
        counted = self.info.connections, self.info.rows
        return counted, connections, self.rows, self.all_rows, self.handshakes, stories


def _plain(connection: Connection) -> Connection:
    return replace(connection, rtt_ns=None, pings_unanswered=0)


def take(reader: Reader) -> Taken:
    """Ask a reader everything."""
    info = replace(reader.info(), alive_ns=0, stopped_ns=None, bytes_on_disk=0, path="")
    connections = reader.connections(1, 100)
    numbers = [connection.id for connection in connections]
    return Taken(
        info=info,
        connections=connections,
        rows=[reader.rows(number, 1, 10_000) for number in numbers],
        all_rows=reader.all_rows(1, 10_000),
        handshakes=[reader.handshake(number) for number in numbers],
        stories=[reader.close_story(number) for number in numbers],
        findings=[reader.findings(number) for number in numbers],
        rates=reader.rate(numbers, None, 4, 5000),
        orders=[list(reader.ordered(order, info.last_ns)) for order in ORDERS],
        densities=[reader.density(number, SCALE) for number in numbers],
        glimpses=[reader.glimpses(number, 100) for number in numbers],
    )


@dataclass
class Recorded:
    """A session that is being recorded, each commit waited for."""

    path: Path
    recorder: Recorder
    writer: SessionWriter
    _committed: threading.Semaphore
    _open: dict[int, Recording] = field(default_factory=dict)
    _done: dict[int, set[str]] = field(default_factory=dict)

    @classmethod
    def begin(cls, path: Path) -> Recorded:
        """Begin a session."""
        committed = threading.Semaphore(0)
        writer = SessionWriter(path, {}, reserve=0, on_progress=committed.release)
        return cls(path, Recorder(writer), writer, committed)

    def commit(self) -> bool:
        """Wait until all that is pending is in the file; False when nothing was."""
        if not self.recorder.is_dirty:
            return False
        self.recorder.flush()
        assert self._committed.acquire(timeout=LIMIT_S)
        return True

    def stop(self) -> None:
        """End the recording."""
        self.commit()
        assert self.writer.stop(START_NS) == ""

    def do(self, step: tuple[int, tuple[object, ...]], at_ns: int) -> None:
        """Let one thing happen; what needs a connection that is not there opens it."""
        number, (name, *rest) = step
        if number < 0:
            if name == "http":
                self.recorder.http_request("GET / 200", at_ns)
            else:
                self.recorder.event(EventKind.SLEEP, at_ns, seconds=70)
            return
        if number not in self._open:
            self._open[number] = self.recorder.opened(
                source="relay", client=f"c:{number}", url="ws://s", path="/x", request=b"GET / HTTP/1.1\r\n\r\n",
                at_ns=at_ns,
            )  # fmt: skip
            if number in UPGRADED:
                self.do((number, ("upgraded",)), at_ns)
            return
        call, done = str(name), self._done.setdefault(number, set())
        if _may_follow(call, done):
            done.add(call)
            _CALLED[call](self._open[number], at_ns, *rest)


_ANSWERS = {"answered", "refused", "upgraded"}


def _may_follow(call: str, done: set[str]) -> bool:
    """Whether a connection may still do this: the capture does some things once, and only after others."""
    if call in _ANSWERS:
        return not done & _ANSWERS and "closed" not in done
    if call in ("dialled", "forwarded", "closed"):
        return call not in done
    if call == "read":
        return "upgraded" in done and "closed" not in done
    return call != "body" or bool(done & {"answered", "refused"})


def _read(recording: Recording, at_ns: int, side: Side, data: bytes, cut: int) -> None:
    """All but the last bytes of it: rows are unfinished now and then, and what follows may be garbage."""
    recording.read(side, data[: max(1, len(data) - cut)], at_ns)


def _upgraded(recording: Recording, at_ns: int) -> None:
    recording.timing(upgrade_ns=5)
    recording.responded(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, at_ns)
    recording.upgraded(at_ns, subprotocol="chat", extensions="permessage-deflate")


def _dialled(recording: Recording, at_ns: int) -> None:
    recording.dialled("s:1", at_ns)
    recording.timing(connect_ns=3)


def _refused(recording: Recording, at_ns: int) -> None:
    recording.responded(b"HTTP/1.1 502 Bad Gateway\r\n\r\n", 502, at_ns, by_us=True)
    recording.refused_body(b"no ", at_ns)


def _ended(recording: Recording, at_ns: int, side: Side, how: Ending, undelivered: int) -> None:
    recording.ended(side, how, at_ns, by=EndedBy.PEER, undelivered=undelivered)


_CALLED: dict[str, Callable[..., None]] = {
    "dialled": _dialled,
    "forwarded": lambda recording, at_ns: recording.forwarded(b"GET", at_ns),
    "answered": lambda recording, at_ns: recording.responded(b"HTTP/1.1 302 Found\r\n\r\n", 302, at_ns),
    "refused": _refused,
    "body": lambda recording, at_ns: recording.refused_body(b"way", at_ns),
    "failed": lambda recording, at_ns: recording.failed(f"problem {at_ns % 3}", "tcp", at_ns),
    "closed": lambda recording, at_ns: recording.closed(at_ns),
    "upgraded": _upgraded,
    "read": _read,
    "event": lambda recording, at_ns, side: recording.event(EventKind.NOTE, at_ns, side, text="here"),
    "ended": _ended,
}
