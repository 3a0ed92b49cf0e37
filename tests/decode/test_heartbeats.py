"""Heartbeats above WebSocket, and rows that say nothing new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.decode.heartbeats import LONGEST, is_heartbeat, sameness
from wsinspect.model import Row, RowKind, Side, Violation

HEARTBEATS = [
    b"2",
    b"3",
    b"h",
    b"\n",
    b"ping",
    b"PONG",
    b'{"type":6}\x1e',
    b'[null,"57","phoenix","heartbeat",{}]',
    b'["3","57","phoenix","phx_reply",{"status":"ok","response":{}}]',
    b'{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"12"}',
    b'{"op":1,"d":251}',
    b'{"op":11,"d":null}',
    b'{"op": 11}',
    b'{"event":"pusher:ping","data":"{}"}',
    b'{"type":"ping"}',
    b'{"type": "pong", "payload": {}}',
    b'{"type":"ping","message":1355497291}',
    b'{"type":"ka"}',
    b'{"op":"heartbeat","ts":1700000000}',
    b'{\n  "event": "heartbeat"\n}',
]

OTHERS = [
    b"",
    b"4",
    b"hello",
    b"pinging",
    b'{"type":7}\x1e',
    b'[null,"57","room:1","heartbeat",{}]',
    b'{"op":1,"d":{"token":"x"}}',
    b'{"op":11,"d":{"a":1}}',
    b'{"type":"message","text":"ping"}',
    b'{"type":"ping","orders":[1,2]}',
    b'{"type":"pong","payload":{"price":1}}',
    b'{"nested":{"type":"ping"}}',
    b'{"type":"ping"' + b" " * LONGEST + b"}",
]


@pytest.mark.parametrize("content", HEARTBEATS)
def test_a_heartbeat(content: bytes) -> None:
    assert is_heartbeat(content)


@pytest.mark.parametrize("content", OTHERS)
def test_no_heartbeat(content: bytes) -> None:
    assert not is_heartbeat(content)


@given(st.binary(max_size=LONGEST + 2))
def test_any_bytes_are_answered(content: bytes) -> None:
    assert is_heartbeat(content) in (True, False)


def row(
    number: int, content: bytes = b"x", side: Side = Side.SERVER, kind: RowKind = RowKind.TEXT, size: int | None = None
) -> Row:
    return Row(1, number, kind, number, number, side, head=content, size=len(content) if size is None else size)


def same(one: Row, other: Row) -> bool:
    """Whether the later of two rows says nothing new."""
    assert sameness(one) is not None
    return sameness(one) == sameness(other)


def test_pings_of_one_side_and_their_pongs_are_alike_whatever_they_carry() -> None:
    ping = row(1, b"a", kind=RowKind.PING)
    assert same(row(2, b"b", kind=RowKind.PING), ping)
    assert same(row(2, kind=RowKind.PONG, side=Side.CLIENT), ping)
    assert not same(row(2, kind=RowKind.PING, side=Side.CLIENT), ping)
    assert not same(row(2, kind=RowKind.PONG), ping)


def test_heartbeats_of_one_side_are_alike() -> None:
    assert same(row(2, b"2"), row(1, b"3"))
    assert not same(row(2, b"2"), row(1, b"2", Side.CLIENT))


def test_the_same_message_again() -> None:
    assert same(row(2, b'{"a":1}'), row(1, b'{"a":1}'))
    assert not same(row(2, b'{"a":2}'), row(1, b'{"a":1}'))
    assert not same(row(2, b'{"a":1}', Side.CLIENT), row(1, b'{"a":1}'))
    assert not same(row(2, b"a", kind=RowKind.BINARY), row(1, b"a"))


def test_what_is_never_the_same() -> None:
    broken = row(1)._replace(violations=(Violation("r", "d", "s"),))
    cut = row(1, b"x" * 512, size=513)
    for one in (broken, cut, row(1)._replace(problem="not inflated"), row(1, kind=RowKind.CLOSE)):
        assert sameness(one) is None
