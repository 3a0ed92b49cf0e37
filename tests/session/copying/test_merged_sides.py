"""Two sides of one incident as one session: what they say of each other, and whose everything is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fixtures import two_sides
from tests.fixtures.session import MS, START_NS, TEXT, Live, Peer, S, build
from tests.fixtures.two_sides import merged
from wsinspect.decode.events import event_sentence
from wsinspect.model import EventKind, Side
from wsinspect.origin import Origin, origin_of
from wsinspect.session.copying.export import export
from wsinspect.session.copying.merging import Pair, merge, read_merged
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.source import Source
from wsinspect.session.reader import Reader


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
        export(source, tmp_path / "whole.wsi", Portion())
        export(source, tmp_path / "part.wsi", Portion(connections=frozenset({3, 4})))
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


def test_clocks_that_agree_are_said_to(sides: Pair, tmp_path: Path) -> None:
    again = tmp_path / "again.wsi"
    again.write_bytes(sides.first.read_bytes())
    _, found = merged(Pair(sides.first, again))
    assert found.offset_ns == 0
    assert found.told.startswith("the clocks agree, from ")


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
