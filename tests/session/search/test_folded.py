"""What is shown of a list where repeats are folded is what a plain look at its rows says, whatever was done with it."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.filters.expressions import plainly
from tests.session.conftest import START_NS
from tests.session.copying.twin import Twin
from tests.session.search.plain_folds import Hits, PlainFolds, check, region
from tests.session.search.test_scan import EXPRESSIONS, MASK, TEXTS, Story, plain_rows
from tests.session.search.test_search import listed, through
from wsinspect.filters import Expression
from wsinspect.filters.expression import After, Before, terms
from wsinspect.model import EndedBy, EventKind, Side
from wsinspect.session.reader import Reader
from wsinspect.session.recording.ring import Keep
from wsinspect.session.search import hit_index
from wsinspect.session.search.row_search import Search
from wsinspect.wire.builder import build_frame

S = 10**9

_MESSAGES = st.tuples(
    st.just("message"),
    st.integers(0, 1),
    st.sampled_from(Side),
    st.sampled_from([1, 1, 1, 2, 8, 9, 9, 10, 10]),
    st.sampled_from([0, 0, 0, 1, 5, 6, 7, *range(len(TEXTS) - 6, len(TEXTS))]),
    st.sampled_from([1, 1, 1, 1, 3]),
    st.sampled_from([True, True, True, False]),
    st.booleans(),
    st.sampled_from([3, 50, 1 << 20]),
)
_ROW = st.integers(0, 1000)
_STEPS = st.lists(
    st.one_of(
        _MESSAGES,
        _MESSAGES,
        st.tuples(st.just("turns"), st.integers(1, 30), st.lists(_MESSAGES, min_size=1, max_size=3)),
        st.tuples(st.just("event"), st.integers(0, 2), st.sampled_from(EndedBy)),
        st.sampled_from([("commit",), ("look",), ("look",), ("back in time",)]),
        st.tuples(st.sampled_from(["expand", "expand", "collapse", "mark", "unmark"]), _ROW),
    ),
    min_size=3,
    max_size=25,
)


def act(step: tuple[object, ...], search: Search, plain: PlainFolds, hits: Hits, reader: Reader) -> None:
    """One step of somebody who looks at the list."""
    shown = plain.shown(hits)
    match step:
        case ("expand", int(at)) if shown:
            foldable = [place for place, fold in zip(shown, plain.folds(hits), strict=True) if fold.rows] or shown
            place = foldable[-1 - at % len(foldable)]
            plain.expand(hits, place)
            assert search.expand(place) == len(plain.shown(hits)) - len(shown)
        case ("collapse", int(at)) if shown:
            opened = [place for place in shown if plain.opening(place)] or shown
            place = opened[-1 - at % len(opened)]
            plain.collapse(place)
            assert search.collapse(place) == len(shown) - len(plain.shown(hits))
        case ("mark", int(at)) if hits:
            reader.mark(hits[at % len(hits)][1], "here")
        case ("unmark", int(at)) if hits:
            for _, row in [one for one in hits if one[1].mark is not None][: at % 3]:
                reader.unmark(row)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    _STEPS,
    st.none() | EXPRESSIONS.filter(lambda one: not any(isinstance(term, After | Before) for term in terms(one))),
    st.booleans(),
    st.sampled_from([None, 1]),
    st.sampled_from([20, 100, 4096]),
    st.none() | st.integers(0, 60),
)
def test_shown_is_what_a_plain_look_shows(
    steps: list[tuple[object, ...]],
    expression: Expression | None,
    deflates: bool,
    connection: int | None,
    weight: int,
    around: int | None,
) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        contextlib.ExitStack() as stack,
    ):
        patch.setattr(hit_index, "STRETCH_WEIGHT", weight)
        story = Story(folder, deflates)
        reader = Reader(story.session.path)
        stack.callback(reader.close)
        search, plain = reader.search(connection, expression, folds=True), PlainFolds()

        def hits(of: Search = search) -> Hits:
            rows = listed(reader, connection)
            taken = zip(enumerate(rows, 1), plain_rows(reader, rows), strict=True)
            first, last = region(of)
            return [
                one for one, row in taken if first <= one[0] <= last and (not expression or plainly(expression, row))
            ]

        for step in [*steps, ("commit",), ("look",)]:
            match step:
                case ("turns", int(times), list(messages)):
                    for at in range(times):
                        story.do(messages[at % len(messages)])
                    continue
                case ("expand" | "collapse" | "mark" | "unmark", _):
                    search.step(0.0)
                    plain.look(hits(), region(search)[1])
                    act(step, search, plain, hits(), reader)
                case _:
                    story.do(step)
            if step[0] not in ("message", "event", "commit"):
                search.step(0.0)
                plain.look(hits(), region(search)[1])
                check(search, plain, hits())
        story.session.read().close()
        while not search.step(0.0).is_done:
            plain.look(hits(), region(search)[1])
            check(search, plain, hits())
        plain.look(hits(), region(search)[1])
        check(search, plain, hits())
        late = reader.search(connection, expression, folds=True, around=around)
        is_done = False
        while not is_done:
            is_done = late.step(0.0).is_done
            check(late, PlainFolds(), hits(late))


_FRAMES = [
    *((Side.SERVER, build_frame(opcode, data)) for opcode, data in ((1, b"a"), (1, b"a"), (1, b"b"), (9, b""))),
    *((Side.CLIENT, build_frame(opcode, data, mask=MASK)) for opcode, data in ((1, b"a"), (10, b""))),
]
_TICKS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from(_FRAMES), st.integers(1, 4)), max_size=2),
        st.tuples(st.sampled_from(["expand", "expand", "collapse", "look", "go on", "begin"]), _ROW),
    ),
    min_size=6,
    max_size=16,
)
"""Seconds that go by, what is sent then on which connection how often, and what is done with the list."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TICKS, st.integers(2, 6), st.sampled_from([None, 1]), st.sampled_from([20, 60, 4096]))
def test_of_a_ring_it_shows_what_is_left(
    ticks: list[tuple[int, list[tuple[int, tuple[Side, bytes], int]], tuple[object, ...]]],
    seconds: int,
    connection: int | None,
    weight: int,
) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        contextlib.ExitStack() as stack,
    ):
        patch.setattr(hit_index, "STRETCH_WEIGHT", weight)
        twin = Twin(Path(folder), Keep(age_ns=seconds * S))
        twin.open()
        twin.open()
        twin.flush()
        reader = Reader(twin.paths[1])
        stack.callback(reader.close)
        search, every, plain = (
            reader.search(connection, None, folds=True),
            reader.search(connection, None),
            PlainFolds(),
        )
        for pause, messages, action in ticks:
            twin.now += 1000 + pause * S
            for which, (side, frame), times in messages:
                for _ in range(times):
                    twin.read(which, side, frame)
            twin.flush()
            if action[0] == "go on":
                continue
            if action[0] == "begin":
                around = int(str(action[1])) % 60
                search, plain = reader.search(connection, None, folds=True, around=around), PlainFolds()
            through(search)
            hits, last = left(reader, connection), region(search)[1]
            begin = last + 1 - len(hits)
            plain.openings = [(max(begin, first), end) for first, end in plain.openings if end > begin]
            plain.look(hits, last)
            check(search, plain, hits)
            act(action, search, plain, hits, reader)
            check(search, plain, hits)
            through(every)
            assert every.positions(0, 10_000) == [place for place, _ in hits]
            assert every.hits_before(last + 1) == len(hits)
        for one in twin.stop():
            one.close()


@pytest.mark.parametrize("weight", [20, 4096])
def test_what_repeated_only_what_was_dropped_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weight: int
) -> None:
    monkeypatch.setattr(hit_index, "STRETCH_WEIGHT", weight)
    twin = Twin(tmp_path, Keep(age_ns=3 * S))
    twin.open()
    twin.flush()
    reader = Reader(twin.paths[1])
    search, places = reader.search(1, None, folds=True), list[int]()
    for number in range(12):
        twin.now += S
        twin.read(0, Side.SERVER, build_frame(1, b"ab"[number % 2 :][:1]))
        twin.flush()
        through(search)
        places = [place for place, _ in left(reader, 1)]
        if number < 8:
            assert search.positions(0, 10) == places[:2]
        if number == 7:
            assert [fold.rows for fold in search.folds(0, 10)] == [0, 2]
            assert search.expand(places[1]) == 2
    assert search.positions(0, 10) == places
    assert search.collapse(places[0]) == len(places) - 2
    assert search.positions(0, 10) == places[:2]
    reader.close()
    for one in twin.stop():
        one.close()


def left(reader: Reader, connection: int | None) -> Hits:
    """The rows that are kept, with their positions."""
    rows = listed(reader, connection)
    dropped = 0
    if rows and rows[0].event is not None and rows[0].event.kind is EventKind.DROPPED:
        dropped = int(rows[0].event.data["rows"] or 0)
        rows = rows[1:]
    return list(enumerate(rows, dropped + 1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_STEPS, st.booleans(), st.sampled_from([None, 1]), st.lists(st.integers(0, 4000), max_size=6))
def test_with_a_horizon_it_shows_what_was_there(
    steps: list[tuple[object, ...]], deflates: bool, connection: int | None, times: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(folder, deflates)
        for step in steps:
            messages = step[2] if step[0] == "turns" else None
            for one in messages * 3 if isinstance(messages, list) else [step]:
                story.do(one)
        reader = story.session.read()
        search, plain, until = reader.search(connection, None, folds=True), PlainFolds(), 0
        for at in times:
            reader.as_of(START_NS + at)
            plain = plain if at >= until else PlainFolds()
            until = at
            last = through(search).total
            hits = list(enumerate(listed(reader, connection)[:last], 1))
            plain.look(hits, last)
            check(search, plain, hits)
            act(("expand", at), search, plain, hits, reader)
            check(search, plain, hits)
        reader.close()
