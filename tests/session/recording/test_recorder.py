"""What the recorder notes of a connection, and what becomes of traffic that cannot be stored."""

from __future__ import annotations

from tests.session.conftest import START_NS, Session
from tests.session.recording.sinks import Stuck
from wsinspect.model import Ending, EventKind, RowKind, Side, State
from wsinspect.wire.builder import build_close, build_frame

MASK = b"\x01\x02\x03\x04"


def text(payload: str, mask: bytes | None = None) -> bytes:
    return build_frame(1, payload.encode(), mask=mask)


def test_a_close_is_kept_as_it_stood_on_the_wire(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, text("hello"), START_NS + 1)
    recording.read(Side.SERVER, build_close(1014, b"upstream gone"), START_NS + 2)
    recording.read(Side.CLIENT, build_close(1002, mask=MASK), START_NS + 3)
    recording.ended(Side.SERVER, Ending.FIN, START_NS + 4)
    recording.ended(Side.CLIENT, Ending.RST, START_NS + 5)
    recording.closed(START_NS + 5)
    with_reader = session.read()
    connection = with_reader.connection(1)
    assert connection is not None
    assert connection.state is State.CLOSED
    assert connection.server_close is not None
    assert (connection.server_close.code, connection.server_close.reason) == (1014, b"upstream gone")
    assert connection.first_close == (Side.SERVER, connection.server_close)
    assert connection.client_close is not None
    assert connection.client_close.code == 1002
    assert connection.client_end is not None
    assert connection.client_end.how is Ending.RST
    rows = with_reader.rows(1, 1, 10)
    assert [row.kind for row in rows] == [
        RowKind.TEXT,
        RowKind.CLOSE,
        RowKind.CLOSE,
        RowKind.EVENT,
        RowKind.EVENT,
    ]
    assert rows[2].head == b"\x03\xea"
    with_reader.close()


def test_a_missing_mask_is_the_first_violation(session: Session) -> None:
    recording = session.open()
    recording.read(Side.CLIENT, text("fine", MASK) + text("no mask"), START_NS + 1)
    reader = session.read()
    connection = reader.connection(1)
    assert connection is not None
    assert "without a mask" in connection.first_violation
    assert connection.violation_row == 2
    first, second = reader.rows(1, 1, 2)
    assert first.violations == ()
    assert [violation.rule for violation in second.violations] == ["mask-missing"]
    reader.close()


def test_what_is_unfinished_at_the_end_is_a_row(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(2, b"x" * 4000)[:100], START_NS + 1)
    recording.ended(Side.SERVER, Ending.RST, START_NS + 2)
    reader = session.read()
    truncated, end = reader.rows(1, 1, 9)
    assert truncated.event is not None
    assert truncated.event.kind is EventKind.TRUNCATED
    assert truncated.event.data["arrived"] == 100
    assert truncated.event.data["announced"] == 4004
    assert end.event is not None
    assert end.event.kind is EventKind.END
    reader.close()


def test_round_trips_are_measured(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(9, b"abcd"), START_NS + 1_000_000)
    recording.read(Side.CLIENT, build_frame(10, b"abcd", mask=MASK), START_NS + 3_000_000)
    recording.read(Side.SERVER, build_frame(9, b"late"), START_NS + 4_000_000)
    reader = session.read()
    connection = reader.connection(1)
    assert connection is not None
    assert connection.rtt_ns == 2_000_000
    assert connection.pings_unanswered == 1
    reader.close()


def test_after_a_gap_recording_goes_on_where_a_row_begins(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, text("before"), START_NS + 1)
    tail = text("half lost, half seen")
    session.recorder.skip()
    session.recorder._writer = Stuck()
    recording.read(Side.SERVER, text("lost") + tail[:5], START_NS + 2)
    session.recorder._writer = session.writer
    recording.read(Side.SERVER, tail[5:] + text("after") + text("open")[:3], START_NS + 3)
    recording.read(Side.SERVER, text("open")[3:], START_NS + 4)
    reader = session.read()
    rows = reader.rows(1, 1, 10)
    assert rows[0].head == b"before"
    gap = rows[1].event
    assert gap is not None
    assert gap.kind is EventKind.GAP
    assert gap.data["messages"] == 3
    assert gap.data["bytes"] == len(text("lost")) + len(tail) + len(text("after"))
    assert [row.head for row in rows[2:]] == [b"open"]
    connection = reader.connection(1)
    assert connection is not None
    assert connection.to_client.messages == 5
    reader.close()


def test_messages_of_all_connections_come_in_the_order_of_time(session: Session) -> None:
    first, second = session.open(), session.open()
    for step in range(6):
        recording = (first, second)[step % 2]
        recording.read(Side.SERVER, text(str(step)), START_NS + step)
        if step == 3:
            session.recorder.flush()
    reader = session.read()
    assert [row.head for row in reader.all_rows(1, 100)] == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert [row.head for row in reader.all_rows(3, 2)] == [b"2", b"3"]
    reader.close()
