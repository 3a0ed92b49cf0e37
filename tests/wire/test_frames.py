"""The frame scanner finds the same frames however the stream is cut, and holds no payloads."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode

from tests.wire.samples import KEY, SAMPLES, Sample
from tests.wire.strategies import FRAMES, MASKS, PAYLOADS, STREAMS, Blob, chunked, every_byte
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import (
    MAX_CONTROL_PAYLOAD,
    MAX_HEADER,
    FrameScanner,
    ScannedFrame,
    frame_violations,
    payload_length,
    unmask,
)


def scanned(pieces: list[bytes], at: int = 0) -> tuple[list[ScannedFrame], FrameScanner]:
    scanner = FrameScanner(at)
    frames: list[ScannedFrame] = []
    for piece in pieces:
        frames += scanner.feed(piece)
    return frames, scanner


def state(scanner: FrameScanner) -> tuple[int, int, bytes, int, bytes, int]:
    return scanner.at, scanner.frame_at, scanner.header, scanner.missing, scanner.kept, scanner.announced


def plainly(data: bytes) -> list[ScannedFrame]:
    """The same, written for a whole stream in the plainest way."""
    frames = []
    at = 0
    while at + 2 <= len(data):
        first, second = data[at], data[at + 1]
        extended = {126: 2, 127: 8}.get(second % 128, 0)
        header = 2 + extended + (4 if second > 127 else 0)
        if at + header > len(data):
            break
        length = int.from_bytes(data[at + 2 : at + 2 + extended]) if extended else second % 128
        if at + header + length > len(data):
            break
        raw = data[at : at + header + min(length, 125)] if first & 8 else b""
        frames.append(ScannedFrame(at, first, second, header, length, raw))
        at += header + length
    return frames


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_samples_whole_and_byte_by_byte(sample: Sample) -> None:
    whole, after_whole = scanned([sample.data])
    pieces, after_pieces = scanned(every_byte(sample.data))
    assert whole == pieces == plainly(sample.data)
    assert state(after_whole) == state(after_pieces)
    assert after_whole.at == len(sample.data)


@given(st.data(), STREAMS, st.integers(0, 1 << 50))
def test_any_chunking_gives_the_same_frames_and_state(data: st.DataObject, stream: bytes, at: int) -> None:
    whole, after_whole = scanned([stream], at)
    pieces, after_pieces = scanned(data.draw(chunked(stream)), at)
    assert whole == pieces
    assert state(after_whole) == state(after_pieces)
    assert [frame._replace(at=frame.at - at) for frame in whole] == plainly(stream)


@given(STREAMS)
def test_frames_lie_end_to_end_and_nothing_is_lost(stream: bytes) -> None:
    frames, scanner = scanned([stream])
    ends = [0, *(frame.end for frame in frames)]
    assert [frame.at for frame in frames] == ends[:-1]
    assert scanner.frame_at == ends[-1]
    rest = stream[ends[-1] :]
    assert scanner.header == rest[: len(scanner.header)]
    for frame in frames:
        assert len(frame.raw) <= MAX_HEADER + MAX_CONTROL_PAYLOAD
        assert bool(frame.raw) == frame.is_control
        assert payload_length(stream[frame.at : frame.payload_at]) == frame.length
    if scanner.announced >= 0:
        assert scanner.missing == scanner.announced - len(rest) > 0


@given(st.sampled_from(Opcode), st.binary(max_size=125) | st.just(Blob(65536)), st.booleans(), MASKS)
def test_agrees_with_the_frames_of_websockets(opcode: Opcode, payload: bytes, fin: bool, mask: bytes | None) -> None:
    is_control = opcode >= Opcode.CLOSE
    theirs = TheirFrame(opcode, payload[:125] if is_control else payload, fin=fin or is_control)
    wire = theirs.serialize(mask=mask is not None)
    ((frame,), _) = scanned([wire])
    assert (frame.opcode, frame.fin, frame.rsv) == (opcode, theirs.fin, 0)
    assert (frame.length, frame.end, frame.is_masked) == (len(theirs.data), len(wire), mask is not None)
    body = wire[frame.payload_at : frame.end]
    if frame.is_masked:
        body = unmask(wire[frame.payload_at - 4 : frame.payload_at], body)
    assert body == theirs.data
    if is_control:
        assert frame.control_payload == theirs.data


def test_an_announced_length_costs_nothing() -> None:
    stream = build_frame(0x2, b"", mask=KEY, length=(1 << 64) - 1)
    tracemalloc.start()
    try:
        scanner = FrameScanner()
        assert scanner.feed(stream) == []
        assert scanner.announced == 14 + (1 << 64) - 1
        for _ in range(64):
            assert scanner.feed(bytes(1 << 20)) == []
        assert scanner.missing == (1 << 64) - 1 - (64 << 20)
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
    finally:
        tracemalloc.stop()


def test_a_control_frame_of_any_length_keeps_its_beginning_only() -> None:
    stream = build_frame(0x9, b"ab" * 100_000, mask=KEY)
    for pieces in ([stream], [*every_byte(stream[:300]), stream[300:]]):
        ((frame,), _) = scanned(pieces)
        assert frame.control_payload == b"ab" * 62 + b"a"
        assert frame.length == 200_000


@given(st.binary(min_size=4, max_size=4), PAYLOADS, st.integers(0, 9))
def test_unmask_is_its_own_inverse_at_any_offset(key: bytes, data: bytes, offset: int) -> None:
    masked = unmask(key, data, offset)
    assert masked == bytes(byte ^ key[(offset + at) % 4] for at, byte in enumerate(data))
    assert unmask(key, masked, offset) == data


@given(FRAMES, st.booleans(), st.booleans())
def test_violations_are_found_for_any_frame(stream: bytes, from_client: bool, rsv1_allowed: bool) -> None:
    ((frame,), _) = scanned([stream])
    found = frame_violations(frame, from_client=from_client, rsv1_allowed=rsv1_allowed)
    rules = [violation.rule for violation in found]
    assert len(rules) == len(set(rules))
    assert ("mask-missing" in rules) == (from_client and not frame.is_masked)
    assert ("mask-present" in rules) == (not from_client and frame.is_masked)
    assert ("control-long" in rules) == (frame.is_control and frame.length > 125)
    assert ("opcode-reserved" in rules) == (frame.opcode in {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    assert ("rsv" in rules) == bool(frame.rsv & 3)
    for violation in found:
        assert violation.source.startswith("RFC ")
        assert violation.detail.isprintable()


def test_a_length_with_the_top_bit_is_a_violation() -> None:
    frame = ScannedFrame(0, 0x82, 0x7F, 10, 1 << 63, b"")
    assert [violation.rule for violation in frame_violations(frame, from_client=False)] == ["length-sign"]
