"""A recorder gives signs of life, busy or quiet, so that whoever follows the file knows when it is gone."""

from __future__ import annotations

import itertools
import os
import sqlite3
from pathlib import Path

import pytest

from tests.session.conftest import START_NS
from wsinspect.clock import ALIVE_FOR_NS
from wsinspect.errors import SessionFileError
from wsinspect.model import SessionInfo, Side
from wsinspect.session.file import schema
from wsinspect.session.reader import Reader
from wsinspect.session.recording import writer
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame


def _info(path: Path) -> SessionInfo:
    reader = Reader(path)
    try:
        return reader.info()
    finally:
        reader.close()


def _started(path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionWriter:
    """A writer that gives a sign of life a thousand times as often, each a second later than the last."""
    monkeypatch.setattr(writer, "BEAT_S", 0.005)
    clock = itertools.count(START_NS, 10**9)
    return SessionWriter(path, {}, reserve=0, now_ns=lambda: next(clock))


def test_a_quiet_recording_says_that_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = _started(tmp_path / "s.wsi", monkeypatch)
    reader = Reader(tmp_path / "s.wsi")
    assert reader.info().alive_ns >= START_NS
    while reader.info().alive_ns < START_NS + 5 * 10**9:
        os.sched_yield()
    reader.close()
    recording.stop(START_NS)


def test_so_does_one_that_never_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = _started(tmp_path / "s.wsi", monkeypatch)
    recorder = Recorder(recording)
    connection = recorder.opened(source="relay", client="", url="", path="", request=b"", at_ns=1)
    connection.upgraded(1, subprotocol="", extensions="")
    reader = Reader(tmp_path / "s.wsi")
    while reader.info().alive_ns < START_NS + 3 * 10**9:
        connection.read(Side.SERVER, build_frame(1, b"x"), 2)
        recorder.flush()
    reader.close()
    recording.stop(START_NS)


def test_so_does_one_that_is_kept_from_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = _started(tmp_path / "s.wsi", monkeypatch)
    monkeypatch.setattr(writer, "RETRY_S", 0.005)
    recording._reserve = 1 << 62
    recorder = Recorder(recording)
    recorder.http_request("GET / 200", START_NS)
    recorder.flush()
    reader = Reader(tmp_path / "s.wsi")
    while not reader.info().notice:
        os.sched_yield()
    began = reader.info().alive_ns
    while reader.info().alive_ns < began + 3 * 10**9:
        os.sched_yield()
    reader.close()
    recording.stop(START_NS)


def test_it_is_taken_for_recorded_while_it_says_so(tmp_path: Path) -> None:
    recording = SessionWriter(tmp_path / "s.wsi", {}, reserve=0, now_ns=lambda: START_NS)
    info = _info(tmp_path / "s.wsi")
    assert info.is_recorded(START_NS)
    assert info.is_recorded(START_NS + ALIVE_FOR_NS - 1)
    assert not info.is_recorded(START_NS + ALIVE_FOR_NS)
    recording.stop(START_NS + 1)
    assert not _info(tmp_path / "s.wsi").is_recorded(START_NS + 2)


def test_whoever_looks_while_a_file_is_made_finds_nothing_or_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "s.wsi"
    path.touch()
    db = sqlite3.connect(path)
    sizes: list[int] = []
    db.set_trace_callback(lambda _statement: sizes.append(path.stat().st_size))
    schema.create(db)
    before = sizes.count(0)
    assert sizes[:before] == [0] * before
    assert before >= len(schema.SCHEMA)
    db.close()
    with pytest.raises(SessionFileError):
        _info(tmp_path / "nothing.wsi")
    # What is in the file without its log is the whole of it: a copy of the file alone opens.
    copy = tmp_path / "copy.wsi"
    copy.write_bytes(path.read_bytes())
    assert _info(copy).rows == 0
