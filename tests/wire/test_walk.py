"""Walking through frames finds what the scanner finds, and masks come off in one go."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.strategies import STREAMS
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import FrameScanner, unmask
from wsinspect.wire.walk import unmasked, veiled, walk


@settings(deadline=None)
@given(STREAMS, st.binary(max_size=20), st.binary(max_size=20))
def test_whole_frames_are_those_of_the_scanner(stream: bytes, before: bytes, behind: bytes) -> None:
    found = walk(before + stream + behind, len(before), len(before) + len(stream))
    expected = FrameScanner(len(before)).feed(stream)
    assert found == [(frame.first, frame.second, frame.payload_at, frame.end) for frame in expected]


@settings(deadline=None)
@given(STREAMS, st.integers(0, 300))
def test_the_last_may_begin_no_later_than_asked(stream: bytes, until: int) -> None:
    frames = walk(stream, 0, len(stream))
    begins = [0, *(end for _, _, _, end in frames)]
    assert walk(stream, 0, len(stream), until) == [
        frame for frame, begin in zip(frames, begins, strict=False) if begin <= until
    ]


@settings(deadline=None)
@given(STREAMS)
def test_payloads_are_unmasked_where_they_are(stream: bytes) -> None:
    frames = walk(stream, 0, len(stream))
    plain = unmasked(stream, frames)
    assert len(plain) == len(stream)
    at = 0
    for _, second, start, end in frames:
        assert plain[at:start] == stream[at:start]
        payload = stream[start:end]
        assert plain[start:end] == (unmask(stream[start - 4 : start], payload) if second >= 0x80 else payload)
        at = end
    assert plain[at:] == stream[at:]


@settings(deadline=None)
@given(st.binary(max_size=90_000), st.binary(min_size=7, max_size=20), st.binary(min_size=4, max_size=4))
def test_a_needle_is_found_behind_any_mask(before: bytes, needle: bytes, key: bytes) -> None:
    masked = build_frame(2, before + needle.swapcase() + b"...", mask=key)
    assert veiled(needle) in veiled(masked)
    assert len(veiled(needle)) == len(needle) - 4


def test_what_is_not_there_is_not_found() -> None:
    masked = build_frame(1, b'{"type":"tick","seq":5}' * 1000, mask=b"\x37\xfa\x21\x3d")
    assert veiled(b"unsubscribe") not in veiled(masked)
    assert veiled(b'"TICK","seq"') in veiled(masked)
    assert veiled(b"") == b""
