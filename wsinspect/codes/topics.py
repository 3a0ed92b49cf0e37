"""What can be explained: a close code, a refused upgrade, an end without a close frame, a service's own code.

A close code is a plain ``int``. The others have types of their own, so that HTTP 502 and close code 502 can never be
mistaken for each other. Every topic has one key, a string that is stable in JSON, in data files and on the command
line: ``1011``, ``http:502``, ``end:rst``, ``discord:4004``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

HIGHEST_CODE = 65535
"""The code is two bytes (RFC 6455 section 5.5.1)."""


@dataclass(frozen=True, slots=True)
class HttpStatus:
    """An HTTP answer other than 101 to the request for the upgrade."""

    status: int
    """Three digits, 100 to 599."""


@dataclass(frozen=True, slots=True)
class TransportEnd:
    """An end without a close frame."""

    how: str
    """A value of model.Ending, such as ``rst``; not that type itself, since importing the model is not cheap."""


@dataclass(frozen=True, slots=True)
class VendorCode:
    """A close code as one service or protocol means it."""

    vendor: str
    """Name of the vendor's data file, such as ``discord``."""
    code: int
    variant: int = 1
    """Which of the vendor's meanings of this code, from 1 on; its reason texts tell them apart."""


Topic: TypeAlias = int | HttpStatus | TransportEnd | VendorCode
"""A close code (0 to 65535), a refused upgrade, an abnormal end of the transport, or a vendor's code."""


def key(topic: Topic) -> str:
    """The stable name of a topic: ``1011``, ``http:502``, ``end:rst``, ``discord:4004``, ``sockjs:3000.2``."""
    match topic:
        case HttpStatus():
            return f"http:{topic.status}"
        case TransportEnd():
            return f"end:{topic.how}"
        case VendorCode():
            return f"{topic.vendor}:{topic.code}" + (f".{topic.variant}" if topic.variant > 1 else "")
    return str(topic)


def from_key(text: str) -> Topic:
    """The topic that a key names; whether it has an entry is another question.

    Raises:
        ValueError: text is not formed like a key.
    """
    found = _KEY.fullmatch(text)
    if found is None:
        raise ValueError(f"not a close code: {text!r}")
    kind, word, number, variant = found.groups()
    if kind == "end" and word:
        return TransportEnd(word)
    if kind == "http" and number and not variant:
        return HttpStatus(int(number))
    if number and kind not in ("end", "http") and int(number) <= HIGHEST_CODE and (kind or not variant):
        return VendorCode(kind, int(number), int(variant or 1)) if kind else int(number)
    raise ValueError(f"not a close code: {text!r}")


_KEY = re.compile(r"(?:([a-z][a-z0-9-]*):)?(?:([a-z_]+)|([0-9]{1,5})(?:\.([1-9]))?)")


def order(topic: Topic) -> tuple[int, int, str]:
    """Sort key: close codes by number, then HTTP statuses, then ends, then vendors' codes."""
    match topic:
        case HttpStatus():
            return (1, topic.status, "")
        case TransportEnd():
            return (2, 0, topic.how)
        case VendorCode():
            return (3, topic.code, f"{topic.vendor}.{topic.variant}")
    return (0, topic, "")
