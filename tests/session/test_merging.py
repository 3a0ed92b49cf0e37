"""Two sessions as one: every row, byte and time of both is there, in order of time, and says where it comes from."""

from __future__ import annotations

import heapq
import os
import re
import resource
import sqlite3
import tempfile
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures import two_sides
from tests.fixtures.session import MS, START_NS, TEXT, Live, Peer, S, build
from tests.session.damaging import read_all
from wsinspect.decode.events import event_sentence
from wsinspect.errors import DamagedSessionError, EnvironmentProblem, UsageError
from wsinspect.model import Connection, Ending, Event, EventKind, Row, Side
from wsinspect.origin import Origin, origin_of
from wsinspect.session.export import export
from wsinspect.session.merged import Merged, merged_from
from wsinspect.session.merging import Pair, merge, read_merged
from wsinspect.session.reader import Reader
from wsinspect.session.recording import Recording
from wsinspect.session.source import Source
from wsinspect.session.window import Window
from wsinspect.wire.builder import build_close, build_frame

_FRAMES = st.builds(
    lambda opcode, payload, fin, rsv: build_frame(opcode, payload, fin=fin, rsv=rsv),
    st.sampled_from([0, 1, 2, 5, 8, 9, 10]),
    st.binary(max_size=60),
    st.booleans(),
    st.sampled_from([0, 4]),
)
_CLOSES = st.sampled_from([1000, 1011, 4000]).map(lambda code: build_close(code, b"why"))
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2), st.sampled_from(list(Side)), st.one_of(_FRAMES, _CLOSES)),
        st.tuples(st.integers(0, 2), st.sampled_from(["event", "flush", "end", "session", "http", "close", "open"])),
    ),
    max_size=40,
)
_GAPS = st.lists(st.integers(1, 30), min_size=40, max_size=40)


def _play(path: Path, steps: list[tuple[object, ...]], gaps: list[int], extensions: str, odd: int) -> None:
    """Record a session; its times are odd or even, so that those of two sessions are never equal."""
    live = Live(path)
    peers: dict[object, Recording] = {}
    now = START_NS + odd
    for (which, what, *data), gap in zip(steps, gaps, strict=False):
        now += 2 + 2 * gap
        if what == "flush":
            live.recorder.flush()
        elif what == "session":
            live.recorder.event(EventKind.SLEEP, now, seconds=3.5)
        elif what == "http":
            live.recorder.http_request("GET / 200", now)
        else:
            if which not in peers:
                peers[which] = _open(live, now, extensions)
            _do(live, peers[which], what, data, now)
            if what == "close":
                del peers[which]
    live.recorder.flush()
    assert live.writer.stop(now + 4) == ""


def _open(live: Live, at_ns: int, extensions: str) -> Recording:
    peer = live.recorder.opened(source="relay", client="c:1", url="ws://s/x", path="/x", request=b"GET", at_ns=at_ns)
    peer.dialled("s:1", at_ns)
    peer.forwarded(b"GET on", at_ns)
    peer.timing(connect_ns=1, upgrade_ns=2)
    peer.responded(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, at_ns)
    peer.upgraded(at_ns, subprotocol="chat", extensions=extensions)
    return peer


def _do(live: Live, peer: Recording, what: object, data: list[object], now: int) -> None:
    if isinstance(what, Side) and isinstance(data[0], bytes):
        middle = len(data[0]) // 3
        peer.read(what, data[0][:middle], now)
        if middle % 2:
            live.recorder.flush()
        peer.read(what, data[0][middle:], now + 2)
    elif what == "event":
        peer.event(EventKind.NOTE, now, Side.CLIENT, text="here")
    elif what == "end":
        peer.ended(Side.SERVER, Ending.FIN, now)
    elif what == "close":
        peer.closed(now)


NAMES = ("a.wsi", "b.wsi")


def _later(connection: Connection, by_ns: int) -> Connection:
    """A connection with all its times later."""

    def at(when: int | None) -> int | None:
        return when and when + by_ns

    def seen(one: Any) -> Any:  # a close frame, an end
        return one and replace(one, at_ns=one.at_ns + by_ns)

    return replace(
        connection,
        opened_ns=connection.opened_ns + by_ns,
        upgraded_ns=at(connection.upgraded_ns),
        closed_ns=at(connection.closed_ns),
        to_server=replace(connection.to_server, last_ns=at(connection.to_server.last_ns) or 0),
        to_client=replace(connection.to_client, last_ns=at(connection.to_client.last_ns) or 0),
        client_close=seen(connection.client_close),
        server_close=seen(connection.server_close),
        client_end=seen(connection.client_end),
        server_end=seen(connection.server_end),
        violation_ns=at(connection.violation_ns),
        dialled_ns=at(connection.dialled_ns),
        responded_ns=at(connection.responded_ns),
    )


def _plain(connection: Connection) -> Connection:
    """Without what is new in a merged session."""
    return replace(connection, id=0, source="", since_ns=0)


def _rows(reader: Reader, side: int, offset_ns: int, numbers: dict[tuple[str, int], int]) -> list[Row]:
    """The rows of a session as they should be among the merged ones."""
    found = []
    for row in reader.all_rows(1, 10_000):
        event = row.event
        if not row.connection and event is not None:
            event = Event(event.kind, {**event.data, "file": NAMES[side]})
        number = numbers[NAMES[side], row.connection] if row.connection else 0
        found.append(
            row._replace(
                connection=number,
                # Events of the whole session are numbered among all of them.
                number=row.number if number else 0,
                at_ns=row.at_ns + offset_ns,
                first_ns=row.first_ns + offset_ns,
                event=event,
            )
        )
    return found


@settings(max_examples=150)
@given(
    steps=st.tuples(_STEPS, _STEPS),
    gaps=st.tuples(_GAPS, _GAPS),
    extensions=st.sampled_from(["", "permessage-deflate"]),
    offset=st.integers(-400, 400),
)
def test_everything_of_both_is_there_in_order_of_time(
    steps: tuple[list[tuple[object, ...]], list[tuple[object, ...]]],
    gaps: tuple[list[int], list[int]],
    extensions: str,
    offset: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_now:
        first, second = Path(folder) / NAMES[0], Path(folder) / NAMES[1]
        _play(first, steps[0], gaps[0], extensions, 1)
        _play(second, steps[1], gaps[1], extensions, 0)
        merge(Pair(first, second), Path(folder) / "m.wsi", asked_ns=2 * offset)
        one, other, both = (
            open_now.enter_context(closing(Reader(path))) for path in (first, second, Path(folder) / "m.wsi")
        )
        merged = both.connections(1, 1000)
        numbers: dict[tuple[str, int], int] = {}
        for connection in merged:
            origin = origin_of(connection.source)
            assert origin is not None
            numbers[origin.file, origin.number] = connection.id
        offsets = (0, 2 * offset)
        for side, reader in enumerate((one, other)):
            known = reader.connections(1, 1000)
            assert [numbers[NAMES[side], was.id] for was in known] == sorted(
                number for (file, _), number in numbers.items() if file == NAMES[side]
            )
            for was in known:
                number = numbers[NAMES[side], was.id]
                now = both.connection(number)
                assert now is not None
                assert _plain(now) == _plain(_later(was, offsets[side]))
                assert both.handshake(number) == reader.handshake(was.id)
                assert [(row.number, row.at_ns) for row in both.rows(number, 1, 10_000)] == [
                    (row.number, row.at_ns + offsets[side]) for row in reader.rows(was.id, 1, 10_000)
                ]
        assert len(merged) == one.info().connections + other.info().connections
        assert [connection.opened_ns for connection in merged] == sorted(one.opened_ns for one in merged)
        wanted = list(
            heapq.merge(_rows(one, 0, 0, numbers), _rows(other, 1, offsets[1], numbers), key=lambda row: row.at_ns)
        )
        found = both.all_rows(1, 10_000)
        assert [row if row.connection else row._replace(number=0) for row in found] == wanted
        requests = both.info().http_requests
        assert requests == one.info().http_requests + other.info().http_requests
        _check_every_moment(both, found)
        read_all(Path(folder) / "m.wsi")


def _check_every_moment(reader: Reader, rows: list[Row]) -> None:
    """As of each of a few moments there are just the rows until then."""
    for row in rows[:: max(1, len(rows) // 7)]:
        reader.as_of(row.at_ns)
        until = [one for one in rows if one.at_ns <= row.at_ns]
        assert reader.all_rows(1, 10_000) == until
        assert reader.info().rows == len(until)
    reader.as_of(None)


# What the two say of each other


@pytest.fixture
def sides(tmp_path: Path) -> Pair:
    """The client's and the server's side of one incident."""
    return Pair(*two_sides.build(tmp_path))


def merged(pair: Pair, asked_ns: int | None = None) -> tuple[Path, Merged]:
    """Both merged."""
    out = pair.first.with_name("m.wsi")
    return out, merge(pair, out, asked_ns=asked_ns)


def test_the_offset_is_found_from_what_both_saw(sides: Pair) -> None:
    out, found = merged(sides)
    assert abs(found.offset_ns - two_sides.CLOCK_NS) <= 2 * MS
    assert "from 4 connections seen in both files; client.wsi is the client's side" in found.told
    with closing(Reader(out)) as reader:
        info = reader.info()
        assert (info.files, info.offset_ns) == (("client.wsi", "server.wsi"), found.offset_ns)
        assert info.source == "client.wsi + server.wsi set forward by 1.2 s"
        assert info.started_ns == START_NS - S
        # What the client sent is with the server a moment later, and back a moment after that.
        orders = [row for row in reader.all_rows(1, 1000) if b'"order":0' in row.head or b'"stored":0' in row.head]
        origins = [origin_of(one.source) for row in orders if (one := reader.connection(row.connection))]
        assert [origin and origin.file for origin in origins] == [
            "client.wsi",
            "server.wsi",
            "server.wsi",
            "client.wsi",
        ]
    assert read_merged(out) == found


def test_the_order_of_the_files_only_turns_the_offset_round(sides: Pair) -> None:
    _, found = merged(Pair(sides.second, sides.first))
    assert abs(found.offset_ns + two_sides.CLOCK_NS) <= 2 * MS
    assert "client.wsi is the client's side" in found.told


def test_twins_name_each_other(sides: Pair) -> None:
    out, _ = merged(sides)
    with closing(Reader(out)) as reader:
        origins = {one.id: origin_of(one.source) for one in reader.connections(1, 100)}
        twins = [origin for origin in origins.values() if origin is not None and origin.has_twin]
        assert len(twins) == 8
        for origin in twins:
            twin = reader.connection_from(origin.other)
            assert twin is not None
            assert origin_of(twin.source) == origin.other
        assert [origin for origin in origins.values() if origin is not None and not origin.has_twin] == [
            Origin("client.wsi", 5)
        ]
        assert reader.connection_from(Origin("client.wsi", 4)) is None


def test_a_part_of_it_still_says_where_all_comes_from(sides: Pair, tmp_path: Path) -> None:
    path, found = merged(sides)
    with closing(Source(path)) as source:
        export(source, tmp_path / "whole.wsi", Window())
        export(source, tmp_path / "part.wsi", Window(connections=frozenset({3, 4})))
    with closing(Reader(tmp_path / "part.wsi")) as reader:
        assert reader.info().files == ("client.wsi", "server.wsi")
        twin = reader.connection_from(Origin("server.wsi", 2, "client.wsi", 2))
        assert twin is not None
        assert twin.id == 2
    assert read_merged(tmp_path / "whole.wsi") == found
    # A part is never replaced by merging anew.
    assert read_merged(tmp_path / "part.wsi") is None


def test_what_the_user_says_is_taken(sides: Pair) -> None:
    _, found = merged(sides, -350 * MS)
    assert found.offset_ns == -350 * MS
    assert found.told.startswith("server.wsi is set back by 350 ms, as you said; the clocks differ by 1.2 s")
    assert merged(sides, 0)[1].told.startswith("server.wsi is not shifted, as you said; the clocks")


def test_without_a_common_connection_nothing_is_shifted(sides: Pair, tmp_path: Path) -> None:
    out, found = merged(Pair(sides.first, build(tmp_path / "other.wsi")))
    assert found.offset_ns == 0
    assert found.told == "no connection is seen in both files: nothing tells how far the clocks differ"
    with closing(Reader(out)) as reader:
        assert reader.info().connections == 5 + 18


def test_events_of_the_session_say_whose_they_are(sides: Pair) -> None:
    out, _ = merged(sides)
    with closing(Reader(out)) as reader:
        (slept,) = [row for row in reader.all_rows(1, 1000) if not row.connection]
    assert slept.event is not None
    assert event_sentence(slept.event, None) == "client.wsi: the machine slept 2 s"


def test_a_diagnosis_rests_on_its_own_file(sides: Pair) -> None:
    out, _ = merged(sides)
    with closing(Reader(out)) as reader:
        for connection in reader.connections(1, 100):
            origin = origin_of(connection.source)
            evidence = reader.evidence(connection.id)
            assert origin is not None
            assert evidence is not None
            others = [origin_of(other.source) for other in evidence.siblings]
            assert {other.file for other in others if other is not None} == {origin.file}
            assert len(others) == (4 if origin.file == "client.wsi" else 3)


def test_a_machine_that_slept_is_not_the_other_one(tmp_path: Path) -> None:
    paths = []
    for name in ("a.wsi", "b.wsi"):
        live = Live(tmp_path / name)
        Peer(live.script, 0, "/x").upgrade().ends(9 * S, Side.SERVER)
        live.script.play_until(START_NS + 5 * S)
        if name == "b.wsi":
            live.recorder.event(EventKind.SLEEP, START_NS + 5 * S, seconds=3)
        live.script.play()
        live.stop()
        paths.append(live.path)
    merge(Pair(paths[0], paths[1]), tmp_path / "m.wsi", asked_ns=0)
    with closing(Reader(tmp_path / "m.wsi")) as reader:
        evidence = [reader.evidence(number) for number in (1, 2)]
    assert [one and len(one.sleeps) for one in evidence] == [0, 1]


def test_marks_stay_whatever_is_merged_anew(sides: Pair) -> None:
    for path in (sides.first, sides.second):
        with closing(Reader(path)) as reader:
            reader.mark(reader.rows(1, 2, 1)[0], f"in {path.name}")
    out, _ = merged(sides, 5 * S)
    with closing(Reader(out)) as reader:
        notes = {(mark.connection, mark.row): mark.note for mark in reader.marks(0, 100)}
        assert sorted(notes.values()) == ["in client.wsi", "in server.wsi"]
        twin = reader.connection_from(Origin("server.wsi", 3, "client.wsi", 3))
        assert twin is not None
        reader.mark(reader.rows(twin.id, 4, 1)[0], "noted here")
    out, _ = merged(sides, -5 * S)
    with closing(Reader(out)) as reader:
        marks = reader.marks(0, 100)
        assert sorted(mark.note for mark in marks) == ["in client.wsi", "in server.wsi", "noted here"]
        for mark in marks:
            (row,) = reader.rows(mark.connection, mark.row, 1)
            assert (row.at_ns, row.mark) == (mark.at_ns, mark.note)


def test_what_is_missing_is_said_at_its_time(tmp_path: Path) -> None:
    paths = []
    for name, times in (("a.wsi", (2, 3, 4, 6)), ("b.wsi", (1, 5))):
        live = Live(tmp_path / name)
        peer = Peer(live.script, 0, "/x").upgrade()
        for at in times:
            peer.frame(Side.CLIENT, at * S, TEXT, b"%d" % at)
        live.script.play()
        live.stop()
        paths.append(live.path)
    with closing(sqlite3.connect(paths[1])) as db:
        db.execute("DELETE FROM segment WHERE first_row = 1")
        db.commit()
    merge(Pair(paths[0], paths[1]), tmp_path / "m.wsi", asked_ns=0)
    with closing(Reader(tmp_path / "m.wsi")) as reader:
        rows = reader.all_rows(1, 100)
    said = [event_sentence(row.event, row.side) if row.event else row.head.decode() for row in rows]
    assert said[:3] + said[-2:] == ["2", "3", "4", "5", "6"]
    assert "not in the file: 1 row is missing" in " ".join(said[3:-2])


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder / "s").mkdir(parents=True)
    pair = Pair(build(tmp_path / "one" / "s.wsi"), build(tmp_path / "two" / "s.wsi"))
    assert pair.names == ("s.wsi (one)", "s.wsi (two)")
    deep = Pair(tmp_path / "one" / "s" / "x.wsi", tmp_path / "two" / "s" / "x.wsi")
    assert deep.names == ("x.wsi (1)", "x.wsi (2)")
    merge(pair, tmp_path / "m.wsi", asked_ns=None)
    with closing(Reader(tmp_path / "m.wsi")) as reader:
        assert reader.info().files == pair.names


# What goes wrong


def test_one_file_is_not_two(sides: Pair) -> None:
    with pytest.raises(UsageError, match="is given twice"):
        merged(Pair(sides.first, sides.first))


def test_a_time_before_1970_is_refused(sides: Pair) -> None:
    with pytest.raises(UsageError, match="would begin before 1970"):
        merged(sides, -70 * 365 * 86_400 * S)


def test_damage_names_the_file_and_leaves_nothing(sides: Pair) -> None:
    with closing(sqlite3.connect(sides.second)) as db:
        db.execute("UPDATE segment SET reads = x'00' WHERE connection = 3")
        db.commit()
    with pytest.raises(DamagedSessionError, match=re.escape(str(sides.second))):
        merged(sides)
    assert sorted(os.listdir(sides.first.parent)) == ["client.wsi", "server.wsi"]


def test_who_leaves_leaves_nothing_behind(sides: Pair) -> None:
    class Left(Exception):
        pass

    def progress(rows: int) -> None:
        if rows:
            raise Left

    out, _ = merged(sides)
    before = out.read_bytes()
    with pytest.raises(Left):
        merge(sides, out, asked_ns=S, on_progress=progress)
    assert sorted(os.listdir(out.parent)) == ["client.wsi", "m.wsi", "server.wsi"]
    assert out.read_bytes() == before


def test_a_folder_that_is_gone_is_said(sides: Pair, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        merge(sides, tmp_path / "gone" / "m.wsi", asked_ns=0)


def test_without_room_the_file_that_was_to_come_is_named(sides: Pair) -> None:
    out = sides.first.with_name("m.wsi")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(EnvironmentProblem) as met:
            merged(sides)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(met.value).startswith(f"cannot write {out}: d")
    assert str(met.value).endswith(" (it takes about as much room as both files)")
    assert sorted(os.listdir(out.parent)) == ["client.wsi", "server.wsi"]


def test_what_is_being_recorded_is_taken_as_far_as_it_goes(sides: Pair, tmp_path: Path) -> None:
    live = Live(tmp_path / "live.wsi")
    Peer(live.script, 0, "/x").upgrade().frame(Side.CLIENT, S, TEXT, b"now")
    live.script.play_until(START_NS + 2 * S)
    live.commit()
    out, _ = merged(Pair(sides.first, live.path), 0)
    with closing(Reader(out)) as reader:
        assert [row.head for row in reader.all_rows(1, 1000) if row.head == b"now"] == [b"now"]
        assert reader.info().stopped_ns is not None
    live.stop()


@pytest.mark.parametrize(
    "said",
    ["", "[]", "{}", '{"files": [1, 2]}', '{"files": [], "offset_ns": 0}', "[" * 100_000],
    ids=["nothing", "list", "empty", "numbers", "none", "nested"],
)
def test_a_session_that_says_anything_is_not_merged(said: str) -> None:
    assert merged_from({"merged_from": said}) is None
