"""A session exported with its secrets masked: none is left in any byte of it, and everything else is as it was."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures import two_sides
from tests.fixtures.session import build, build_hostile
from tests.session.conftest import START_NS, Session
from tests.session.copying.secret_session import (
    MESSAGES,
    OTHERS,
    SECRETS,
    SENT,
    Sent,
    notes,
    nothing_left,
    record,
    redacted,
    secret_of,
)
from tests.session.rescue.damaging import read_all
from wsinspect.errors import UsageError
from wsinspect.model import Connection, Event, EventKind, Row, Side
from wsinspect.origin import origin_of
from wsinspect.session.copying.export import export
from wsinspect.session.copying.merging import Pair, merge
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.source import Source
from wsinspect.session.reader import Reader
from wsinspect.wire.builder import build_frame


def same(was: Row, now: Row, *, has_sizes: bool) -> None:
    """Everything but the content of a row is as it was, and where a note says so its length when compressed."""
    if was.event is not None:
        assert now.event is not None
        assert was.event.kind is now.event.kind
        assert _numbers(was.event, has_sizes=has_sizes) == _numbers(now.event, has_sizes=has_sizes)
    assert _frame(was, has_sizes=has_sizes) == _frame(now, has_sizes=has_sizes)
    assert len(was.head) == len(now.head)
    assert (was.mark is None) == (now.mark is None)


def _numbers(event: Event, *, has_sizes: bool) -> dict[str, object]:
    return {
        name: said for name, said in event.data.items() if not isinstance(said, str) and (has_sizes or name != "at")
    }


def _frame(row: Row, *, has_sizes: bool) -> Row:
    row = row._replace(head=b"", event=None, mark=None)
    if has_sizes:
        return row
    return row._replace(at=0, wire_length=0, size=0 if row.is_compressed else row.size)


def _connection(connection: Connection | None, *, has_sizes: bool) -> Connection | None:
    """What is said of a connection but for texts and the row that a note takes."""
    if connection is None:
        return None
    closes = (connection.client_close, connection.server_close)
    client, server = (close and replace(close, reason=b"") for close in closes)
    if not has_sizes:
        client_traffic, server_traffic = (
            replace(traffic, wire_bytes=0, largest=0) for traffic in (connection.to_server, connection.to_client)
        )
        connection = replace(connection, to_server=client_traffic, to_client=server_traffic)
    return replace(
        connection, rows=0, client_close=client, server_close=server, url="", path="", subprotocol="", failure=""
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(SENT, SENT, OTHERS), max_size=25), SECRETS)
def test_no_secret_is_left_and_all_else_is_as_it_was(steps: list[Sent | tuple[str, int]], secrets: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "s.wsi", Path(folder) / "out.wsi"
        record(path, steps, secrets)
        redacted(path, out)
        assert sorted(os.listdir(folder)) == ["out.wsi", "s.wsi"]
        nothing_left(out, secrets)
        read_all(out)
        with closing(Reader(path)) as reader, closing(Reader(out)) as other:
            assert other.info().is_redacted
            for number in (1, 2):
                rows, masked = reader.rows(number, 1, 10_000), other.rows(number, 1, 10_000)
                said = "".join(notes(masked[len(rows) :]))
                has_sizes = "to another length" not in said
                for was, now in zip(rows, masked, strict=False):
                    same(was, now, has_sizes=has_sizes)
                assert len(masked) == len(rows) + bool(said)
                assert _connection(other.connection(number), has_sizes=has_sizes) == _connection(
                    reader.connection(number), has_sizes=has_sizes
                )
                harmless = {MESSAGES[kind]("")[:512] for kind in ("harmless", "harmless binary", "empty")}
                assert [row.head for row in rows if row.head in harmless] == [
                    now.head for was, now in zip(rows, masked, strict=False) if was.head in harmless
                ]
                assert [found.rule for found in other.findings(number)] == [
                    found.rule for found in reader.findings(number)
                ]
            last = other.all_rows(other.info().rows, 1)[0].event
            assert last is not None
            assert str(last.data["text"]).startswith("secrets were masked when this was exported: ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(SENT, SENT, OTHERS), min_size=3, max_size=25),
    SECRETS,
    st.integers(0, 200),
    st.integers(0, 200),
    st.sets(st.integers(1, 2)),
)
def test_no_secret_is_left_in_a_part(
    steps: list[Sent | tuple[str, int]], secrets: list[str], since: int, length: int, which: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "s.wsi", Path(folder) / "out.wsi"
        record(path, steps, secrets)
        portion = Portion(frozenset(which) or None, START_NS + since, START_NS + since + length)
        try:
            redacted(path, out, portion)
        except UsageError:
            return
        nothing_left(out, secrets)
        read_all(out)


@pytest.mark.parametrize("made", [build, build_hostile])
def test_what_is_no_secret_is_the_same(made: Callable[[Path], Path], tmp_path: Path) -> None:
    path, out = made(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    redactor = redacted(path, out)
    with closing(Reader(path)) as reader, closing(Reader(out)) as other:
        rows, masked = reader.all_rows(1, 10_000), other.all_rows(1, 10_000)
        secrets = sum(one.count for one in redactor.redactions)
        assert sum(was != now for was, now in zip(rows, masked, strict=False)) <= secrets
        assert len(masked) == len(rows) + 1
        for number in range(1, reader.info().connections + 1):
            assert other.findings(number) == reader.findings(number)


def test_it_is_said_of_every_copy_that_secrets_were_masked(session: Session, tmp_path: Path) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b'{"password":"hunter22-x"}'), START_NS)
    session.read().close()
    redacted(session.path, tmp_path / "out.wsi")
    with closing(Source(tmp_path / "out.wsi")) as source:
        export(source, tmp_path / "again.wsi", Portion())
    redacted(tmp_path / "again.wsi", tmp_path / "third.wsi")
    for name in ("out.wsi", "again.wsi", "third.wsi"):
        with closing(Reader(tmp_path / name)) as reader:
            assert reader.info().is_redacted
            assert [row.head for row in reader.rows(1, 1, 1)] == [b'{"password":"password-1"}']
    with closing(Reader(session.path)) as reader:
        assert not reader.info().is_redacted


@pytest.mark.parametrize("where", ["event", "session", "http", "mark", "note"])
def test_a_secret_that_is_named_anywhere_is_masked_in_messages(where: str, session: Session, tmp_path: Path) -> None:
    named = "token=sesame-open-1"
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b"so sesame-open-1 it is"), START_NS + 1)
    session.recorder.flush()
    if where == "event":
        recording.event(EventKind.NOTE, START_NS + 2, text=named)
    elif where == "session":
        session.recorder.event(EventKind.NOTE, START_NS + 2, text=named)
    elif where == "http":
        session.recorder.http_request(f"GET /?{named} 200", START_NS + 2)
    session.read().close()
    if where == "mark":
        with closing(Reader(session.path)) as reader:
            reader.mark(reader.rows(1, 1, 1)[0], named)
    elif where == "note":
        with closing(sqlite3.connect(session.path)) as db, db:
            db.execute("INSERT INTO capture VALUES ('note', ?)", (named,))
    redacted(session.path, tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", ["sesame-open-1"])


def test_what_is_merged_of_a_masked_session_says_so_and_file_names_are_masked(
    new_session: Callable[[], Session], tmp_path: Path
) -> None:
    paths = [tmp_path / "token=sesame-open-1.wsi", tmp_path / "masked.wsi"]
    for path in paths:
        session = new_session()
        session.open().read(Side.SERVER, build_frame(1, b"hello"), START_NS + 1)
        session.read().close()
        redacted(session.path, path)
    merge(Pair(*paths), tmp_path / "merged.wsi", asked_ns=0)
    redacted(tmp_path / "merged.wsi", tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", ["sesame-open-1.wsi"])
    with closing(Reader(tmp_path / "merged.wsi")) as merged, closing(Reader(tmp_path / "out.wsi")) as out:
        assert merged.info().is_redacted
        origins = [origin_of(one.source) for one in out.connections(1, 9)]
        assert origins
        assert None not in origins


def test_a_file_that_is_named_for_a_secret_stays_unnamed_in_a_merged_session(tmp_path: Path) -> None:
    secret = secret_of(5)
    client, server = two_sides.build(tmp_path)
    with closing(Reader(client)) as reader:
        reader.mark(reader.rows(1, 1, 1)[0], f"Authorization: Bearer {secret}")
    named = client.rename(tmp_path / f"{secret}.wsi")
    merge(Pair(named, server), tmp_path / "m.wsi", asked_ns=None)
    redacted(tmp_path / "m.wsi", tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", [secret])
    with closing(Reader(tmp_path / "out.wsi")) as reader:
        origins = [origin_of(one.source) for one in reader.connections(1, 100)]
        assert {one.file for one in origins if one is not None} == set(reader.info().files)
