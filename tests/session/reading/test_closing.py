"""What a session gives on the end of one connection, read back from a real recording."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fixtures.session import C_TO_S, MASK, MS, S_TO_C, TEXT, Live, Peer, S, build
from wsinspect.diagnosis.evidence import LAST_ROWS, SIBLINGS
from wsinspect.model import EventKind, Side
from wsinspect.session.reader import Reader
from wsinspect.wire.builder import build_frame


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(build(tmp_path_factory.mktemp("closing") / "all.wsi"))


def _number(reader: Reader, path: str) -> int:
    return next(found.id for found in reader.connections(1, 100) if found.path == path)


def test_the_evidence_on_a_crash(reader: Reader) -> None:
    number = _number(reader, "/orders")
    evidence = reader.evidence(number)
    assert evidence is not None
    assert evidence.story == reader.close_story(number)
    assert [row.number for row in evidence.rows] == list(range(1, evidence.connection.rows + 1))
    assert evidence.is_whole
    assert len(evidence.siblings) == reader.info().connections - 1
    ((other, row),) = evidence.messages
    assert row.head == b'{"type":"place","order":{"sku":"A-113","qty":null,"price":"12.50"}}'
    first = reader.findings(number)[0]
    assert (first.rule, first.strength.label, first.others) == ("handler-failed", "certain", (other,))


def test_what_a_stream_ended_inside_of(reader: Reader) -> None:
    evidence = reader.evidence(_number(reader, "/drop"))
    assert evidence is not None
    assert evidence.unfinished[Side.SERVER].startswith(b'\x81\x3c{"type":"progress"')
    assert evidence.unfinished[Side.CLIENT] == b""


def test_a_refusal_has_its_body_and_its_stage(reader: Reader) -> None:
    dead = reader.evidence(_number(reader, "/dead"))
    assert dead is not None
    assert (dead.failed_stage, dead.body) == ("tcp", b"upstream is down\n")
    assert reader.findings(_number(reader, "/dead"))[0].rule == "server-down"


def test_an_open_connection_has_evidence_and_no_findings(reader: Reader) -> None:
    number = _number(reader, "/chat?room=7")
    evidence = reader.evidence(number)
    assert evidence is not None
    assert evidence.story is None
    assert reader.findings(number) == ()


def test_a_connection_that_is_not_there(reader: Reader) -> None:
    assert reader.evidence(999) is None
    assert reader.findings(999) == ()


def test_the_first_broken_rule_is_found_wherever_it_is(tmp_path: Path) -> None:
    live = Live(tmp_path / "long.wsi")
    peer = Peer(live.script, 0, "/long").upgrade()
    peer.sends(C_TO_S, MS, build_frame(TEXT, b"no mask"))
    for number in range(LAST_ROWS + 50):
        peer.frame(S_TO_C, (2 + number) * MS, TEXT, b"tick")
    peer.close(C_TO_S, 900 * MS, 1000).ends(901 * MS, Side.CLIENT)
    live.script.play()
    live.stop()
    evidence = Reader(tmp_path / "long.wsi").evidence(1)
    assert evidence is not None
    assert evidence.violation_row is not None
    assert evidence.violation_row.number == 1
    assert len(evidence.rows) == LAST_ROWS
    assert not evidence.is_whole


def test_the_machines_sleep_belongs_to_the_connections_that_lived_then(tmp_path: Path) -> None:
    live = Live(tmp_path / "slept.wsi")
    Peer(live.script, 0, "/before").upgrade().ends(5 * S, Side.SERVER)
    during = Peer(live.script, 6 * S, "/during").upgrade()
    during.ends(60 * S, Side.SERVER)
    from tests.fixtures.session import START_NS

    live.script.at(START_NS + 58 * S, lambda: live.recorder.event(EventKind.SLEEP, START_NS + 58 * S, seconds=720.4))
    live.script.play()
    live.stop()
    reader = Reader(tmp_path / "slept.wsi")
    before, slept = reader.evidence(1), reader.evidence(2)
    assert before is not None
    assert slept is not None
    assert before.sleeps == ()
    assert slept.sleeps == ((START_NS + 58 * S, 720),)
    assert reader.findings(2)[0].rule == "machine-slept"


def test_a_large_session_costs_nothing_extra(tmp_path: Path) -> None:
    live = Live(tmp_path / "large.wsi")
    busy = Peer(live.script, 0, "/busy").upgrade()
    tick = build_frame(TEXT, b'{"type":"tick"}', mask=MASK) * 500
    for number in range(100):
        busy.sends(C_TO_S, number * 10 * MS, tick)
    busy.close(S_TO_C, 1100 * MS, 1011).ends(1101 * MS, Side.SERVER)
    for number in range(1, 700):
        peer = Peer(live.script, number * 20 * MS, "/busy", port=40_000 + number).upgrade()
        peer.frame(C_TO_S, 5 * MS, TEXT, b"x").close(S_TO_C, 9 * MS, 1011).ends(10 * MS, Side.SERVER)
    live.script.play()
    live.stop()
    reader = Reader(tmp_path / "large.wsi")
    assert reader.info().rows > 50_000
    for number in (1, 350):
        reader.findings(number)
        started = time.perf_counter()
        evidence = reader.evidence(number)
        assert time.perf_counter() - started < 0.5
        assert evidence is not None
        assert len(evidence.rows) <= LAST_ROWS
        assert len(evidence.siblings) <= 2 * SIBLINGS
