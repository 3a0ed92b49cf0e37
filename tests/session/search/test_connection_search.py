"""The connections that a filter takes, found step by step, are those that a plain predicate takes."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.filters.connections import EXPRESSIONS, NOW_NS, connections, plainly
from tests.fixtures.crowd import crowd, write
from tests.fixtures.session import START_NS, S
from tests.session.conftest import Session
from tests.session.steps import FLUSH, ORDERS, STEPS, Recorded, Step
from wsinspect.filters import Expression, parse_for_connections
from wsinspect.filters.moments import Times
from wsinspect.model import Connection, Order, Side, SortBy
from wsinspect.session.reader import Reader
from wsinspect.session.reading.store import Store
from wsinspect.session.search.connection_search import RECORDS, WINDOW, ConnectionSearch
from wsinspect.wire.builder import build_close

CLOSED, OPEN = 5000, 300
LATER_NS = START_NS + 100 * S


def said(text: str) -> Expression:
    expression = parse_for_connections(text)
    assert expression is not None
    return expression


def finish(search: ConnectionSearch, now_ns: int) -> None:
    """One round."""
    search.again(now_ns)
    while not search.step(0.0):
        pass


EACH = tuple(
    said(text)
    for text in (
        *("from:client", "from:server", "from:us", "type:close", "type:tcp", "code:1011", "violation:mask", "size:>9"),
        *("gap:<40ns", "path:k", "feed", "1011", "1005", "internal", "error", "why", "refused", "mask", "reserved"),
        *("unauthorized", "frame", "44", "-from:client", "-code:1000", "-1011", "re:^1"),
    )
)
"""Each kind of term alone: what is put together at random seldom asks one of them of the one connection in question."""


def check_each(reader: Reader, searches: dict[Expression, ConnectionSearch], now_ns: int) -> None:
    """What each of these takes of the connections as they are now."""
    shown = reader.connections(1, 10_000)
    for expression, search in searches.items():
        finish(search, now_ns)
        taken = [one.id for one in shown if plainly(expression, one, now_ns, Times(0, 0).wall_ns)]
        assert list(search.listed(Order()).ids) == taken, expression


def check(reader: Reader, search: ConnectionSearch, expression: Expression, now_ns: int, times: Times) -> None:
    """What it lists is what is there and taken, in every order."""
    finish(search, now_ns)
    shown = reader.connections(1, 10_000)
    taken = {one.id for one in shown if plainly(expression, one, now_ns, times.wall_ns)}
    for order in [Order(), *ORDERS]:
        listed, plain = search.listed(order), list(reader.ordered(order, now_ns))
        assert list(listed.ids) == [number for number in plain if number in taken]
        assert listed.closed == len(shown) - len(plain)
        assert (listed.filtered, listed.unseen) == (len(plain) - len(listed.ids), 0)


@settings(max_examples=60)
@given(st.integers(1, 25).flatmap(lambda count: st.tuples(*map(connections, range(1, count + 1)))), st.data())
def test_of_any_connections(records: tuple[Connection, ...], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(write(Path(folder) / "s.wsi", records))
        try:
            check_each(reader, {each: reader.filtered(each) for each in EACH}, NOW_NS)
            last_ns = max(one.last_ns for one in records)
            for expression in data.draw(st.lists(EXPRESSIONS, min_size=1, max_size=12)):
                check(reader, reader.filtered(expression), expression, NOW_NS, Times(last_ns, last_ns))
        finally:
            reader.close()


def _until_closed(parts: list[list[Step]]) -> list[Step]:
    """All of the steps, but for what happens to a connection that is closed: a capture closes it last."""
    found: list[Step] = []
    closed: set[int] = set()
    for step in chain.from_iterable(parts):
        if isinstance(step, str) or step[0] not in closed:
            found.append(step)
        if not isinstance(step, str) and step[1][0] == "closed":
            closed.add(step[0])
    return found


MUCH = st.lists(STEPS, min_size=3, max_size=6).map(_until_closed)
"""Enough that a moment lies in the middle of connections."""


@settings(max_examples=60)
@given(MUCH, EXPRESSIONS, st.lists(st.integers(0, 100), min_size=3, max_size=6))
def test_while_it_is_recorded_and_as_of_any_time(steps: list[Step], expression: Expression, heads: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.wsi"
        session = Recorded.begin(path)
        reader = Reader(path)
        try:
            times = Times(0, 0)
            search = reader.filtered(expression)
            each = {one: reader.filtered(one) for one in EACH}
            for at, step in enumerate(steps):
                if not isinstance(step, str):
                    session.do(step, START_NS + at * 1000)
                if step == FLUSH and session.commit():
                    check(reader, search, expression, START_NS + at * 1000, times)
                    check_each(reader, each, START_NS + at * 1000)
            session.commit()
            for head in (*heads, None):
                at_ns = None if head is None else START_NS + head % len(steps) * 1000 + 500
                reader.as_of(at_ns)
                check(reader, search, expression, at_ns or LATER_NS, times)
                check_each(reader, each, at_ns or LATER_NS)
        finally:
            reader.close()
            session.stop()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with more connections than a few windows hold."""
    return write(tmp_path_factory.mktemp("crowd") / "crowd.wsi", crowd(CLOSED, OPEN))


def test_those_that_are_open_come_first_then_the_newest(crowded: Path) -> None:
    search = Reader(crowded).filtered(said("path:feed"))
    search.again(LATER_NS)
    search.step(0.0)
    first = search.listed(Order())
    assert set(first.ids) == {number for number in range(CLOSED + 1, CLOSED + OPEN + 1) if number % 4 == 0}
    assert first.unseen == CLOSED
    search.step(0.0)
    assert search.listed(Order()).unseen == CLOSED + OPEN - WINDOW
    assert min(search.listed(Order()).ids) > CLOSED + OPEN - WINDOW
    finish(search, LATER_NS)
    assert len(search.listed(Order()).ids) == (CLOSED + OPEN) // 4


def test_the_chosen_one_is_looked_at_before_all_others(crowded: Path) -> None:
    search = Reader(crowded).filtered(said("re:feed"))
    search.again(LATER_NS, first=8)
    search.step(0.0)
    assert min(search.listed(Order()).ids) == 8


def test_one_stays_though_the_filter_or_its_end_leaves_it_out(crowded: Path) -> None:
    search = Reader(crowded).filtered(said("feed"))
    finish(search, LATER_NS)
    assert not search.takes(1)
    assert search.takes(4)
    for order in (Order(), Order(SortBy.PATH), Order(hides_closed=True), Order(SortBy.AGE, True, True)):
        assert 1 in search.listed(order, stays=1).ids
        assert 1 not in search.listed(order, kept=1).ids
        assert 4 in search.listed(order, kept=4).ids
    hiding = Order(hides_closed=True)
    listed = search.listed(hiding, stays=1)
    assert (len(listed.ids), listed.closed, listed.filtered) == (OPEN // 4 + 1, CLOSED - 1, OPEN * 3 // 4)


def test_a_round_goes_on_where_another_one_was_broken_off(crowded: Path) -> None:
    search = Reader(crowded).filtered(said("re:feed -code:4401"))
    for _ in range(4):
        search.again(LATER_NS)
        for _ in range(20):
            search.step(0.0)
    assert 0 < search.listed(Order()).unseen < CLOSED
    finish(search, LATER_NS)
    expected = [one.id for one in crowd(CLOSED, OPEN) if one.path == "/feed" and (one.id > CLOSED or not _is_4401(one))]
    assert list(search.listed(Order()).ids) == expected


def _is_4401(one: Connection) -> bool:
    return one.server_close is not None and one.server_close.code == 4401


def test_what_is_over_is_not_looked_at_again(session: Session) -> None:
    """An open one is, and so is one that ended since."""
    for at in range(2):
        session.open(at_ns=START_NS + at)
    ends = session.open(at_ns=START_NS + 2)
    session.recorder.flush()
    ends.read(Side.SERVER, build_close(1011, b""), START_NS + S)
    ends.closed(START_NS + S)
    reader = session.read()
    search = reader.filtered(said("code:1011"))
    reader.as_of(START_NS + 10)
    finish(search, START_NS)
    assert list(search.listed(Order()).ids) == []
    reader.as_of(None)
    finish(search, START_NS)
    assert list(search.listed(Order()).ids) == [3]
    reader.as_of(START_NS + 10)
    finish(search, START_NS)
    assert list(search.listed(Order()).ids) == []
    reader.as_of(None)
    finish(search, START_NS)
    looked: list[int] = []
    search._note = lambda number, *_: looked.append(number)  # type: ignore[method-assign]  # what it looks at
    finish(search, START_NS)
    assert sorted(looked) == [1, 2]


def test_a_step_reads_no_more_than_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the filter: of a hundred thousand, and when all of them have to be read as a whole."""
    path = write(tmp_path / "s.wsi", [replace(one, path=f"/{one.id}") for one in crowd(100_000, 1000)])
    read: Counter[str] = Counter()
    query, whole = Store.query, Store.connections

    def counting(self: Store, sql: str, *values: int | str, **named: int | str) -> list[tuple[Any, ...]]:
        found = query(self, sql, *values, **named)
        read["rows"] += len(found)
        return found

    def counting_whole(self: Store, first: int, count: int) -> Sequence[Connection]:
        found = whole(self, first, count)
        read["records"] += len(found)
        return found

    monkeypatch.setattr(Store, "query", counting)
    monkeypatch.setattr(Store, "connections", counting_whole)
    reader = Reader(path)
    for text, steps in (("/777", 60), ("code:1011", 60), (r"re:/77\d$", 20)):
        search = reader.filtered(said(text))
        search.again(LATER_NS)
        for _ in range(steps):
            read.clear()
            search.step(0.0)
            assert read["rows"] <= WINDOW
            assert read["records"] <= RECORDS
        assert (search.listed(Order()).unseen > 0) is text.startswith("re:")
    reader.close()
