"""Waypoints lie behind rows, follow from the bytes, and are believed no further than that."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from tests.wire.strategies import STREAMS, chunked
from wsinspect.errors import DamagedSessionError
from wsinspect.filters import parse
from wsinspect.model import Side
from wsinspect.session.reader import Reader
from wsinspect.session.rescue.salvage import salvage
from wsinspect.session.stored import waypoints
from wsinspect.session.stored.waypoints import SPACING, Noting, unpacked
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import TEXT
from wsinspect.wire.rows import RowScanner

LONG = 300


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), STREAMS, st.sampled_from([1, 7, 300, SPACING]))
def test_each_lies_behind_as_many_rows_as_it_says(
    monkeypatch: pytest.MonkeyPatch, data: st.DataObject, stream: bytes, spacing: int
) -> None:
    monkeypatch.setattr(waypoints, "SPACING", spacing)
    at, scanner = 1000, RowScanner(1000)
    noted = Noting(at)
    for piece in data.draw(chunked(stream)):
        for found in scanner.scan(piece):
            noted.passed(found)
    ends = [row.end - at for row in RowScanner(at).feed(stream)]
    told = unpacked(bytes(noted.packed), len(stream))
    assert (told.positions[0], told.rows[0]) == (0, 0)
    assert list(told.positions[1:]) == [ends[rows - 1] for rows in told.rows[1:]]
    assert all(position - before >= spacing for before, position in pairwise(told.positions))
    if spacing == 1:
        assert len(told.positions) == 1 + len(set(ends))


@pytest.mark.parametrize(
    "data",
    [bytes(8), b"\1\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0", b"\1\0\0\0\2\0\0\0\2\0\0\0\1\0\0\0", b"\xff\0\0\0\1\0\0\0", b"\1"],
    ids=["at the beginning", "twice at one place", "fewer rows", "behind the end", "cut off"],
)
def test_what_leads_nowhere_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="waypoint"):
        unpacked(data, 100)


def _searched(path: Path, words: str) -> int:
    with closing(Reader(path)) as reader:
        search = reader.search(1, parse(words))
        until = time.monotonic() + 60
        while not (progress := search.step(1)).is_done:
            assert time.monotonic() < until
        return progress.hits


def _feed(session: Session) -> Path:
    """Two sides with messages of two sizes, many of them, one behind the other."""
    recording = session.open()
    for number in range(LONG):
        text = b"%06d %s %s" % (number, b"wanted" if number % 50 == 7 else b"other", b"x" * (number % 3 * 200))
        recording.read(Side.SERVER, build_frame(TEXT, text), START_NS + 2 * number)
        recording.read(Side.CLIENT, build_frame(TEXT, text, mask=b"abcd"), START_NS + 2 * number + 1)
    session.read().close()
    return session.path


def test_the_recorder_notes_them_for_each_side(session: Session) -> None:
    path = _feed(session)
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT c2s_waypoints, s2c_waypoints, length(c2s) FROM segment").fetchall()
    assert len(found) == 1
    client, server, size = found[0]
    assert size > 3 * SPACING
    assert size // SPACING - 1 <= len(client) // 8 <= size // SPACING
    assert size // SPACING - 1 <= len(server) // 8 <= size // SPACING


@pytest.mark.parametrize("words", ["wanted", "WANTED", "000107", "wanted -from:client", "wanted or 000002"])
def test_words_are_found_between_them(session: Session, words: str) -> None:
    path = _feed(session)
    with closing(Reader(path)) as reader:
        texts = [row.head.decode() for row in reader.rows(1, 1, 10_000) if row.head]
    expected = {
        "wanted": sum("wanted" in text for text in texts),
        "WANTED": sum("wanted" in text for text in texts),
        "000107": sum("000107" in text for text in texts),
        "wanted -from:client": sum("wanted" in text for text in texts) // 2,
        "wanted or 000002": sum("wanted" in text or "000002" in text for text in texts),
    }
    assert _searched(path, words) == expected[words] > 0


@pytest.mark.parametrize("lie", ["x'0000000000000000'", "x'ffffff7f01000000'", "x'0102'"])
def test_a_file_that_contradicts_itself_in_them_is_damaged(session: Session, lie: str) -> None:
    path = _feed(session)
    _run_sql(path, f"UPDATE segment SET s2c_waypoints = {lie}")
    with pytest.raises(DamagedSessionError):
        _searched(path, "wanted")


def test_one_that_lies_inside_a_frame_does_no_harm(session: Session) -> None:
    path = _feed(session)
    lie = "CAST(x'0300000001000000' || substr(s2c_waypoints, 9) AS BLOB)"
    _run_sql(path, f"UPDATE segment SET s2c_waypoints = {lie}")
    assert _searched(path, "wanted") <= 2 * LONG


def test_salvaging_finds_them_anew(session: Session, tmp_path: Path) -> None:
    path = _feed(session)
    query = "SELECT c2s_waypoints, s2c_waypoints FROM segment"
    with closing(sqlite3.connect(path)) as db:
        before = db.execute(query).fetchall()
    _run_sql(path, "UPDATE segment SET s2c_waypoints = x'0102', c2s_waypoints = x''")
    made = salvage(path, tmp_path / "out.wsi")
    assert made.rows == 2 * LONG
    with closing(sqlite3.connect(made.path)) as db:
        assert db.execute(query).fetchall() == before


def _run_sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)
