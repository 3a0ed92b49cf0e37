"""Two sessions as one: every row, byte and time of both is there, in order of time."""

from __future__ import annotations

import heapq
import tempfile
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.session import START_NS, Live
from tests.session.rescue.damaging import read_all
from wsinspect.model import Connection, Ending, Event, EventKind, Row, Side
from wsinspect.origin import origin_of
from wsinspect.session.copying.merging import Pair, merge
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.wire.builder import build_close, build_frame

_FRAMES = st.builds(
    lambda opcode, payload, fin, rsv: build_frame(opcode, payload, fin=fin, rsv=rsv),
    st.sampled_from([0, 1, 2, 5, 8, 9, 10]),
    st.binary(max_size=60),
    st.booleans(),
    st.sampled_from([0, 4]),
)
_CLOSES = st.sampled_from([1000, 1011, 4000]).map(lambda code: build_close(code, b"why"))
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2), st.sampled_from(list(Side)), st.one_of(_FRAMES, _CLOSES)),
        st.tuples(st.integers(0, 2), st.sampled_from(["event", "flush", "end", "session", "http", "close", "open"])),
    ),
    max_size=40,
)
_GAPS = st.lists(st.integers(1, 30), min_size=40, max_size=40)


def _play(path: Path, steps: list[tuple[object, ...]], gaps: list[int], extensions: str, odd: int) -> None:
    """Record a session; its times are odd or even, so that those of two sessions are never equal."""
    live = Live(path)
    peers: dict[object, Recording] = {}
    now = START_NS + odd
    for (which, what, *data), gap in zip(steps, gaps, strict=False):
        now += 2 + 2 * gap
        if what == "flush":
            live.recorder.flush()
        elif what == "session":
            live.recorder.event(EventKind.SLEEP, now, seconds=3.5)
        elif what == "http":
            live.recorder.http_request("GET / 200", now)
        else:
            if which not in peers:
                peers[which] = _open(live, now, extensions)
            _do(live, peers[which], what, data, now)
            if what == "close":
                del peers[which]
    live.recorder.flush()
    assert live.writer.stop(now + 4) == ""


def _open(live: Live, at_ns: int, extensions: str) -> Recording:
    peer = live.recorder.opened(source="relay", client="c:1", url="ws://s/x", path="/x", request=b"GET", at_ns=at_ns)
    peer.dialled("s:1", at_ns)
    peer.forwarded(b"GET on", at_ns)
    peer.timing(connect_ns=1, upgrade_ns=2)
    peer.responded(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, at_ns)
    peer.upgraded(at_ns, subprotocol="chat", extensions=extensions)
    return peer


def _do(live: Live, peer: Recording, what: object, data: list[object], now: int) -> None:
    if isinstance(what, Side) and isinstance(data[0], bytes):
        middle = len(data[0]) // 3
        peer.read(what, data[0][:middle], now)
        if middle % 2:
            live.recorder.flush()
        peer.read(what, data[0][middle:], now + 2)
    elif what == "event":
        peer.event(EventKind.NOTE, now, Side.CLIENT, text="here")
    elif what == "end":
        peer.ended(Side.SERVER, Ending.FIN, now)
    elif what == "close":
        peer.closed(now)


NAMES = ("a.wsi", "b.wsi")


def _later(connection: Connection, by_ns: int) -> Connection:
    """A connection with all its times later."""

    def at(when: int | None) -> int | None:
        return when and when + by_ns

    def seen(one: Any) -> Any:  # a close frame, an end
        return one and replace(one, at_ns=one.at_ns + by_ns)

    return replace(
        connection,
        opened_ns=connection.opened_ns + by_ns,
        upgraded_ns=at(connection.upgraded_ns),
        closed_ns=at(connection.closed_ns),
        to_server=replace(connection.to_server, last_ns=at(connection.to_server.last_ns) or 0),
        to_client=replace(connection.to_client, last_ns=at(connection.to_client.last_ns) or 0),
        client_close=seen(connection.client_close),
        server_close=seen(connection.server_close),
        client_end=seen(connection.client_end),
        server_end=seen(connection.server_end),
        violation_ns=at(connection.violation_ns),
        dialled_ns=at(connection.dialled_ns),
        responded_ns=at(connection.responded_ns),
    )


def _plain(connection: Connection) -> Connection:
    """Without what is new in a merged session."""
    return replace(connection, id=0, source="", since_ns=0)


def _rows(reader: Reader, side: int, offset_ns: int, numbers: dict[tuple[str, int], int]) -> list[Row]:
    """The rows of a session as they should be among the merged ones."""
    found = []
    for row in reader.all_rows(1, 10_000):
        event = row.event
        if not row.connection and event is not None:
            event = Event(event.kind, {**event.data, "file": NAMES[side]})
        number = numbers[NAMES[side], row.connection] if row.connection else 0
        found.append(
            row._replace(
                connection=number,
                # Events of the whole session are numbered among all of them.
                number=row.number if number else 0,
                at_ns=row.at_ns + offset_ns,
                first_ns=row.first_ns + offset_ns,
                event=event,
            )
        )
    return found


@settings(max_examples=150)
@given(
    steps=st.tuples(_STEPS, _STEPS),
    gaps=st.tuples(_GAPS, _GAPS),
    extensions=st.sampled_from(["", "permessage-deflate"]),
    offset=st.integers(-400, 400),
)
def test_everything_of_both_is_there_in_order_of_time(
    steps: tuple[list[tuple[object, ...]], list[tuple[object, ...]]],
    gaps: tuple[list[int], list[int]],
    extensions: str,
    offset: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_now:
        first, second = Path(folder) / NAMES[0], Path(folder) / NAMES[1]
        _play(first, steps[0], gaps[0], extensions, 1)
        _play(second, steps[1], gaps[1], extensions, 0)
        merge(Pair(first, second), Path(folder) / "m.wsi", asked_ns=2 * offset)
        one, other, both = (
            open_now.enter_context(closing(Reader(path))) for path in (first, second, Path(folder) / "m.wsi")
        )
        merged = both.connections(1, 1000)
        numbers: dict[tuple[str, int], int] = {}
        for connection in merged:
            origin = origin_of(connection.source)
            assert origin is not None
            numbers[origin.file, origin.number] = connection.id
        offsets = (0, 2 * offset)
        for side, reader in enumerate((one, other)):
            known = reader.connections(1, 1000)
            assert [numbers[NAMES[side], was.id] for was in known] == sorted(
                number for (file, _), number in numbers.items() if file == NAMES[side]
            )
            for was in known:
                number = numbers[NAMES[side], was.id]
                now = both.connection(number)
                assert now is not None
                assert _plain(now) == _plain(_later(was, offsets[side]))
                assert both.handshake(number) == reader.handshake(was.id)
                assert [(row.number, row.at_ns) for row in both.rows(number, 1, 10_000)] == [
                    (row.number, row.at_ns + offsets[side]) for row in reader.rows(was.id, 1, 10_000)
                ]
        assert len(merged) == one.info().connections + other.info().connections
        assert [connection.opened_ns for connection in merged] == sorted(one.opened_ns for one in merged)
        wanted = list(
            heapq.merge(_rows(one, 0, 0, numbers), _rows(other, 1, offsets[1], numbers), key=lambda row: row.at_ns)
        )
        found = both.all_rows(1, 10_000)
        assert [row if row.connection else row._replace(number=0) for row in found] == wanted
        requests = both.info().http_requests
        assert requests == one.info().http_requests + other.info().http_requests
        _check_every_moment(both, found)
        read_all(Path(folder) / "m.wsi")


def _check_every_moment(reader: Reader, rows: list[Row]) -> None:
    """As of each of a few moments there are just the rows until then."""
    for row in rows[:: max(1, len(rows) // 7)]:
        reader.as_of(row.at_ns)
        until = [one for one in rows if one.at_ns <= row.at_ns]
        assert reader.all_rows(1, 10_000) == until
        assert reader.info().rows == len(until)
    reader.as_of(None)
