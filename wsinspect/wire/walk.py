"""Whole frames in a stretch of a stream, quickly: for looking through millions of them where few are of interest."""

from __future__ import annotations

from typing import TypeAlias

Walked: TypeAlias = tuple[int, int, int, int]
"""A whole frame: the header's first byte (FIN, RSV1-3, opcode) and second byte (MASK, 7-bit length), the position of
its payload in the bytes that were walked through, and the position just behind it.

A plain tuple: one is made for every frame, and a named one takes four times as long.
"""


def walk(data: bytes, at: int, size: int, until: int | None = None) -> list[Walked]:
    """Whole frames, one behind the other.

    Args:
        data: the bytes.
        at: the position in them at which the first of the frames begins.
        size: how many of the bytes count.
        until: the position at or before which the last of the frames begins; None: all there are.
    """
    found: list[Walked] = []
    add = found.append
    # A frame has two bytes at least.
    stop = size - 1 if until is None else min(size - 1, until + 1)
    while at < stop:
        second = data[at + 1]
        length = second & 0x7F
        start = at + 6 if second >= 0x80 else at + 2
        if length == 126:
            start += 2
            if start > size:
                break
            length = data[at + 2] << 8 | data[at + 3]
        elif length == 127:
            start += 8
            if start > size:
                break
            length = int.from_bytes(data[at + 2 : at + 10])
        end = start + length
        if end > size:
            break
        add((data[at], second, start, end))
        at = end
    return found


def unmasked(data: bytes, frames: list[Walked]) -> bytes:
    """The same bytes with the payloads of these frames unmasked where they are. Source: RFC 6455 section 5.3."""
    pad: list[bytes] = []
    add = pad.append
    at = 0
    for _, second, start, end in frames:
        if second >= 0x80:
            size = end - start
            add(_ZEROS[: start - at] if start - at <= len(_ZEROS) else bytes(start - at))
            whole = data[start - 4 : start] * (size + 3 >> 2)
            add(whole[:size] if size & 3 else whole)
            at = end
    add(bytes(len(data) - at))
    return _mixed(data, b"".join(pad))


_ZEROS = bytes(14)
"""As many as a header can be long."""

_CHUNK = 1 << 16
"""Bytes that are mixed at once: longer numbers leave the processor's cache and take three times as long."""


def _mixed(data: bytes, pad: bytes) -> bytes:
    """Two strings of the same length, XOR-ed."""
    chunks: list[bytes] = []
    for at in range(0, len(data), _CHUNK):
        piece = data[at : at + _CHUNK]
        mixed = int.from_bytes(piece, "little") ^ int.from_bytes(pad[at : at + _CHUNK], "little")
        chunks.append(mixed.to_bytes(len(piece), "little"))
    return b"".join(chunks)


LEAST_VEILED = 7
"""Bytes that a needle must have to be looked for in masked payloads: shorter ones are found nearly everywhere."""

_CASELESS = bytes(byte & 0xDF for byte in range(256))


def veiled(data: bytes) -> bytes:
    """What is left of bytes when neither masks nor upper and lower case are to count.

    Each byte is mixed with the fourth behind it. In a payload both were mixed with the same byte of the key, so the
    key is gone, whatever it was; then the bit by which upper and lower case of A to Z differ is cleared. A needle
    that stands in a payload stands veiled in the veiled payload; the other way round that has to be looked at.
    """
    chunks: list[bytes] = []
    for at in range(0, len(data), _CHUNK):
        piece = data[at : at + _CHUNK + 4]
        number = int.from_bytes(piece, "little")
        chunks.append((number ^ number >> 32).to_bytes(len(piece), "little")[: min(_CHUNK, len(piece) - 4)])
    return b"".join(chunks).translate(_CASELESS)
