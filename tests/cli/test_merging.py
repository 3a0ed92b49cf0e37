"""``wsinspect open`` with two files: what is made, when it is found again, what is said, what is refused."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures import two_sides
from tests.fixtures.session import MS, START_NS, Live, Peer, S
from tests.session.rescue.damaging import PAGE, read_all
from tests.terminal import Terminal
from wsinspect.cli import merging as module
from wsinspect.cli.merging import Merging
from wsinspect.errors import UsageError
from wsinspect.session.reader import Reader


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """The client's and the server's side of one incident."""
    return two_sides.build(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_it_is_merged_beside_the_first_file_and_found_again(
    sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Merging(*sides).open(None)
    assert first.path == tmp_path / "client+server.wsi"
    assert first.notices[0].startswith("the clocks differ by 1.2 s")
    assert capsys.readouterr().err == f"wsinspect: merged into {first.path}\n"
    made = first.path.stat().st_ino
    assert Merging(*sides).open(None) == first
    assert capsys.readouterr().err == ""
    assert first.path.stat().st_ino == made
    assert names(tmp_path) == ["client+server.wsi", "client.wsi", "server.wsi"]


def test_another_offset_takes_its_place(sides: tuple[Path, Path], tmp_path: Path) -> None:
    merging = Merging(*sides)
    merging.open(None)
    for asked_ns in (S, -350 * MS, 0):
        shown = merging.open(asked_ns)
        assert shown.path == tmp_path / "client+server.wsi"
        with closing(Reader(shown.path)) as reader:
            assert reader.info().offset_ns == asked_ns
    assert not merging.merged(0, lambda _rows: None)[1]
    assert merging.merged(None, lambda _rows: None)[1]
    assert names(tmp_path) == ["client+server.wsi", "client.wsi", "server.wsi"]


def test_what_changed_since_is_merged_anew(sides: tuple[Path, Path]) -> None:
    shown = Merging(*sides).open(None)
    with closing(Reader(sides[1])) as reader:
        reader.mark(reader.rows(1, 1, 1)[0], "look")
    assert Merging(*sides).open(None).path == shown.path
    with closing(Reader(shown.path)) as reader:
        assert [mark.note for mark in reader.marks(0, 9)] == ["look"]


def test_what_else_has_the_name_is_left_alone(sides: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "client+server.wsi").write_text("keep me")
    other = tmp_path / "other"
    other.mkdir()
    shown = Merging(*sides).open(None)
    assert shown.path.name == "client+server-2.wsi"
    assert (tmp_path / "client+server.wsi").read_text() == "keep me"
    # Other recordings under the same names.
    for path in sides:
        path.unlink()
    for name in ("client.wsi", "server.wsi"):
        live = Live(other / name)
        live.recorder.http_request("GET / 200", START_NS)
        live.stop()
        with closing(sqlite3.connect(live.path)) as db:
            db.execute("UPDATE capture SET value = value + 1 WHERE key = 'started_ns'")
            db.commit()
        live.path.rename(tmp_path / name)
    assert Merging(*sides).open(None).path.name == "client+server-3.wsi"


def test_in_a_folder_that_may_not_be_written_it_goes_to_the_sessions(
    sides: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(module, "is_writable", lambda _folder: False)
    assert Merging(*sides).open(None).path == tmp_path / "data" / "wsinspect" / "sessions" / "client+server.wsi"


def test_of_a_damaged_file_what_is_sound_is_merged(sides: tuple[Path, Path], tmp_path: Path) -> None:
    with closing(sqlite3.connect(sides[1])) as db:
        # Nothing that a glance at the file could show.
        db.execute("UPDATE segment SET reads = x'00' WHERE connection = 2")
        db.commit()
    shown = Merging(*sides).open(None)
    assert shown.path == tmp_path / "client+server.recovered.wsi"
    assert shown.notices[1].startswith("recovered from server.wsi, which is damaged")
    assert read_all(shown.path) > 40
    sides[0].write_bytes(sides[0].read_bytes()[: 12 * PAGE])
    shown = Merging(*sides).open(None)
    assert shown.path == tmp_path / "client.recovered+server.recovered.wsi"


def test_what_is_being_recorded_is_said(sides: tuple[Path, Path], tmp_path: Path) -> None:
    live = Live(tmp_path / "live.wsi")
    with closing(sqlite3.connect(live.path)) as db:
        db.execute("UPDATE capture SET value = '9000000000000000000' WHERE key = 'alive_ns'")
        db.commit()
    Peer(live.script, 0, "/x").upgrade()
    live.script.play_until(START_NS + S)
    live.commit()
    shown = Merging(sides[0], live.path).open(None)
    assert shown.notices[1].startswith("live.wsi is being recorded: what came until ")
    live.stop()


def test_one_file_is_not_two(sides: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "link.wsi").symlink_to(sides[0])
    with pytest.raises(UsageError, match="is given twice"):
        Merging(sides[0], tmp_path / "link.wsi").open(None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["client.wsi", "server.wsi", "client.wsi"], "two files are merged at a time"),
        (["client.wsi", "server.wsi", "--follow"], "--follow is for one file"),
        (["client.wsi", "--offset", "1s"], "--offset is for two files"),
        (["client.wsi", "server.wsi", "--offset", "soon"], "'soon' is no stretch of time (write 1.2s"),
    ],
)
def test_what_cannot_be_done_is_said(sides: tuple[Path, Path], arguments: list[str], says: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wsinspect", "open", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert names(tmp_path) == ["client.wsi", "server.wsi"]


@pytest.mark.integration
def test_both_are_on_the_screen(sides: tuple[Path, Path]) -> None:
    with Terminal(["wsinspect", "open", *map(str, sides), "--offset", "-350ms"]) as terminal:
        terminal.read_until(b"merged into")
        terminal.read_until(b"set back by 350 ms")
        terminal.read_until(b"/v1/orders")
        terminal.type("q")
        assert terminal.wait() == 0
        assert b"Traceback" not in terminal.written
