"""The rules that a message breaks as a whole: its frames taken together, its place in the stream, its text.

Which frames make up a message is decided in ``rows``, by position alone; here it is only said what is wrong with it.
Each rule is named once for a message, however many of its frames break it.
"""

from __future__ import annotations

from collections.abc import Iterable

from wsinspect.model import RowKind, Side, Violation
from wsinspect.wire.close import parse_close
from wsinspect.wire.frames import BINARY, CLOSE, PING, PONG, TEXT, ScannedFrame, frame_violations

CONTINUATION = 0x0

_KINDS = {
    CONTINUATION: RowKind.CONTINUATION,
    TEXT: RowKind.TEXT,
    BINARY: RowKind.BINARY,
    CLOSE: RowKind.CLOSE,
    PING: RowKind.PING,
    PONG: RowKind.PONG,
}


def row_kind(first: int) -> RowKind:
    """What a row is, from the first byte of its first frame. Source: RFC 6455 section 5.2."""
    return _KINDS.get(first & 0x0F, RowKind.RESERVED)


def message_violations(
    frames: Iterable[ScannedFrame], *, side: Side, deflate: bool = False, after_close: bool = False
) -> tuple[Violation, ...]:
    """Every rule that a message or control frame breaks, apart from the text it carries.

    Args:
        frames: the frames of one row, in order; taken one by one, so that a message of any number of fragments costs
            no memory.
        side: who sent it.
        deflate: whether permessage-deflate was agreed on.
        after_close: whether the same side had sent a close frame before.
    """
    found: dict[str, Violation] = {}
    is_first = True
    for frame in frames:
        broken = frame_violations(frame, from_client=side is Side.CLIENT, rsv1_allowed=deflate)
        broken += _order_violations(frame, is_first=is_first)
        if frame.opcode == CLOSE:
            broken += parse_close(frame.control_payload, frame.length).violations
        if is_first and after_close and not frame.is_control:
            broken += (_AFTER_CLOSE,)
        for violation in broken:
            found.setdefault(violation.rule, violation)
        is_first = False
    return tuple(found.values())


def text_violations(payload: bytes, *, is_whole: bool = True) -> tuple[Violation, ...]:
    """Whether a text message is the UTF-8 it must be.

    Args:
        payload: the message, unmasked and inflated.
        is_whole: whether that is all of it; a beginning may end inside a character.

    Source: RFC 6455 section 5.6; section 8.1 says what follows: failing the connection, by custom with 1007.
    """
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        if is_whole or error.reason != "unexpected end of data":
            detail = f"text that is not UTF-8, from byte {error.start} on"
            return (Violation("text-utf8", detail, "RFC 6455 section 5.6"),)
    return ()


_AFTER_CLOSE = Violation(
    "data-after-close", "a data frame after the sender's own close frame", "RFC 6455 section 5.5.1"
)
_OPENS_NOTHING = Violation(
    "continuation-of-nothing", "a continuation frame with no message to continue", "RFC 6455 section 5.4"
)
_INTERLEAVED = Violation(
    "message-in-message", "a new data frame inside a message that is not finished", "RFC 6455 section 5.4"
)


def _order_violations(frame: ScannedFrame, *, is_first: bool) -> tuple[Violation, ...]:
    """A row's first data frame has an opcode of its own, all others are continuations."""
    if frame.is_control or is_first == (frame.opcode != CONTINUATION):
        return ()
    return (_OPENS_NOTHING if is_first else _INTERLEAVED,)
