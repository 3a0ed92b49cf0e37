"""Any interleaving of both sides in any chunking gives back exact order, times, bytes and row counts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from wsinspect.model import EventKind, RowKind, Side
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame

_OPCODES = st.sampled_from([0, 1, 2, 5, 8, 9, 10, 13])
_FRAMES = st.builds(
    lambda opcode, payload, fin, mask: build_frame(opcode, payload, fin=fin, mask=mask),
    _OPCODES,
    st.binary(max_size=300),
    st.booleans(),
    st.sampled_from([None, b"\x01\x02\x03\x04"]),
)
_STREAM = st.lists(_FRAMES, max_size=12).map(b"".join)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(list(Side)), st.integers(1, 400)),
        st.sampled_from(["flush", "event"]),
    ),
    max_size=60,
)


def _session(folder: str) -> Session:
    writer = SessionWriter(Path(folder) / "s.wsi", {}, reserve=0)
    return Session(Path(folder) / "s.wsi", writer, Recorder(writer))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(client=_STREAM, server=_STREAM, steps=_STEPS, seed=st.integers(0, 3))
def test_what_goes_in_comes_out(client: bytes, server: bytes, steps: list[object], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        session = _session(folder)
        recording = session.open()
        left = {Side.CLIENT: client, Side.SERVER: server}
        expected: list[tuple[object, ...]] = []
        reference = {side: _Reference() for side in Side}
        now = START_NS
        for step in [*steps, (Side.CLIENT, 1 << 20), (Side.SERVER, 1 << 20)]:
            now += 1000 + seed
            if step == "flush":
                session.recorder.flush()
            elif step == "event":
                recording.event(EventKind.NOTE, now, text="here")
                expected.append(("event", now))
            elif isinstance(step, tuple):
                side, size = step
                data, left[side] = left[side][:size], left[side][size:]
                recording.read(side, data, now)
                expected += reference[side].rows(data, now, side)
        reader = session.read()
        try:
            rows = reader.rows(1, 1, 10_000)
            seen = [
                ("event", row.at_ns)
                if row.kind is RowKind.EVENT
                else (row.side, row.at, row.size, row.frames, row.at_ns, row.first_ns)
                for row in rows
            ]
            assert seen == expected
            assert [row.number for row in rows] == list(range(1, len(expected) + 1))
            connection = reader.connection(1)
            assert connection is not None
            assert connection.rows == len(expected) == reader.info().rows
            assert [row.number for row in reader.all_rows(1, 10_000)] == [row.number for row in rows]
            for row in rows:
                if row.kind is not RowKind.EVENT:
                    assert row.side is not None
                    payload = reader.payload(1, row.number, 1 << 20)
                    assert payload is not None
                    assert payload.data == reference[row.side].payloads[row.at]
                    assert payload.is_whole
        finally:
            reader.close()


class _Reference:
    """Rows of one direction, found by parsing all bytes again from the start at every read: slow and plain."""

    def __init__(self) -> None:
        self._all = b""
        self._arrivals: list[int] = []
        self._known = 0
        self.payloads: dict[int, bytes] = {}

    def rows(self, data: bytes, now: int, side: Side) -> list[tuple[object, ...]]:
        self._all += data
        self._arrivals += [now] * len(data)
        complete = self._parse()
        new = complete[self._known :]
        self._known = len(complete)
        return [(side, at, size, frames, now, self._arrivals[at]) for at, size, frames in new]

    def _parse(self) -> list[tuple[int, int, int]]:
        rows: list[tuple[int, int, int]] = []
        position = 0
        message: tuple[int, int, int] | None = None
        content = b""
        while (frame := self._frame(position)) is not None:
            opcode, fin, payload, end = frame
            if opcode >= 8:
                rows.append((position, len(payload), 1))
                self.payloads[position] = payload
            else:
                at, size, frames = message or (position, 0, 0)
                content = (content if message else b"") + payload
                message = (at, size + len(payload), frames + 1)
                if fin:
                    rows.append(message)
                    self.payloads[at] = content
                    message = None
            position = end
        return rows

    def _frame(self, at: int) -> tuple[int, bool, bytes, int] | None:
        data = self._all
        if len(data) < at + 2:
            return None
        size, start = data[at + 1] & 127, at + 2
        if size == 126:
            size, start = int.from_bytes(data[start : start + 2]), start + 2
        key = b""
        if data[at + 1] & 128:
            key, start = data[start : start + 4], start + 4
        if len(data) < start + size or len(data) < start:
            return None
        payload = data[start : start + size]
        if key:
            payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        return data[at] & 15, data[at] >= 128, payload, start + size
