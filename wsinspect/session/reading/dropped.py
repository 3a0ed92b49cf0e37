"""What a ring recording no longer keeps: from which row on there is something, and the row that stands for the rest."""

from __future__ import annotations

from wsinspect.model import Event, EventKind, Row
from wsinspect.session.reading.content import event_row
from wsinspect.session.reading.store import Store
from wsinspect.session.stored.batch import SESSION, EventRecord


def dropped_rows(store: Store, connection: int | None) -> int:
    """How many of the first rows are not kept any more, of a connection or of the whole session (None)."""
    if not store.keep:
        return 0
    if connection is None:
        found = store.one("SELECT first_row - 1 FROM batch ORDER BY id LIMIT 1")
        return int(found[0]) if found else 0
    if connection == SESSION:
        return 0
    first = store.one(
        "SELECT first_row - 1 FROM segment WHERE connection = ? AND rows > 0 AND since_ns <= ? "
        "ORDER BY first_row, id LIMIT 1",
        *(connection, store.until_ns),
    )
    if first is not None:
        return int(first[0])
    about = store.connections(connection, 1)
    return about[0].rows if about and about[0].id == connection else 0


def marker(store: Store, connection: int | None, rows: int) -> Row:
    """The row that stands for the first ``rows`` rows, with the number of the last of them."""
    found = store.one("SELECT first_ns FROM batch ORDER BY id LIMIT 1")
    before_ns = int(found[0]) if found else 0
    event = Event(EventKind.DROPPED, {"rows": rows, "before_ns": before_ns, "keep": store.keep})
    return event_row(EventRecord(connection or SESSION, rows, before_ns, event))
