"""Compressed messages with other content: what a receiver inflates is what was meant, in as many bytes as before."""

from __future__ import annotations

import random
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.model import Side
from wsinspect.wire.deflate import DeflateParams, Inflater
from wsinspect.wire.repacking import Repacker

WORDS = st.lists(
    st.sampled_from([b"price", b"token", b'{"a":', b"secret-value-1", b"\x00\xff", b"e" * 40]), max_size=30
)


class Packer:
    """What a peer's library does."""

    def __init__(self, bits: int, *, forgets: bool, level: int = 6) -> None:
        self._bits, self._forgets, self._level = bits, forgets, level
        self._machine = self._fresh()

    def _fresh(self) -> zlib._Compress:
        return zlib.compressobj(self._level, zlib.DEFLATED, -self._bits)

    def pack(self, content: bytes) -> bytes:
        """One message."""
        made = self._machine.compress(content) + self._machine.flush(zlib.Z_SYNC_FLUSH)
        if self._forgets:
            self._machine = self._fresh()
        return made.removesuffix(b"\x00\x00\xff\xff") or b"\x00"


def inflated(params: DeflateParams, messages: list[bytes]) -> list[bytes]:
    """What a receiver makes of them, and that it can."""
    inflater = Inflater(params, Side.SERVER)
    found = [inflater.feed(packed, end_of_message=True) for packed in messages]
    assert [one.problem for one in found] == [""] * len(messages)
    return [one.data for one in found]


@given(
    st.lists(st.tuples(WORDS.map(b" ".join), st.booleans(), st.binary(max_size=60)), max_size=12),
    st.integers(9, 15),
    st.booleans(),
)
def test_what_is_meant_is_what_is_inflated(told: list[tuple[bytes, bool, bytes]], bits: int, forgets: bool) -> None:
    params = DeflateParams(server_no_context_takeover=forgets, server_max_window_bits=bits)
    packer, repacker = Packer(bits, forgets=forgets), Repacker(params, Side.SERVER)
    before = [packer.pack(content) for content, _, _ in told]
    meant, after = [], []
    for (content, is_changed, other), packed in zip(told, before, strict=True):
        changed = (other + content)[: len(content)] if is_changed else content
        if changed == content and repacker.is_unchanged:
            repacker.keep(content)
            after.append(packed)
        else:
            made = repacker.pack(packed, changed)
            after.append(packed if made is None else made)
        meant.append(changed)
    assert inflated(params, after) == meant


@pytest.mark.parametrize("bits", [8, 9, 15])
def test_no_reference_goes_farther_back_than_agreed_on(bits: int) -> None:
    params = DeflateParams(server_max_window_bits=bits)
    repacker = Repacker(params, Side.SERVER)
    window = bytes(random.Random(1).choices(b"abcdefgh", k=1 << 15))
    repacker.keep(window)
    made = repacker.pack(None, window[:1000])
    assert made is not None
    machine = zlib.decompressobj(-15, zdict=window[-(1 << bits) :])
    assert machine.decompress(made + b"\x00\x00\xff\xff") == window[:1000]


def test_a_masked_secret_takes_as_many_bytes_as_the_secret_did() -> None:
    """Nearly always: it says how often it does not."""
    source = random.Random(7)
    params = DeflateParams()
    packer, repacker = Packer(15, forgets=False), Repacker(params, Side.SERVER)
    others = 0
    before, after, meant = [], [], []
    for number in range(300):
        secret = "".join(source.choices(string.ascii_letters + string.digits, k=source.randint(8, 40)))
        said = '{"token":"%s","n":%d}'
        before.append(packer.pack((said % (secret, number)).encode()))
        meant.append((said % ("x" * len(secret), number)).encode())
        made = repacker.pack(before[-1], meant[-1])
        assert made is not None
        after.append(made)
        others += len(made) != len(before[-1])
    assert inflated(params, after) == meant
    assert others == 0


def test_what_says_what_it_is_meant_to_stays() -> None:
    packer, repacker = Packer(15, forgets=False), Repacker(DeflateParams(), Side.SERVER)
    first, second = packer.pack(b'{"token":"abcdefghijkl"}'), packer.pack(b'{"token":"abcdefghijkl","more":1}')
    assert repacker.pack(first, b'{"token":"xxxxxxxxxxxx"}') is not None
    # It copies the token out of the first one.
    assert repacker.pack(second, b'{"token":"xxxxxxxxxxxx","more":1}') is None


def test_a_long_rest_is_blanked() -> None:
    params = DeflateParams()
    made = Repacker(params, Side.SERVER).pack(None, b"begin", 5 << 20)
    assert made is not None
    found = Inflater(params, Side.SERVER).feed(made, end_of_message=True)
    assert found.total == 5 + (5 << 20)
    assert found.data[:10] == b"beginxxxxx"
