"""Commits wait for the disk, unless bytes would be lost by it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.conftest import START_NS, Session
from wsinspect.model import Side
from wsinspect.session.recording import haste as module
from wsinspect.session.recording.haste import CALM_BYTES, HASTE_BYTES, Haste
from wsinspect.wire.builder import build_frame


def synchronous(db: sqlite3.Connection) -> int:
    """0 for OFF, 1 for NORMAL."""
    return int(db.execute("PRAGMA synchronous").fetchone()[0])


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    found = sqlite3.connect(tmp_path / "x")
    found.execute("PRAGMA journal_mode = WAL")
    yield found
    found.close()


def test_it_waits_for_the_disk_until_much_waits_and_again_when_the_disk_has_it(
    db: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = threading.Event()
    may_flush = threading.Event()

    def flush(descriptor: int) -> None:
        assert os.fstat(descriptor).st_ino == (tmp_path / "x").stat().st_ino
        assert may_flush.wait(10)
        flushed.set()

    monkeypatch.setattr(os, "fsync", flush)
    haste = Haste(db, os.open(tmp_path / "x", os.O_RDWR))
    haste.adapt(HASTE_BYTES - 1)
    assert (haste.is_hasty, synchronous(db)) == (False, 1)
    haste.adapt(HASTE_BYTES)
    assert (haste.is_hasty, synchronous(db)) == (True, 0)
    haste.adapt(CALM_BYTES)
    assert haste._flushing is None
    haste.adapt(CALM_BYTES - 1)
    haste.adapt(0)
    assert (haste.is_hasty, synchronous(db)) == (True, 0)
    may_flush.set()
    assert flushed.wait(10)
    while haste.is_hasty:
        haste.adapt(0)
    assert synchronous(db) == 1
    haste.close()


def test_a_recorder_in_haste_loses_nothing_and_calms_down(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HASTE_BYTES", 1)
    recording = session.open()
    frame = build_frame(2, bytes(4000))
    for number in range(50):
        recording.read(Side.SERVER, frame, START_NS + number)
        session.recorder.flush()
    reader = session.read()
    assert session.writer._haste.is_hasty
    assert reader.info().rows == 50
    reader.close()
