"""The newest rows at a glance, window by window backwards, and the sample that they make."""

from __future__ import annotations

import pytest

from tests.session.conftest import START_NS, Session
from wsinspect.model import Ending, Side
from wsinspect.session.reader import Reader
from wsinspect.session.reading import glimpses as module
from wsinspect.timeline.sample import Glimpse, RoundTrip, sample_of
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import PING, PONG

MS = 1_000_000
MASK = b"\x01\x02\x03\x04"


def fill(session: Session, rounds: int = 30) -> Reader:
    """Messages of growing size both ways, a ping after every tenth, one commit for every third."""
    recording = session.open()
    for at in range(rounds):
        now = START_NS + at * 100 * MS
        recording.read(Side.CLIENT, build_frame(1, b"x" * at, mask=MASK), now)
        recording.read(Side.SERVER, build_frame(2, b"y" * (1000 + at)), now + MS)
        if at % 10 == 5:
            recording.read(Side.SERVER, build_frame(PING, b"%d" % at), now + 2 * MS)
            recording.read(Side.CLIENT, build_frame(PONG, b"%d" % at, mask=MASK), now + (5 + at) * MS)
        if at % 3 == 0:
            session.recorder.flush()
    recording.read(Side.SERVER, build_frame(PING, b"last"), START_NS + rounds * 100 * MS)
    recording.ended(Side.SERVER, Ending.FIN, START_NS + 9000 * MS)
    return session.read()


def backwards(reader: Reader, before: int) -> list[Glimpse]:
    found: list[Glimpse] = []
    while before > 1:
        window = reader.glimpses(1, before)
        assert window.first < before
        assert all(window.first <= row.number < before for row in window.rows)
        found[:0] = window.rows
        before = window.first
    return found


@pytest.mark.parametrize("limits", [{}, {"ROWS": 1}, {"ROWS": 7}, {"BYTES": 1}, {"SEGMENTS": 2}])
def test_windows_give_every_row_once(session: Session, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(module, name, value)
    reader = fill(session)
    rows = [row for row in reader.rows(1, 1, 1000) if row.event is None]
    seen = backwards(reader, 1000)
    assert [(one.number, one.side, one.size, one.at_ns) for one in seen] == [
        (row.number, row.side, row.size, row.at_ns) for row in rows
    ]
    reader.close()


def test_a_window_may_end_inside_a_segment(session: Session) -> None:
    reader = fill(session)
    for before in range(1, 20):
        assert [one.number for one in backwards(reader, before)] == list(range(1, before))
    reader.close()


def test_nothing_there(session: Session) -> None:
    session.open()
    reader = session.read()
    assert reader.glimpses(1, 100) == ((), 1)
    assert reader.glimpses(2, 1) == ((), 1)
    reader.close()


def test_sample(session: Session) -> None:
    reader = fill(session)
    sample = sample_of(backwards(reader, 1000), is_whole=True)
    assert sample.sizes == (tuple(range(30)), tuple(range(1000, 1030)))
    assert sample.messages == 60
    assert [trip.took_ns for trip in sample.round_trips] == [8 * MS, 18 * MS, 28 * MS]
    assert sample.unanswered == 1
    reader.close()


def test_a_pong_whose_ping_was_not_looked_at_is_no_round_trip() -> None:
    pong = Glimpse(2, Side.CLIENT, PONG, 1, START_NS, b"a")
    ping = Glimpse(3, Side.SERVER, PING, 1, START_NS, b"b")
    answer = Glimpse(4, Side.CLIENT, PONG, 1, START_NS + 7 * MS, b"b")
    assert sample_of([pong, ping, answer], is_whole=False).round_trips == (RoundTrip(4, START_NS + 7 * MS, 7 * MS),)
