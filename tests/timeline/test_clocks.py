"""Two clocks compared: from which upgrades, how far they differ, and which capture was nearer to the client."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.timeline.clocks import Clocks, Passing, compare

MS = 1_000_000
S = 1_000 * MS


def passing(number: int, key: str, opened: int, forwarded: int | None, responded: int | None) -> Passing:
    return Passing(number, key, opened, forwarded, responded)


def seen(number: int, key: str, begin: int, there: int, back: int, ahead: int) -> tuple[Passing, Passing]:
    """One upgrade as the outer and the inner capture saw it; the inner clock is ahead by ``ahead``."""
    outer = passing(number, key, begin, begin + MS, begin + MS + there + 10 * MS + back)
    at = begin + MS + there + ahead
    return outer, passing(number + 100, key, at, at + 2 * MS, at + 10 * MS)


def test_the_upgrade_that_spent_least_between_the_two_tells_the_clocks() -> None:
    slow, fast = seen(1, "a", 0, 5 * MS, 95 * MS, 2 * S), seen(2, "b", S, MS, MS, 2 * S)
    found = compare([slow[0], fast[0]], [slow[1], fast[1]])
    assert found == Clocks({1: 101, 2: 102}, -2 * S, MS, outer=0)


def test_the_second_may_be_the_outer_one() -> None:
    outer, inner = seen(1, "a", 0, MS, MS, 2 * S)
    assert compare([inner], [outer]) == Clocks({101: 1}, 2 * S, MS, outer=1)


@given(
    st.integers(-(10**15), 10**15), st.lists(st.tuples(st.integers(0, S), st.integers(0, S)), min_size=1, max_size=9)
)
def test_the_error_is_never_larger_than_is_said(ahead: int, trips: list[tuple[int, int]]) -> None:
    pairs = [seen(at, str(at), at * S, there, back, ahead) for at, (there, back) in enumerate(trips)]
    found = compare([outer for outer, _ in pairs], [inner for _, inner in pairs])
    assert found.outer == 0
    assert found.forward_ns is not None
    assert abs(found.forward_ns + ahead) <= found.error_ns + 1


def test_a_key_that_comes_twice_or_not_at_all_names_nothing() -> None:
    one, other = seen(1, "a", 0, MS, MS, 0), seen(2, "b", S, MS, MS, 0)
    assert compare([one[0], one[0]._replace(connection=7)], [one[1]]).twins == {}
    assert compare([one[0]], [one[1], one[1]._replace(connection=7)]).twins == {}
    assert compare([one[0]._replace(key="")], [one[1]._replace(key="")]) == Clocks()
    assert compare([one[0], one[0], other[0]], [one[1], other[1]]).twins == {2: 102}


def test_without_an_answer_they_are_paired_but_tell_no_time() -> None:
    outer, inner = seen(1, "a", 0, MS, MS, S)
    assert compare([outer._replace(responded_ns=None)], [inner]) == Clocks({1: 101})


def test_where_both_waited_the_same_no_side_is_told() -> None:
    one = passing(1, "a", 0, 0, 10 * MS)
    other = passing(2, "a", 7 * S, 7 * S, 7 * S + 10 * MS)
    assert compare([one], [other]) == Clocks({1: 2}, -7 * S, 0, outer=None)


def test_most_upgrades_say_which_is_the_outer_one() -> None:
    pairs = [seen(at, str(at), at * S, MS, MS, 0) for at in range(3)]
    # A clock that was set while it waited.
    pairs[0] = pairs[0][0]._replace(responded_ns=pairs[0][0].opened_ns + 2 * MS), pairs[0][1]
    found = compare([outer for outer, _ in pairs], [inner for _, inner in pairs])
    assert (found.outer, found.forward_ns) == (0, 0)
