"""The same traffic recorded whole and into a ring."""

from __future__ import annotations

import os
from pathlib import Path

from tests.session.conftest import START_NS
from wsinspect.model import Ending, Side
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.ring import Keep
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_close, build_frame


class Twin:
    """The same traffic recorded twice: whole, and only the newest part of it."""

    def __init__(self, folder: Path, keep: Keep) -> None:
        self.now = START_NS
        self.paths = (folder / "whole.wsi", folder / "ring.wsi")
        keeps = (None, keep)
        self.writers = [
            SessionWriter(path, {}, keep=one, reserve=0, now_ns=lambda: self.now)
            for path, one in zip(self.paths, keeps, strict=True)
        ]
        self.recorders = [Recorder(writer) for writer in self.writers]
        self.connections: list[list[Recording]] = []

    def open(self) -> None:
        """A connection more."""
        opened: list[Recording] = []
        for recorder in self.recorders:
            one = recorder.opened(source="relay", client="c", url="u", path="/", request=b"GET", at_ns=self.now)
            one.responded(b"101", 101, self.now)
            one.upgraded(self.now, subprotocol="", extensions="")
            opened.append(one)
        self.connections.append(opened)

    def read(self, connection: int, side: Side, data: bytes) -> None:
        """Bytes on one of them."""
        for one in self.connections[connection % len(self.connections)]:
            one.read(side, data, self.now)

    def close(self, connection: int) -> None:
        """One of them ends, if it has not."""
        for one in self.connections[connection % len(self.connections)]:
            if one.connection().closed_ns is None:
                one.read(Side.SERVER, build_close(1011, b"x"), self.now)
                one.ended(Side.SERVER, Ending.FIN, self.now)
                one.ended(Side.CLIENT, Ending.FIN, self.now)
                one.closed(self.now)

    def is_open(self, connection: int) -> bool:
        """Whether it has not ended."""
        return self.connections[connection % len(self.connections)][0].connection().closed_ns is None

    def flush(self) -> None:
        """Both have all of it in the file."""
        for recorder, writer in zip(self.recorders, self.writers, strict=True):
            recorder.flush()
            while writer._queued:
                os.sched_yield()

    def talk(self, connection: int, seconds: int) -> None:
        """One of them says something each second, and all of it is in the file."""
        for _ in range(seconds):
            self.now += 10**9
            self.read(connection, Side.SERVER, build_frame(1, b"y"))
            self.flush()

    def stop(self) -> tuple[Reader, Reader]:
        """End both; whole and ring."""
        self.flush()
        for writer in self.writers:
            assert writer.stop(self.now) == ""
        return Reader(self.paths[0]), Reader(self.paths[1])
