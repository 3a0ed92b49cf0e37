"""What the user said about rows: kept in the session file beside what was recorded, which it never touches.

A mark is written by whoever shows the session, in a short transaction of its own, also while a recorder writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wsinspect.model import Mark, Row
from wsinspect.session.file.opening import open_to_annotate
from wsinspect.session.reading.store import Store

NOTE_LENGTH = 1000
"""Characters of a note that are kept."""


def put_mark(path: Path, mark: Mark) -> None:
    """Mark a row, or change the note on it.

    Raises:
        SessionFileError: the file is not a session, or may not be written to.
    """
    with open_to_annotate(path) as db:
        db.execute(
            "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)",
            (mark.connection, mark.row, mark.at_ns, mark.note[:NOTE_LENGTH]),
        )


def put_marks(path: Path, marks: Sequence[Mark]) -> None:
    """Mark several rows; does nothing without any.

    Raises:
        SessionFileError: as put_mark.
    """
    if marks:
        with open_to_annotate(path) as db:
            db.executemany(
                "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)",
                ((mark.connection, mark.row, mark.at_ns, mark.note[:NOTE_LENGTH]) for mark in marks),
            )


def remove_mark(path: Path, connection: int, row: int) -> None:
    """Take the mark from a row, if it has one.

    Raises:
        SessionFileError: as put_mark.
    """
    with open_to_annotate(path) as db:
        db.execute("DELETE FROM mark WHERE connection = ? AND row = ?", (connection, row))


def marked(store: Store, rows: list[Row]) -> list[Row]:
    """The rows, those that are marked with their notes.

    Args:
        store: the session.
        rows: neighbours, either of one connection or of the whole session.
    """
    if not rows or store.one("SELECT 1 FROM mark LIMIT 1") is None:
        return rows
    numbers = [row.number for row in rows]
    times = [row.at_ns for row in rows]
    where, values = "at_ns BETWEEN ? AND ?", (min(times), max(times))
    if len({row.connection for row in rows}) == 1:
        where, values = f"connection = {rows[0].connection:d} AND row BETWEEN ? AND ?", (min(numbers), max(numbers))
    found = store.query(f"SELECT connection, row, note FROM mark WHERE {where} LIMIT 10000", *values)
    notes = {(connection, row): note for connection, row, note in found}
    return [row._replace(mark=notes.get((row.connection, row.number))) for row in rows] if notes else rows


def marks_after(store: Store, after_ns: int, count: int) -> list[Mark]:
    """Marks on rows that came later than a time, the earliest first."""
    found = store.query(
        "SELECT connection, row, at_ns, note FROM mark WHERE at_ns > ? AND at_ns <= ? "
        "ORDER BY at_ns, connection, row LIMIT ?",
        *(after_ns, store.until_ns, count),
    )
    return [Mark(*values) for values in found]


def marks_of(store: Store, connection: int, count: int) -> list[Mark]:
    """The marks of one connection in the order of its rows, the last ``count``."""
    found = store.query(
        "SELECT connection, row, at_ns, note FROM mark WHERE connection = ? AND at_ns <= ? ORDER BY row DESC LIMIT ?",
        *(connection, store.until_ns, count),
    )
    return [Mark(*values) for values in reversed(found)]
