"""What can be explained: a close code, an HTTP status that refused the upgrade, an end without a close frame.

A close code is a plain ``int``. The others have types of their own, so that HTTP 502 and close code 502 can never be
mistaken for each other. Every topic has one key, a string that is stable in JSON, in data files and on the command
line: ``1011``, ``http:502``, ``end:rst``.
"""

from __future__ import annotations

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


Topic: TypeAlias = int | HttpStatus | TransportEnd
"""A close code (0 to 65535), a refused upgrade, or an abnormal end of the transport."""


def key(topic: Topic) -> str:
    """The stable name of a topic: ``1011``, ``http:502``, ``end:rst``."""
    if isinstance(topic, HttpStatus):
        return f"http:{topic.status}"
    if isinstance(topic, TransportEnd):
        return f"end:{topic.how}"
    return str(topic)


def from_key(text: str) -> Topic:
    """The topic that a key names.

    Raises:
        ValueError: text is not the key of any topic.
    """
    kind, _, rest = text.rpartition(":")
    if kind == "end" and rest.isidentifier():
        return TransportEnd(rest)
    if not (rest.isascii() and rest.isdigit() and len(rest) <= 5):
        raise ValueError(f"not a close code: {text!r}")
    number = int(rest)
    if kind == "http" and 100 <= number <= 599:
        return HttpStatus(number)
    if kind == "" and number <= HIGHEST_CODE:
        return number
    raise ValueError(f"not a close code: {text!r}")


def order(topic: Topic) -> tuple[int, int, str]:
    """Sort key: close codes by number, then HTTP statuses, then ends."""
    if isinstance(topic, HttpStatus):
        return (1, topic.status, "")
    if isinstance(topic, TransportEnd):
        return (2, 0, topic.how)
    return (0, topic, "")
