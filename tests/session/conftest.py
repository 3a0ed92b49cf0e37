"""Sessions in a temporary folder: one that is being written, and the two sides of an incident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures import two_sides
from wsinspect.session.copying.merging import Pair
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter

START_NS = 1_700_000_000_000_000_000


@dataclass
class Session:
    """A recorder and its file."""

    path: Path
    writer: SessionWriter
    recorder: Recorder

    def open(self, *, extensions: str = "", at_ns: int = START_NS) -> Recording:
        """An upgraded connection."""
        recording = self.recorder.opened(
            source="relay", client="127.0.0.1:5", url="ws://127.0.0.1:9/x", path="/x", request=b"GET", at_ns=at_ns
        )
        recording.responded(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, at_ns)
        recording.upgraded(at_ns, subprotocol="", extensions=extensions)
        return recording

    def read(self) -> Reader:
        """Store all that is pending, end the recording and open the file."""
        self.recorder.flush()
        assert self.writer.stop(START_NS) == ""
        return Reader(self.path)


@pytest.fixture
def new_session(tmp_path: Path) -> Callable[[], Session]:
    """Makes sessions, each in a file of its own."""
    made: list[Session] = []

    def make() -> Session:
        path = tmp_path / f"{len(made)}.wsi"
        writer = SessionWriter(path, {"source": "test", "version": "0", "started_ns": str(START_NS)}, reserve=0)
        made.append(Session(path, writer, Recorder(writer)))
        return made[-1]

    return make


@pytest.fixture
def session(new_session: Callable[[], Session]) -> Session:
    """One session."""
    return new_session()


@pytest.fixture
def sides(tmp_path: Path) -> Pair:
    """The client's and the server's side of one incident."""
    return Pair(*two_sides.build(tmp_path))
