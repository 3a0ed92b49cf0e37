"""The small plots, the sentence over the timeline, and one bar: pure, so checked as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.building import CLIENT, SERVER, START, Made
from wsinspect import text
from wsinspect.decode.outcome import outcome_of
from wsinspect.diagnosis.ages import CommonAge, EndKind
from wsinspect.timeline.sample import RoundTrip, Sample
from wsinspect.timeline.scale import Scale, Span
from wsinspect.timeline.survey import CodeCount, Surveyed
from wsinspect.timeline.view import Axis
from wsinspect.ui.timeline.bar_cells import BAR, BarLine, cells
from wsinspect.ui.timeline.common_age import sentence
from wsinspect.ui.timeline.plots import Facts, closes, page, rate, round_trips, sizes
from wsinspect.ui.timeline.span_said import legend, span_said

MS = 1_000_000
S = 1_000 * MS
WORDS = ("1006", "1011", "1000", "http:502", "failed", "cut", "broken:1006", "1001", "4401", "1012")


def said(lines: list[object]) -> list[str]:
    """Lines as text."""
    return ["".join(piece.text for piece in line) for line in lines]  # type: ignore[attr-defined]  # lines are cells


def surveyed(*counts: int, total: int = 0) -> Surveyed:
    codes = tuple(CodeCount(outcome_of(word), count) for word, count in zip(WORDS, counts, strict=False))
    return Surveyed(sum(counts), total or sum(counts), sum(counts), codes=codes)


def test_rate_tells_its_peak() -> None:
    lines = said(list(rate(Facts(number=1, counts=(0, 4, 0, 8), lasted_ns=4 * S), 24, 4)))
    assert lines[0].endswith("peak 8.0/s")
    assert lines[-1].startswith("0")
    assert lines[-1].endswith("4.0 s")
    slow = said(list(rate(Facts(number=1, counts=(1,), lasted_ns=600 * S), 24, 4)))
    assert slow[0].endswith("peak 6.0/h")


def test_rate_columns_hold_equally_many_stretches() -> None:
    lines = said(list(rate(Facts(number=1, counts=(5,) * 120, lasted_ns=S), 37, 4)))
    assert set(lines[1]) == {"█"}


def test_closes_are_counted_and_the_rest_summed_up() -> None:
    lines = said(list(closes(Facts(surveyed(9, 5, 3, 2, 1)), 30, 4)))
    assert lines[0].split() == ["Ends", "20", "of", "20", "connections"]
    assert lines[1].split()[0] == "1006"
    assert lines[1].split()[-1] == "9"
    assert lines[3] == "3 other ends: 6"
    sample = said(list(closes(Facts(surveyed(9, total=20_001)), 30, 4)))
    assert sample[0].endswith("9 of newest 9 connections")
    assert said(list(closes(Facts(surveyed(9, total=20_001)), 20, 4)))[0].endswith("9 of newest 9")


def test_what_is_still_open_has_not_ended() -> None:
    codes = (CodeCount(outcome_of("1011"), 12),)
    lines = said(list(closes(Facts(Surveyed(14, 14, 12, codes=codes)), 30, 4)))
    assert lines[0].split() == ["Ends", "12", "of", "14", "connections"]


def test_sizes_say_when_they_are_a_sample() -> None:
    sample = Sample(((10, 12), (1000, 3000)), is_whole=False)
    lines = said(list(sizes(Facts(number=1, sample=sample), 40, 8)))
    assert lines[0].endswith("newest 4")
    assert lines[-2].split() == ["10", "B", "<", "5.0", "kB"]
    assert lines[-1].split() == ["median", "▲", "10", "B", "▼", "1.0", "kB"]


def test_round_trips() -> None:
    trips = tuple(RoundTrip(at, at, took * MS) for at, took in enumerate((1, 9, 2)))
    lines = said(list(round_trips(Facts(number=1, sample=Sample(round_trips=trips, unanswered=2)), 60, 5)))
    assert lines[-1] == "median 2.0 ms, worst 9.0 ms  2 unanswered"
    only = said(list(round_trips(Facts(number=1, sample=Sample(unanswered=1)), 60, 5)))
    assert only[-1] == "1 unanswered"
    none = said(list(round_trips(Facts(number=1, sample=Sample(((1,), ()), is_whole=False)), 60, 5)))
    assert none[-1] == "no pings among the newest 1 messages"


@given(
    st.lists(st.integers(0, 1 << 40), max_size=10),
    st.lists(st.integers(0, 1 << 40), max_size=130),
    st.lists(st.integers(0, 1 << 62), max_size=40),
    st.integers(10, 200),
    st.integers(1, 60),
    st.sampled_from([1, 2, 4]),
)
def test_no_plot_leaves_its_room(
    counts: list[int], stretches: list[int], took: list[int], width: int, height: int, across: int
) -> None:
    trips = tuple(RoundTrip(at, at, one) for at, one in enumerate(took))
    sample = Sample((tuple(took), tuple(counts)), trips, 1)
    lines = page(Facts(surveyed(*counts), 1, tuple(stretches), 3 * S, sample), width, height, across)
    assert len(lines) <= height
    assert all(text.cells(line) <= width for line in said(list(lines)))


KIND = EndKind(1006, SERVER, None, is_wire=False)


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (
            Surveyed(9, 9, 7, CommonAge(60 * S, KIND, 5)),
            "5 of 7 closed 60.0 s after opening: no close frame (1006), ended by the server",
        ),
        (
            Surveyed(9, 9, 7, CommonAge(60 * S, EndKind(1011, CLIENT, None, is_wire=True), 5)),
            "5 of 7 closed 60.0 s after opening: 1011 Internal Error, sent by the client",
        ),
        (
            Surveyed(20_000, 99_000, 20_000, CommonAge(900 * S, KIND, 4_000)),
            "4,000 of 20,000 closed 15:00 after opening: no close frame (1006), ended by the server"
            " · the newest 20,000 connections looked at",
        ),
        (Surveyed(9, 9, 7), "7 closed, too few of them alike at one age for a timer"),
        (Surveyed(9, 9, 2), "2 closed"),
        (Surveyed(9, 9, 0), "no connection has closed yet"),
        (Surveyed(), ""),
    ],
)
def test_sentence(found: Surveyed, shown: str) -> None:
    assert sentence(found).plain == shown


def test_words_around_the_axis() -> None:
    span = Span(1_795_356_071 * S, 1_795_356_157 * S)
    assert span_said(span, Axis.CLOCK, lambda _: 0) == "22 Nov 2026, 14:01:11 to 14:02:37 (86.0 s)"
    days = Span(1_795_356_071 * S, (1_795_356_071 + 3 * 86_400) * S)
    assert span_said(days, Axis.CLOCK, lambda _: 0) == "22 Nov 2026, 14:01:11 to 25 Nov, 14:01:11 (3 d 0 h)"
    assert span_said(Span(-S, 66 * S), Axis.AGE) == "age 0 to 66.0 s"
    assert legend(22, Scale(Span(0, 100 * S), 50)) == "█ 22 rows in 2.0 s"


def drawn(made: Made, *, begin_s: float, end_s: float, width: int = 10, age_s: float | None = None) -> str:
    connection = made.connection
    scale = Scale(Span(START + round(begin_s * S), START + round(end_s * S)), width)
    age_ns = None if age_s is None else START + round(age_s * S)
    line = BarLine(connection, scale, START + 100 * S, (0,) * width, age_ns)
    return "".join(piece.text for piece in cells(line, 15, ())[BAR])


def test_bars() -> None:
    cut = Made().upgraded().ends(SERVER, 60_000)
    assert drawn(cut, begin_s=0, end_s=100) == "▁▁▁▁▁▁✖   "
    assert drawn(cut, begin_s=30, end_s=40) == "‹▁▁▁▁▁▁▁▁›"
    assert drawn(cut, begin_s=70, end_s=80) == "‹         "
    assert drawn(cut, begin_s=-20, end_s=-10) == "         ›"
    assert drawn(cut, begin_s=0, end_s=100, age_s=30) == "▁▁▁│▁▁✖   "
    assert drawn(cut, begin_s=0, end_s=100, age_s=60.0) == "▁▁▁▁▁▁✖   "
    assert drawn(cut, begin_s=0, end_s=100, age_s=85) == "▁▁▁▁▁▁✖ ╵ "
    assert drawn(Made().upgraded(), begin_s=0, end_s=110, width=11) == "▁▁▁▁▁▁▁▁▁▁●"
