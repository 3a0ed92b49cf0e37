"""The play head, with a clock of our own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.replay.player import KEPT_NS, SILENCE_NS, SPEEDS, Player, speed_name

S = 1_000_000_000
BEGIN = 1_700_000_000 * S
END = BEGIN + 100 * S


def head() -> Player:
    """One that began to play when the clock said 0."""
    return Player.started(BEGIN, END, 0)


def test_it_plays_at_the_original_pace() -> None:
    assert head().at(0) == BEGIN
    assert head().at(7 * S) == BEGIN + 7 * S


def test_it_stops_at_the_end_and_says_so() -> None:
    late = head().at(1000 * S)
    assert late == END
    assert head().is_over(100 * S)
    assert not head().is_over(99 * S)
    assert not head().is_moving(100 * S)


@pytest.mark.parametrize(("by", "passed"), [(2, 4 * S), (-1, S // 2), (-99, S // 4), (99, 64 * S)])
def test_faster_and_slower(by: int, passed: int) -> None:
    paced = head().paced(by, 5 * S)
    assert paced.at(5 * S) == BEGIN + 5 * S
    assert paced.at(6 * S) == BEGIN + 5 * S + passed


def test_held_it_stands_and_runs_on_from_there() -> None:
    held = head().switched(3 * S)
    assert held.at(50 * S) == BEGIN + 3 * S
    assert not held.is_moving(50 * S)
    again = held.switched(50 * S)
    assert again.at(51 * S) == BEGIN + 4 * S


def test_from_the_end_it_runs_from_the_beginning() -> None:
    over = head().sought(END, 0)
    assert over.switched(9 * S).at(10 * S) == BEGIN + S
    assert over.held(9 * S).switched(9 * S).at(10 * S) == BEGIN + S


def test_seeking_stays_within_the_session() -> None:
    assert head().sought(0, 0).at(0) == BEGIN
    assert head().sought(END + S, 0).at(0) == END


def test_a_session_of_no_time_is_over_at_once() -> None:
    empty = Player.started(BEGIN, BEGIN, 0)
    assert empty.is_over(0)
    assert empty.at(S) == BEGIN
    assert Player.started(BEGIN, BEGIN - S, 0).end_ns == BEGIN


def test_the_inner_part_of_a_silence_is_passed_over() -> None:
    silence = (BEGIN + 10 * S, BEGIN + 60 * S)
    skipping = head().skipping(True, 0)
    assert skipping.past_silence(silence, 10 * S).at(10 * S) == BEGIN + 10 * S
    assert skipping.past_silence(silence, 11 * S).at(11 * S) == silence[1] - KEPT_NS
    later = skipping.sought(BEGIN + 59 * S, 0)
    assert later.past_silence(silence, 0) == later


@pytest.mark.parametrize(
    "change",
    [
        lambda player: player.skipping(False, 20 * S),
        lambda player: player.held(20 * S),
    ],
)
def test_a_silence_is_played_unless_it_is_to_be_passed_over(change: Callable[[Player], Player]) -> None:
    player = change(head().skipping(True, 0))
    assert player.past_silence((BEGIN, END), 20 * S) == player


def test_a_short_silence_is_played() -> None:
    player = head().skipping(True, 0)
    assert player.past_silence((BEGIN, BEGIN + SILENCE_NS), 2 * S) == player
    assert player.past_silence(None, 2 * S) == player


@pytest.mark.parametrize(("speed", "name"), [(-2, "×0.25"), (-1, "×0.5"), (0, "×1"), (6, "×64")])
def test_speeds_have_names(speed: int, name: str) -> None:
    assert speed_name(speed) == name


_CHANGES = st.lists(
    st.tuples(
        st.integers(0, 20 * S),
        st.one_of(
            st.just(("held",)),
            st.just(("switched",)),
            st.tuples(st.just("paced"), st.integers(-3, 3)),
            st.tuples(st.just("skipping"), st.booleans()),
        ),
    ),
    max_size=30,
)


@given(changes=_CHANGES)
def test_time_never_runs_backwards_and_no_change_moves_the_head(changes: list[tuple[int, tuple[object, ...]]]) -> None:
    player, now = head(), 0
    last = player.at(now)
    for wait, (name, *rest) in changes:
        now += wait
        before = player.at(now)
        assert last <= before <= END
        was_over = player.is_over(now)
        player = getattr(player, str(name))(*rest, now)
        last = player.at(now)
        assert last == (BEGIN if name == "switched" and was_over else before)
        assert player.speed in SPEEDS


@given(seek=st.integers(BEGIN - S, END + S), first=st.integers(0, 50 * S), more=st.integers(0, 50 * S))
def test_in_a_silence_the_head_only_goes_forward(seek: int, first: int, more: int) -> None:
    player = head().skipping(True, 0).sought(seek, 0)
    silence = (BEGIN + 20 * S, BEGIN + 70 * S)
    passed = player.past_silence(silence, first)
    assert player.at(first) <= passed.at(first) <= max(player.at(first), silence[1] - KEPT_NS)
    assert passed.at(first) <= passed.at(first + more)
