"""``wsinspect open`` on a file that another process records: real processes, real terminals."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.recorder import Recorder
from tests.terminal import Terminal
from wsinspect.session.reader import Reader

pytestmark = pytest.mark.integration


@pytest.fixture
def recorders() -> Iterator[list[Recorder]]:
    """Those that are to be ended, whatever happens."""
    started: list[Recorder] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.stop()


def _rows_of_copy(path: Path) -> int:
    """Rows of the file alone, copied elsewhere."""
    copy = path.parent / "copy" / path.name
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    reader = Reader(copy)
    info = reader.info()
    reader.close()
    assert info.stopped_ns is not None
    return info.rows


@pytest.mark.parametrize("first", ["recorder", "follower", "follower killed"])
def test_both_end_in_any_order_and_the_file_is_whole(first: str, tmp_path: Path, recorders: list[Recorder]) -> None:
    path = tmp_path / "demo.wsi"
    recorders.append(Recorder("-o", str(path)))
    recorders[0].await_line()
    with Terminal(["wsinspect", "open", "--follow", str(path)]) as follower:
        follower.read_until(b"REC")
        follower.read_until(b"following")
        if first == "recorder":
            recorders[0].stop()
            follower.read_until(b"SAVED")
            follower.type("q")
            assert follower.wait() == 0
        elif first == "follower":
            follower.type("q")
            assert follower.wait() == 0
            recorders[0].stop()
        else:
            follower.signal(signal.SIGKILL)
            assert follower.wait() == -signal.SIGKILL
            recorders[0].stop()
    assert recorders[0].process.returncode == 0
    assert [name.name for name in tmp_path.iterdir()] == [path.name]
    assert _rows_of_copy(path) > 0


def test_what_is_not_there_yet_is_waited_for(tmp_path: Path, recorders: list[Recorder]) -> None:
    path = tmp_path / "demo.wsi"
    with Terminal(["wsinspect", "open", "--follow", str(path)]) as follower:
        follower.read_until(b"waiting for")
        recorders.append(Recorder("-o", str(path)))
        follower.read_until(b"REC")
        follower.read_until("Messages · all connections".encode())
        follower.type("q")
        assert follower.wait() == 0


def test_an_empty_file_is_waited_for_until_the_user_has_enough(tmp_path: Path) -> None:
    path = tmp_path / "empty.wsi"
    path.touch()
    with Terminal(["wsinspect", "open", "-f", str(path)]) as follower:
        follower.read_until(b"waiting for")
        follower.type("\x03")
        assert follower.wait() == 130
        assert b"Traceback" not in follower.written


def test_a_file_that_will_not_come_is_said_without_follow(tmp_path: Path) -> None:
    with Terminal(["wsinspect", "open", str(tmp_path / "nowhere.wsi")]) as terminal:
        assert terminal.wait() == 1
        assert b"does not exist" in terminal.written
