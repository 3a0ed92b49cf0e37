"""Moments and cells, zoom and pan, and the bars on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.timeline.bars import Bar, Beyond, bar
from wsinspect.timeline.scale import LONGEST_NS, SHORTEST_NS, Scale, Span, following, growing, whole_of

S = 1_000_000_000
NOW = 1_795_356_071_204_000_000

moments = st.integers(-(1 << 63), (1 << 63) - 1)
lengths = st.integers(SHORTEST_NS, LONGEST_NS) | st.integers(SHORTEST_NS, 100 * S)
spans = st.builds(lambda begin, length: Span(begin, begin + length), moments | st.integers(NOW, NOW + S), lengths)
scales = st.builds(Scale, spans, st.integers(1, 400))


@st.composite
def near(draw: st.DrawFn, scale: Scale) -> int:
    """A moment in or about the span."""
    span = scale.span
    return draw(st.integers(span.begin_ns - span.length_ns, span.end_ns + span.length_ns) | moments)


@given(scales, st.data())
def test_each_moment_belongs_to_the_cell_between_its_edges(scale: Scale, data: st.DataObject) -> None:
    at = data.draw(near(scale))
    cell = scale.cell_of(at)
    assert scale.edge(cell) <= at < scale.edge(cell + 1)


@given(scales, st.data())
def test_a_bar_stands_where_the_connection_lived_and_nowhere_else(scale: Scale, data: st.DataObject) -> None:
    begin, end = sorted((data.draw(near(scale)), data.draw(near(scale))))
    placed = bar(scale, begin, end)
    alive = [cell for cell in range(scale.cells) if begin < scale.edge(cell + 1) and end >= scale.edge(cell)]
    if isinstance(placed, Beyond):
        assert not alive
        assert end < scale.span.begin_ns if placed is Beyond.BEFORE else begin >= scale.span.end_ns
        return
    assert 0 <= placed.first <= placed.last < scale.cells
    assert alive == list(range(placed.first, placed.last + 1))
    assert placed.has_begin == (begin >= scale.span.begin_ns)
    assert placed.has_end == (end < scale.span.end_ns)


def test_a_bar_that_ends_before_it_begins_is_its_opening() -> None:
    assert bar(Scale(Span(0, 10 * S), 10), 5 * S, 2 * S) == Bar(5, 5, has_begin=True, has_end=True)


@given(spans, st.floats(0.01, 100), st.floats(0, 1))
def test_zoom_keeps_the_moment_in_its_place(span: Span, factor: float, place: float) -> None:
    at = span.begin_ns + int(span.length_ns * place)
    zoomed = span.zoomed(factor, at)
    assert SHORTEST_NS <= zoomed.length_ns <= LONGEST_NS
    # Within one part in ten million of its length: no cell.
    was, now = at - span.begin_ns, at - zoomed.begin_ns
    assert abs(was * zoomed.length_ns - now * span.length_ns) <= span.length_ns * (zoomed.length_ns // 10**7 + 1)


def test_zoom_in_and_out_comes_back() -> None:
    span = Span(NOW, NOW + 64 * S)
    assert span.zoomed(0.5, NOW + 16 * S) == Span(NOW + 8 * S, NOW + 40 * S)
    assert span.zoomed(0.5, NOW + 16 * S).zoomed(2, NOW + 16 * S) == span


@given(spans, spans)
def test_no_pan_leaves_everything_behind(span: Span, whole: Span) -> None:
    held = span.within(whole)
    assert held.length_ns == span.length_ns
    assert held.begin_ns < whole.end_ns
    assert held.end_ns > whole.begin_ns
    assert held.within(whole) == held


@given(moments, moments)
def test_everything_is_in_the_whole_span(one: int, other: int) -> None:
    first, last = sorted((one, other))
    whole = whole_of(first, last)
    assert whole.begin_ns < first < whole.end_ns
    assert SHORTEST_NS <= whole.length_ns <= LONGEST_NS * 1.1
    assert whole.end_ns > last or last - first > LONGEST_NS


@given(st.integers(0, LONGEST_NS), st.integers(0, 60 * S))
def test_a_span_that_grows_changes_now_and_then(age: int, later: int) -> None:
    span = growing(NOW, NOW + age)
    assert span.begin_ns < NOW
    assert NOW + age <= span.end_ns <= NOW + max(SHORTEST_NS, age) * 6 // 5 + 1
    assert growing(NOW, NOW + age + later).begin_ns <= span.begin_ns
    assert len({growing(NOW, NOW + at * S) for at in range(60, 120)}) <= 5


@given(spans, st.data())
def test_following_shows_the_present(span: Span, data: st.DataObject) -> None:
    now = data.draw(st.integers(span.begin_ns, span.end_ns + 5 * span.length_ns))
    moved = following(span, now)
    assert moved.begin_ns <= now < moved.end_ns
    assert moved.length_ns == span.length_ns


def test_following_moves_in_steps() -> None:
    span = Span(0, 8 * S)
    assert following(span, 8 * S - 1) == span
    assert following(span, 8 * S) == Span(S, 9 * S)
    assert following(Span(S, 9 * S), 8 * S) == Span(S, 9 * S)


@pytest.mark.parametrize(("begin", "end", "placed"), [(-5, -1, Beyond.BEFORE), (10 * S, 11 * S, Beyond.AFTER)])
def test_what_is_not_in_the_span_is_said(begin: int, end: int, placed: Beyond) -> None:
    assert bar(Scale(Span(0, 10 * S), 10), begin, end) is placed
