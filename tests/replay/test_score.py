"""What had come of the connections at a moment."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.model import Connection, Ending, LegEnd, SeenClose, Traffic
from wsinspect.replay.score import Score, Standing


def connection(number: int, *, closed_ns: int | None, code: int = 1000, messages: int = 1) -> Connection:
    """One that lived from its number on."""
    shown = Connection(
        id=number, source="relay", client="c", server="s", url="ws://s/", path="/", opened_ns=number, upgraded_ns=1,
        status=101, to_client=Traffic(messages=messages),
    )  # fmt: skip
    if closed_ns is None:
        return shown
    end = LegEnd(Ending.FIN, closed_ns)
    return replace(
        shown, server_close=SeenClose(1, closed_ns, code), server_end=end, client_end=end, closed_ns=closed_ns
    )


def test_before_anything_ended_nothing_had() -> None:
    score = Score()
    assert score.standing(1 << 60) == Standing()
    score.take([connection(1, closed_ns=None), connection(2, closed_ns=50)])
    assert score.standing(49) == Standing()
    assert score.open_at(49, 2) == [1, 2]


def test_counts_follow_the_moment() -> None:
    score = Score()
    score.take([connection(1, closed_ns=90, code=1011, messages=5), connection(2, closed_ns=50, messages=3)])
    score.take([connection(3, closed_ns=70, code=1011)])
    assert score.known == 3
    assert score.standing(50) == Standing(failed=0, closed=1, messages=3)
    assert score.standing(70) == Standing(failed=1, closed=1, messages=4, newest_failure=3)
    assert score.standing(90) == Standing(failed=2, closed=1, messages=9, newest_failure=1)
    assert score.open_at(70, 2) == [1]
    assert list(score.ends()) == [(50, False), (70, True), (90, True)]


def test_a_connection_that_is_missing_counts_for_nothing() -> None:
    score = Score()
    score.take([connection(3, closed_ns=70)])
    assert score.known == 3
    assert score.standing(99) == Standing(closed=1, messages=1)


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 20)), st.booleans(), st.integers(0, 9)), max_size=30),
    st.integers(-1, 21),
)
def test_it_counts_as_one_would_by_hand(ends: list[tuple[int | None, bool, int]], at_ns: int) -> None:
    score = Score()
    for number, (closed_ns, fails, messages) in enumerate(ends, 1):
        score.take([connection(number, closed_ns=closed_ns, code=1011 if fails else 1000, messages=messages)])
    gone = [(fails, messages) for closed_ns, fails, messages in ends if closed_ns is not None and closed_ns <= at_ns]
    standing = score.standing(at_ns)
    assert standing.failed == sum(fails for fails, _ in gone)
    assert standing.closed == sum(not fails for fails, _ in gone)
    assert standing.messages == sum(messages for _, messages in gone)
    assert len(score.open_at(at_ns, len(ends))) == len(ends) - len(gone)
