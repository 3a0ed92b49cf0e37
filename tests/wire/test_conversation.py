"""Close stories say what was on the wire and mark what is only concluded; pings find their pongs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.model import (
    CloseHandshake,
    CloseStory,
    Connection,
    EndedBy,
    Ending,
    LastMessage,
    LegEnd,
    SeenClose,
    Side,
    State,
)
from wsinspect.wire.close import parse_close
from wsinspect.wire.conversation import MAX_OUTSTANDING, PingTracker, close_story
from wsinspect.wire.ended import ended_as
from wsinspect.wire.frames import BINARY, PING, PONG

S = 1_000_000_000

CONNECTING = Connection(
    1, "relay", "127.0.0.1:52110", "127.0.0.1:9000", "ws://127.0.0.1:9000/", "/orders", opened_ns=100 * S
)
OPEN = replace(CONNECTING, status=101, upgraded_ns=100 * S)
INTERNAL_ERROR = SeenClose(row=6, at_ns=121 * S, code=1011, reason=b"why")
ECHO = SeenClose(row=7, at_ns=122 * S, code=1011)
FIN_1, FIN_2 = LegEnd(Ending.FIN, 123 * S), LegEnd(Ending.FIN, 124 * S)


def told(connection: Connection, **more: str) -> CloseStory:
    story = close_story(connection, **more)  # type: ignore[arg-type]  # only failed_stage is given
    assert story is not None
    assert story.connection is connection
    return story


@pytest.mark.parametrize(
    "connection",
    [CONNECTING, OPEN, replace(OPEN, client_end=FIN_1), replace(CONNECTING, server_end=FIN_1)],
)
def test_nothing_to_tell_yet(connection: Connection) -> None:
    assert close_story(connection) is None


def test_the_server_closes_and_the_client_echoes() -> None:
    connection = replace(
        OPEN,
        server_close=INTERNAL_ERROR,
        client_close=ECHO,
        server_end=FIN_1,
        client_end=FIN_2,
        closed_ns=FIN_2.at_ns,
    )
    assert told(connection) == CloseStory(
        connection,
        code=1011,
        is_wire=True,
        at_ns=121 * S,
        age_ns=21 * S,
        handshake=CloseHandshake.COMPLETE,
        sender=Side.SERVER,
        reason=b"why",
        answer=ECHO,
        first_end=Side.SERVER,
    )


def test_the_first_close_is_told_before_it_is_answered() -> None:
    story = told(replace(OPEN, client_close=INTERNAL_ERROR))
    assert (story.sender, story.handshake, story.answer, story.first_end) == (
        Side.CLIENT,
        CloseHandshake.UNANSWERED,
        None,
        None,
    )


def test_another_code_is_no_echo() -> None:
    story = told(replace(OPEN, client_close=replace(ECHO, code=1002), server_close=INTERNAL_ERROR))
    assert (story.code, story.handshake) == (1011, CloseHandshake.DIFFERENT)
    story = told(replace(OPEN, client_close=replace(ECHO, code=None), server_close=INTERNAL_ERROR))
    assert story.handshake is CloseHandshake.DIFFERENT


def test_an_empty_close_frame_is_1005_by_conclusion() -> None:
    empty = replace(INTERNAL_ERROR, code=None, reason=b"")
    story = told(replace(OPEN, server_close=empty, client_close=replace(empty, row=7)))
    assert (story.code, story.is_wire, story.handshake) == (1005, False, CloseHandshake.COMPLETE)
    assert story.violations == ()


def test_half_a_code_is_a_violation() -> None:
    half = replace(INTERNAL_ERROR, code=None, reason=b"")
    detail = parse_close(b"\x03").violations[0].detail
    story = told(replace(OPEN, server_close=half, first_violation=detail, violation_row=6))
    assert [violation.rule for violation in story.violations] == ["close-one-byte"]
    assert (story.code, story.is_wire) == (1005, False)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (999, "close-code-range"),
        (1004, "close-code-reserved"),
        (1005, "close-code-not-sendable"),
        (1006, "close-code-not-sendable"),
        (1015, "close-code-not-sendable"),
        (5000, "close-code-range"),
    ],
)
def test_an_illegal_code_on_the_wire_is_shown_as_sent(code: int, rule: str) -> None:
    story = told(replace(OPEN, server_close=replace(INTERNAL_ERROR, code=code)))
    assert (story.code, story.is_wire) == (code, True)
    assert [violation.rule for violation in story.violations] == [rule]


def test_a_reason_cut_by_the_recorder_is_not_called_broken() -> None:
    cut = replace(INTERNAL_ERROR, reason=b"x" * 122 + b"\xc3")
    assert told(replace(OPEN, server_close=cut)).violations == ()
    bad = replace(INTERNAL_ERROR, reason=b"\xff")
    assert [violation.rule for violation in told(replace(OPEN, server_close=bad)).violations] == ["close-reason-utf8"]


def test_no_close_frame_is_1006_by_conclusion() -> None:
    rst = LegEnd(Ending.RST, 130 * S)
    story = told(replace(OPEN, server_end=rst, client_end=FIN_2, closed_ns=131 * S))
    assert (story.code, story.is_wire, story.handshake) == (1006, False, CloseHandshake.ABSENT)
    assert (story.sender, story.first_end, story.at_ns, story.age_ns) == (Side.CLIENT, Side.CLIENT, 124 * S, 24 * S)
    assert not story.by_us


def test_an_end_of_our_own_is_said_to_be_ours() -> None:
    ours = LegEnd(Ending.FIN, 130 * S, EndedBy.US)
    assert told(replace(OPEN, server_end=ours, client_end=ours, closed_ns=130 * S)).by_us
    story = told(replace(OPEN, client_end=ours, server_end=replace(ours, by=EndedBy.PEER), closed_ns=130 * S))
    assert (story.first_end, story.by_us) == (Side.SERVER, False)


def test_a_connection_given_up_with_no_end_seen() -> None:
    story = told(replace(OPEN, closed_ns=99 * S))
    assert (story.code, story.sender, story.at_ns, story.age_ns) == (1006, None, 99 * S, 0)


def test_a_refused_upgrade() -> None:
    story = told(replace(CONNECTING, status=502, client_end=FIN_1, closed_ns=FIN_1.at_ns))
    assert (story.status, story.code, story.is_wire) == (502, 1006, False)
    assert (story.sender, story.by_us, story.age_ns) == (Side.SERVER, False, 23 * S)
    assert told(replace(CONNECTING, status=503)).at_ns == 100 * S


def test_a_refusal_stays_the_servers_when_we_end_the_connection_after_it() -> None:
    ended = replace(FIN_1, by=EndedBy.US)
    story = told(replace(CONNECTING, status=502, client_end=ended, closed_ns=FIN_1.at_ns))
    assert (story.status, story.sender, story.by_us) == (502, Side.SERVER, False)


def test_a_refusal_of_our_own() -> None:
    story = told(replace(CONNECTING, status=502, status_by_us=True, failure="refused", closed_ns=101 * S))
    assert (story.status, story.sender, story.by_us) == (502, None, True)


def test_no_answer_at_all() -> None:
    story = told(replace(CONNECTING, client_end=FIN_1, closed_ns=FIN_2.at_ns, failure="the client left"))
    assert (story.status, story.code, story.sender, story.at_ns) == (None, 1006, Side.CLIENT, 123 * S)


def test_tls_that_failed_is_1015_by_conclusion() -> None:
    failed = replace(CONNECTING, closed_ns=101 * S, failure="certificate verify failed")
    assert (told(failed).code, told(failed, failed_stage="dns").code) == (1006, 1006)
    story = told(failed, failed_stage="tls")
    assert (story.code, story.is_wire) == (1015, False)
    alert = LegEnd(Ending.TLS_ALERT, 101 * S)
    assert told(replace(failed, server_end=alert)).code == 1015
    assert told(replace(failed, client_end=alert)).code == 1006


def test_an_alert_after_the_upgrade_is_not_1015() -> None:
    alert = LegEnd(Ending.TLS_ALERT, 101 * S)
    assert told(replace(OPEN, server_end=alert, client_end=FIN_1, closed_ns=FIN_1.at_ns)).code == 1006


def test_the_last_message_goes_into_the_story() -> None:
    last = LastMessage(row=5, side=Side.CLIENT, before_ns=43_000_000)
    for connection in (replace(OPEN, server_close=INTERNAL_ERROR), replace(OPEN, closed_ns=101 * S)):
        story = close_story(connection, last_message=last)
        assert story is not None
        assert story.last_message == last


CLOSES = st.none() | st.builds(
    SeenClose,
    st.integers(1, 9),
    st.integers(0, 200 * S),
    st.none() | st.integers(0, 65535),
    st.binary(max_size=123),
)
ENDS = st.none() | st.builds(LegEnd, st.sampled_from(Ending), st.integers(0, 200 * S), st.sampled_from(EndedBy))
FACTS = st.builds(
    replace,
    st.just(CONNECTING),
    status=st.none() | st.integers(0, 999),
    upgraded_ns=st.none() | st.just(100 * S),
    closed_ns=st.none() | st.integers(0, 200 * S),
    client_close=CLOSES,
    server_close=CLOSES,
    client_end=ENDS,
    server_end=ENDS,
)


@given(FACTS)
def test_any_facts_have_a_story_exactly_when_something_is_over(connection: Connection) -> None:
    story = close_story(connection)
    if connection.upgraded_ns is None:
        assert (story is None) == (connection.closed_ns is None and connection.status in (None, 101))
    else:
        assert (story is None) == (connection.closed_ns is None and connection.first_close is None)
    if story is not None:
        assert 0 <= story.code <= 65535
        assert story.is_wire or story.code in (1005, 1006, 1015)
        assert story.age_ns >= 0


@given(FACTS)
def test_a_close_frame_closes_only_who_is_still_there(connection: Connection) -> None:
    story = close_story(replace(connection, upgraded_ns=100 * S))
    if story is None:
        return
    first = connection.first_close
    if story.handshake is CloseHandshake.ABSENT:
        assert (story.code, story.is_wire, story.reason, story.answer) == (1006, False, b"", None)
        assert story.sender is story.first_end
        if first is not None:
            left = connection.client_end if first[0] is Side.SERVER else connection.server_end
            assert left is not None
            assert story.at_ns <= left.at_ns < first[1].at_ns
    else:
        assert first is not None
        assert (story.sender, story.at_ns) == (first[0], first[1].at_ns)
        other = connection.client_end if first[0] is Side.SERVER else connection.server_end
        assert other is None or other.by is EndedBy.RELAY or other.at_ns >= first[1].at_ns


@given(FACTS)
def test_the_word_of_a_list_and_the_story_agree(connection: Connection) -> None:
    opened = replace(connection, upgraded_ns=100 * S)
    word, story = ended_as(opened), close_story(opened)
    if story is None:
        assert word == ""
    elif story.by_us:
        assert (story.code, word) == (1006, "cut")
    else:
        assert word.removeprefix("broken:") == str(story.code)


LEAVES = LegEnd(Ending.FIN, 120 * S)
RESETS = LegEnd(Ending.RST, 120 * S)


@pytest.mark.parametrize("left", [LEAVES, RESETS, replace(LEAVES, how=Ending.TIMEOUT)])
def test_a_close_frame_to_who_had_left_closes_nothing(left: LegEnd) -> None:
    connection = replace(OPEN, client_end=left, server_close=INTERNAL_ERROR)
    assert connection.state is State.CLOSING
    for seen in (connection, replace(connection, server_end=FIN_1, closed_ns=FIN_1.at_ns)):
        story = told(seen)
        assert (story.code, story.is_wire, story.reason) == (1006, False, b"")
        assert (story.sender, story.first_end, story.at_ns) == (Side.CLIENT, Side.CLIENT, left.at_ns)
        assert (story.handshake, story.answer) == (CloseHandshake.ABSENT, None)
        assert seen.late_close == (Side.SERVER, INTERNAL_ERROR)
        assert ended_as(seen) == "1006"


def test_a_close_frame_to_whom_we_ended_is_our_doing() -> None:
    ours = replace(LEAVES, by=EndedBy.US)
    story = told(replace(OPEN, client_end=ours, server_close=INTERNAL_ERROR))
    assert (story.code, story.by_us) == (1006, True)


def test_who_half_closes_after_its_own_close_frame_gets_its_answer() -> None:
    closing = replace(ECHO, row=5, at_ns=119 * S)
    connection = replace(OPEN, client_close=closing, client_end=LEAVES, server_close=replace(ECHO, row=6))
    story = told(connection)
    assert (story.code, story.sender, story.handshake) == (1011, Side.CLIENT, CloseHandshake.COMPLETE)
    assert connection.late_close is None


def test_of_an_end_and_a_close_frame_at_one_instant_nobody_was_first() -> None:
    story = told(replace(OPEN, client_end=replace(LEAVES, at_ns=INTERNAL_ERROR.at_ns), server_close=INTERNAL_ERROR))
    assert (story.code, story.sender, story.handshake) == (1011, Side.SERVER, CloseHandshake.UNANSWERED)


def test_an_end_that_was_passed_on_is_the_other_sides() -> None:
    passed_on = replace(RESETS, by=EndedBy.RELAY)
    story = told(replace(OPEN, client_end=passed_on, server_end=RESETS, server_close=INTERNAL_ERROR))
    assert (story.code, story.sender) == (1011, Side.SERVER)


def test_a_pong_answers_its_ping() -> None:
    pings = PingTracker()
    assert pings.feed(Side.SERVER, PING, b"1", 1000) is None
    assert pings.feed(Side.CLIENT, PING, b"1", 1100) is None
    assert pings.unanswered == 2
    assert pings.feed(Side.CLIENT, PONG, b"1", 1500) == 500
    assert pings.feed(Side.SERVER, PONG, b"2", 1600) is None
    assert pings.feed(Side.SERVER, PONG, b"1", 1700) == 600
    assert pings.unanswered == 0
    assert pings.feed(Side.SERVER, PONG, b"1", 1800) is None
    assert pings.feed(Side.SERVER, BINARY, b"1", 1900) is None


def test_pings_alike_are_answered_in_order() -> None:
    pings = PingTracker()
    for at in (10, 20, 30):
        pings.feed(Side.SERVER, PING, b"", at)
    assert pings.feed(Side.CLIENT, PONG, b"", 35) == 25
    assert pings.unanswered == 2


def test_a_pong_to_the_latest_answers_all_before_it() -> None:
    pings = PingTracker()
    for at in range(5):
        pings.feed(Side.SERVER, PING, bytes([at]), at)
    assert pings.feed(Side.CLIENT, PONG, b"\x03", 10) == 7
    assert pings.unanswered == 1


def test_a_flood_of_pings_is_counted_but_not_kept() -> None:
    pings = PingTracker()
    for at in range(1000):
        pings.feed(Side.CLIENT, PING, at.to_bytes(2), at)
    assert pings.unanswered == 1000
    assert pings.feed(Side.SERVER, PONG, (900).to_bytes(2), 2000) is None
    assert pings.feed(Side.SERVER, PONG, (1000 - MAX_OUTSTANDING).to_bytes(2), 2000) == 1000 + MAX_OUTSTANDING
    assert pings.unanswered == MAX_OUTSTANDING - 1


@given(st.lists(st.tuples(st.sampled_from(Side), st.integers(0, 15), st.binary(max_size=1)), max_size=200))
def test_any_control_frames_are_counted(frames: list[tuple[Side, int, bytes]]) -> None:
    pings = PingTracker()
    asked = 0
    for at, (side, opcode, payload) in enumerate(frames):
        before = pings.unanswered
        rtt = pings.feed(side, opcode, payload, at)
        asked += opcode == PING
        assert rtt is None or 0 < rtt <= at
        assert pings.unanswered - before == 1 if opcode == PING else pings.unanswered <= before
    assert pings.unanswered <= asked
