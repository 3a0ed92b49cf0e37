"""Inflating agrees with websockets and zlib, takes pieces of any size, and cannot be made to hurt."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from tests.wire.samples import deflated
from tests.wire.strategies import chunked, every_byte
from wsinspect.model import Side
from wsinspect.wire.deflate import KEPT_BYTES, MAX_STREAM_ENDS, DeflateParams, Inflated, Inflater, negotiated

FORGETS = DeflateParams(client_no_context_takeover=True, server_no_context_takeover=True)
KEEPS = DeflateParams()

WORDS = st.lists(st.sampled_from([b"wsinspect ", b"hello ", b'{"id":', bytes(300)]), max_size=30).map(b"".join)
MESSAGES = st.lists(st.binary(max_size=300) | WORDS, max_size=8)


def inflate(inflater: Inflater, data: bytes) -> Inflated:
    return inflater.feed(data, end_of_message=True)


def compressed(messages: list[bytes], *, forgets: bool = False, bits: int = 15) -> list[bytes]:
    """The payloads that websockets sends for these messages."""
    theirs = PerMessageDeflate(
        remote_no_context_takeover=False,
        local_no_context_takeover=forgets,
        remote_max_window_bits=15,
        local_max_window_bits=bits,
    )
    return [bytes(theirs.encode(Frame(Opcode.BINARY, message)).data) for message in messages]


@given(st.data(), MESSAGES, st.booleans(), st.integers(9, 15), st.sampled_from(Side))
def test_what_websockets_deflates_is_inflated_from_any_pieces(
    data: st.DataObject, messages: list[bytes], forgets: bool, bits: int, side: Side
) -> None:
    inflater = Inflater(FORGETS if forgets else KEEPS, side)
    for message, payload in zip(messages, compressed(messages, forgets=forgets, bits=bits), strict=True):
        *pieces, last = data.draw(chunked(payload))
        for piece in pieces:
            assert inflater.feed(piece, end_of_message=False).data == b""
        assert inflate(inflater, last) == Inflated(message, len(message))


@given(st.lists(st.binary(max_size=200), max_size=6), st.booleans())
def test_garbage_never_raises(payloads: list[bytes], forgets: bool) -> None:
    whole = Inflater(FORGETS if forgets else KEEPS, Side.CLIENT)
    pieces = Inflater(FORGETS if forgets else KEEPS, Side.CLIENT)
    for payload in payloads:
        inflated = inflate(whole, payload)
        assert inflated.problem.isprintable()
        for piece in every_byte(payload):
            pieces.feed(piece, end_of_message=False)
        assert pieces.feed(b"", end_of_message=True) == inflated


def test_each_side_has_its_own_takeover() -> None:
    params = DeflateParams(server_no_context_takeover=True)
    first, second = compressed([b"hello hello hello"] * 2)
    client, server = Inflater(params, Side.CLIENT), Inflater(params, Side.SERVER)
    assert inflate(client, first).data == inflate(client, second).data == b"hello hello hello"
    inflate(server, first)
    assert "invalid distance" in inflate(server, second).problem


def test_broken_data_spoils_what_follows_only_with_context() -> None:
    good, bad = deflated(b"good"), b"\xff\xff\xff"
    keeps, forgets = Inflater(KEEPS, Side.SERVER), Inflater(FORGETS, Side.SERVER)
    for inflater in (keeps, forgets):
        assert inflate(inflater, good) == Inflated(b"good", 4)
        assert inflate(inflater, bad).problem == "the compressed data is broken: invalid block type"
    assert inflate(keeps, good) == inflate(keeps, good)
    assert "an earlier message" in inflate(keeps, good).problem
    assert inflate(forgets, good) == Inflated(b"good", 4)


def test_lost_bytes() -> None:
    first, second = compressed([b"hello"] * 2)
    keeps, forgets = Inflater(KEEPS, Side.SERVER), Inflater(FORGETS, Side.SERVER)
    for inflater in (keeps, forgets):
        inflate(inflater, first)
        inflater.lose("bytes before it were not recorded")
    assert inflate(keeps, second).problem == "bytes before it were not recorded"
    assert inflate(keeps, first).problem == "bytes before it were not recorded"
    assert inflate(forgets, first) == Inflated(b"hello", 5)
    forgets.feed(first[:2], end_of_message=False)
    forgets.lose("bytes in it were not recorded")
    assert inflate(forgets, first[4:]).problem == "bytes in it were not recorded"
    assert inflate(forgets, first) == Inflated(b"hello", 5)


@pytest.mark.parametrize(
    "payload",
    [
        "f248cdc9c90700",  # RFC 7692 section 7.2.3.1: one block
        "000500faff48656c6c6f00",  # 7.2.3.3: without compression
        "f348cdc9c9070000",  # 7.2.3.4: a final block
        "f348cdc9c90700",  # the same without the empty block behind it
        "f24805000000ffffcac9c90700",  # 7.2.3.5: two blocks
    ],
)
@pytest.mark.parametrize("params", [KEEPS, FORGETS])
def test_the_examples_of_the_rfc(payload: str, params: DeflateParams) -> None:
    inflater = Inflater(params, Side.SERVER)
    for _ in range(3):
        assert inflate(inflater, bytes.fromhex(payload)) == Inflated(b"Hello", 5)
        for piece in every_byte(bytes.fromhex(payload)):
            inflater.feed(piece, end_of_message=False)
        assert inflate(inflater, b"") == Inflated(b"Hello", 5)


def test_context_reaches_over_a_final_block() -> None:
    assert inflate_all(["f348cdc9c9070000", "f200110000"]) == [b"Hello", b"Hello"]  # RFC 7692 section 7.2.3.2


def inflate_all(payloads: list[str]) -> list[bytes]:
    inflater = Inflater(KEEPS, Side.SERVER)
    return [inflate(inflater, bytes.fromhex(payload)).data for payload in payloads]


def test_context_reaches_back_32_kib_over_messages_of_any_size() -> None:
    noise = random.Random(7).randbytes(32_000)
    messages = [noise, bytes(3_000_000), noise, noise[:20_000], noise[:20_000]]
    inflater = Inflater(KEEPS, Side.SERVER)
    for message, payload in zip(messages, compressed(messages), strict=True):
        inflated = inflate(inflater, payload)
        assert inflated.total == len(message)
        assert inflated.data == message[:KEPT_BYTES]


def test_output_that_zlib_holds_back_is_not_forgotten() -> None:
    step = 1 << 18
    for size in range(step + 1, step + 300, 7):
        machine = zlib.compressobj(wbits=-15)
        payload = machine.compress(bytes(size)) + machine.flush(zlib.Z_FINISH)
        inflater = Inflater(KEEPS, Side.SERVER)
        assert inflater.feed(payload, end_of_message=False).total == size
        assert inflate(inflater, b"").total == size
        assert inflate(inflater, deflated(b"Hello")) == Inflated(b"Hello", 5)


def test_endless_final_blocks_are_not_followed() -> None:
    inflater = Inflater(FORGETS, Side.SERVER)
    started = time.perf_counter()
    inflated = inflate(inflater, b"\x03\x00" * 500_000)
    assert time.perf_counter() - started < 1
    assert str(MAX_STREAM_ENDS) in inflated.problem
    assert inflate(inflater, b"\x03\x00" * MAX_STREAM_ENDS) == Inflated(b"", 0)


BOMB = """
import resource, sys, zlib
from wsinspect.model import Side
from wsinspect.wire.deflate import DeflateParams, Inflater

machine = zlib.compressobj(9, wbits=-15)
bomb = b"".join(machine.compress(bytes(1 << 20)) for _ in range(1024)) + machine.flush(zlib.Z_SYNC_FLUSH)
scale = 1 if sys.platform == "darwin" else 1024
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
inflater = Inflater(DeflateParams(), Side.SERVER)
size = int(sys.argv[1])
for at in range(0, len(bomb), size):
    inflater.feed(bomb[at : at + size], end_of_message=False)
inflated = inflater.feed(b"", end_of_message=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale - before, inflated.total, inflated.problem)
"""


@pytest.mark.parametrize("chunk", [1 << 10, 1 << 21])
def test_a_bomb_of_1_gib_stays_small(chunk: int) -> None:
    done = subprocess.run([sys.executable, "-c", BOMB, str(chunk)], capture_output=True, text=True, check=True)
    grown, total, problem = done.stdout.strip().split(" ", 2)
    assert int(grown) < 64 << 20
    assert total == "0"
    assert problem == "not inflated: it grows more than 1,000-fold"


def test_a_large_message_of_fair_ratio_is_counted_whole() -> None:
    block = random.Random(1).randbytes(1 << 16)
    machine = zlib.compressobj(1, wbits=-15)
    inflater = Inflater(KEEPS, Side.SERVER)
    for _ in range(1600):
        inflater.feed(machine.compress(block + bytes(len(block) // 8)), end_of_message=False)
    inflated = inflate(inflater, machine.flush(zlib.Z_SYNC_FLUSH)[:-4])
    assert inflated.total == 1600 * (len(block) + len(block) // 8)
    assert inflated.problem == ""
    assert len(inflated.data) == KEPT_BYTES


@pytest.mark.parametrize(
    ("header", "params"),
    [
        ("", None),
        ("x-webkit-deflate-frame", None),
        ('foo; a=", permessage-deflate"', None),
        ("permessage-deflate", KEEPS),
        (" Permessage-Deflate ;", None),
        ("foo, permessage-deflate", KEEPS),
        ("permessage-deflate; server_no_context_takeover", DeflateParams(server_no_context_takeover=True)),
        (
            'permessage-deflate; client_max_window_bits=10 ; server_max_window_bits="9";client_no_context_takeover',
            DeflateParams(True, False, 10, 9),
        ),
    ],
)
def test_negotiated(header: str, params: DeflateParams | None) -> None:
    if params is None and header.strip().lower().startswith("permessage"):
        params = negotiated("permessage-deflate; x")
    assert negotiated(header) == params


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ("server_max_window_bits=16", "server_max_window_bits without a value from 8 to 15"),
        ("server_max_window_bits", "server_max_window_bits without a value from 8 to 15"),
        ("client_max_window_bits=\u0661\u0660", "client_max_window_bits without a value from 8 to 15"),
        ("client_no_context_takeover=1", "client_no_context_takeover with a value"),
        ("client_no_context_takeover; client_no_context_takeover", "client_no_context_takeover given twice"),
        ("evil\x1b[31m", "a parameter that does not exist"),
        ("", "a parameter that does not exist"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(parameters: str, wrong: str) -> None:
    params = negotiated(f"permessage-deflate; {parameters}")
    assert params is not None
    assert [violation.detail for violation in params.violations] == [f"permessage-deflate: {wrong}"]


def test_the_first_of_two_answers_counts() -> None:
    params = negotiated("permessage-deflate; server_max_window_bits=9, permessage-deflate")
    assert params is not None
    assert params.server_max_window_bits == 9
    assert "more than once" in params.violations[0].detail


@given(st.text() | st.text(alphabet='permessage-deflate;,="\\ 0189_').map(lambda rest: "permessage-deflate;" + rest))
def test_any_header_is_read(header: str) -> None:
    params = negotiated(header)
    if params is not None:
        assert 8 <= params.client_max_window_bits <= 15
        assert 8 <= params.server_max_window_bits <= 15
        assert all(violation.detail.isascii() for violation in params.violations)
