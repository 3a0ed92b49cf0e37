"""Marks on rows, kept beside what was recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.conftest import START_NS, Session
from wsinspect.errors import SessionFileError
from wsinspect.model import Side
from wsinspect.session.reader import Reader
from wsinspect.session.reading.marks import NOTE_LENGTH
from wsinspect.wire.builder import build_frame


def _record(session: Session, connections: int = 2, messages: int = 5) -> None:
    opened = [session.open() for _ in range(connections)]
    for at in range(messages):
        for recording in opened:
            recording.read(Side.SERVER, build_frame(1, b"%d" % at), START_NS + at * 1_000_000)


def test_a_marked_row_carries_its_note_in_both_lists(session: Session) -> None:
    _record(session)
    reader = session.read()
    row = reader.rows(2, 3, 1)[0]
    reader.mark(row, "here it began")
    assert reader.changed()
    assert [one.mark for one in reader.rows(2, 1, 5)] == [None, None, "here it began", None, None]
    assert [one.mark for one in reader.rows(1, 1, 5)] == [None] * 5
    marked = [one for one in reader.all_rows(1, 100) if one.mark is not None]
    assert [(one.connection, one.number) for one in marked] == [(2, 3)]
    assert [one.note for one in reader.marks_of(2)] == ["here it began"]
    assert reader.marks_of(1) == []


def test_a_mark_is_changed_and_taken_away(session: Session) -> None:
    _record(session)
    reader = session.read()
    row = reader.rows(1, 2, 1)[0]
    reader.mark(row, "")
    assert reader.rows(1, 2, 1)[0].mark == ""
    reader.mark(row, "x" * (NOTE_LENGTH + 5))
    assert reader.rows(1, 2, 1)[0].mark == "x" * NOTE_LENGTH
    reader.unmark(row)
    assert reader.rows(1, 2, 1)[0].mark is None


def test_marks_are_found_by_time(session: Session) -> None:
    _record(session)
    reader = session.read()
    rows = reader.rows(1, 1, 5)
    for at in (4, 1):
        reader.mark(rows[at], str(at))
    assert [mark.row for mark in reader.marks(0, 10)] == [2, 5]
    assert [mark.row for mark in reader.marks(rows[1].at_ns, 10)] == [5]
    assert reader.marks(rows[4].at_ns, 10) == []


def test_a_session_is_marked_while_it_is_recorded(session: Session) -> None:
    """The recorder goes on, nothing that was recorded is touched, and the file is one file after the stop."""
    _record(session, connections=1)
    session.recorder.flush()
    reader = Reader(session.path)
    while not (rows := reader.rows(1, 1, 10)):
        pass
    reader.mark(rows[0], "first")
    session.open().read(Side.CLIENT, build_frame(1, b"after", mask=b"mask"), START_NS + 9_000_000)
    reader.close()
    stopped = session.read()
    assert [path.name for path in session.path.parent.iterdir()] == [session.path.name]
    assert stopped.rows(1, 1, 1)[0].mark == "first"
    assert stopped.rows(2, 1, 1)[0].head == b"after"


def test_what_may_not_be_written_to_is_said(new_session: Callable[[], Session]) -> None:
    session = new_session()
    _record(session)
    reader = session.read()
    row = reader.rows(1, 1, 1)[0]
    session.path.unlink()
    with pytest.raises(SessionFileError, match="does not exist"):
        reader.mark(row, "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_said(session: Session, tmp_path: Path) -> None:
    _record(session)
    reader = session.read()
    session.path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SessionFileError, match="cannot be written to"):
            reader.mark(reader.rows(1, 1, 1)[0], "")
    finally:
        tmp_path.chmod(0o700)
