"""What a report needs of a session, read in windows: never all messages, whatever the session holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wsinspect import codes
from wsinspect.codes import Topic
from wsinspect.diagnosis import Evidence, findings, for_and_against, path_lines, path_of
from wsinspect.errors import UsageError
from wsinspect.model import Connection, Finding, Row, RowKind
from wsinspect.report.material import (
    CONTENT_BYTES,
    DEFAULT_MESSAGES,
    MAX_MESSAGES,
    Capture,
    Material,
    Weight,
)
from wsinspect.report.overview import Tally
from wsinspect.report.telling import topic
from wsinspect.session.reader import WINDOW_LIMIT, Reader

WINDOW = 1000
"""Connections read in one call."""

MOST_CONNECTIONS = 20_000
"""Connections that are looked at for the table, the newest."""

AFTER_CLOSE = 12
"""Rows after the close that are shown."""

FIRST_ROWS = 40
"""Rows at the beginning that are searched for what the client sent."""

RESTED_ON = 4
"""Rows that findings rest on and that are shown although they came long before the close."""

MARKED = 20
"""Rows that the user marked and that are shown although they came long before the close, or after it."""

NOTED = 5
"""Connections that a report on a session tells because the user marked a row of them, the newest."""

TOLD = 3
"""Connections that a report on a session tells, each another kind of failure."""

PATH_WIDTH = 100
"""Cells of the drawing of what each side saw."""


def report_on(reader: Reader, number: int, *, messages: int = DEFAULT_MESSAGES, other: Topic | None = None) -> Capture:
    """What a report on one connection is made from.

    Args:
        reader: the session.
        number: which connection.
        messages: rows before its close that are shown, 0 to MAX_MESSAGES.
        other: the code to compare with; None takes the closest related one.

    Raises:
        UsageError: there is no such connection.
        SessionFileError: the file is damaged.
    """
    return Capture(reader.info(), (_material(reader, number, messages, other),))


def report_on_all(reader: Reader, numbers: Sequence[int] = (), *, messages: int = DEFAULT_MESSAGES) -> Capture:
    """What a report on several connections is made from: a table of all, then some of them.

    Args:
        reader: the session.
        numbers: connections that are told; none takes the newest failure of each of the newest kinds, or without
            failures the newest connection, and those with rows that the user marked.
        messages: as report_on.

    Raises:
        UsageError: there is no such connection, or none at all.
        SessionFileError: the file is damaged.
    """
    info = reader.info()
    if not info.connections:
        raise UsageError("the session holds no connection")
    tally = Tally()
    for connection in _newest(reader, info.connections):
        tally.add(connection)
    overview = tally.overview()
    failures = [group.numbers[-1] for group in overview.groups if group.is_failure]
    told = dict.fromkeys(numbers or [*(failures[:TOLD] or [info.connections]), *_noted(reader)])
    materials = tuple(_material(reader, number, messages, None) for number in told)
    return Capture(info, materials, overview)


def report_on_what_failed(reader: Reader, *, messages: int = DEFAULT_MESSAGES) -> Capture:
    """What somebody who asks for a report and names no connection most likely wants.

    The one connection of a session, or its one failure, and what the user marked; several failures are told by
    report_on_all.

    Raises:
        UsageError: the session holds no connection.
        SessionFileError: the file is damaged.
    """
    capture = report_on_all(reader, messages=messages)
    overview = capture.overview
    if overview is not None and (overview.failed == 1 or overview.count == 1):
        return replace(capture, overview=None)
    return capture


def _noted(reader: Reader) -> list[int]:
    """The connections with rows that the user marked."""
    return sorted({mark.connection for mark in reader.marks(0, WINDOW_LIMIT) if mark.connection})[-NOTED:]


def _newest(reader: Reader, count: int) -> Iterator[Connection]:
    first = max(1, count - MOST_CONNECTIONS + 1)
    while found := reader.connections(first, min(WINDOW, count - first + 1)):
        yield from found
        first = found[-1].id + 1
        if first > count:
            return


def _material(reader: Reader, number: int, messages: int, other: Topic | None) -> Material:
    evidence = reader.evidence(number)
    if evidence is None:
        count = reader.info().connections
        raise UsageError(f"there is no connection {number}", f"the session holds {count}, numbered from 1")
    connection = evidence.connection
    found = findings(evidence)
    rows = _rows(reader, connection, max(0, min(messages, MAX_MESSAGES)), found)
    material = Material(
        connection=connection,
        story=evidence.story,
        handshake=reader.handshake(number),
        findings=found,
        path=path_lines(path_of(evidence), PATH_WIDTH) if evidence.story is not None else (),
        rows=rows,
        sent=_sent(reader, connection),
        other=other,
    )
    about = topic(material)
    if about is not None:
        against = other or next(iter(codes.related(about)), None)
        material = replace(material, weights=_weights(evidence, about, against))
    return _with_content(reader, material)


def _weights(evidence: Evidence, about: Topic, other: Topic | None) -> tuple[Weight, ...]:
    if other is None or other == about:
        return ()
    return tuple(
        Weight(weighed.topic, fact.said, fact.is_for, fact.rows)
        for weighed in for_and_against(evidence, about, other)
        for fact in weighed.facts
    )


def _rows(reader: Reader, connection: Connection, messages: int, found: Sequence[Finding]) -> tuple[Row, ...]:
    close = connection.first_close
    before = connection.rows + 1 if close is None else close[1].row
    ending = min(connection.rows, before - 1 + AFTER_CLOSE)
    if close is None:
        # Without a close frame the last rows are how TCP ended; they do not count as messages.
        messages += 4
    first = max(1, before - messages)
    rows = reader.rows(connection.id, first, ending - first + 1) if ending >= first else []
    rested = sorted({number for finding in found for number in finding.rows if 0 < number < first})[-RESTED_ON:]
    noted = [mark.row for mark in reader.marks_of(connection.id) if not first <= mark.row <= ending][-MARKED:]
    apart = sorted({*rested, *noted})
    shown = [row for number in apart for row in reader.rows(connection.id, number, 1)]
    return (*(row for row in shown if row.number < first), *rows, *(row for row in shown if row.number > ending))


def _sent(reader: Reader, connection: Connection) -> tuple[Row, ...] | None:
    """All messages of the client, when they are among the first rows."""
    count = connection.to_server.messages
    rows = reader.rows(connection.id, 1, FIRST_ROWS) if count else []
    sent = tuple(row for row in rows if _is_sent(row))
    return sent if len(sent) == count else None


def _is_sent(row: Row) -> bool:
    is_data = row.kind in (RowKind.TEXT, RowKind.BINARY, RowKind.CONTINUATION, RowKind.RESERVED)
    return is_data and row.side is not None and row.side.label == "client"


def _with_content(reader: Reader, material: Material) -> Material:
    """With the content of the message before the close: the one that the first finding rests on, else the last."""
    story = material.story
    if story is None or story.last_message is None:
        return material
    shown = {row.number: row for row in material.rows if row.event is None and row.kind is not RowKind.CLOSE}
    rested = [number for finding in material.findings[:1] for number in finding.rows if number in shown]
    number = rested[-1] if rested else story.last_message.row
    if number not in shown:
        return material
    return replace(material, content=reader.payload(material.connection.id, number, CONTENT_BYTES), content_row=number)
