"""Session files in every state that a library can hold."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.session.conftest import START_NS
from wsinspect.model import Ending, Side
from wsinspect.session.file import schema
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_close, build_frame

S = 1_000_000_000
END_NS = START_NS + 90 * S


class Shelf:
    """A recording that closes connections in any way, at fixed times."""

    def __init__(self, path: Path) -> None:
        self.path = path
        facts = {"source": "proxy a → b", "version": "0.1.0", "started_ns": str(START_NS)}
        self.writer = SessionWriter(path, facts, reserve=0, now_ns=lambda: START_NS + 60 * S)
        self.recorder = Recorder(self.writer)

    def connect(self, code: int | None = None, *, messages: int = 1, is_open: bool = False) -> None:
        """One connection with messages, closed by the server with a code, or without a close frame."""
        at = START_NS + S
        recording = self.recorder.opened(source="relay", client="c", url="u", path="/", request=b"GET", at_ns=at)
        recording.responded(b"", 101, at)
        recording.upgraded(at, subprotocol="", extensions="")
        for _ in range(messages):
            recording.read(Side.SERVER, build_frame(1, b"hello"), at)
        if is_open:
            return
        if code is not None:
            recording.read(Side.SERVER, build_close(code, b""), at)
        recording.ended(Side.SERVER, Ending.FIN, at)
        recording.ended(Side.CLIENT, Ending.FIN, at)
        recording.closed(at)

    def commit(self) -> None:
        """Hand over what is pending, and wait until it is in the file."""
        self.recorder.flush()
        while self.writer._queued:
            os.sched_yield()

    def stop(self) -> Path:
        """End the recording; the file."""
        self.recorder.flush()
        assert self.writer.stop(END_NS) == ""
        return self.path


def saved(path: Path, *codes: int | None, messages: int = 1) -> Path:
    """A session whose connections closed with these codes."""
    shelf = Shelf(path)
    for code in codes:
        shelf.connect(code, messages=messages)
    return shelf.stop()


KILLED = """
    import os, sys
    from pathlib import Path
    from tests.session.file.shelf import Shelf
    shelf = Shelf(Path(sys.argv[1]))
    shelf.connect(1011)
    shelf.connect(1000, messages=2)
    shelf.connect(messages=3, is_open=True)
    shelf.commit()
    os._exit(9)
"""


def killed(path: Path) -> Path:
    """A session whose recorder was killed: two connections closed, one open; all of it in the log."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(path)], env=environment, check=False, timeout=60)
    assert path.with_name(path.name + "-wal").stat().st_size
    return path


def newer(path: Path) -> Path:
    """A session that a newer version wrote."""
    saved(path, 1000)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.USER_VERSION + 1}")
    db.close()
    return path


def damaged(path: Path) -> Path:
    """A session of which all but the first page is rubbish."""
    saved(path, *[1000] * 20)
    data = path.read_bytes()
    path.write_bytes(data[: schema.PAGE_SIZE] + b"\x55" * (len(data) - schema.PAGE_SIZE))
    return path


def cut(path: Path) -> Path:
    """A session of which only the beginning was copied."""
    saved(path, 1000)
    os.truncate(path, schema.PAGE_SIZE // 2)
    return path


def broken(path: Path) -> Path:
    """A killed session of which only the header and the log are left."""
    killed(path)
    os.truncate(path, 100)
    return path


def changed(path: Path) -> Path:
    """A session to which somebody added a trigger."""
    saved(path, 1000)
    db = sqlite3.connect(path)
    db.execute("CREATE TRIGGER evil AFTER INSERT ON capture BEGIN DELETE FROM connection; END")
    db.commit()
    db.close()
    return path


def told(path: Path, key: str, value: str) -> Path:
    """A session that says something odd of itself."""
    saved(path, 1000)
    db = sqlite3.connect(path)
    db.execute("INSERT OR REPLACE INTO capture VALUES (?, ?)", (key, value))
    db.commit()
    db.close()
    return path


def annotate(path: Path, note: str) -> None:
    """A note as it stands, without what tidies it up."""
    db = sqlite3.connect(path)
    db.execute("INSERT OR REPLACE INTO capture VALUES ('note', ?)", (note,))
    db.commit()
    db.close()
