"""Session files of any size, made by the real recorder and writer from prepared frames, as a capture makes them."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from tests.benchmarks.client import Lost
from wsinspect.model import Side
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import TEXT

START_NS = 1_795_356_071_000_000_000
"""2026-11-22 14:01:11 UTC."""

READ_BYTES = 1 << 16
"""What arrives at once."""

READ_NS = 1_000_000
"""Between two reads."""

WORDS = b"the quick brown fox jumps over the lazy dog; "

NEEDLE = b"Needle"
"""Stands in one message of EVERY."""

EVERY = 1000

PREPARED = 4000
"""Messages that are different; then the same come again."""


class Wire(StrEnum):
    """How messages stand on the wire."""

    CLEAR = "clear"
    MASKED = "masked"
    DEFLATED = "deflated"

    @property
    def side(self) -> Side:
        """Who sends them: only clients mask."""
        return Side.CLIENT if self is Wire.MASKED else Side.SERVER


def payload(number: int, size: int) -> bytes:
    """One message's text of ``size`` bytes."""
    word = NEEDLE if number % EVERY == EVERY // 2 else b"nothing"
    return (b"%08d %s " % (number, word) + WORDS * (size // len(WORDS) + 1))[:size]


def frames(size: int, wire: Wire) -> list[bytes]:
    """The prepared messages, each in one frame."""
    texts = [payload(number, size) for number in range(PREPARED)]
    if wire is Wire.MASKED:
        keys = random.Random(1)
        return [build_frame(TEXT, text, mask=keys.randbytes(4)) for text in texts]
    if wire is Wire.DEFLATED:
        machine = zlib.compressobj(wbits=-15)
        packed = (machine.compress(text) + machine.flush(zlib.Z_SYNC_FLUSH) for text in texts)
        return [build_frame(TEXT, one[:-4], rsv=4) for one in packed]
    return [build_frame(TEXT, text) for text in texts]


def stream(messages: int, size: int, wire: Wire) -> Iterator[bytes]:
    """The bytes of so many messages, in pieces."""
    prepared = frames(size, wire)
    whole = b"".join(prepared)
    for _ in range(messages // PREPARED):
        yield whole
    yield b"".join(prepared[: messages % PREPARED])


def record(file: Path, messages: int, size: int, wire: Wire = Wire.CLEAR) -> None:
    """Write a session with one connection on which one side sent so many messages of ``size`` bytes.

    Raises:
        Lost: it could not be written.
    """
    facts = {"source": "benchmark", "version": "0", "started_ns": str(START_NS)}
    writer = SessionWriter(file, facts)
    recorder = Recorder(writer)
    recording = _connection(recorder, wire)
    at_ns = START_NS
    for piece in stream(messages, size, wire):
        for begin in range(0, len(piece), READ_BYTES):
            at_ns += READ_NS
            recording.read(wire.side, piece[begin : begin + READ_BYTES], at_ns)
            while recorder.is_full and not writer.obstacle:
                time.sleep(0.001)
    recording.closed(at_ns)
    recorder.flush()
    problem = writer.obstacle or writer.stop(at_ns)
    if problem or recorder.skip_reason:
        raise Lost(f"{file.name}: {problem or recorder.skip_reason}")


def _connection(recorder: Recorder, wire: Wire) -> Recording:
    extensions = "permessage-deflate" if wire is Wire.DEFLATED else ""
    recording = recorder.opened(
        source="relay",
        client="127.0.0.1:5",
        url="ws://127.0.0.1:9/feed",
        path="/feed",
        request=b"GET /feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        at_ns=START_NS,
    )
    recording.responded(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, START_NS)
    recording.upgraded(START_NS, subprotocol="", extensions=extensions)
    return recording
