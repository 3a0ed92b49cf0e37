"""A segment says which of its rows are more than plain messages."""

from __future__ import annotations

import sqlite3

import pytest

from tests.session.conftest import START_NS, Session
from wsinspect.model import Ending, Side
from wsinspect.session.stored.traits import EVENTS, JOINED, STRANGE_MASK, controls
from wsinspect.wire.builder import build_close, build_frame

MASK = b"\x01\x02\x03\x04"
CLIENT, SERVER = Side.CLIENT, Side.SERVER


@pytest.mark.parametrize(
    ("side", "frames", "traits"),
    [
        (SERVER, build_frame(1, b"a") + build_frame(2, bytes(200)) + build_frame(1, bytes(70_000)), 0),
        (CLIENT, build_frame(1, b"a", mask=MASK) + build_frame(2, bytes(200), mask=MASK), 0),
        (CLIENT, build_frame(1, b"a"), STRANGE_MASK),
        (SERVER, build_frame(1, b"a", mask=MASK), STRANGE_MASK),
        (SERVER, build_frame(9, b"a", mask=MASK), STRANGE_MASK | controls(9)),
        (SERVER, build_frame(1, b"a", fin=False) + build_frame(0, b"b"), JOINED),
        (SERVER, build_frame(1, b"a", fin=False) + build_frame(10), controls(10)),
        (SERVER, build_frame(0, b"a"), 0),
        (SERVER, build_frame(9) + build_close(1000), controls(9) | controls(8)),
        (SERVER, build_frame(9, fin=False, rsv=7), controls(9)),
        (SERVER, build_frame(13), controls(13)),
        (SERVER, build_frame(5), 0),
        (SERVER, build_frame(1, b"a", rsv=4), 0),
    ],
)
@pytest.mark.parametrize("after_violation", [False, True])
@pytest.mark.parametrize("step", [7, 100_000])
def test_traits_of_what_ends_in_a_segment(
    session: Session, side: Side, frames: bytes, traits: int, after_violation: bool, step: int
) -> None:
    recording = session.open()
    if after_violation:
        recording.read(side.other, build_frame(1, b"a", mask=None if side is SERVER else MASK), START_NS)
        session.recorder.flush()
    for at in range(0, len(frames), step):
        recording.read(side, frames[at : at + step], START_NS)
    assert last_traits(session) == traits


def test_events_and_fragments_count_where_they_end(session: Session) -> None:
    recording = session.open()
    recording.read(SERVER, build_frame(1, b"a", fin=False), START_NS)
    session.recorder.flush()
    recording.read(SERVER, build_frame(0, b"b"), START_NS)
    session.recorder.flush()
    recording.ended(CLIENT, Ending.FIN, START_NS)
    session.read().close()
    with sqlite3.connect(session.path) as db:
        assert db.execute("SELECT traits FROM segment ORDER BY id").fetchall() == [(0,), (JOINED,), (EVENTS,)]


def last_traits(session: Session) -> int:
    session.read().close()
    with sqlite3.connect(session.path) as db:
        found: int = db.execute("SELECT traits FROM segment ORDER BY id DESC").fetchone()[0]
    return found
