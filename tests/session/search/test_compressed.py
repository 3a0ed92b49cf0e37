"""Compressed messages are read back inflated, each on its own, wherever the stream was cut."""

from __future__ import annotations

from tests.session.conftest import START_NS, Session
from tests.session.deflating import MASK, Deflater
from tests.session.recording.sinks import Stuck
from wsinspect.model import Side
from wsinspect.wire.builder import build_frame
from wsinspect.wire.deflate import KEPT_BYTES


def test_every_message_is_inflated_with_what_went_before(session: Session) -> None:
    recording = session.open(extensions="permessage-deflate")
    client, server = Deflater(MASK), Deflater()
    messages = [b'{"price": %d, "symbol": "ABC"}' % number for number in range(40)]
    now = START_NS
    for number, message in enumerate(messages):
        for side, deflater in ((Side.CLIENT, client), (Side.SERVER, server)):
            data = deflater.frame(message)
            for at in range(0, len(data), 7):
                now += 1
                recording.read(side, data[at : at + 7], now)
                if (number + at) % 5 == 0:
                    session.recorder.flush()
    reader = session.read()
    rows = reader.rows(1, 1, 100)
    assert [row.head for row in rows] == [message for message in messages for _ in range(2)]
    assert all(row.is_compressed and row.inflated_size == len(row.head) > row.size for row in rows[10:])
    assert all(row.violations == () and row.problem == "" for row in rows)
    payload = reader.payload(1, 80, 1000)
    assert payload is not None
    assert payload.data == messages[-1]
    assert payload.is_whole
    reader.close()


def test_plain_messages_between_compressed_ones_stay_as_they_are(session: Session) -> None:
    recording = session.open(extensions="permessage-deflate; client_max_window_bits=15")
    server = Deflater()
    recording.read(
        Side.SERVER, server.frame(b"one" * 20) + build_frame(1, b"plain") + server.frame(b"one" * 20), START_NS
    )
    reader = session.read()
    assert [row.head for row in reader.rows(1, 1, 9)] == [b"one" * 20, b"plain", b"one" * 20]
    assert [row.is_compressed for row in reader.rows(1, 1, 9)] == [True, False, True]
    reader.close()


def test_of_a_long_message_the_beginning_is_kept_and_that_is_said(session: Session) -> None:
    recording = session.open(extensions="permessage-deflate")
    size = 3 * KEPT_BYTES
    recording.read(Side.SERVER, Deflater().frame(b"a" * size), START_NS)
    reader = session.read()
    payload = reader.payload(1, 1, size)
    assert payload is not None
    assert (len(payload.data), payload.total) == (KEPT_BYTES, size)
    assert "first 1 MiB" in payload.problem
    reader.close()


def test_broken_compression_is_said_and_the_bytes_are_still_there(session: Session) -> None:
    recording = session.open(extensions="permessage-deflate")
    broken = build_frame(1, b"\xff\xff\xff not deflate", rsv=4)
    recording.read(Side.SERVER, broken, START_NS)
    reader = session.read()
    (row,) = reader.rows(1, 1, 9)
    assert "broken" in row.problem
    assert row.head == b"\xff\xff\xff not deflate"
    reader.close()


def test_after_a_gap_what_builds_on_lost_bytes_is_not_guessed(session: Session) -> None:
    recording = session.open(extensions="permessage-deflate")
    server = Deflater()
    recording.read(Side.SERVER, server.frame(b"a" * 50), START_NS)
    session.recorder.skip()
    session.recorder._writer = Stuck()
    recording.read(Side.SERVER, server.frame(b"b" * 50), START_NS + 1)
    session.recorder._writer = session.writer
    for _ in range(2):
        recording.read(Side.SERVER, server.frame(b"a" * 50), START_NS + 2)
    reader = session.read()
    rows = reader.rows(1, 1, 9)
    assert rows[0].head == b"a" * 50
    assert "not recorded" in rows[-1].problem
    reader.close()
