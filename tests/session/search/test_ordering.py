"""Connections in another order than they came."""

from __future__ import annotations

import pytest

from tests.session.conftest import START_NS, Session
from wsinspect.model import Ending, Order, Side, SortBy
from wsinspect.session.reader import Reader
from wsinspect.wire.builder import build_close, build_frame

S = 1_000_000_000
MASK = b"\x01\x02\x03\x04"


def record(session: Session) -> Reader:
    """Four connections.

    1: three messages to the client, still open. 2: closed with 1011 by the server after 2 s. 3: cut after 9 s, one
    message to the server. 4: refused.
    """
    feed, failed, cut = (session.open(at_ns=START_NS + number * S) for number in range(3))
    refused = session.recorder.opened(
        source="relay",
        client="127.0.0.1:9",
        url="ws://127.0.0.1:9/a",
        path="/A",
        request=b"GET",
        at_ns=START_NS + 3 * S,
    )
    refused.responded(b"HTTP/1.1 403 Forbidden\r\n\r\n", 403, START_NS + 3 * S)
    refused.closed(START_NS + 4 * S)
    for at in range(3):
        feed.read(Side.SERVER, build_frame(1, b"x"), START_NS + (3 + at) * S)
    failed.read(Side.SERVER, build_close(1011, b""), START_NS + 3 * S)
    for side in Side:
        failed.ended(side, Ending.FIN, START_NS + 3 * S)
    failed.closed(START_NS + 3 * S)
    cut.read(Side.CLIENT, build_frame(1, b"y", mask=MASK), START_NS + 8 * S)
    for side in Side:
        cut.ended(side, Ending.RST, START_NS + 11 * S)
    cut.closed(START_NS + 11 * S)
    return session.read()


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (SortBy.NUMBER, [1, 2, 3, 4]),
        (SortBy.STATE, [1, 2, 3, 4]),
        (SortBy.PATH, [4, 1, 2, 3]),
        (SortBy.CLIENT, [1, 2, 3, 4]),
        (SortBy.SUBPROTOCOL, [1, 2, 3, 4]),
        (SortBy.AGE, [4, 2, 3, 1]),
        (SortBy.TO_SERVER, [1, 2, 4, 3]),
        (SortBy.TO_CLIENT, [3, 4, 2, 1]),
        (SortBy.LATEST, [2, 4, 1, 3]),
        (SortBy.ROUND_TRIP, [1, 2, 3, 4]),
        (SortBy.CLOSE, [3, 2, 4, 1]),
    ],
)
def test_sorted_by(session: Session, by: SortBy, expected: list[int]) -> None:
    reader = record(session)
    assert list(reader.ordered(Order(by), START_NS + 30 * S)) == expected
    turned = list(reader.ordered(Order(by, is_descending=True), START_NS + 30 * S))
    assert sorted(turned) == [1, 2, 3, 4]
    if by is SortBy.CLOSE:
        assert turned == [4, 2, 3, 1], "what has no close comes last either way round"
    elif by is SortBy.ROUND_TRIP:
        assert turned == [4, 3, 2, 1]
    else:
        assert turned == expected[::-1]


def test_only_those_that_live(session: Session) -> None:
    reader = record(session)
    assert list(reader.ordered(Order(hides_closed=True), START_NS)) == [1]
    assert list(reader.ordered(Order(hides_closed=True), START_NS, kept=3)) == [1, 3]
    assert Order().is_natural
    assert not Order(hides_closed=True).is_natural
