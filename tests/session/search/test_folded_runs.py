"""Runs of rows that repeat, one kind at a time: what is folded, what stands by itself, what expanding shows."""

from __future__ import annotations

import os

import pytest

from tests.session.conftest import START_NS, Session
from tests.session.search.test_scan import MASK
from tests.session.search.test_search import through
from wsinspect.model import Side
from wsinspect.session.reader import Reader
from wsinspect.session.search.folded import Fold
from wsinspect.wire.builder import build_close, build_frame


def test_a_long_run_is_one_row_and_its_rows_when_it_is_expanded(session: Session) -> None:
    recording = session.open()
    for number in range(20_000):
        is_ping = number % 2 == 0
        frame = build_frame(9, b"%d" % number) if is_ping else build_frame(10, b"%d" % number, mask=MASK)
        recording.read(Side.SERVER if is_ping else Side.CLIENT, frame, START_NS + number)
    recording.read(Side.SERVER, build_frame(1, b"news"), START_NS + 20_000)
    reader = session.read()
    search = reader.search(1, None, folds=True)
    assert through(search).hits == 2
    assert search.positions(0, 10) == [1, 20_001]
    assert search.folds(0, 10) == [Fold(19_999, START_NS + 19_999, 0), Fold(0, 0, 0)]
    assert search.expand(20_001) == 0
    assert search.expand(1) == 19_999
    assert search.positions(9_999, 2) == [10_000, 10_001]
    assert search.folds(9_999, 1) == [Fold(0, 0, 1)]
    assert search.hits_before(20_001) == 20_000
    assert search.collapse(15_000) == 19_999
    assert search.positions(0, 10) == [1, 20_001]
    reader.close()


@pytest.mark.parametrize("connection", [None, 1])
def test_an_expanded_run_goes_on_until_something_else_comes(session: Session, connection: int | None) -> None:
    recording = session.open()
    reader = Reader(session.path)
    search = reader.search(connection, None, folds=True)

    def say(*texts: bytes) -> int:
        for text in texts:
            recording.read(Side.SERVER, build_frame(1, text), START_NS)
        session.recorder.flush()
        while session.writer._queued:
            os.sched_yield()
        return search.step(60.0).hits

    assert say(b"a", b"a", b"a") == 1
    assert search.expand(1) == 2
    assert say(b"a", b"a") == 5
    assert say(b"b", b"b", b"b") == 6
    assert search.folds(4, 2) == [Fold(0, 0, 1), Fold(2, START_NS, 0)]
    assert search.collapse(5) == 4
    assert search.folds(0, 2) == [Fold(4, START_NS, 0), Fold(2, START_NS, 0)]
    reader.close()


@pytest.mark.parametrize("connection", [None, 1])
def test_a_row_that_is_marked_stands_by_itself(session: Session, connection: int | None) -> None:
    recording = session.open()
    for _ in range(5):
        recording.read(Side.SERVER, build_frame(1, b"a"), START_NS)
    reader = session.read()
    row = reader.rows(1, 3, 1)[0]
    search = reader.search(connection, None, folds=True)
    assert through(search).hits == 1
    reader.mark(row, "here")
    assert search.step(0.0).hits == 2
    assert [one.mark for one in search.rows(0, 5)] == [None, "here"]
    assert [fold.rows for fold in search.folds(0, 5)] == [1, 2]
    late = reader.search(connection, None, folds=True)
    assert through(late).hits == 2
    reader.unmark(row)
    assert (search.step(0.0).hits, late.step(0.0).hits) == (1, 1)
    reader.close()


def test_what_breaks_a_rule_stands_by_itself(session: Session) -> None:
    recording = session.open(extensions="permessage-deflate")
    not_utf8, masked, wasteful = build_frame(1, b"\xff"), build_frame(9, b"", mask=MASK), b"\x81\x7e\x00\x01a"
    for frame in (not_utf8, masked, wasteful, build_frame(9, b"p" * 126), build_frame(1, b"a" * 600)):
        for _ in range(3):
            recording.read(Side.SERVER, frame, START_NS)
    reader = session.read()
    search = reader.search(1, None, folds=True)
    assert through(search).hits == 15
    assert [row.violations != () for row in search.rows(0, 15)] == [True] * 12 + [False] * 3
    reader.close()


def test_messages_behind_a_close_frame_are_each_shown(session: Session) -> None:
    recording = session.open()
    reader = Reader(session.path)
    search = reader.search(1, None, folds=True)
    message, ping, close = build_frame(1, b"a"), build_frame(9, b""), build_close(1000, b"")
    shown: list[int] = []
    for frames in ([message] * 3, [message, close, message, message], [message, message, ping, ping]):
        for frame in frames:
            recording.read(Side.SERVER, frame, START_NS)
        session.recorder.flush()
        while session.writer._queued:
            os.sched_yield()
        shown.append(search.step(60.0).hits)
    assert shown == [1, 4, 7]
    late = reader.search(1, None, folds=True)
    through(late)
    assert late.positions(0, 10) == search.positions(0, 10) == [1, 5, 6, 7, 8, 9, 10]
    reader.close()


def test_heartbeats_are_alike_whatever_they_count(session: Session) -> None:
    recording = session.open()
    for number in range(1, 6):
        recording.read(Side.SERVER, build_frame(1, b'{"type":"ping","at":%d}' % number), START_NS)
        recording.read(Side.SERVER, build_frame(1, b"news %d" % number), START_NS)
        session.recorder.flush()
    for text in (b"2", b"3", b"2"):
        recording.read(Side.SERVER, build_frame(1, text), START_NS)
    reader = session.read()
    search = reader.search(1, None, folds=True)
    through(search)
    assert search.positions(0, 20) == [1, 2, 4, 6, 8, 10]
    reader.close()


def test_without_folds_nothing_is_folded(session: Session) -> None:
    recording = session.open()
    for _ in range(3):
        recording.read(Side.SERVER, build_frame(9, b""), START_NS)
    reader = session.read()
    search = reader.search(1, None)
    assert through(search).hits == 3
    assert search.folds(0, 10) == [Fold(0, 0, 0)] * 3
    assert (search.expand(1), search.collapse(1)) == (0, 0)
    reader.close()
