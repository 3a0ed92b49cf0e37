"""Gathering what a report needs: the right connections, the right rows, and never the whole session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.session import build as build_session
from tests.session.conftest import START_NS, Session
from wsinspect.codes import HttpStatus
from wsinspect.errors import UsageError
from wsinspect.model import Ending, RowKind, Side
from wsinspect.report.build import build
from wsinspect.report.formats import Format, render
from wsinspect.session.reader import Reader
from wsinspect.session.reading.store import Store
from wsinspect.session.recording.connection import Recording
from wsinspect.session.reporting import report_on, report_on_all, report_on_what_failed
from wsinspect.wire.builder import build_close, build_frame

MS = 1_000_000
MASK = b"\x01\x02\x03\x04"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    reader = Reader(build_session(tmp_path_factory.mktemp("session") / "all.wsi"))
    yield reader
    reader.close()


def find(reader: Reader, path: str) -> int:
    return next(one.id for one in reader.connections(1, 100) if one.path == path)


def end(recording: Recording, at_ns: int, code: int) -> None:
    """A close by the server, answered."""
    recording.read(Side.SERVER, build_close(code, b"because"), at_ns)
    recording.read(Side.CLIENT, build_close(code, mask=MASK), at_ns + MS)
    recording.ended(Side.SERVER, Ending.FIN, at_ns + 2 * MS)
    recording.ended(Side.CLIENT, Ending.FIN, at_ns + 3 * MS)
    recording.closed(at_ns + 3 * MS)


def test_one_connection(recorded: Reader) -> None:
    number = find(recorded, "/orders")
    capture = report_on(recorded, number)
    (material,) = capture.connections
    assert capture.overview is None
    assert material.story is not None
    assert [row.number for row in material.rows] == list(range(1, 10))
    assert material.sent is not None
    assert [row.number for row in material.sent] == [1, 5]
    assert (material.content_row, material.content and material.content.is_whole) == (5, True)
    assert material.findings
    assert material.weights
    assert material.path


def test_the_number_of_messages(recorded: Reader) -> None:
    number = find(recorded, "/orders")
    assert [row.number for row in report_on(recorded, number, messages=2).connections[0].rows] == [4, *range(5, 10)]
    # The row that the cause rests on is shown although nobody asked for messages.
    shown = [row.number for row in report_on(recorded, number, messages=0).connections[0].rows]
    assert shown in ([5, 6, 7, 8, 9], [6, 7, 8, 9])


def test_a_feed_shows_its_end_only(recorded: Reader) -> None:
    rows = report_on(recorded, 2, messages=5).connections[0].rows
    closing = next(at for at, row in enumerate(rows) if row.kind is RowKind.CLOSE)
    assert closing == 5
    assert [row.number for row in rows] == list(range(rows[0].number, rows[0].number + len(rows)))


def test_every_connection_gives_a_report_in_every_format(recorded: Reader) -> None:
    for connection in recorded.connections(1, 100):
        made = build(report_on(recorded, connection.id))
        for form in Format:
            assert render(made, form).endswith("\n")


def test_a_connection_that_is_not_there(recorded: Reader) -> None:
    count = recorded.info().connections
    for number in (0, -1, count + 1):
        with pytest.raises(UsageError, match=rf"there is no connection {number} \(the session holds {count}, numbered"):
            report_on(recorded, number)


def test_the_code_to_compare_with(recorded: Reader) -> None:
    material = report_on(recorded, find(recorded, "/orders"), other=HttpStatus(500)).connections[0]
    assert {weight.topic for weight in material.weights} <= {"1011", "http:500"}
    assert material.other == HttpStatus(500)


def test_several_failures_have_a_table_first(recorded: Reader) -> None:
    capture = report_on_what_failed(recorded)
    assert capture.overview is not None
    assert capture.overview.count == recorded.info().connections
    failures = [group for group in capture.overview.groups if group.is_failure]
    assert [group.last_ns for group in failures] == sorted((group.last_ns for group in failures), reverse=True)
    assert [one.connection.id for one in capture.connections] == [group.numbers[-1] for group in failures[:3]]
    orders = next(group for group in failures if group.newest.path == "/orders")
    assert (orders.count, orders.how) == (2, "closed by the server with 1011 Internal Error")


def test_the_newest_failure_comes_first(session: Session) -> None:
    for number, code in enumerate((1011, 1000, 1011, 1008, 1000), 1):
        end(session.open(at_ns=START_NS), START_NS + number * 1000 * MS, code)
    reader = session.read()
    capture = report_on_what_failed(reader)
    assert [one.connection.id for one in capture.connections] == [4, 3]
    reader.close()


@pytest.mark.parametrize(("codes", "chosen"), [((1000, 1011, 1000), 2), ((1000,), 1), ((1011,), 1)])
def test_one_failure_or_one_connection_is_told_alone(session: Session, codes: tuple[int, ...], chosen: int) -> None:
    for number, code in enumerate(codes, 1):
        end(session.open(at_ns=START_NS), START_NS + number * 1000 * MS, code)
    reader = session.read()
    capture = report_on_what_failed(reader)
    assert capture.overview is None
    assert [one.connection.id for one in capture.connections] == [chosen]
    reader.close()


@pytest.mark.parametrize("form", Format)
def test_what_the_user_noted_is_told_whatever_its_connection_came_to(session: Session, form: Format) -> None:
    for number, code in enumerate((1000, 1011, 1000), 1):
        end(session.open(at_ns=START_NS), START_NS + number * 1000 * MS, code)
    reader = session.read()
    for number, noted in ((1, "looked fine, password=hunter2hunter2"), (3, "the last of all")):
        (row,) = reader.rows(number, 4, 1)
        assert row.event is not None
        reader.mark(row, noted)
    capture = report_on_what_failed(reader, messages=0)
    assert [one.connection.id for one in capture.connections] == [2, 1, 3]
    said = render(build(capture), form)
    assert "looked fine" in said
    assert "the last of all" in said
    assert "hunter2" not in said
    assert "1011" in build(capture).title
    reader.close()


def test_a_note_on_how_tcp_ended_and_one_long_after_the_close_are_told(session: Session) -> None:
    recording = session.open(at_ns=START_NS)
    for number in range(40):
        close = build_close(1000, mask=MASK) if not number else build_frame(9, b"", mask=MASK)
        recording.read(Side.CLIENT, close, START_NS + number * MS)
    recording.ended(Side.CLIENT, Ending.FIN, START_NS + 99 * MS)
    cut = session.open(at_ns=START_NS)
    cut.ended(Side.CLIENT, Ending.RST, START_NS + 100 * MS)
    reader = session.read()
    for number, at in ((1, 38), (2, 1)):
        reader.mark(reader.rows(number, at, 1)[0], "see this")
        assert "see this" in render(build(report_on(reader, number)), Format.TEXT)
    reader.close()


def test_where_nothing_failed_the_newest_connection_is_told(session: Session) -> None:
    for number in (1, 2):
        end(session.open(at_ns=START_NS), START_NS + number * 1000 * MS, 1000)
    session.open(at_ns=START_NS)
    reader = session.read()
    capture = report_on_what_failed(reader)
    assert [one.connection.id for one in capture.connections] == [3]
    said = render(build(capture), Format.TEXT)
    assert (
        "Of 3 connections, 0 failed. The others: 2 closed by the server with 1000 Normal Closure; 1 still"
        in " ".join(said.split())
    )
    reader.close()


def test_connections_that_were_chosen(recorded: Reader) -> None:
    capture = report_on_all(recorded, [5, 2, 5])
    assert [one.connection.id for one in capture.connections] == [5, 2]
    assert capture.overview is not None


def test_a_session_without_connections(session: Session) -> None:
    reader = session.read()
    with pytest.raises(UsageError, match="the session holds no connection"):
        report_on_what_failed(reader)
    reader.close()


def test_what_the_client_sent_is_there_only_when_it_is_all(session: Session) -> None:
    few, many = session.open(at_ns=START_NS), session.open(at_ns=START_NS)
    for at in range(100):
        if at < 3:
            few.read(Side.CLIENT, build_frame(1, b"x", mask=MASK), START_NS + at * MS)
        many.read(Side.CLIENT, build_frame(1, b"x", mask=MASK), START_NS + at * MS)
        few.read(Side.SERVER, build_frame(1, b"tick"), START_NS + at * MS)
    reader = session.read()
    sent = report_on(reader, 1).connections[0].sent
    assert sent is not None
    assert len(sent) == 3
    assert report_on(reader, 2).connections[0].sent is None
    reader.close()


def segments_read(session: Session, messages: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many pieces of a session a report looks at."""
    recording = session.open(at_ns=START_NS)
    for at in range(messages):
        recording.read(Side.SERVER, build_frame(1, b'{"type":"tick","n":%d}' % at), START_NS + at * MS)
        if at % 20 == 0:
            session.recorder.flush()
    end(recording, START_NS + messages * MS, 1011)
    reader = session.read()
    read: set[int] = set()
    take: Callable[[Store, int], object] = Store.segment

    def counted(store: Store, number: int) -> object:
        read.add(number)
        return take(store, number)

    monkeypatch.setattr(Store, "segment", counted)
    build(report_on_what_failed(reader))
    monkeypatch.undo()
    reader.close()
    return len(read)


def test_a_report_reads_no_more_of_a_long_session(
    new_session: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = [segments_read(new_session(), messages, monkeypatch) for messages in (2_000, 20_000)]
    assert counts[0] == counts[1] < 40


def test_the_table_looks_at_the_newest_connections(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsinspect.session.reporting.MOST_CONNECTIONS", 10)
    monkeypatch.setattr("wsinspect.session.reporting.WINDOW", 4)
    for number in range(1, 26):
        end(session.open(at_ns=START_NS), START_NS + number * 1000 * MS, 1011)
    reader = session.read()
    capture = report_on_what_failed(reader)
    assert capture.overview is not None
    assert (capture.overview.count, capture.overview.groups[0].numbers) == (10, (21, 22, 23, 24, 25))
    assert "Of the newest 10 connections of 25, 10 failed." in render(build(capture), Format.TEXT)
    reader.close()


@pytest.mark.parametrize("place", ["http://[x", "//[/", "\xff"])
def test_a_redirect_to_no_address(session: Session, place: str) -> None:
    recording = session.recorder.opened(
        source="relay", client="127.0.0.1:5", url=f"ws://{place}", path="/x", request=b"GET", at_ns=START_NS
    )
    recording.responded(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\n\r\n".encode(), 302, START_NS)
    recording.ended(Side.SERVER, Ending.FIN, START_NS)
    recording.ended(Side.CLIENT, Ending.FIN, START_NS)
    recording.closed(START_NS)
    reader = session.read()
    assert "HTTP 302 Found" in render(build(report_on_what_failed(reader)), Format.TEXT)
    reader.close()


def test_a_session_of_a_peer_that_tries_everything(tmp_path: Path) -> None:
    from tests.fixtures.session import build_hostile

    reader = Reader(build_hostile(tmp_path / "hostile.wsi"))
    for form in Format:
        for line in render(build(report_on_what_failed(reader)), form).splitlines():
            assert "\x1b" not in line
            assert "\u202e" not in line
    reader.close()
