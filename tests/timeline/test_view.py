"""What part of the axis is shown: zoom, pan, following, and back to everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.timeline.scale import Span
from wsinspect.timeline.view import Axis, Bounds, Life, View

S = 1_000_000_000
SAVED = Bounds(0, 100 * S, 60 * S, may_grow=False)
LIVE = Bounds(0, 100 * S, 60 * S, may_grow=True)
ALL = View()


def seconds(view: View, bounds: Bounds = SAVED) -> tuple[float, float]:
    span = view.span(bounds)
    return span.begin_ns / S, span.end_ns / S


def test_begins_with_everything() -> None:
    assert seconds(ALL) == (-1, 101)
    assert seconds(ALL.on(Axis.AGE)) == (-0.6, 60.6)
    begin, end = seconds(ALL, LIVE)
    assert begin < 0
    assert 100 < end <= 120


def test_zoom_about_a_life() -> None:
    # Its end is what of it is nearest to the middle, which is at 50 s.
    assert seconds(ALL.zoomed_to(0.5, SAVED, Life(10 * S, 20 * S))) == (9.5, 60.5)
    # It spans the middle.
    assert seconds(ALL.zoomed_to(0.5, SAVED, Life(10 * S, 90 * S))) == (24.5, 75.5)


def test_a_life_out_of_sight_comes_to_the_middle() -> None:
    view = View(chosen=Span(80 * S, 90 * S)).zoomed_to(0.5, SAVED, Life(10 * S, 20 * S))
    assert seconds(view) == (17.5, 22.5)


def test_zoomed_out_far_enough_it_is_everything() -> None:
    view = ALL.zoomed(0.5, SAVED, 50 * S)
    assert view.chosen is not None
    assert view.zoomed(2, SAVED, 50 * S) == ALL


def test_pan() -> None:
    view = View(chosen=Span(40 * S, 50 * S))
    assert seconds(view.panned(0.5, SAVED)) == (45, 55)
    assert seconds(view.panned(-100, SAVED)) == (-10, 0)
    assert not view.panned(0.5, SAVED).is_following
    assert seconds(ALL.panned(0.5, SAVED)) == (50, 152)


def test_time_moves_what_follows_until_it_is_panned() -> None:
    near = ALL.zoomed(0.25, LIVE, 100 * S)
    assert near.is_following
    later = Bounds(0, 200 * S, 60 * S, may_grow=True)
    begin, end = seconds(near.at(later))
    assert begin < 200 < end
    held = near.panned(-0.1, LIVE)
    assert held.at(later) == held
    # Everything grows by itself, and is not moved.
    assert ALL.at(later) == ALL


def test_zoomed_away_from_the_present_it_stays_there() -> None:
    early = ALL.zoomed_to(0.25, LIVE, Life(5 * S, 6 * S))
    assert not early.is_following
    assert early.at(Bounds(0, 500 * S, 60 * S, may_grow=True)) == early


def test_ages_do_not_follow_the_clock() -> None:
    view = View(Axis.AGE, Span(0, 5 * S))
    assert view.at(LIVE) == view


def test_what_is_chosen_comes_into_sight() -> None:
    view = View(chosen=Span(40 * S, 48 * S))
    assert view.showing(Life(30 * S, 41 * S), SAVED) == view
    assert seconds(view.showing(Life(70 * S, 71 * S), SAVED)) == (69, 77)
    assert not view.showing(Life(70 * S, 71 * S), SAVED).is_following


def test_begins_with_what_is_in_sight_where_everything_is_too_long() -> None:
    lives = [Life(40 * S, 41 * S), Life(42 * S, 44 * S)]
    assert seconds(ALL.opened(lives, SAVED)) == (39.96, 44.04)
    assert ALL.opened([*lives, Life(90 * S, 91 * S)], SAVED) == ALL
    assert ALL.opened([], SAVED) == ALL
    assert not ALL.opened(lives, LIVE).is_following
    assert ALL.opened([Life(98 * S, 100 * S)], LIVE).is_following


def test_another_axis_begins_with_everything() -> None:
    view = View(chosen=Span(40 * S, 50 * S))
    assert view.on(Axis.CLOCK) == view
    assert view.on(Axis.AGE) == View(Axis.AGE)


steps = st.lists(
    st.tuples(st.sampled_from(["zoom", "life", "pan", "show", "tick"]), st.floats(0.1, 8), st.integers(-500, 500)),
    max_size=30,
)


@given(steps, st.booleans())
def test_something_of_the_session_is_always_in_sight(steps: list[tuple[str, float, int]], may_grow: bool) -> None:
    bounds = Bounds(0, 100 * S, 60 * S, may_grow)
    view = ALL
    for step, factor, at in steps:
        life = Life(max(0, min(at, 99)) * S, max(0, min(at + 3, 100)) * S)
        if step == "zoom":
            view = view.zoomed(
                factor, bounds, view.span(bounds).begin_ns + abs(at) * view.span(bounds).length_ns // 500
            )
        elif step == "life":
            view = view.zoomed_to(factor, bounds, life)
        elif step == "pan":
            view = view.panned(at / 100, bounds)
        elif step == "show":
            view = view.showing(life, bounds)
        else:
            view = view.at(bounds)
        span = view.span(bounds)
        assert span.begin_ns < bounds.whole(Axis.CLOCK).end_ns
        assert span.end_ns > bounds.whole(Axis.CLOCK).begin_ns
