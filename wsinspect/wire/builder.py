"""Builds any frame, legal or not, byte for byte as asked for.

The rules of the protocol are deliberately not checked here: tests, the demo and tools that provoke a peer need frames
that break them. Only what the header has no bits for is refused.
"""

from __future__ import annotations

from wsinspect.wire.frames import CLOSE, unmask


def build_frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = None,
    length: int | None = None,
    length_bytes: int | None = None,
) -> bytes:
    """One frame.

    Args:
        opcode: 0 to 15.
        payload: as it is before masking.
        fin: whether the frame ends its message.
        rsv: RSV1, RSV2 and RSV3 as the bits 4, 2 and 1.
        mask: the four bytes of the masking key; None builds an unmasked frame, as servers must send.
        length: the length to announce, when it shall not be that of the payload.
        length_bytes: bytes of extended length, 0, 2 or 8; None takes the fewest, as the protocol demands.

    Raises:
        ValueError: a value does not fit into its bits.

    Source: RFC 6455 section 5.2.
    """
    if not 0 <= opcode <= 15 or not 0 <= rsv <= 7:
        raise ValueError("an opcode has four bits, RSV three")
    if mask is not None and len(mask) != 4:
        raise ValueError("a masking key has four bytes")
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    announced = len(payload) if length is None else length
    header = bytes([first]) + _length_field(announced, length_bytes, 0 if mask is None else 0x80)
    if mask is None:
        return header + payload
    return header + mask + unmask(mask, payload)


def _length_field(length: int, extended: int | None, mask_bit: int) -> bytes:
    """The second byte of the header and the extended length behind it."""
    if extended is None:
        extended = 0 if length < 126 else 2 if length < 1 << 16 else 8
    if extended not in (0, 2, 8):
        raise ValueError("an extended length has 2 or 8 bytes, or is absent")
    if length < 0 or length >= (126 if extended == 0 else 1 << 8 * extended):
        raise ValueError(f"the length {length} does not fit into the header")
    if extended == 0:
        return bytes([mask_bit | length])
    return bytes([mask_bit | (126 if extended == 2 else 127)]) + length.to_bytes(extended)


def build_close(code: int | None, reason: bytes = b"", *, mask: bytes | None = None) -> bytes:
    """A close frame with any code and any reason.

    Args:
        code: the two bytes, 0 to 65535; None leaves them out, so that the body is the reason alone or empty.
        reason: UTF-8 text by the rules, any bytes here.
        mask: the masking key, or None.

    Raises:
        ValueError: the code does not fit into two bytes.

    Source: RFC 6455 section 5.5.1.
    """
    if code is not None and not 0 <= code <= 0xFFFF:
        raise ValueError("a close code has two bytes")
    body = reason if code is None else code.to_bytes(2) + reason
    return build_frame(CLOSE, body, mask=mask)
