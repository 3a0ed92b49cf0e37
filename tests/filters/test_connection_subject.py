"""What each term takes of connections, and what no connection can answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.filters.connections import EXPRESSIONS, NOW_NS, connections, plainly
from tests.fixtures.crowd import crowd
from tests.fixtures.session import S
from wsinspect.filters import Expression, parse_for_connections
from wsinspect.filters.connection_subject import ConnectionMatcher
from wsinspect.filters.matcher import SLOW_MESSAGES, PatternTooSlow
from wsinspect.filters.moments import Times
from wsinspect.model import Connection, SeenClose

TIMES = Times(0, 0)
CLOSED, OPEN = crowd(1, 1)
FAILED = replace(CLOSED, upgraded_ns=None, status=None, server_close=None, failure="Connection refused")


def takes(text: str, connection: Connection, now_ns: int) -> bool:
    expression = parse_for_connections(text)
    assert expression is not None
    return ConnectionMatcher(expression, TIMES).takes(connection, now_ns)


@pytest.mark.parametrize(
    ("text", "connection", "is_taken"),
    [
        ("CHAT", CLOSED, True),
        ("10.0.0.1:30001", CLOSED, True),
        ('"1000 normal closure"', CLOSED, True),
        ("bye", CLOSED, True),
        ("bye", OPEN, False),
        ("refused", FAILED, True),
        (r"re:^/chat\?room=7$", CLOSED, True),
        ("re:^room", CLOSED, False),
        ("conn:1", CLOSED, True),
        ("path:/CHAT", CLOSED, True),
        ("is:closed", CLOSED, True),
        ("is:failed", CLOSED, False),
        ("is:failed", replace(CLOSED, server_close=None), True),
        ("is:closed", replace(CLOSED, server_close=None), False),
        ("is:failed", FAILED, True),
        ("is:open,failed", OPEN, True),
        ("-is:open", OPEN, False),
        ("code:1000", CLOSED, True),
        ("code:1000", OPEN, False),
        ("code:1006", replace(CLOSED, server_close=None), True),
        ("1006", replace(CLOSED, server_close=None), True),
        ("code:1001", replace(CLOSED, client_close=SeenClose(2, CLOSED.opened_ns, 1001)), True),
        ("from:server", CLOSED, True),
        ("from:client", CLOSED, False),
        ("from:client or from:server or from:us", OPEN, False),
        ("size:1", CLOSED, True),
        ("size:>1", CLOSED, False),
        ("gap:2s", CLOSED, True),
        ("gap:7s", OPEN, True),
        ("type:close type:tcp", CLOSED, True),
        ("type:close or type:tcp", OPEN, False),
        ("type:tcp -type:close", FAILED, True),
        ("violation:", CLOSED, False),
        ("violation:mask", replace(OPEN, first_violation="a frame without a Mask"), True),
        ("violation:rsv", replace(OPEN, first_violation="a frame without a mask"), False),
        ("after:2026-11-22T14:00", CLOSED, True),
        ("before:2026-11-22T14:00", CLOSED, False),
    ],
)
def test_takes(text: str, connection: Connection, is_taken: bool) -> None:
    assert takes(text, connection, OPEN.opened_ns + 7 * S) is is_taken


def test_a_pattern_that_is_too_slow_gives_up() -> None:
    expression = parse_for_connections("re:(a|aa)+$")
    assert expression is not None
    matcher = ConnectionMatcher(expression, TIMES)
    slow = replace(OPEN, path="a" * 5000 + "!")
    for _ in range(SLOW_MESSAGES - 1):
        assert not matcher.takes(slow, 0)
    with pytest.raises(PatternTooSlow):
        matcher.takes(slow, 0)


@given(EXPRESSIONS, st.integers(1, 9).flatmap(connections))
def test_as_the_plain_predicate_says(expression: Expression, connection: Connection) -> None:
    matcher = ConnectionMatcher(expression, TIMES)
    assert matcher.takes(connection, NOW_NS) == plainly(expression, connection, NOW_NS, TIMES.wall_ns)
