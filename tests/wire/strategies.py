"""What the property tests of the protocol draw from."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from tests.wire.samples import SAMPLES
from wsinspect.wire.builder import build_frame


class Blob(bytes):
    """Bytes whose picture in a failure report stays short."""

    def __repr__(self) -> str:
        return super().__repr__() if len(self) < 1000 else f"<{len(self)} bytes>"


def _joined(parts: Iterable[bytes]) -> bytes:
    return Blob(b"".join(parts))


MASKS = st.none() | st.binary(min_size=4, max_size=4)

PAYLOADS = st.binary(max_size=140) | st.integers(0, 300).map(bytes) | st.just(Blob(65536))

FRAMES = st.builds(
    lambda opcode, payload, is_wasteful, **more: build_frame(
        opcode, payload, length_bytes=(2 if len(payload) < 1 << 16 else 8) if is_wasteful else None, **more
    ),
    st.integers(0, 15),
    PAYLOADS,
    st.integers(0, 9).map(lambda draw: draw == 9),
    fin=st.booleans(),
    rsv=st.integers(0, 7),
    mask=MASKS,
)
"""Any frame, legal or not, whose length is true."""

ALIKE = st.builds(
    lambda opcode, payload, fin, masks: b"".join(build_frame(opcode, payload, fin=fin, mask=mask) for mask in masks),
    st.integers(0, 2),
    st.integers(0, 300).map(bytes),
    st.booleans() | st.just(True),
    st.lists(st.binary(min_size=4, max_size=4), max_size=70) | st.integers(0, 70).map(lambda count: [None] * count),
)
"""Frames that differ in their masking keys only."""

STREAMS = (
    st.lists(FRAMES, max_size=8).map(_joined)
    | st.tuples(st.lists(FRAMES, max_size=3).map(_joined), st.binary(max_size=40)).map(_joined)
    | st.sampled_from([Blob(sample.data) for sample in SAMPLES])
    | st.lists(ALIKE | FRAMES, max_size=5).map(_joined)
    | st.binary(max_size=300)
)
"""Frames in any order, frames with garbage behind them, many that are alike, the samples, and garbage."""


@st.composite
def chunked(draw: Callable[[st.SearchStrategy[list[int]]], list[int]], data: bytes) -> list[bytes]:
    """``data`` cut anywhere, empty pieces among them."""
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    edges = [0, *cuts, len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def every_byte(data: bytes) -> list[bytes]:
    """``data`` as pieces of one byte."""
    return [data[at : at + 1] for at in range(len(data))]
