"""Frames as a peer sends them that compresses."""

from __future__ import annotations

import zlib

from wsinspect.wire.builder import build_frame

MASK = b"\x0a\x0b\x0c\x0d"


class Deflater:
    """One direction's compressor, with context takeover; its frames are masked where it is given a mask."""

    def __init__(self, mask: bytes | None = None) -> None:
        self._machine = zlib.compressobj(wbits=-15)
        self._mask = mask

    def frame(self, payload: bytes, *, fin: bool = True) -> bytes:
        """A text frame, or the first of several."""
        data = self._machine.compress(payload) + self._machine.flush(zlib.Z_SYNC_FLUSH)
        return build_frame(1, data[:-4], rsv=4, fin=fin, mask=self._mask)
