"""What a close reason is about, whatever the code: the words that servers and libraries use for it.

The words are in data/reasons.toml. A reason is peer text: only its first characters are looked at, and only compared.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from wsinspect.codes.catalogue import DATA
from wsinspect.codes.tables import Table

LONGEST = 123
"""Characters that are looked at: no reason is longer (RFC 6455 section 5.5: 125 bytes with the code)."""


class Subject(StrEnum):
    """What a close is about."""

    KEEPALIVE = "keepalive"
    """A pong, or the answer to a heartbeat, did not come."""
    IDLE = "idle"
    """Nothing came for too long."""
    LIFETIME = "lifetime"
    """The connection was old enough, whatever flowed."""
    LOGIN = "login"
    """Who the client is: missing, wrong or expired."""
    FORBIDDEN = "forbidden"
    """What a client that is known may not do."""
    RATE = "rate"
    """Too many messages in too short a time."""
    SIZE = "size"
    SLOW = "slow"
    """Data waited too long to be taken."""
    OVERLOAD = "overload"
    """No room for another client now."""
    RESTART = "restart"
    """The process stops, restarts or is replaced."""
    GATEWAY = "gateway"
    """A server behind the one that speaks."""
    ENCODING = "encoding"
    """Text that is not UTF-8."""
    INFLATING = "inflating"
    """Compression that could not be undone."""
    FRAMING = "framing"
    """Rules for frames that were broken."""


def subject(reason: str) -> Subject | None:
    """What a reason is about; None when it uses none of the words. The first subject in the file that fits counts."""
    text = reason[:LONGEST].lower()
    return next((found for found, words in _words() if words.search(text)), None)


@cache
def _words() -> tuple[tuple[Subject, re.Pattern[str]], ...]:
    """Each subject's words, which must begin where a word begins: ``rate`` is not in ``separate``."""
    table = Table.read(DATA / "reasons.toml")
    found = []
    for part in table.tables("subject"):
        words = "|".join(map(re.escape, part.texts("words")))
        found.append((part.choice("name", Subject), re.compile(rf"(?<![a-z0-9])(?:{words})")))
        part.done()
    table.done()
    return tuple(found)
