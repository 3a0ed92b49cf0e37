"""The builder writes what is asked for: legal frames as websockets writes them, illegal ones too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode

from tests.wire.samples import KEY
from tests.wire.strategies import MASKS, PAYLOADS
from wsinspect.wire.builder import build_close, build_frame
from wsinspect.wire.frames import FrameScanner, unmask


@given(st.sampled_from([Opcode.CONT, Opcode.TEXT, Opcode.BINARY]), PAYLOADS, st.booleans())
def test_unmasked_data_frames_equal_those_of_websockets(opcode: Opcode, payload: bytes, fin: bool) -> None:
    theirs = TheirFrame(opcode, payload, fin=fin).serialize(mask=False)
    assert build_frame(opcode, payload, fin=fin) == theirs


@given(st.integers(0, 15), PAYLOADS, st.booleans(), st.integers(0, 7), MASKS, st.sampled_from([None, 8]))
def test_any_frame_comes_back_from_the_scanner(
    opcode: int, payload: bytes, fin: bool, rsv: int, mask: bytes | None, length_bytes: int | None
) -> None:
    wire = build_frame(opcode, payload, fin=fin, rsv=rsv, mask=mask, length_bytes=length_bytes)
    (frame,) = FrameScanner().feed(wire)
    assert (frame.opcode, frame.fin, frame.rsv, frame.length) == (opcode, fin, rsv, len(payload))
    body = wire[frame.payload_at :]
    assert (unmask(mask, body) if mask else body) == payload
    assert frame.is_masked == (mask is not None)


@pytest.mark.parametrize(
    ("length", "length_bytes", "header"),
    [
        (None, None, "8102"),
        (None, 2, "817e0002"),
        (None, 8, "817f0000000000000002"),
        (125, None, "817d"),
        (126, None, "817e007e"),
        (65535, None, "817effff"),
        (65536, None, "817f0000000000010000"),
        ((1 << 64) - 1, None, "817f" + "ff" * 8),
        (0, 0, "8100"),
    ],
)
def test_lengths_may_lie_and_waste(length: int | None, length_bytes: int | None, header: str) -> None:
    assert build_frame(1, b"ab", length=length, length_bytes=length_bytes) == bytes.fromhex(header) + b"ab"


def test_the_key_stands_behind_the_length() -> None:
    assert build_frame(1, b"Hello", mask=KEY).hex() == "818537fa213d7f9f4d5158"  # RFC 6455 section 5.7


def test_close() -> None:
    assert build_close(1000, b"bye") == b"\x88\x05\x03\xe8bye"
    assert build_close(None) == b"\x88\x00"
    assert build_close(None, b"x") == b"\x88\x01x"
    assert build_close(65535, b"r" * 200, mask=bytes(4)) == b"\x88\xfe\x00\xca" + bytes(4) + b"\xff\xff" + b"r" * 200


@pytest.mark.parametrize(
    "arguments",
    [
        {"opcode": 16},
        {"opcode": -1},
        {"rsv": 8},
        {"mask": b"abc"},
        {"length_bytes": 4},
        {"length": 126, "length_bytes": 0},
        {"length": 1 << 16, "length_bytes": 2},
        {"length": 1 << 64},
        {"length": -1},
    ],
)
def test_what_has_no_bits_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"bits|bytes|fit"):
        build_frame(**{"opcode": 1, **arguments})  # type: ignore[arg-type]  # one case is bytes


def test_a_code_has_two_bytes() -> None:
    with pytest.raises(ValueError, match="two bytes"):
        build_close(65536)
