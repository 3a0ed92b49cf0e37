"""Messages that only say that a peer is still there, and what rows have in common that say nothing new.

Libraries above WebSocket have heartbeats of their own, since a browser cannot send a ping (RFC 6455 section 5.5.2).
Their forms stand here; a form is recognised by what its protocol fixes, numbers and times in it may vary.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from wsinspect.model import HEAD_BYTES, Row, RowKind, Side

LONGEST = 128
"""Bytes beyond which no message is a heartbeat."""

LOOK_BACK = 2
"""How many rows before it a row is compared with: a heartbeat and its answer take turns."""

HEARTBEAT = "heartbeat"
"""What a text message is that is a heartbeat."""

Sameness: TypeAlias = tuple[tuple[str, Side | None], bytes]
"""What a row is and who sent it, and what it says as far as that matters."""

_FORMS = re.compile(
    rb"""
    [23]                                                    # Engine.IO 4: ping and pong
    | h                                                     # SockJS: heartbeat frame
    | \r?\n                                                 # STOMP 1.2: end of line between frames
    | (?i:ping|pong)                                        # said as plain words
    | \{"type":6\}\x1e                                      # SignalR: ping
    | \[(?:null|"\d+"),"\d+","phoenix","(?:heartbeat|phx_reply)",\{[^\[\]]*\}\]     # Phoenix channels, version 2
    | \{(?=.*"topic":"phoenix")(?=.*"event":"(?:heartbeat|phx_reply)").*\}          # Phoenix channels, version 1
    | \{"op":1,"d":(?:null|\d+)\} | \{(?=.*"op":11\b)(?!.*"d":[^n]).*\}             # Discord: heartbeat and its answer
    | \{(?=.*"event":"pusher:p[io]ng").*\}                  # Pusher
    # graphql-transport-ws, Action Cable, and many that name theirs: nothing in it but that and plain values
    | \{(?=[^{}]*"(?:type|event|op|action|method|cmd)":"(?i:ping|pong|ka|heartbeat|keep_?alive)")
      [^{}\[\]]*(?:\{\}[^{}\[\]]*)*\}
    """,
    re.VERBOSE | re.DOTALL,
)

SHORT = 4
"""Bytes that the longest form without any of these has; they stand in all others, in lower case."""

_HINTS = (b'ng"', b'heartbeat"', b'phx_reply"', b'"ka"', b'alive"', b'"op"', b"\x1e")

_BLANKS = re.compile(rb'("(?:[^"\\]|\\.)*+"?+)|[ \t\r\n]+')
"""A JSON string, kept, or the blanks between its parts, dropped; possessive, so that it never goes back."""


def may_be_heartbeats(contents: bytes) -> bool:
    """Whether there may be a heartbeat among messages that stand next to each other; quick, for very many.

    Messages of up to SHORT bytes have to be asked one by one.
    """
    folded = contents.lower()
    return any(hint in folded for hint in _HINTS)


def is_heartbeat(content: bytes) -> bool:
    """Whether a message is a heartbeat of a known form, or the answer to one.

    Args:
        content: the whole message, unmasked and inflated.
    """
    if not content or len(content) > LONGEST or (len(content) > SHORT and not may_be_heartbeats(content)):
        return False
    if content[:1] in (b"{", b"["):
        content = _BLANKS.sub(lambda match: match[1] or b"", content)
    return _FORMS.fullmatch(content) is not None


def sameness(row: Row) -> Sameness | None:
    """What two rows have in common when the later one says nothing new; None for one that is never the same.

    Pings and the pongs that answer them are all alike, so are heartbeats of one side; of messages only those are
    compared that a row carries whole. What breaks a rule is never the same.
    """
    if row.violations or row.problem:
        return None
    if row.kind in (RowKind.PING, RowKind.PONG):
        return (RowKind.PING, pinging(row.kind, row.side)), b""
    if row.kind not in (RowKind.TEXT, RowKind.BINARY):
        return None
    size = row.size if row.inflated_size is None else row.inflated_size
    if size > HEAD_BYTES or len(row.head) != size:
        return None
    if row.kind is RowKind.TEXT and is_heartbeat(row.head):
        return (HEARTBEAT, row.side), b""
    return (row.kind, row.side), row.head


def pinging(kind: RowKind, side: Side | None) -> Side | None:
    """Whose ping it is, or whose it answers.

    Args:
        kind: ping or pong.
        side: who sent it.
    """
    return side if kind is RowKind.PING or side is None else side.other
