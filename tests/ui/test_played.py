"""Counts of what is played are those of a session that had come that far."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.session import C_TO_S, S_TO_C, START_NS, TEXT, Live, Peer, S
from wsinspect.replay.track import Spot
from wsinspect.session.reader import Reader
from wsinspect.ui.playing import counted as played
from wsinspect.ui.playing.counted import PlayTally
from wsinspect.ui.tally import Tally


@pytest.fixture
def reader(session_file: Path) -> Iterator[Reader]:
    """The session with every kind of close."""
    found = Reader(session_file)
    yield found
    found.close()


def test_it_counts_as_if_the_session_had_just_come_that_far(reader: Reader) -> None:
    span = reader.ahead.span()
    assert span is not None
    counted = PlayTally(*span)
    for at_ns in [*range(span[0], span[1], 3 * S), span[1], span[0] + 20 * S, span[0]]:
        reader.as_of(at_ns)
        total = reader.info().connections
        live = Tally()
        live.update(reader, total)
        counted.at_ns = at_ns
        counted.update(reader, total)
        assert counted.counts == live.counts
        assert not counted.is_behind


def test_a_session_of_many_connections_is_counted_window_by_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(played, "WINDOW", 2)
    live = Live(tmp_path / "s.wsi")
    for at in range(9):
        Peer(live.script, at * S, "/x").refused(1000, 502, "Bad Gateway")
    live.script.play()
    live.stop()
    reader = Reader(live.path)
    span = reader.ahead.span()
    assert span is not None
    counted = PlayTally(*span)
    counted.at_ns = span[1]
    seen: list[tuple[int, bool]] = []
    while not seen or counted.is_behind:
        counted.update(reader, 9)
        seen.append((counted.counts.failed, counted.is_behind))
        counted.look_on(reader)
    assert seen == [(2, True), (6, True), (9, False)]
    reader.close()


def test_a_mark_that_is_made_meanwhile_stands_on_the_track(tmp_path: Path) -> None:
    live = Live(tmp_path / "s.wsi")
    Peer(live.script, 0, "/x").upgrade().frame(C_TO_S, S, TEXT, b"one").frame(S_TO_C, 9 * S, TEXT, b"two")
    live.script.play()
    live.stop()
    reader = Reader(live.path)
    counted = PlayTally(START_NS, START_NS + 9 * S)
    counted.update(reader, 1)
    assert set(counted.track.spots) == {Spot.NOTHING}
    reader.mark(reader.rows(1, 1, 1)[0], "here")
    counted.update(reader, 1)
    assert counted.track.drawn(9)[1] is Spot.MARK
    reader.close()
