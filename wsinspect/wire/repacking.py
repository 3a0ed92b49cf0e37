"""permessage-deflate of one direction with other content in some messages (RFC 7692).

A message that refers to earlier ones says something else when those were changed. So what each message says in the
changed stream is looked at: where its bytes still say what they are meant to, they stay; else it is compressed anew,
for what a receiver of the changed stream has in its window, and filled up with empty blocks to the length it had.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from wsinspect.model import Side
from wsinspect.wire.deflate import DeflateParams

_WINDOW = 1 << 15
_TAIL = b"\x00\x00\xff\xff"
_STEP = 1 << 16

_PROBED = b"?"
_PROBE = b"\x00\x01\x00\xfe\xff" + _PROBED
"""A stored block that holds one byte."""

_EMPTY = 0b010
"""A block of fixed codes that holds only its end: BFINAL 0, BTYPE 01, seven zeros (RFC 1951 section 3.2.6)."""
_EMPTY_BITS = 10

_WAYS = (
    (9, zlib.Z_DEFAULT_STRATEGY),
    (6, zlib.Z_DEFAULT_STRATEGY),
    (4, zlib.Z_DEFAULT_STRATEGY),
    (1, zlib.Z_DEFAULT_STRATEGY),
    (9, zlib.Z_FIXED),
    (9, zlib.Z_HUFFMAN_ONLY),
)
"""Levels and strategies that are tried until one gives the length that is wanted."""

_LONG = 1 << 20
"""From this length of content on only the first way is tried."""


class Repacker:
    """Goes through the compressed messages of one direction in order, and says which bytes each is to have."""

    def __init__(self, params: DeflateParams, side: Side) -> None:
        is_client = side is Side.CLIENT
        self._forgets = params.client_no_context_takeover if is_client else params.server_no_context_takeover
        self._bits = params.client_max_window_bits if is_client else params.server_max_window_bits
        self._window = b""
        """What the receiver of the changed stream was told last."""
        self._same = _WINDOW
        """How much of that is known to be what it was told at first."""

    def keep(self, content: bytes) -> None:
        """The next message says this and stays as it is, since nothing in the window was changed."""
        self._tell(content)

    @property
    def is_unchanged(self) -> bool:
        """Whether the receiver's window holds what it held at first."""
        return self._same >= _WINDOW

    def pack(self, packed: bytes | None, content: bytes, blanks: int = 0, *, blank: bytes = b"x") -> bytes | None:
        """The next message, meant to say something that it perhaps did not say.

        Args:
            packed: its bytes, without mask; None when they are not at hand.
            content: what it is to say.
            blanks: how many more bytes of ``blank`` follow that.
            blank: one byte.

        Returns:
            The bytes that say it, as many as before where that can be done; None when those that are there do.
        """
        if packed is not None and not blanks and self._says(packed, content):
            self._same = min(_WINDOW, self._same + len(content))
            self._tell(content)
            return None
        made = self._fitted(content, blanks, blank, None if packed is None else len(packed))
        self._same = 0
        self._tell(content + blank * min(blanks, _WINDOW))
        return made

    def lose(self) -> None:
        """From here on the receiver knows nothing of what was said before."""
        self._window, self._same = b"", _WINDOW

    def _tell(self, content: bytes) -> None:
        if self._forgets:
            self.lose()
        else:
            self._window = (self._window + content[-_WINDOW:])[-_WINDOW:]

    def _says(self, packed: bytes, content: bytes) -> bool:
        """Whether these bytes say that to a receiver of the changed stream."""
        machine = zlib.decompressobj(-15, zdict=self._window) if self._window else zlib.decompressobj(-15)
        try:
            # Only at the end of a block can another one follow.
            said = machine.decompress(packed + _TAIL + _PROBE, len(content) + 2)
        except zlib.error:
            return False
        return said == content + _PROBED and not machine.eof and not machine.unconsumed_tail

    def _fitted(self, content: bytes, blanks: int, blank: bytes, length: int | None) -> bytes:
        """The message compressed, in that length if it can be done; else as it comes first."""
        is_long = len(content) + blanks > _LONG
        made = [self._compressed(content, blanks, blank, *way) for way in (_WAYS[:1] if is_long else _WAYS)]
        if length is None:
            return made[0]
        for one in made:
            filled = _filled(one, length - len(one))
            if filled is not None:
                return filled
        for one in () if is_long else made:
            for longer in _stretched(one, length):
                if self._says(longer, content + blank * blanks):
                    return longer
        return made[0]

    def _compressed(self, content: bytes, blanks: int, blank: bytes, level: int, strategy: int) -> bytes:
        # zlib makes no window of 8 bits; codes without references fit any.
        bits, strategy = (9, zlib.Z_HUFFMAN_ONLY) if self._bits == 8 else (self._bits, strategy)
        refers = self._window and strategy != zlib.Z_HUFFMAN_ONLY
        machine = (
            zlib.compressobj(level, zlib.DEFLATED, -bits, strategy=strategy, zdict=self._window)
            if refers
            else zlib.compressobj(level, zlib.DEFLATED, -bits, strategy=strategy)
        )
        made = [machine.compress(content)]
        for at in range(0, blanks, _STEP):
            made.append(machine.compress(blank * min(_STEP, blanks - at)))
        made.append(machine.flush(zlib.Z_SYNC_FLUSH))
        whole = b"".join(made)
        return whole[: -len(_TAIL)] if whole.endswith(_TAIL) else b"\x00"


def _filled(packed: bytes, by: int) -> bytes | None:
    """A message made longer with empty blocks that begin and end at bytes; None where none fit."""
    if by == 0:
        return packed
    count = -(-by // 7)
    if by < 5 * count:
        return None
    # Each block takes five to seven bytes: up to two empty ones of fixed codes before an empty stored one.
    lengths = [by // count + (number < by % count) for number in range(count)]
    return packed + b"".join(_TAIL + _stored(length - 5) for length in lengths)


def _stored(empties: int) -> bytes:
    """The beginning of an empty stored block, behind so many empty ones; what is missing is the tail."""
    bits = sum(_EMPTY << _EMPTY_BITS * number for number in range(empties))
    return bits.to_bytes((empties * _EMPTY_BITS + 3 + 7) // 8, "little")


def _stretched(packed: bytes, length: int) -> Iterator[bytes]:
    """Messages of that length with empty blocks before the last, stored one, wherever that may begin."""
    end = 8 * len(packed)
    for start in range(end - 3, max(0, end - 3 - 7) - 1, -1):
        for empties in range(1, 8):
            made = _with_empties(packed, start, empties)
            if len(made) <= length and (filled := _filled(made, length - len(made))) is not None:
                yield filled


def _with_empties(packed: bytes, start: int, empties: int) -> bytes:
    """Empty blocks put before the stored one, if that begins at bit ``start``."""
    kept, over = divmod(start, 8)
    last = packed[kept] & (1 << over) - 1
    for number in range(empties):
        last |= _EMPTY << over + _EMPTY_BITS * number
    return packed[:kept] + last.to_bytes((over + empties * _EMPTY_BITS + 3 + 7) // 8, "little")
